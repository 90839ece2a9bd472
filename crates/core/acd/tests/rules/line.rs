//! What happens to a line when nobody comes: other queues, hours and holidays, closing time, detours.

use crate::check;

#[test]
fn who_waits_too_long_moves_to_another_queue_with_the_time_waited() {
    check(
        "queue q1 overflow q2 after 30000
         queue q2
         agent a1 serves q2
         @1000 enter c1 q1
         entered i1 c1 q1
         @5000 enter c2 q2
         entered i2 c2 q2
         @31000 tick
         overflowed i1 q1 q2
         @31000 position i1
         position 1
         @32000 on_duty a1
         on_duty a1
         offer i1 a1 until 52000",
    );
}

#[test]
fn an_overflow_waits_while_the_other_queue_takes_nobody() {
    check(
        "queue q1 overflow q2 after 30000
         queue q2 room 1
         @1000 enter c1 q2
         entered i1 c1 q2
         @2000 enter c2 q1
         entered i2 c2 q1
         @32000 tick
         overflow_postponed i2 until 92000
         @40000 leave i1
         abandoned i1 customer
         @92000 tick
         overflowed i2 q1 q2",
    );
}

#[test]
fn a_full_queue_and_a_closed_one_lead_elsewhere() {
    check(
        "queue q1 room 1 when_full q3
         queue q2 closed when_closed q1
         queue q3
         @1000 enter c1 q2
         entered i1 c1 q2
         overflowed i1 q2 q1
         @2000 enter c2 q2
         entered i2 c2 q2
         overflowed i2 q2 q1
         overflowed i2 q1 q3
         @3000 enter c3 q1
         entered i3 c3 q1
         overflowed i3 q1 q3",
    );
}

#[test]
fn without_a_detour_the_customer_is_told() {
    check(
        "queue q1 room 1
         queue q2 closed
         @1000 enter c1 q1
         entered i1 c1 q1
         @2000 enter c2 q1
         refused queue_full
         @3000 enter c3 q2
         refused queue_closed",
    );
}

/// Times of day on Berlin's wall clock, an hour ahead of UTC until the 29th at 01:00 UTC, two hours after.
#[test]
fn hours_follow_the_wall_clock_over_the_night_in_which_it_is_set() {
    check(
        "queue q1 hours h1
         hours h1 Europe/Berlin daily 09:00-17:00
         clock 2026-03-28
         @0 tick
         @1 enter c1 q1
         refused queue_closed
         @28800000 tick
         hours s1 opened until 57600000
         @57600000 tick
         hours s1 closed until 111600000
         @111599999 enter c1 q1
         refused queue_closed
         @111600000 tick
         hours s1 opened until 140400000
         @111600000 enter c1 q1
         entered i1 c1 q1",
    );
}

#[test]
fn a_gap_in_the_wall_clock_shortens_the_opening() {
    check(
        "queue q1 hours h1
         hours h1 Europe/Berlin daily 02:30-05:00
         clock 2026-03-29
         @3599999 enter c1 q1
         refused queue_closed
         @3600000 tick
         hours s1 opened until 10800000
         @3600000 enter c1 q1
         entered i1 c1 q1",
    );
}

#[test]
fn a_holiday_is_closed_or_open_at_its_own_times() {
    check(
        "queue q1 hours h1
         hours h1 UTC daily 09:00-17:00 holiday 2026-12-24 09:00-12:00 holiday 2026-12-25
         clock 2026-12-24
         @32400000 tick
         hours s1 opened until 43200000
         @43200000 tick
         hours s1 closed until 205200000",
    );
}

#[test]
fn who_waits_at_closing_time_is_served_for_a_while_and_then_told() {
    check(
        "queue q1 hours h1 grace 60000
         agent a1 serves q1
         hours h1 UTC daily 00:00-01:00
         clock 2026-07-01
         @3590000 enter c1 q1
         entered i1 c1 q1
         @3591000 enter c2 q1
         entered i2 c2 q1
         @3600000 tick
         hours s1 closed until 86400000
         @3601000 enter c3 q1
         refused queue_closed
         @3602000 on_duty a1
         on_duty a1
         offer i1 a1 until 3622000
         @3603000 accept a1 i1
         accepted i1 a1
         @3660000 tick
         abandoned i2 closed",
    );
}

#[test]
fn who_is_to_be_called_back_keeps_the_place_over_closing_time() {
    check(
        "queue q1 hours h1 grace 60000
         hours h1 UTC daily 00:00-01:00
         clock 2026-07-01
         @3590000 enter c1 q1
         entered i1 c1 q1
         @3591000 keep_place i1
         kept i1
         @3600000 tick
         hours s1 closed until 86400000
         @3660000 tick
         @3660000 position i1
         position 1
         @3661000 on_line i1
         refused not_now",
    );
}

#[test]
fn a_kept_place_does_not_move_to_a_queue_that_keeps_none() {
    check(
        "queue q1 overflow q2 after 30000
         queue q2 keeps 0
         @1000 enter c1 q1
         entered i1 c1 q1
         @2000 keep_place i1
         kept i1
         @31000 tick
         overflow_postponed i1 until 91000
         @32000 on_line i1
         on_line i1
         @91000 tick
         overflowed i1 q1 q2",
    );
}

#[test]
fn a_talk_is_no_waiting_when_its_agent_is_lost() {
    check(
        "queue q1 overflow q2 after 30000
         queue q2
         agent a1 serves q1
         @1000 on_duty a1
         on_duty a1
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @3000 accept a1 i1
         accepted i1 a1
         @200000 sign_out a1
         returned i1
         offline a1
         @200000 tick
         @230000 tick
         overflowed i1 q1 q2",
    );
}

#[test]
fn nobody_is_passed_on_to_a_queue_that_is_closed() {
    check(
        "queue q1
         queue q2 hours h1
         hours h1 UTC daily 09:00-17:00
         agent a1 serves q1
         clock 2026-11-23
         @1000 on_duty a1
         on_duty a1
         @2000 enter c1 q1
         entered i1 c1 q1
         offer i1 a1 until 22000
         @3000 accept a1 i1
         accepted i1 a1
         @4000 transfer a1 i1 q2
         refused queue_closed",
    );
}

#[test]
fn a_supervisor_takes_out_of_the_line_who_waits_keeps_a_place_or_rings() {
    check(
        "queue q1
         agent a1 serves q1
         @1000 enter c1 q1
         entered i1 c1 q1
         @2000 enter c2 q1
         entered i2 c2 q1
         @3000 keep_place i2
         kept i2
         @4000 remove i2 by a9
         removed i2 by a9
         @5000 on_duty a1
         on_duty a1
         offer i1 a1 until 25000
         @6000 enter c3 q1
         entered i3 c3 q1
         @7000 remove i1 by a9
         withdrawn i1 a1 removed
         removed i1 by a9
         offer i3 a1 until 27000
         @8000 remove i1 by a9
         refused unknown_interaction",
    );
}

#[test]
fn a_conversation_is_not_cut_by_a_removal() {
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
         @4000 remove i1 by a9
         refused not_now
         @5000 leave i1
         ended i1 a1 customer no_wrap_up
         @6000 remove i1 by a9
         refused unknown_interaction",
    );
}
