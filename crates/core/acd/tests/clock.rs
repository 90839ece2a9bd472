//! What happens when the wall clock is set while people wait and talk; `transcript` says how to read it.

#[cfg(test)]
mod transcript;

use transcript::check;

const DAY: u64 = 24 * 60 * 60 * 1_000;

#[test]
fn a_ring_lasts_as_long_as_before_whichever_way_the_clock_is_set() {
    let clock = 300 * DAY;
    for by in [
        200 * DAY.cast_signed(),
        28_800_000,
        -3_600_000,
        -200 * DAY.cast_signed(),
    ] {
        let set = |at: u64| (clock + at).saturating_add_signed(by);
        let (rings, offered) = (clock + 2_000, clock + 22_000);
        let (at_set, before, due) = (set(5_000), set(21_999), set(22_000));
        let (next, until) = (set(30_000), set(50_000));
        check(&format!(
            "@{clock} on_duty a1
             on_duty a1
             @{rings} enter c1 q1
             entered i1 c1 q1
             offer i1 a1 until {offered}
             @{at_set} clock_set {by}
             clock_set {by}ms
             @{before} tick
             @{due} tick
             missed i1 a1
             @{next} ready a1
             state a1 ready
             offer i1 a1 until {until}"
        ));
    }
}

#[test]
fn who_came_first_is_first_also_when_the_clock_was_set_between_them() {
    check(
        "@90000000 enter c1 q1
         entered i1 c1 q1
         @3600000 clock_set -86400000
         clock_set -86400000ms
         @3610000 enter c2 q1
         entered i2 c2 q1
         @90020000 clock_set 86400000
         clock_set 86400000ms
         @90030000 enter c3 q1
         entered i3 c3 q1
         @90040000 position i1
         position 1
         @90040000 position i2
         position 2
         @90040000 on_duty a1
         on_duty a1
         offer i1 a1 until 90060000
         @90041000 accept a1 i1
         accepted i1 a1
         @90041000 ? i1
         talking a1 since 90041000
         @50000 clock_set -89995000
         clock_set -89995000ms
         @50000 ? i1
         talking a1 since 46000",
    );
}

#[test]
fn away_and_kept_places_have_as_long_to_go() {
    check(
        "@100000000 enter c1 q1
         entered i1 c1 q1
         @100002000 customer_away i1
         customer_away i1 until 100032000
         @900012000 clock_set 800000000
         clock_set 800000000ms
         @900031999 tick
         @900032000 tick
         abandoned i1 customer_lost",
    );
}

#[test]
fn hours_follow_the_clock_at_once_in_both_directions() {
    check(
        "queue q1 hours h1
         agent a1 serves q1
         hours h1 UTC daily 09:00-17:00
         clock 2026-03-10
         @36000000 tick
         hours s1 opened until 61200000
         @36000000 enter c1 q1
         entered i1 c1 q1
         @64800000 clock_set 28800000
         clock_set 28800000ms
         hours s1 closed until 118800000
         @64801000 enter c2 q1
         refused queue_closed
         @36030000 clock_set -28800000
         clock_set -28800000ms
         hours s1 opened until 61200000
         @36031000 enter c2 q1
         entered i2 c2 q1",
    );
}
