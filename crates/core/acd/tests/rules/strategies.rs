//! Who is rung first among those who fit, one transcript a strategy.

use crate::check;

#[test]
fn longest_idle_is_who_has_waited_for_work_longest() {
    check(
        "queue q1 strategy longest_idle
         agent a1 serves q1
         agent a2 serves q1
         @1000 on_duty a2
         on_duty a2
         @2000 on_duty a1
         on_duty a1
         @3000 enter c1 q1
         entered i1 c1 q1
         offer i1 a2 until 23000
         @4000 accept a2 i1
         accepted i1 a2
         @5000 hang_up a2 i1
         ended i1 a2 agent no_wrap_up
         @6000 enter c2 q1
         entered i2 c2 q1
         offer i2 a1 until 26000
         @7000 enter c3 q1
         entered i3 c3 q1
         offer i3 a2 until 27000",
    );
}

#[test]
fn most_skilled_is_the_highest_sum_in_what_the_queue_asks_for() {
    check(
        "queue q1 strategy most_skilled needs s1:2 s2:1 then s1:1 after 20000
         agent a1 serves q1 knows s1:5 s2:1 s3:5
         agent a2 serves q1 knows s1:4 s2:4
         agent a3 serves q1 knows s1:4 s2:4
         @1000 on_duty a1
         on_duty a1
         @1000 on_duty a3
         on_duty a3
         @2000 on_duty a2
         on_duty a2
         @3000 enter c1 q1
         entered i1 c1 q1
         offer i1 a3 until 23000
         @3000 enter c2 q1
         entered i2 c2 q1
         offer i2 a2 until 23000
         @3000 enter c3 q1
         entered i3 c3 q1
         offer i3 a1 until 23000",
    );
}

#[test]
fn fewest_handled_is_counted_since_signing_in() {
    check(
        "queue q1 strategy fewest_handled
         agent a1 serves q1
         agent a2 serves q1
         @1000 on_duty a1
         on_duty a1
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @2000 accept a1 i1
         accepted i1 a1
         @3000 hang_up a1 i1
         ended i1 a1 agent no_wrap_up
         @4000 on_duty a2
         on_duty a2
         @5000 enter c2 q1
         entered i2 c2 q1
         offer i2 a2 until 25000
         @5000 leave i2
         withdrawn i2 a2 customer_left
         abandoned i2 customer
         @6000 sign_out a1
         offline a1
         @7000 on_duty a1
         on_duty a1
         @8000 enter c3 q1
         entered i3 c3 q1
         offer i3 a2 until 28000
         @8000 enter c4 q1
         entered i4 c4 q1
         offer i4 a1 until 28000",
    );
}

#[test]
fn a_customer_for_somebody_in_particular_takes_nobodys_turn() {
    check(
        "queue q1 strategy round_robin last_agent 15000
         agent a1 serves q1
         agent a2 serves q1
         agent a3 serves q1
         @1000 on_duty a1
         on_duty a1
         @2000 on_duty a2
         on_duty a2
         @3000 on_duty a3
         on_duty a3
         @4000 enter c1 q1 last a3
         entered i1 c1 q1
         kept_for i1 a3 until 19000
         offer i1 a3 until 24000
         @5000 enter c2 q1
         entered i2 c2 q1
         offer i2 a1 until 25000
         @6000 accept a1 i2
         accepted i2 a1
         @7000 transfer a1 i2 a2
         transferred i2 a1 a2
         offer i2 a2 until 27000
         @8000 enter c3 q1
         entered i3 c3 q1
         offer i3 a1 until 28000",
    );
}

#[test]
fn round_robin_goes_by_number_and_begins_again() {
    check(
        "queue q1 strategy round_robin
         agent a1 serves q1
         agent a2 serves q1
         agent a3 serves q1
         @1000 on_duty a3
         on_duty a3
         @2000 on_duty a1
         on_duty a1
         @3000 on_duty a2
         on_duty a2
         @4000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 24000
         @4000 leave i1
         withdrawn i1 a1 customer_left
         abandoned i1 customer
         @5000 enter c2 q1
         entered i2 c2 q1
         offer i2 a2 until 25000
         @5000 leave i2
         withdrawn i2 a2 customer_left
         abandoned i2 customer
         @6000 enter c3 q1
         entered i3 c3 q1
         offer i3 a3 until 26000
         @7000 enter c4 q1
         entered i4 c4 q1
         offer i4 a1 until 27000",
    );
}

#[test]
fn ring_all_rings_everybody_and_the_first_to_accept_has_it() {
    check(
        "queue q1 strategy ring_all
         agent a1 serves q1
         agent a2 serves q1
         agent a3 serves q1
         @1000 on_duty a2
         on_duty a2
         @2000 on_duty a1
         on_duty a1
         @3000 enter c1 q1
         entered i1 c1 q1
         offer i1 a2 until 23000
         offer i1 a1 until 23000
         @4000 on_duty a3
         on_duty a3
         @5000 accept a1 i1
         withdrawn i1 a2 taken_by_colleague
         accepted i1 a1
         @5000 accept a2 i1
         refused not_yours
         @6000 enter c2 q1
         entered i2 c2 q1
         offer i2 a2 until 26000
         offer i2 a3 until 26000
         @26000 tick
         missed i2 a2
         missed i2 a3
         @27000 ready a3
         state a3 ready
         offer i2 a3 until 47000",
    );
}

#[test]
fn who_has_less_asynchronous_work_comes_first() {
    check(
        "queue q1
         agent a1 serves q1 capacity 3
         agent a2 serves q1 capacity 3
         @1000 on_duty a1
         on_duty a1
         @2000 on_duty a2
         on_duty a2
         @3000 enter c1 q1 chat
         entered i1 c1 q1
         offer i1 a1 until 23000
         @3000 accept a1 i1
         accepted i1 a1
         @4000 enter c2 q1 chat
         entered i2 c2 q1
         offer i2 a2 until 24000",
    );
}

#[test]
fn ring_all_comes_to_those_whom_it_left_out_when_the_first_twenty_are_not_there() {
    let agents: String = (1..=21)
        .map(|id| format!("agent a{id} serves q1\n"))
        .collect();
    let ready: String = (1..=21)
        .map(|id| format!("@{id} on_duty a{id}\non_duty a{id}\n"))
        .collect();
    let offers: String = (1..=20)
        .map(|id| format!("offer i1 a{id} until 21000\n"))
        .collect();
    let missed: String = (1..=20).map(|id| format!("missed i1 a{id}\n")).collect();
    check(&format!(
        "queue q1 strategy ring_all
         {agents}{ready}@1000 enter c1 q1
         entered i1 c1 q1
         {offers}@21000 tick
         {missed}offer i1 a21 until 41000"
    ));
}
