//! Where agents' time goes.

use crate::story::{agent, check, play};
use figures::Activity;

#[test]
fn every_second_online_is_in_one_state() {
    check(
        "09:00:00 ? a1
         = offline
         09:00:00 online a1
         09:02:00 ready a1
         09:05:00 enter c1 q1
         09:05:10 accept a1 i1
         09:06:10 hold a1 i1
         09:06:30 resume a1 i1
         09:07:10 hang_up a1 i1
         09:07:20 ? a1
         = wrap_up for 0:10: justsignedin 2:00 ready 3:00 rung 0:10 wrap_up 0:10 held 0:20 talking 1:40
         09:08:00 finish a1 i1
         09:10:00 not_ready a1 lunch
         09:40:00 not_ready a1 break
         09:45:00 sign_out a1
         12:00:00 ? a1
         = offline: justsignedin 2:00 break 5:00 lunch 30:00 ready 5:00 rung 0:10 wrap_up 0:50 held 0:20 talking 1:40, handled 1 talk 1:40 hold 0:20 wrap 0:50",
    );
}

#[test]
fn offers_that_ring_out_or_are_declined_count_with_whom_they_rang() {
    check(
        "09:00:00 on_duty a1
         09:00:00 enter c1 q1
         09:01:00 ? a1
         = missed for 0:40: missed 0:40 rung 0:20, missed 1
         09:02:00 ready a1
         09:02:05 decline a1 i1
         09:03:00 ? a1
         = break for 0:55: break 0:55 missed 1:40 rung 0:25, missed 1 declined 1",
    );
}

#[test]
fn a_colleague_who_is_asked_talks_and_handles_what_they_take_over() {
    check(
        "09:00:00 on_duty a1
         09:00:00 online a2
         09:00:00 enter c1 q1
         09:00:10 accept a1 i1
         09:01:10 consult a1 i1 a2
         09:01:20 accept a2 i1
         09:01:50 ? a1
         = held for 0:40: rung 0:10 held 0:40 talking 1:00
         09:01:50 ? a2
         = talking for 0:30: justsignedin 1:10 rung 0:10 talking 0:30, consults 1
         09:01:50 hand_over a1 i1
         09:02:00 ? a1
         = ready for 0:10: ready 0:10 rung 0:10 held 0:40 talking 1:00, handled 1 talk 1:00 hold 0:40
         09:02:50 hang_up a2 i1
         09:03:50 ? a2
         = justsignedin for 0:00: justsignedin 1:10 rung 0:10 wrap_up 1:00 talking 1:30, handled 1 talk 1:00 wrap 1:00, consults 1",
    );
}

#[test]
fn a_question_that_comes_to_nothing_is_no_handling() {
    check(
        "09:00:00 on_duty a1
         09:00:00 online a2
         09:00:00 enter c1 q1
         09:00:10 accept a1 i1
         09:01:00 consult a1 i1 a2
         09:01:30 ? a2
         = justsignedin for 0:10: justsignedin 1:10 rung 0:20, missed 1
         09:02:00 consult a1 i1 a2
         09:02:10 decline a2 i1
         09:02:10 ? a1
         = held for 1:10: rung 0:10 held 1:10 talking 0:50
         09:03:00 consult a1 i1 a2
         09:03:10 accept a2 i1
         09:03:40 end_consult a1 i1
         09:04:00 ? a1
         = talking for 0:20: rung 0:10 held 2:40 talking 1:10
         09:04:00 ? a2
         = justsignedin for 0:20: justsignedin 2:50 rung 0:40 talking 0:30, missed 1 declined 1 consults 1",
    );
}

#[test]
fn an_agent_who_vanishes_keeps_the_state_until_the_grace_period_is_over() {
    check(
        "09:00:00 on_duty a1
         09:00:00 enter c1 q1
         09:00:10 accept a1 i1
         09:01:10 disconnect a1
         09:02:00 ? a1
         = talking for 1:50: rung 0:10 talking 1:50
         09:05:00 ? a1
         = offline: rung 0:10 talking 2:00, handled 1 talk 2:00",
    );
}

#[test]
fn calling_back_is_work_and_a_missed_callback_leaves_the_agent_ready() {
    check(
        "09:00:00 enter c1 q1
         09:00:00 keep_place i1
         09:01:00 on_duty a1
         09:01:10 accept a1 i1
         09:01:20 ? a1
         = calling_back for 0:10: rung 0:10 calling_back 0:10
         09:02:00 ? a1
         = ready for 0:20: ready 0:20 rung 0:10 calling_back 0:30
         09:02:00 ? q1
         = waiting 1 callbacks 1 longest 2:00, offered 1",
    );
}

#[test]
fn the_formulas_of_a_day_that_was_worked_out_by_hand() {
    let figures = play(
        "09:00:00 on_duty a1
         09:05:00 enter c1 q1
         09:05:10 accept a1 i1
         09:08:10 hang_up a1 i1
         09:08:40 finish a1 i1
         09:10:00 enter c2 q1
         09:10:30 ? q1
         = waiting 1 longest 0:30, offered 2 answered 1 within 1 waited 0:10, handled 1 talk 3:00 wrap 0:30, worked talk 3:00 wrap 0:30
         09:10:30 ready a1
         09:10:40 accept a1 i2
         09:12:10 hang_up a1 i2
         09:12:40 finish a1 i2
         09:20:00 not_ready a1 lunch
         09:30:00 enter c3 q1
         09:31:00 leave i3",
    );
    let look = figures.at(vocab::Millis(0));
    let queue = look
        .queue(crate::story::queue("q1"))
        .expect("configured")
        .window;
    assert_eq!(queue.service_level_of_answered(), Some(1.0 / 2.0));
    assert_eq!(
        queue.service_level_of_answered_and_abandoned(),
        Some(1.0 / 3.0)
    );
    assert_eq!(queue.service_level_of_offered(), Some(1.0 / 3.0));
    assert_eq!(queue.asa_ms(), Some(25_000));
    assert_eq!(queue.aht_ms(), Some((210_000 + 120_000) / 2));
    assert_eq!(queue.abandonment(), Some(1.0 / 3.0));

    let agent = look.agent(agent("a1")).expect("configured");
    let ready_ms = agent.window.times.ms(Activity::Ready);
    assert_eq!(ready_ms, 300_000 + 80_000 + 440_000);
    assert_eq!(
        agent.window.occupancy(),
        Some(330_000.0 / (330_000.0 + 820_000.0))
    );
    assert_eq!(agent.window.aht_ms(), Some(165_000));
}
