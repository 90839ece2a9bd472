//! What becomes of an offer, and of the agent to whom it was made: deadlines, saying no, states reserved and forced.

use crate::check;

#[test]
fn a_missed_offer_makes_the_agent_not_ready_and_the_customer_keeps_the_place() {
    check(
        "queue q1 rings 5000
         agent a1 serves q1
         agent a2 serves q1
         @1000 on_duty a1
         on_duty a1
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 7000
         @3000 enter c2 q1
         entered i2 c2 q1
         @7000 tick
         missed i1 a1
         @7000 position i1
         position 1
         @8000 on_duty a2
         on_duty a2
         offer i1 a2 until 13000",
    );
}

#[test]
fn a_state_reserved_beside_a_missed_offer_is_taken() {
    check(
        "queue q1
         queue q2 rings 5000
         agent a1 serves q1 q2
         @1000 on_duty a1
         on_duty a1
         @2000 enter c1 q1 chat
         entered i1 c1 q1
         offer i1 a1 until 22000
         @3000 enter c2 q2 chat
         entered i2 c2 q2
         offer i2 a1 until 8000
         @8000 tick
         missed i2 a1
         @9000 not_ready a1 lunch
         next a1 not_ready:lunch
         @22000 tick
         missed i1 a1
         state a1 not_ready:lunch",
    );
}

#[test]
fn who_declines_often_in_a_row_takes_a_break() {
    check(
        "queue q1
         agent a1 serves q1
         agent a2 serves q1
         patience rejects 2
         @1000 on_duty a1
         on_duty a1
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @3000 decline a1 i1
         declined i1 a1 not_back 63000
         @4000 enter c2 q1
         entered i2 c2 q1
         offer i2 a1 until 24000
         @5000 decline a1 i2
         declined i2 a1
         state a1 not_ready:break",
    );
}

#[test]
fn an_answer_forgives_what_was_declined_before() {
    check(
        "queue q1
         agent a1 serves q1
         patience rejects 2
         @1000 on_duty a1
         on_duty a1
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @3000 decline a1 i1
         declined i1 a1 not_back 63000
         @4000 enter c2 q1
         entered i2 c2 q1
         offer i2 a1 until 24000
         @5000 accept a1 i2
         accepted i2 a1
         @6000 hang_up a1 i2
         ended i2 a1 agent no_wrap_up
         @63000 tick
         offerable_to_all i1
         offer i1 a1 until 83000
         @64000 decline a1 i1
         declined i1 a1 not_back 124000",
    );
}

#[test]
fn the_state_reserved_during_a_call_comes_after_it() {
    check(
        "queue q1
         agent a1 serves q1
         @1000 on_duty a1
         on_duty a1
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @3000 accept a1 i1
         accepted i1 a1
         @4000 next a1 not_ready:lunch
         next a1 not_ready:lunch
         @5000 enter c2 q1
         entered i2 c2 q1
         @6000 hang_up a1 i1
         ended i1 a1 agent no_wrap_up
         state a1 not_ready:lunch",
    );
}

#[test]
fn who_is_about_to_be_not_ready_is_rung_for_nothing_more() {
    check(
        "queue q1
         agent a1 serves q1
         @1000 on_duty a1
         on_duty a1
         @2000 enter c1 q1 chat
         entered i1 c1 q1
         offer i1 a1 until 22000
         @3000 next a1 not_ready:meeting
         next a1 not_ready:meeting
         @4000 enter c2 q1 chat
         entered i2 c2 q1
         @5000 next a1 -
         next a1 -
         offer i2 a1 until 25000",
    );
}

#[test]
fn a_supervisor_takes_an_agent_out_and_only_what_rings_goes_back() {
    check(
        "queue q1
         agent a1 serves q1
         agent a2 serves q1
         @1000 on_duty a1
         on_duty a1
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @3000 on_duty a2
         on_duty a2
         @4000 force a1 not_ready:training by a9
         forced a1 not_ready:training by a9
         withdrawn i1 a1 state_forced
         state a1 not_ready:training
         offer i1 a2 until 24000
         @5000 accept a2 i1
         accepted i1 a2
         @6000 force a2 not_ready:training by a9
         forced a2 not_ready:training by a9
         next a2 not_ready:training
         @7000 hang_up a2 i1
         ended i1 a2 agent no_wrap_up
         state a2 not_ready:training
         @8000 force a1 ready by a9
         forced a1 ready by a9
         state a1 ready",
    );
}

#[test]
fn who_abandons_while_ringing_costs_the_agent_nothing() {
    check(
        "queue q1
         agent a1 serves q1
         @1000 on_duty a1
         on_duty a1
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @3000 enter c2 q1
         entered i2 c2 q1
         @4000 leave i1
         withdrawn i1 a1 customer_left
         abandoned i1 customer
         offer i2 a1 until 24000",
    );
}

#[test]
fn a_vanished_agents_customer_goes_back_to_the_head_of_the_queue() {
    check(
        "queue q1
         agent a1 serves q1
         agent a2 serves q1
         @1000 on_duty a1
         on_duty a1
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @3000 accept a1 i1
         accepted i1 a1
         @4000 enter c2 q1
         entered i2 c2 q1
         @5000 disconnect a1
         away a1 lease 7500 grace 65000
         @65000 tick
         returned i1
         offline a1
         @65000 position i1
         position 1
         @66000 on_duty a2
         on_duty a2
         offer i1 a2 until 86000",
    );
}
