//! Customers whose connection broke off and who come back: to the agent they spoke with, or to their place in line.

use crate::check;

#[test]
fn who_was_cut_off_comes_back_to_the_same_agent_before_everybody_in_line() {
    check(
        "queue q1 wrap_up 60000
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
         @5000 customer_away i1
         customer_away i1 until 35000
         @35000 tick
         ended i1 a1 customer_lost wrap_up 95000
         @36000 enter c1 q1 last a1 back
         entered i3 c1 q1
         kept_for i3 a1 until 96000
         @36000 position i3
         position 1
         @37000 on_duty a2
         on_duty a2
         offer i2 a2 until 57000
         @40000 finish a1 i1 -
         wrapped_up i1 a1 -
         offer i3 a1 until 60000",
    );
}

#[test]
fn an_agent_who_does_not_come_keeps_nobody_who_came_back_from_the_others() {
    check(
        "queue q1
         agent a1 serves q1
         agent a2 serves q1
         agent a3
         @1000 on_duty a1
         on_duty a1
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @3000 on_duty a2
         on_duty a2
         @4000 enter c2 q1 last a1 back
         entered i2 c2 q1
         kept_for i2 a1 until 64000
         @64000 tick
         missed i1 a1
         offerable_to_all i2
         offer i2 a2 until 84000
         @65000 enter c3 q1 last a3 back
         entered i3 c3 q1
         @65000 position i3
         position 1",
    );
}

#[test]
fn who_was_cut_off_while_waiting_takes_the_same_place_again() {
    check(
        "queue q1 room 2
         agent a1 serves q1
         @1000 enter c1 q1
         entered i1 c1 q1
         @5000 enter c2 q1
         entered i2 c2 q1
         @5500 enter c9 q1
         refused queue_full
         @6000 enter c3 q1 back_since 3000
         entered i3 c3 q1
         @6000 position i3
         position 2
         @7000 enter c4 q1 back_since 9000
         entered i4 c4 q1
         @7000 position i4
         position 4",
    );
}

#[test]
fn a_closed_queue_takes_back_only_whom_their_agent_is_still_there_for() {
    check(
        "queue q1 closed
         agent a1 serves q1
         agent a2 serves q1
         @1000 on_duty a1
         on_duty a1
         @2000 enter c1 q1 last a2 back
         refused queue_closed
         @2000 enter c1 q1 back_since 1500
         refused queue_closed
         @2000 enter c1 q1 last a1 back
         entered i1 c1 q1
         kept_for i1 a1 until 62000
         offer i1 a1 until 22000",
    );
}
