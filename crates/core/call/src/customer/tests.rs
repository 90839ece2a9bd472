//! Scripts of the customer's side.

use super::*;
use crate::audience::Sound;

const I7: InteractionId = InteractionId(7);
const ANNA: Peer = Peer::Agent {
    agent: vocab::AgentId(1),
};
const NOOR: Peer = Peer::Agent {
    agent: vocab::AgentId(2),
};

fn m(number: u32) -> MediaId {
    MediaId(number)
}

fn check(call: &mut CustomerCall, now: u64, input: CustomerInput, expected: &[Effect]) {
    let said = format!("{input:?} at {now}");
    assert_eq!(call.handle(Millis(now), input), expected, "{said}");
}

fn live(is_whole: bool) -> CustomerInput {
    let seen = CustomerSeen::Live {
        interaction: I7,
        peer: ANNA,
        is_held: false,
    };
    CustomerInput::Seen { seen, is_whole }
}
fn nothing(is_whole: bool) -> CustomerInput {
    CustomerInput::Seen {
        seen: CustomerSeen::Nothing,
        is_whole,
    }
}
fn offer(media: u32) -> CustomerInput {
    CustomerInput::Offer {
        interaction: I7,
        from: ANNA,
        media: m(media),
        sdp: "offer".into(),
    }
}
fn made(media: u32) -> CustomerInput {
    CustomerInput::AnswerMade {
        media: m(media),
        sdp: "answer".into(),
    }
}
fn make(media: u32) -> Effect {
    Effect::MakeAnswer {
        media: m(media),
        sdp: "offer".into(),
    }
}
fn answered(media: u32) -> [Effect; 3] {
    let sound = Sound {
        is_sent: true,
        is_played: true,
    };
    [
        Effect::SendAnswer {
            interaction: I7,
            to: ANNA,
            media: m(media),
            sdp: "answer".into(),
        },
        Effect::StartTalking { media: m(media) },
        Effect::SetSound {
            media: m(media),
            sound,
        },
    ]
}

fn talking() -> CustomerCall {
    let mut call = CustomerCall::new();
    check(&mut call, 0, nothing(true), &[]);
    check(&mut call, 10, live(false), &[]);
    check(&mut call, 20, offer(5), &[make(5)]);
    check(&mut call, 30, made(5), &answered(5));
    let up = CustomerInput::Path {
        media: m(5),
        news: PathNews::Connected,
    };
    check(&mut call, 40, up, &[]);
    call
}

#[test]
fn an_offer_is_answered_and_an_older_one_is_dropped() {
    let mut call = talking();
    check(&mut call, 50, offer(4), &[]);
    // The same number is a new path for the same connection.
    check(&mut call, 60, offer(5), &[make(5)]);
    let again = Effect::SendAnswer {
        interaction: I7,
        to: ANNA,
        media: m(5),
        sdp: "answer".into(),
    };
    check(&mut call, 70, made(5), &[again]);
    check(
        &mut call,
        80,
        offer(6),
        &[Effect::Close { media: m(5) }, make(6)],
    );
    check(&mut call, 90, made(5), &[]);
    check(&mut call, 95, made(6), &answered(6));
}

#[test]
fn an_offer_that_does_not_come_is_asked_for_a_limited_number_of_times() {
    let mut call = CustomerCall::new();
    check(&mut call, 0, nothing(true), &[]);
    check(&mut call, 10, live(false), &[]);
    let mut asked = 0;
    while let Some(deadline) = call.next_deadline() {
        let said = call.handle(deadline, CustomerInput::Tick);
        asked += said
            .iter()
            .filter(|said| matches!(said, Effect::SendOfferWanted { .. }))
            .count();
        assert!(asked < 50, "asking must end");
    }
    assert_eq!(asked, usize::from(MAX_REPAIRS));
    assert_eq!(call.live(), Some((I7, PathShown::Failed)));
}

#[test]
fn a_reloaded_page_asks_at_once_and_a_running_path_asks_for_nothing() {
    let mut call = CustomerCall::new();
    check(
        &mut call,
        0,
        live(true),
        &[Effect::SendOfferWanted {
            interaction: I7,
            to: ANNA,
        }],
    );
    let mut call = talking();
    check(&mut call, 50, CustomerInput::LinkDown, &[]);
    check(&mut call, 60, live(true), &[]);
}

#[test]
fn a_path_that_failed_asks_once_the_link_is_there() {
    let mut call = talking();
    check(&mut call, 50, CustomerInput::LinkDown, &[]);
    let failed = CustomerInput::Path {
        media: m(5),
        news: PathNews::Failed,
    };
    check(&mut call, 60, failed, &[]);
    check(
        &mut call,
        70,
        live(true),
        &[Effect::SendOfferWanted {
            interaction: I7,
            to: ANNA,
        }],
    );
}

#[test]
fn a_hang_up_is_final_however_long_the_server_shows_the_call() {
    let mut call = talking();
    let ended = [
        Effect::Close { media: m(5) },
        Effect::Ended {
            interaction: I7,
            peer: ANNA,
            connect_ms: None,
        },
    ];
    check(&mut call, 50, CustomerInput::HangUp, &ended);
    check(&mut call, 60, CustomerInput::HangUp, &[]);
    check(&mut call, 70, live(false), &[]);
    check(&mut call, 80, offer(6), &[]);
    check(&mut call, 90, nothing(false), &[]);
}

#[test]
fn a_path_that_was_up_before_its_answer_went_out_is_not_asked_for_again() {
    let mut call = CustomerCall::new();
    check(&mut call, 0, nothing(true), &[]);
    check(&mut call, 10, live(false), &[]);
    check(&mut call, 20, offer(5), &[make(5)]);
    let up = CustomerInput::Path {
        media: m(5),
        news: PathNews::Connected,
    };
    check(&mut call, 25, up, &[]);
    check(&mut call, 30, made(5), &answered(5));
    assert_eq!(
        (call.live(), call.next_deadline()),
        (Some((I7, PathShown::Connected)), None)
    );
    // The agent's side restarts a path that never broke for this side.
    check(&mut call, 60, offer(5), &[make(5)]);
    let again = Effect::SendAnswer {
        interaction: I7,
        to: ANNA,
        media: m(5),
        sdp: "answer".into(),
    };
    check(&mut call, 70, made(5), &[again]);
    assert_eq!(
        (call.live(), call.next_deadline()),
        (Some((I7, PathShown::Connected)), None)
    );
}

#[test]
fn another_agent_than_before_begins_a_new_path_whatever_its_number() {
    let mut call = CustomerCall::new();
    check(&mut call, 0, nothing(true), &[]);
    check(&mut call, 1_000, live(false), &[]);
    check(&mut call, 1_010, offer(50), &[make(50)]);
    check(&mut call, 1_020, made(50), &answered(50));
    let handed_over = CustomerInput::Seen {
        seen: CustomerSeen::Live {
            interaction: I7,
            peer: NOOR,
            is_held: false,
        },
        is_whole: false,
    };
    let closed = [
        Effect::Close { media: m(50) },
        Effect::Ended {
            interaction: I7,
            peer: ANNA,
            connect_ms: None,
        },
    ];
    check(&mut call, 2_000, handed_over, &closed);
    // Late, of the agent who left.
    check(&mut call, 2_010, offer(51), &[]);
    let from_noor = CustomerInput::Offer {
        interaction: I7,
        from: NOOR,
        media: m(3),
        sdp: "offer".into(),
    };
    check(&mut call, 2_020, from_noor, &[make(3)]);
}

#[test]
fn a_path_that_was_answered_is_asked_for_again_only_after_its_offerer_had_the_chance() {
    let mut call = CustomerCall::new();
    check(&mut call, 0, nothing(true), &[]);
    check(&mut call, 10, live(false), &[]);
    check(&mut call, 20, offer(5), &[make(5)]);
    check(&mut call, 30, made(5), &answered(5));
    assert_eq!(call.next_deadline(), Some(Millis(12_030)));
}
