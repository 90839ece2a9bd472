//! What happens in a queue's line and to those who come out of it.

use crate::story::check;

#[test]
fn a_call_that_is_answered_wrapped_up_and_over() {
    check(
        "09:00:00 on_duty a1
         09:01:05 enter c1 q1
         09:01:10 ? q1
         = waiting 1 ringing 1 longest 0:05, offered 1
         09:01:20 accept a1 i1
         09:01:30 ? q1
         = talking 1, offered 1 answered 1 within 1 waited 0:15, worked talk 0:10
         09:03:20 hold a1 i1
         09:03:50 resume a1 i1
         09:04:20 leave i1
         09:04:50 ? q1
         = in_wrap_up 1, offered 1 answered 1 within 1 waited 0:15, worked talk 2:30 hold 0:30 wrap 0:30
         09:05:00 finish a1 i1
         09:30:00 ? q1
         = offered 1 answered 1 within 1 waited 0:15, handled 1 talk 2:30 hold 0:30 wrap 0:40, worked talk 2:30 hold 0:30 wrap 0:40",
    );
}

#[test]
fn in_time_is_up_to_the_queues_own_threshold() {
    check(
        "09:00:00 enter c1 q1
         09:00:00 enter c2 q2
         09:00:20 on_duty a3
         09:00:21 on_duty a1
         09:00:21 accept a1 i1
         09:00:21 accept a3 i2
         09:00:21 ? q1
         = talking 1, offered 1 answered 1 waited 0:21
         09:00:21 ? q2
         = talking 1, offered 1 answered 1 within 1 waited 0:21
         09:00:22 enter c3 q1
         09:00:42 on_duty a2
         09:00:42 accept a2 i3
         09:00:42 ? q1
         = talking 2, offered 2 answered 2 within 1 waited 0:41, worked talk 0:21",
    );
}

#[test]
fn who_leaves_soon_is_a_short_abandon_and_who_leaves_later_an_abandon() {
    check(
        "09:00:00 enter c1 q1
         09:00:04 leave i1
         09:01:00 enter c2 q1
         09:01:05 leave i2
         09:02:00 enter c3 q2
         09:02:00 leave i3
         09:03:00 ? q1
         = offered 2 abandoned 1 short 1 patient 0:05
         09:03:00 ? q2
         = offered 1 abandoned 1",
    );
}

#[test]
fn who_is_taken_out_of_the_line_has_neither_abandoned_nor_lowers_the_service_level() {
    check(
        "09:00:00 enter c1 q1
         09:00:05 enter c2 q1
         09:00:30 remove i1
         09:00:40 leave i2
         09:01:00 ? q1
         = offered 2 abandoned 1 removed 1 patient 0:35",
    );
}

#[test]
fn who_loses_the_link_is_gone_when_it_went() {
    // The grace period is half a minute.
    check(
        "09:00:00 enter c1 q1
         09:00:03 away i1
         09:01:00 enter c2 q1
         09:01:15 away i2
         09:01:40 ? q1
         = waiting 1 longest 0:40, offered 2 short 1
         09:02:00 ? q1
         = offered 2 abandoned 1 short 1 patient 0:15
         09:03:00 enter c3 q1
         09:03:03 away i3
         09:03:20 restart server
         09:03:50 ? q1
         = offered 3 abandoned 1 short 2 patient 0:15",
    );
}

#[test]
fn who_leaves_by_choice_was_there_until_then_whatever_the_link_did() {
    check(
        "09:00:00 enter c1 q1
         09:00:03 away i1
         09:00:10 leave i1
         09:00:10 ? q1
         = offered 1 abandoned 1 patient 0:10",
    );
}

#[test]
fn a_customer_passed_on_is_offered_again_where_they_wait_now() {
    check(
        "09:00:00 on_duty a1
         09:00:00 enter c1 q1
         09:00:05 accept a1 i1
         09:02:05 transfer a1 i1 q2
         09:02:35 ? q1
         = offered 1 answered 1 within 1 waited 0:05, handled 1 transferred_out 1 talk 2:00, worked talk 2:00
         09:02:35 ? q2
         = waiting 1 longest 0:30, offered 1 transferred_in 1
         09:03:35 on_duty a3
         09:03:35 accept a3 i1
         09:04:00 hang_up a3 i1
         09:05:00 ? q2
         = offered 1 transferred_in 1 answered 1 waited 1:30, handled 1 talk 0:25, worked talk 0:25
         09:05:00 ? q1
         = offered 1 answered 1 within 1 waited 0:05, handled 1 transferred_out 1 talk 2:00, worked talk 2:00",
    );
}

#[test]
fn a_customer_passed_to_a_colleague_by_name_waits_in_the_same_line() {
    check(
        "09:00:00 on_duty a1
         09:00:00 online a2
         09:00:00 enter c1 q1
         09:00:05 accept a1 i1
         09:01:05 transfer a1 i1 a2
         09:01:08 ? q1
         = waiting 1 ringing 1 longest 0:03, offered 2 transferred_in 1 answered 1 within 1 waited 0:05, handled 1 transferred_out 1 talk 1:00, worked talk 1:00
         09:01:09 accept a2 i1
         09:02:00 ? q1
         = talking 1, offered 2 transferred_in 1 answered 2 within 2 waited 0:09, handled 1 transferred_out 1 talk 1:00, worked talk 1:51",
    );
}

#[test]
fn an_agent_who_vanishes_in_a_call_gives_the_customer_back_to_the_line() {
    // The grace period is a minute.
    check(
        "09:00:00 on_duty a1
         09:00:00 enter c1 q1
         09:00:10 accept a1 i1
         09:01:10 disconnect a1
         09:02:20 ? q1
         = waiting 1 longest 0:10, offered 2 returned 1 answered 1 within 1 waited 0:10, handled 1 talk 2:00, worked talk 2:00
         09:02:30 leave i1
         09:03:00 ? q1
         = offered 2 returned 1 answered 1 within 1 abandoned 1 waited 0:10 patient 0:20, handled 1 talk 2:00, worked talk 2:00",
    );
}

#[test]
fn asking_a_colleague_holds_the_customer_and_handing_over_goes_on_with_the_same_handling() {
    check(
        "09:00:00 on_duty a1
         09:00:00 online a2
         09:00:00 enter c1 q1
         09:00:10 accept a1 i1
         09:01:10 consult a1 i1 a2
         09:01:20 accept a2 i1
         09:01:50 join a1 i1
         09:02:20 step_aside a1 i1
         09:02:25 hand_over a1 i1
         09:03:25 hang_up a2 i1
         09:03:35 finish a2 i1
         09:04:00 ? q1
         = offered 1 answered 1 within 1 waited 0:10, handled 1 talk 2:30 hold 0:45 wrap 0:10, worked talk 2:30 hold 0:45 wrap 0:10",
    );
}

#[test]
fn a_kept_place_waits_and_is_called_back_outside_the_service_level() {
    check(
        "09:00:00 enter c1 q1
         09:00:10 keep_place i1
         09:10:00 ? q1
         = waiting 1 callbacks 1 longest 10:00, offered 1
         09:10:00 on_duty a1
         09:10:05 accept a1 i1
         09:10:10 ? q1
         = waiting 1 ringing 1 callbacks 1 longest 10:10, offered 1
         09:10:15 answer i1
         09:11:00 ? q1
         = talking 1, offered 1 called_back 1, worked talk 0:45",
    );
}

#[test]
fn a_callback_that_is_given_up_is_lost_and_not_abandoned() {
    check(
        "09:00:00 enter c1 q1
         09:00:00 enter c2 q1
         09:00:00 enter c3 q1
         09:00:10 keep_place i1
         09:00:10 keep_place i2
         09:00:10 keep_place i3
         09:01:00 leave i1
         09:02:00 away i2
         09:03:00 on_line i3
         09:03:00 leave i3
         09:11:59 ? q1
         = waiting 1 callbacks 1 longest 11:59, offered 3 abandoned 1 callbacks_lost 1 patient 3:00
         09:12:00 ? q1
         = offered 3 abandoned 1 callbacks_lost 2 patient 3:00",
    );
}

#[test]
fn the_longest_wait_is_of_whoever_entered_this_line_first() {
    check(
        "09:00:00 enter c1 q1
         09:00:30 enter c2 q1
         09:01:00 enter c3 q1
         09:01:30 leave i1
         09:01:40 ? q1
         = waiting 2 longest 1:10, offered 3 abandoned 1 patient 1:30
         09:02:00 on_duty a1
         09:02:10 ? q1
         = waiting 2 ringing 1 longest 1:40, offered 3 abandoned 1 patient 1:30",
    );
}
