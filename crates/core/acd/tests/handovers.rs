//! Customers passed on and colleagues asked, one transcript a rule; `transcript` says how to read them.

#[cfg(test)]
mod transcript;

use transcript::check;

/// Agent 2 is there and not ready.
const IN_A_CALL: &str = "given a1 talks with c1
    @3000 connect a2
    online a2\n";

/// The same, and agent 2 was asked and speaks with agent 1.
const IN_PRIVATE: &str = "@4000 consult a1 i1 a2
    asked i1 a1 a2 until 24000
    @5000 accept a2 i1
    private i1 a1 a2\n";

fn check_in_a_call(script: &str) {
    check(&format!("{IN_A_CALL}{script}"));
}

fn check_in_private(script: &str) {
    check(&format!("{IN_A_CALL}{IN_PRIVATE}{script}"));
}

#[test]
fn a_customer_passed_on_to_a_queue_goes_before_those_who_wait_there() {
    check_in_a_call(
        "@3500 enter c2 q1
         entered i2 c2 q1
         @4000 transfer a1 i1 q1
         transferred i1 a1 q1 not_back 64000
         offer i2 a1 until 24000
         @4500 position i1
         position 1
         @5000 ready a2
         state a2 ready
         offer i1 a2 until 25000
         @6000 accept a2 i1
         accepted i1 a2
         @7000 hang_up a1 i1
         refused not_yours",
    );
}

#[test]
fn the_agent_who_passed_a_customer_on_gets_them_back_only_when_nobody_else_comes() {
    check_in_a_call(
        "@4000 transfer a1 i1 q1
         transferred i1 a1 q1 not_back 64000
         @63999 tick
         @64000 tick
         offerable_to_all i1
         offer i1 a1 until 84000",
    );
}

#[test]
fn a_transfer_takes_the_reserved_state_and_leaves_no_wrap_up() {
    check_in_a_call(
        "@3500 next a1 not_ready:lunch
         next a1 not_ready:lunch
         @4000 transfer a1 i1 q2
         transferred i1 a1 q2 not_back 64000
         state a1 not_ready:lunch
         @5000 finish a1 i1 solved
         refused not_now",
    );
}

#[test]
fn a_colleague_named_is_rung_though_not_ready_and_may_answer() {
    check_in_a_call(
        "@4000 transfer a1 i1 a2
         transferred i1 a1 a2
         offer i1 a2 until 24000
         @5000 accept a2 i1
         accepted i1 a2
         @6000 hang_up a2 i1
         ended i1 a2 agent wrap_up 66000",
    );
}

#[test]
fn a_named_colleague_who_does_not_take_it_leaves_the_customer_at_the_head_of_the_queue() {
    // Declined: nothing changes for somebody who was not ready anyway.
    check_in_a_call(
        "@3500 enter c2 q1
         entered i2 c2 q1
         @3600 next a1 not_ready:lunch
         next a1 not_ready:lunch
         @4000 transfer a1 i1 a2
         transferred i1 a1 a2
         offer i1 a2 until 24000
         state a1 not_ready:lunch
         @5000 decline a2 i1
         declined i1 a2
         @6000 position i1
         position 1
         @7000 ready a1
         state a1 ready
         offer i1 a1 until 27000",
    );
    // Not answered.
    check_in_a_call(
        "@4000 transfer a1 i1 a2
         transferred i1 a1 a2
         offer i1 a2 until 24000
         @24000 tick
         missed i1 a2
         offer i1 a1 until 44000",
    );
    // Vanished.
    check_in_a_call(
        "@4000 transfer a1 i1 a2
         transferred i1 a1 a2
         offer i1 a2 until 24000
         @5000 disconnect a2
         away a2 lease 7500 grace 65000
         @7500 tick
         withdrawn i1 a2 agent_away
         offer i1 a1 until 27500",
    );
}

#[test]
fn nobody_who_is_gone_or_at_work_can_be_named() {
    check_in_a_call(
        "@4000 transfer a1 i1 a1
         refused not_free
         @4000 transfer a1 i1 a3
         refused not_free
         @4000 consult a1 i1 a9
         refused unknown_agent
         @4000 transfer a1 i1 q9
         refused unknown_queue
         @4000 transfer a2 i1 q1
         refused not_yours
         @5000 disconnect a2
         away a2 lease 7500 grace 65000
         @5000 consult a1 i1 a2
         refused not_free",
    );
}

#[test]
fn a_customer_who_leaves_while_passed_on_costs_the_colleague_nothing() {
    check_in_a_call(
        "@4000 transfer a1 i1 a2
         transferred i1 a1 a2
         offer i1 a2 until 24000
         @5000 leave i1
         withdrawn i1 a2 customer_left
         abandoned i1 customer",
    );
}

#[test]
fn a_colleague_asked_then_handed_the_customer_ends_the_call() {
    check_in_private(
        "@6000 hold a1 i1
         refused not_now
         @6000 hand_over a1 i1
         handed_over i1 a1 a2
         @6500 hang_up a1 i1
         refused not_yours
         @7000 ? i1
         talking a2 since 3000
         @8000 hang_up a2 i1
         ended i1 a2 agent wrap_up 68000",
    );
}

#[test]
fn all_together_the_one_who_leaves_does_not_end_it() {
    check_in_private(
        "@6000 join a1 i1
         together i1 a1 a2
         @7000 hang_up a1 i1
         handed_over i1 a1 a2",
    );
    check_in_private(
        "@6000 join a1 i1
         together i1 a1 a2
         @7000 hang_up a2 i1
         consult_over i1 a1 a2 colleague_left talking",
    );
}

#[test]
fn from_all_together_the_two_may_step_aside_and_the_customer_holds_again() {
    check_in_private(
        "@6000 aside a1 i1
         refused not_now
         @6000 join a1 i1
         together i1 a1 a2
         @7000 aside a2 i1
         refused not_yours
         @7000 aside a1 i1
         aside i1 a1 a2
         @8000 hang_up a2 i1
         consult_over i1 a1 a2 colleague_left held",
    );
    check_in_private(
        "@6000 join a1 i1
         together i1 a1 a2
         @7000 aside a1 i1
         aside i1 a1 a2
         @8000 join a1 i1
         together i1 a1 a2
         @9000 aside a1 i1
         aside i1 a1 a2
         @10000 back a1 i1
         consult_over i1 a1 a2 back talking
         @10000 ? i1
         talking a1 since 3000",
    );
}

#[test]
fn the_customer_holds_on_when_the_colleague_does_not_come() {
    check_in_a_call(
        "@4000 consult a1 i1 a2
         asked i1 a1 a2 until 24000
         @4500 hand_over a1 i1
         refused not_now
         @5000 decline a2 i1
         consult_over i1 a1 a2 declined held
         @6000 resume a1 i1
         resumed i1 a1",
    );
    check_in_a_call(
        "@3500 ready a2
         state a2 ready
         @4000 consult a1 i1 a2
         asked i1 a1 a2 until 24000
         @24000 tick
         consult_over i1 a1 a2 missed held
         state a2 not_ready:missed",
    );
    check_in_a_call(
        "@4000 consult a1 i1 a2
         asked i1 a1 a2 until 24000
         @5000 disconnect a2
         away a2 lease 7500 grace 65000
         @7500 tick
         consult_over i1 a1 a2 colleague_away held",
    );
    check_in_private(
        "@6000 hang_up a2 i1
         consult_over i1 a1 a2 colleague_left held",
    );
}

#[test]
fn going_back_to_the_customer_lets_the_colleague_go() {
    check_in_a_call(
        "@4000 consult a1 i1 a2
         asked i1 a1 a2 until 24000
         @5000 back a1 i1
         consult_over i1 a1 a2 back talking
         @6000 accept a2 i1
         refused not_yours",
    );
    check_in_private(
        "@6000 back a1 i1
         consult_over i1 a1 a2 back talking",
    );
}

#[test]
fn a_customer_who_leaves_ends_the_consult_too() {
    check_in_private(
        "@6000 leave i1
         consult_over i1 a1 a2 ended held
         ended i1 a1 customer wrap_up 66000",
    );
    check_in_private(
        "@6000 customer_away i1
         customer_away i1 until 36000
         @36000 tick
         consult_over i1 a1 a2 ended held
         ended i1 a1 customer_lost wrap_up 96000",
    );
}

#[test]
fn a_vanished_agent_leaves_the_customer_to_the_colleague_who_accepted() {
    check_in_private(
        "@6000 disconnect a1
         away a1 lease 8500 grace 66000
         @20999 tick
         @21000 tick
         handed_over i1 a1 a2
         @22000 connect a1
         back a1",
    );
    check_in_private(
        "@6000 sign_out a1
         handed_over i1 a1 a2
         offline a1",
    );
}

#[test]
fn a_vanished_agent_whose_colleague_is_not_there_leaves_the_customer_to_the_queue() {
    check_in_a_call(
        "@4000 consult a1 i1 a2
         asked i1 a1 a2 until 24000
         @4500 disconnect a1
         away a1 lease 7000 grace 64500
         @19500 tick
         consult_over i1 a1 a2 agent_lost held
         returned i1",
    );
    check_in_private(
        "@6000 disconnect a2
         away a2 lease 8500 grace 66000
         @6000 disconnect a1
         away a1 lease 8500 grace 66000
         @21000 tick
         consult_over i1 a1 a2 agent_lost held
         returned i1",
    );
}

#[test]
fn a_colleague_who_vanishes_for_good_leaves_the_agent_with_the_customer() {
    check_in_private(
        "@6000 join a1 i1
         together i1 a1 a2
         @7000 disconnect a2
         away a2 lease 9500 grace 67000
         @67000 tick
         consult_over i1 a1 a2 colleague_away talking
         offline a2",
    );
}

#[test]
fn a_restart_in_a_consult_gives_everybody_time_to_return() {
    check_in_private(
        "@90000 restarted
         away a1 lease 92500 grace 150000
         away a2 lease 92500 grace 150000
         customer_away i1 until 120000
         @92500 tick
         @93000 connect a1
         back a1
         @93000 connect a2
         back a2
         @93500 customer_back i1
         customer_back i1
         @110000 tick
         @110000 hand_over a1 i1
         handed_over i1 a1 a2",
    );
}
