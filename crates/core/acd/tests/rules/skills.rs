//! Skills, and the circle of agents that widens as the wait grows.

use crate::check;

#[test]
fn an_agent_below_the_minimum_is_not_rung() {
    check(
        "queue q1 needs s1:3
         agent a1 serves q1 knows s1:2
         agent a2 serves q1 knows s1:3
         agent a3 serves q1
         @1000 on_duty a1
         on_duty a1
         @1100 on_duty a3
         on_duty a3
         @1200 on_duty a2
         on_duty a2
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a2 until 22000
         @2100 enter c2 q1
         entered i2 c2 q1",
    );
}

#[test]
fn all_skills_of_a_ring_are_needed_together() {
    check(
        "queue q1 needs s1:2 s2:2
         agent a1 serves q1 knows s1:5
         agent a2 serves q1 knows s2:5
         agent a3 serves q1 knows s1:2 s2:2
         @1000 on_duty a1
         on_duty a1
         @1000 on_duty a2
         on_duty a2
         @2000 enter c1 q1
         entered i1 c1 q1
         @3000 on_duty a3
         on_duty a3
         offer i1 a3 until 23000",
    );
}

#[test]
fn the_circle_widens_ring_by_ring_as_the_wait_grows() {
    check(
        "queue q1 needs s1:5 then s1:3 after 10000 then anybody after 30000
         agent a1 serves q1
         agent a2 serves q1 knows s1:3
         @1000 on_duty a1
         on_duty a1
         @2000 enter c1 q1
         entered i1 c1 q1
         @2500 enter c2 q1
         entered i2 c2 q1
         @12000 tick
         ring i1 2
         @12500 tick
         ring i2 2
         @20000 on_duty a2
         on_duty a2
         offer i1 a2 until 40000
         @32500 tick
         ring i2 3
         offer i2 a1 until 52500",
    );
}

#[test]
fn who_entered_later_is_not_offered_before_who_fits_as_well() {
    check(
        "queue q1 needs s1:4 then s1:1 after 10000
         agent a1 serves q1 knows s1:1
         agent a2 serves q1 knows s1:4
         @1000 enter c1 q1
         entered i1 c1 q1
         @9000 enter c2 q1
         entered i2 c2 q1
         @11000 tick
         ring i1 2
         @12000 on_duty a2
         on_duty a2
         offer i1 a2 until 32000
         @13000 on_duty a1
         on_duty a1
         @19000 tick
         ring i2 2
         offer i2 a1 until 39000",
    );
}

#[test]
fn a_ring_that_was_reached_stays_reached_after_a_declined_offer() {
    check(
        "queue q1 needs s1:3 then anybody after 5000
         agent a1 serves q1
         agent a2 serves q1
         patience rejects 3
         @1000 on_duty a1
         on_duty a1
         @2000 enter c1 q1
         entered i1 c1 q1
         @7000 tick
         ring i1 2
         offer i1 a1 until 27000
         @8000 on_duty a2
         on_duty a2
         @9000 decline a1 i1
         declined i1 a1 not_back 69000
         offer i1 a2 until 29000",
    );
}
