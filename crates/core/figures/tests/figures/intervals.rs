//! Quarter hours, midnights and windows.

use crate::story::check;

#[test]
fn time_is_split_and_counts_stand_where_they_happened() {
    check(
        "09:10:00 on_duty a1
         09:14:55 enter c1 q1
         09:15:10 accept a1 i1
         09:31:00 hang_up a1 i1
         09:31:30 finish a1 i1
         09:32:00 intervals q1
         = 09:00 offered 1
         = 09:15 answered 1 within 1 waited 0:15, worked talk 14:50
         = 09:30 handled 1 talk 15:50 wrap 0:30, worked talk 1:00 wrap 0:30
         09:32:00 intervals a1
         = 09:00 ready 4:55 rung 0:05
         = 09:15 rung 0:10 talking 14:50
         = 09:30 ready 0:30 wrap_up 0:30 talking 1:00, handled 1 talk 15:50 wrap 0:30",
    );
}

#[test]
fn what_goes_on_is_in_the_interval_that_runs() {
    check(
        "09:14:00 on_duty a1
         09:14:00 enter c1 q1
         09:14:00 accept a1 i1
         09:16:00 intervals a1
         = 09:00 talking 1:00
         = 09:15 talking 1:00
         09:16:00 intervals q1
         = 09:00 offered 1 answered 1 within 1, worked talk 1:00
         = 09:15 worked talk 1:00
         09:46:00 intervals a1
         = 09:00 talking 1:00
         = 09:15 talking 15:00
         = 09:30 talking 15:00
         = 09:45 talking 1:00",
    );
}

#[test]
fn a_call_over_midnight_belongs_to_both_days() {
    check(
        "23:40:00 on_duty a1
         23:50:00 enter c1 q1
         23:50:10 accept a1 i1
         24:00:00 window
         24:00:00 ? a1
         = talking for 9:50
         24:05:00 ? a1
         = talking for 14:50: talking 5:00
         24:05:00 ? q1
         = talking 1, worked talk 5:00
         24:10:00 hang_up a1 i1
         24:10:30 finish a1 i1
         24:20:00 ? a1
         = ready for 9:30: ready 9:30 wrap_up 0:30 talking 10:00, handled 1 talk 19:50 wrap 0:30
         24:20:00 ? q1
         = handled 1 talk 19:50 wrap 0:30, worked talk 10:00 wrap 0:30
         24:20:00 intervals q1
         = 23:45 offered 1 answered 1 within 1 waited 0:10, worked talk 9:50
         = 24:00 handled 1 talk 19:50 wrap 0:30, worked talk 10:00 wrap 0:30
         24:20:00 intervals a1
         = 23:30 ready 5:00
         = 23:45 ready 5:00 rung 0:10 talking 9:50
         = 24:00 ready 4:30 wrap_up 0:30 talking 10:00, handled 1 talk 19:50 wrap 0:30
         = 24:15 ready 5:00",
    );
}

#[test]
fn two_days_are_kept_and_no_more() {
    check(
        "00:00:00 enter c1 q1
         00:10:00 leave i1
         00:20:00 enter c2 q1
         00:21:00 leave i2
         47:59:59 intervals q1
         = 00:00 offered 1 abandoned 1 patient 10:00
         = 00:15 offered 1 abandoned 1 patient 1:00
         48:00:00 intervals q1
         = 00:15 offered 1 abandoned 1 patient 1:00
         48:15:00 intervals q1
         48:15:00 ? q1
         = offered 2 abandoned 2 patient 11:00",
    );
}

/// A hardware clock in local time, set right after half a minute: the day's figures and its curve are what they were.
#[test]
fn a_clock_that_was_set_takes_what_goes_on_and_what_is_written_along() {
    check(
        "09:10:00 on_duty a1
         09:14:55 enter c1 q1
         09:15:10 accept a1 i1
         17:20:00 clock_set 8
         17:20:30 ? a1
         = talking for 5:20: ready 4:55 rung 0:15 talking 5:20
         17:20:30 intervals a1
         = 17:00 ready 4:55 rung 0:05
         = 17:15 rung 0:10 talking 5:20
         09:20:30 clock_set -8
         09:31:00 hang_up a1 i1
         09:31:30 finish a1 i1
         09:32:00 intervals q1
         = 09:00 offered 1
         = 09:15 answered 1 within 1 waited 0:15, worked talk 14:50
         = 09:30 handled 1 talk 15:50 wrap 0:30, worked talk 1:00 wrap 0:30",
    );
}
