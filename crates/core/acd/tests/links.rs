//! Those who vanish, leave and return, one transcript a rule; `transcript` says how to read them.

#[cfg(test)]
mod transcript;

use transcript::check;

#[test]
fn a_customer_who_leaves_while_ringing_costs_the_agent_nothing() {
    check(
        "@1000 on_duty a1
         on_duty a1
         @1500 on_duty a2
         on_duty a2
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
         @3000 on_duty a1
         on_duty a1
         offer i2 a1 until 23000
         @3000 position i1
         position 1
         @4000 on_duty a2
         on_duty a2
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
        "given a1 talks with c1
         @4000 customer_away i1
         customer_away i1 until 34000
         @34000 tick
         ended i1 a1 customer_lost wrap_up 94000",
    );
}

#[test]
fn an_agent_who_vanishes_while_rung_loses_the_offer_at_the_lease_and_keeps_the_state() {
    check(
        "@1000 on_duty a1
         on_duty a1
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
        "given a1 rings for c1
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
         @65000 on_duty a2
         on_duty a2
         offer i1 a2 until 85000
         @66000 connect a1
         online a1
         @66000 hang_up a1 i1
         refused not_yours",
    );
    check(
        "given a1 talks with c1
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
        "given a1 rings for c1
         @3000 sign_out a1
         withdrawn i1 a1 agent_away
         offline a1
         @3500 sign_out a1
         @4000 on_duty a2
         on_duty a2
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
        "given a1 rings for c1
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
fn a_state_reserved_while_rung_is_taken_when_the_offer_goes() {
    check(
        "given a1 rings for c1
         @3000 not_ready a1 lunch
         next a1 not_ready:lunch
         @4000 leave i1
         withdrawn i1 a1 customer_left
         abandoned i1 customer
         state a1 not_ready:lunch",
    );
    check(
        "given a1 rings for c1
         @3000 not_ready a1 lunch
         next a1 not_ready:lunch
         @4000 disconnect a1
         away a1 lease 6500 grace 64000
         @6500 tick
         withdrawn i1 a1 agent_away
         state a1 not_ready:lunch
         @7000 connect a1
         back a1",
    );
}
