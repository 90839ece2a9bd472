//! What the customer's record asks for: the agent they know, their language, their site, and being a VIP.

use crate::check;

#[test]
fn a_customer_waits_for_the_agent_they_spoke_with_last() {
    check(
        "queue q1 last_agent 15000
         agent a1 serves q1
         agent a2 serves q1
         @1000 on_duty a1
         on_duty a1
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @3000 on_duty a2
         on_duty a2
         @4000 enter c2 q1 last a1
         entered i2 c2 q1
         kept_for i2 a1 until 19000
         @5000 leave i1
         withdrawn i1 a1 customer_left
         abandoned i1 customer
         offer i2 a1 until 25000",
    );
}

#[test]
fn patience_for_the_last_agent_has_a_limit() {
    check(
        "queue q1 last_agent 15000
         agent a1 serves q1
         agent a2 serves q1
         @1000 on_duty a1
         on_duty a1
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @3000 on_duty a2
         on_duty a2
         @4000 enter c2 q1 last a1
         entered i2 c2 q1
         kept_for i2 a1 until 19000
         @19000 tick
         offerable_to_all i2
         offer i2 a2 until 39000",
    );
}

#[test]
fn nobody_waits_for_an_agent_who_is_not_coming() {
    check(
        "queue q1 last_agent 15000
         agent a1 serves q1
         agent a2 serves q1
         agent a3
         @1000 on_duty a2
         on_duty a2
         @2000 enter c1 q1 last a1
         entered i1 c1 q1
         offer i1 a2 until 22000
         @3000 on_duty a3
         on_duty a3
         @4000 enter c2 q1 last a3
         entered i2 c2 q1
         @5000 enter c3 q1 last a2
         entered i3 c3 q1
         kept_for i3 a2 until 20000
         @6000 sign_out a2
         withdrawn i1 a2 agent_away
         offline a2
         offerable_to_all i3",
    );
}

#[test]
fn knowing_the_customer_counts_for_more_than_skill() {
    check(
        "queue q1 needs s1:4 last_agent 15000
         agent a1 serves q1
         agent a2 serves q1 knows s1:4
         @1000 on_duty a1
         on_duty a1
         @1000 on_duty a2
         on_duty a2
         @2000 enter c1 q1 last a1
         entered i1 c1 q1
         kept_for i1 a1 until 17000
         offer i1 a1 until 22000",
    );
}

#[test]
fn the_customers_language_is_looked_for_first() {
    check(
        "queue q1 needs language then anybody after 10000
         agent a1 serves q1 speaks en
         agent a2 serves q1 speaks de en
         @1000 on_duty a1
         on_duty a1
         @2000 on_duty a2
         on_duty a2
         @3000 enter c1 q1 de
         entered i1 c1 q1
         offer i1 a2 until 23000
         @4000 enter c2 q1 zh
         entered i2 c2 q1
         @14000 tick
         ring i2 2
         offer i2 a1 until 34000",
    );
}

#[test]
fn a_customer_whose_language_is_unknown_has_no_wish() {
    check(
        "queue q1 needs language
         agent a1 serves q1 speaks en
         @1000 on_duty a1
         on_duty a1
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000",
    );
}

#[test]
fn the_customers_site_is_looked_for_first_and_sites_are_equal() {
    check(
        "queue q1 needs site then anybody after 10000
         agent a1 serves q1 site 1
         agent a2 serves q1 site 2
         @1000 on_duty a1
         on_duty a1
         @2000 on_duty a2
         on_duty a2
         @3000 enter c1 q1 site 2
         entered i1 c1 q1
         offer i1 a2 until 23000
         @4000 enter c2 q1 site 2
         entered i2 c2 q1
         @5000 enter c3 q1 site 1
         entered i3 c3 q1
         offer i3 a1 until 25000",
    );
}

#[test]
fn a_vip_is_ahead_by_the_queues_steps_and_ages_like_everybody() {
    check(
        "queue q1 vip 1
         agent a1 serves q1
         @1000 enter c1 q1
         entered i1 c1 q1
         @60000 enter c2 q1 vip
         entered i2 c2 q1
         @60000 position i2
         position 1
         @61001 enter c3 q1 vip
         entered i3 c3 q1
         @61001 position i3
         position 3
         @70000 on_duty a1
         on_duty a1
         offer i2 a1 until 90000",
    );
}

#[test]
fn who_waits_for_the_last_agent_is_free_when_that_agent_takes_a_break() {
    check(
        "queue q1 last_agent 600000
         agent a1 serves q1
         agent a2 serves q1
         @1000 on_duty a1
         on_duty a1
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @3000 accept a1 i1
         accepted i1 a1
         @4000 on_duty a2
         on_duty a2
         @5000 enter c2 q1 last a1
         entered i2 c2 q1
         kept_for i2 a1 until 605000
         @6000 next a1 not_ready:lunch
         next a1 not_ready:lunch
         offerable_to_all i2
         offer i2 a2 until 26000",
    );
}
