//! One transcript a rule: what is asked, line by line, and what happens then.
//!
//! `@TIME COMMAND` asks at that millisecond; the lines after it, without `@`, are the events in order. Queue 1 rings
//! 20 s and wraps up 60 s, queue 2 is two steps more urgent and has no wrap-up. Agent 1 serves queue 1, agent 2 both,
//! agent 3 queue 2. An interaction is `iN`, an agent `aN`, a customer `cN`, a queue `qN`.

mod transcript;

use transcript::check;

#[test]
fn longest_waiting_caller_is_offered_first() {
    check(
        "@1000 enter c1 q1
         entered i1 c1 q1
         @2000 enter c2 q1
         entered i2 c2 q1
         @3000 connect a1
         online a1
         @4000 ready a1
         state a1 ready
         offer i1 a1 until 24000",
    );
}

#[test]
fn longest_idle_agent_is_rung_first() {
    check(
        "@1000 connect a2
         online a2
         @1000 connect a1
         online a1
         @2000 ready a2
         state a2 ready
         @3000 ready a1
         state a1 ready
         @4000 enter c1 q1
         entered i1 c1 q1
         offer i1 a2 until 24000
         @5000 enter c2 q1
         entered i2 c2 q1
         offer i2 a1 until 25000",
    );
}

#[test]
fn two_steps_of_priority_are_worth_two_minutes_of_waiting() {
    check(
        "@1000 enter c1 q1
         entered i1 c1 q1
         @120000 enter c2 q2
         entered i2 c2 q2
         @130000 connect a2
         online a2
         @130000 ready a2
         state a2 ready
         offer i2 a2 until 140000",
    );
    check(
        "@1000 enter c1 q1
         entered i1 c1 q1
         @121001 enter c2 q2
         entered i2 c2 q2
         @130000 connect a2
         online a2
         @130000 ready a2
         state a2 ready
         offer i1 a2 until 150000",
    );
}

#[test]
fn a_missed_offer_makes_the_agent_not_ready_and_goes_to_the_next_one() {
    check(
        "@1000 connect a1
         online a1
         @1000 connect a2
         online a2
         @1000 ready a1
         state a1 ready
         @2000 ready a2
         state a2 ready
         @3000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 23000
         @22999 tick
         @23000 tick
         missed i1 a1
         offer i1 a2 until 43000
         @23500 accept a1 i1
         refused not_yours",
    );
}

#[test]
fn a_declined_customer_goes_to_another_and_otherwise_waits_for_the_same_agent() {
    check(
        "@1000 connect a1
         online a1
         @1000 ready a1
         state a1 ready
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @3000 decline a1 i1
         declined i1 a1
         state a1 not_ready:break
         @3500 accept a1 i1
         refused not_now
         @4000 ready a1
         state a1 ready
         offer i1 a1 until 24000",
    );
}

#[test]
fn a_declined_customer_rings_at_the_next_agent_at_once() {
    check(
        "@1000 connect a1
         online a1
         @1000 connect a2
         online a2
         @1000 ready a1
         state a1 ready
         @1100 ready a2
         state a2 ready
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @2500 next a1 not_ready:lunch
         next a1 not_ready:lunch
         @3000 decline a1 i1
         declined i1 a1
         state a1 not_ready:lunch
         offer i1 a2 until 23000",
    );
}

#[test]
fn an_answer_before_the_deadline_was_seen_to_pass_counts() {
    check(
        "@1000 connect a1
         online a1
         @1000 ready a1
         state a1 ready
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @22010 accept a1 i1
         accepted i1 a1
         @22020 tick
         @22030 accept a1 i1
         refused not_now",
    );
}

#[test]
fn a_freed_agent_is_offered_the_oldest_fitting_work_at_once() {
    check(
        "@1000 connect a1
         online a1
         @1000 ready a1
         state a1 ready
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @3000 accept a1 i1
         accepted i1 a1
         @4000 enter c2 q2
         entered i2 c2 q2
         @5000 enter c3 q1
         entered i3 c3 q1
         @6000 enter c4 q1
         entered i4 c4 q1
         @9000 hang_up a1 i1
         ended i1 a1 agent wrap_up 69000
         @10000 finish a1 i1 solved
         wrapped_up i1 a1 solved
         offer i3 a1 until 30000",
    );
}

#[test]
fn hold_and_resume_keep_the_moment_of_the_answer() {
    check(
        "@1000 connect a1
         online a1
         @1000 ready a1
         state a1 ready
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @3000 accept a1 i1
         accepted i1 a1
         @4000 resume a1 i1
         refused not_now
         @4000 hold a1 i1
         held i1 a1
         @5000 hold a1 i1
         refused not_now
         @5000 hold a2 i1
         refused not_yours
         @6000 resume a1 i1
         resumed i1 a1
         @6000 ? i1
         talking a1 since 3000
         @7000 leave i1
         ended i1 a1 customer wrap_up 67000
         @7000 hang_up a1 i1
         refused not_now",
    );
}

#[test]
fn wrap_up_ends_by_itself_and_is_extended_once() {
    check(
        "@1000 connect a1
         online a1
         @1000 ready a1
         state a1 ready
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @3000 accept a1 i1
         accepted i1 a1
         @4000 extend a1 i1
         refused not_now
         @10000 hang_up a1 i1
         ended i1 a1 agent wrap_up 70000
         @20000 extend a1 i1
         extended i1 a1 130000
         @21000 extend a1 i1
         refused already_extended
         @22000 enter c1 q1
         entered i2 c1 q1
         @130000 tick
         wrapped_up i1 a1 - timed_out
         offer i2 a1 until 150000",
    );
}

#[test]
fn a_queue_without_wrap_up_frees_the_agent_at_the_end() {
    check(
        "@1000 connect a3
         online a3
         @1000 ready a3
         state a3 ready
         @2000 enter c1 q2
         entered i1 c1 q2
         offer i1 a3 until 12000
         @3000 accept a3 i1
         accepted i1 a3
         @4000 enter c2 q2
         entered i2 c2 q2
         @5000 leave i1
         ended i1 a3 customer no_wrap_up
         offer i2 a3 until 15000
         @6000 finish a3 i1 solved
         refused unknown_interaction",
    );
}

#[test]
fn a_state_chosen_at_work_is_taken_after_it() {
    check(
        "@1000 connect a1
         online a1
         @1000 ready a1
         state a1 ready
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @3000 accept a1 i1
         accepted i1 a1
         @4000 not_ready a1 lunch
         next a1 not_ready:lunch
         @4500 next a1 not_ready:lunch
         @5000 next a1 -
         next a1 -
         @6000 next a1 not_ready:meeting
         next a1 not_ready:meeting
         @7000 hang_up a1 i1
         ended i1 a1 agent wrap_up 67000
         @8000 finish a1 i1 -
         wrapped_up i1 a1 -
         state a1 not_ready:meeting
         @9000 next a1 ready
         state a1 ready",
    );
}

#[test]
fn a_customer_who_leaves_while_ringing_costs_the_agent_nothing() {
    check(
        "@1000 connect a1
         online a1
         @1000 ready a1
         state a1 ready
         @1500 connect a2
         online a2
         @1500 ready a2
         state a2 ready
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @3000 leave i1
         withdrawn i1 a1 customer_left
         abandoned i1 customer
         @4000 accept a1 i1
         refused unknown_interaction
         @5000 enter c2 q1
         entered i2 c2 q1
         offer i2 a1 until 25000",
    );
}

#[test]
fn a_waiting_customer_whose_link_is_away_keeps_the_place_but_is_not_offered() {
    check(
        "@1000 enter c1 q1
         entered i1 c1 q1
         @1500 enter c2 q1
         entered i2 c2 q1
         @2000 customer_away i1
         customer_away i1 until 32000
         @3000 connect a1
         online a1
         @3000 ready a1
         state a1 ready
         offer i2 a1 until 23000
         @3000 position i1
         position 1
         @4000 connect a2
         online a2
         @4000 ready a2
         state a2 ready
         @5000 customer_back i1
         customer_back i1
         offer i1 a2 until 25000",
    );
}

#[test]
fn a_customer_away_for_too_long_has_left() {
    check(
        "@1000 enter c1 q1
         entered i1 c1 q1
         @2000 customer_away i1
         customer_away i1 until 32000
         @2500 customer_away i1
         @31999 tick
         @32000 tick
         abandoned i1 customer_lost
         @33000 customer_back i1
         refused unknown_interaction",
    );
    check(
        "@1000 connect a1
         online a1
         @1000 ready a1
         state a1 ready
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @3000 accept a1 i1
         accepted i1 a1
         @4000 customer_away i1
         customer_away i1 until 34000
         @34000 tick
         ended i1 a1 customer_lost wrap_up 94000",
    );
}

#[test]
fn an_agent_who_vanishes_while_rung_loses_the_offer_at_the_lease_and_keeps_the_state() {
    check(
        "@1000 connect a1
         online a1
         @1000 ready a1
         state a1 ready
         @1500 connect a2
         online a2
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @2500 enter c2 q1
         entered i2 c2 q1
         @3000 disconnect a1
         away a1 lease 5500 grace 63000
         @5500 tick
         withdrawn i1 a1 agent_away
         @6000 ready a2
         state a2 ready
         offer i1 a2 until 26000
         @7000 connect a1
         back a1
         offer i2 a1 until 27000",
    );
}

#[test]
fn a_vanished_agents_conversation_is_kept_until_the_grace_ends() {
    check(
        "@1000 connect a1
         online a1
         @1000 ready a1
         state a1 ready
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @2500 enter c2 q1
         entered i2 c2 q1
         @3000 accept a1 i1
         accepted i1 a1
         @4000 disconnect a1
         away a1 lease 6500 grace 64000
         @60000 tick
         @64000 tick
         returned i1
         offline a1
         @65000 connect a2
         online a2
         @65000 ready a2
         state a2 ready
         offer i1 a2 until 85000
         @66000 connect a1
         online a1
         @66000 hang_up a1 i1
         refused not_yours",
    );
    check(
        "@1000 connect a1
         online a1
         @1000 ready a1
         state a1 ready
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @3000 accept a1 i1
         accepted i1 a1
         @4000 disconnect a1
         away a1 lease 6500 grace 64000
         @63999 connect a1
         back a1
         @64000 tick
         @64000 ? i1
         talking a1 since 3000",
    );
}

#[test]
fn signing_out_gives_everything_back_at_once() {
    check(
        "@1000 connect a1
         online a1
         @1000 ready a1
         state a1 ready
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @3000 sign_out a1
         withdrawn i1 a1 agent_away
         offline a1
         @3500 sign_out a1
         @4000 connect a2
         online a2
         @4000 ready a2
         state a2 ready
         offer i1 a2 until 24000
         @5000 accept a2 i1
         accepted i1 a2
         @6000 sign_out a2
         returned i1
         offline a2
         @7000 ready a2
         refused not_now",
    );
}

#[test]
fn after_a_restart_everybody_has_a_full_lease_and_nobody_missed_anything() {
    check(
        "@1000 connect a1
         online a1
         @1000 ready a1
         state a1 ready
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @2500 enter c2 q1
         entered i2 c2 q1
         @3000 customer_away i2
         customer_away i2 until 33000
         @90000 restarted
         away a1 lease 92500 grace 150000
         customer_away i1 until 120000
         customer_away i2 until 120000
         @90000 tick
         withdrawn i1 a1 agent_away
         @91000 customer_back i1
         customer_back i1
         @92000 connect a1
         back a1
         offer i1 a1 until 112000
         @93000 customer_back i2
         customer_back i2",
    );
}

#[test]
fn a_full_queue_and_a_second_call_of_one_customer_are_refused() {
    check(
        "@1000 enter c1 q1
         entered i1 c1 q1
         @1000 enter c1 q2
         refused not_now
         @1000 enter c2 q1
         entered i2 c2 q1
         @1000 enter c3 q1
         entered i3 c3 q1
         @1000 enter c4 q1
         entered i4 c4 q1
         @1000 enter c5 q1
         refused queue_full
         @1000 enter c5 q9
         refused unknown_queue
         @1000 connect a9
         refused unknown_agent",
    );
}

#[test]
fn a_clock_that_steps_back_lets_nobody_overtake() {
    check(
        "@50000 enter c1 q1
         entered i1 c1 q1
         @1000 enter c2 q1
         entered i2 c2 q1
         @2000 connect a1
         online a1
         @3000 ready a1
         state a1 ready
         offer i1 a1 until 70000",
    );
}

#[test]
fn the_expected_wait_grows_with_the_place_and_shrinks_with_the_staff() {
    check(
        "@1000 connect a1
         online a1
         @1000 ready a1
         state a1 ready
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @2000 expected i1
         expected 0
         @3000 accept a1 i1
         accepted i1 a1
         @4000 enter c2 q1
         entered i2 c2 q1
         @4000 expected i2
         expected -
         @103000 hang_up a1 i1
         ended i1 a1 agent wrap_up 163000
         @123000 finish a1 i1 -
         wrapped_up i1 a1 -
         offer i2 a1 until 143000
         @124000 enter c3 q1
         entered i3 c3 q1
         @124000 enter c4 q1
         entered i4 c4 q1
         @124000 expected i4
         expected 360000
         @125000 connect a2
         online a2
         @125000 expected i4
         expected 360000
         @125000 ready a2
         state a2 ready
         offer i3 a2 until 145000
         @125000 expected i4
         expected 180000",
    );
}

#[test]
fn only_people_choose_and_only_sensible_reasons() {
    check(
        "@1000 ready a1
         refused not_now
         @1000 connect a1
         online a1
         @2000 not_ready a1 missed
         refused not_now
         @2000 not_ready a1 break
         state a1 not_ready:break
         @3000 not_ready a1 break",
    );
}
