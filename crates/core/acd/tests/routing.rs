//! Who is offered to whom, one transcript a rule; `transcript` says how to read them.

#[cfg(test)]
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
         @130000 on_duty a2
         on_duty a2
         offer i2 a2 until 140000",
    );
    check(
        "@1000 enter c1 q1
         entered i1 c1 q1
         @121001 enter c2 q2
         entered i2 c2 q2
         @130000 on_duty a2
         on_duty a2
         offer i1 a2 until 150000",
    );
}

#[test]
fn a_missed_offer_makes_the_agent_not_ready_and_goes_to_the_next_one() {
    check(
        "@1000 on_duty a1
         on_duty a1
         @2000 on_duty a2
         on_duty a2
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
        "given a1 rings for c1
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
        "@1000 on_duty a1
         on_duty a1
         @1100 on_duty a2
         on_duty a2
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
        "given a1 rings for c1
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
        "given a1 talks with c1
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
fn the_expected_wait_grows_with_the_place_and_shrinks_with_the_staff() {
    check(
        "given a1 rings for c1
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
         expected 180000
         @126000 accept a2 i3
         accepted i3 a2
         @126000 disconnect a2
         away a2 lease 128500 grace 186000
         @126000 expected i4
         expected 120000",
    );
}
