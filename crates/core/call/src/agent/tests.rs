//! Scripts of the agent's side: what happens, and what exactly is asked of the shell.

mod asked;
mod slow;

use super::*;
use crate::audience::Sound;

const I7: InteractionId = InteractionId(7);
const I8: InteractionId = InteractionId(8);
const OPEN: Sound = Sound {
    is_sent: true,
    is_played: true,
};
const MUTED: Sound = Sound {
    is_sent: false,
    is_played: true,
};
const CLOSED: Sound = Sound {
    is_sent: false,
    is_played: false,
};

fn m(number: u32) -> MediaId {
    MediaId(number)
}

fn wanted(interaction: InteractionId) -> AgentInput {
    AgentInput::OfferWanted {
        interaction,
        from: Peer::Customer,
    }
}

struct Play {
    call: AgentCall,
    now: Millis,
}

impl Play {
    fn new() -> Self {
        let mut play = Self {
            call: AgentCall::new(m(1)),
            now: Millis(1_000),
        };
        play.check(whole(Seen::Nothing), &[]);
        play
    }

    fn check(&mut self, input: AgentInput, expected: &[Effect]) {
        let said = format!("{input:?} at {:?}", self.now);
        assert_eq!(self.call.handle(self.now, input), expected, "{said}");
    }

    /// Moves to the next deadline and ticks.
    fn check_deadline(&mut self, expected: &[Effect]) {
        self.now = self.call.next_deadline().expect("a deadline");
        self.check(AgentInput::Tick, expected);
    }

    fn ring(&mut self, media: u32) {
        let expected = [Effect::StartRinging, Effect::MakeOffer { media: m(media) }];
        self.check(delta(ringing(I7)), &expected);
        self.check(made(media), &[]);
    }

    fn talk() -> Self {
        let mut play = Self::new();
        play.ring(1);
        play.check(
            AgentInput::Accept { interaction: I7 },
            &[Effect::StopRinging, Effect::SendAccept { interaction: I7 }],
        );
        play.check(AgentInput::Accepted { interaction: I7 }, &offered(1));
        play.check(delta(live(I7)), &[]);
        play.check(
            answer(1),
            &[Effect::TakeAnswer {
                media: m(1),
                sdp: "answer".into(),
            }],
        );
        play.check(news(1, PathNews::Connected), &[]);
        assert_eq!(play.call.live(), Some((I7, PathShown::Connected)));
        play
    }
}

fn ringing(interaction: InteractionId) -> Seen {
    Seen::Ringing {
        interaction,
        peer: Peer::Customer,
    }
}
fn live(interaction: InteractionId) -> Seen {
    Seen::Live {
        interaction,
        peer: Peer::Customer,
        is_held: false,
    }
}
fn delta(seen: Seen) -> AgentInput {
    AgentInput::Seen {
        seen,
        is_whole: false,
    }
}
fn whole(seen: Seen) -> AgentInput {
    AgentInput::Seen {
        seen,
        is_whole: true,
    }
}
fn made(media: u32) -> AgentInput {
    AgentInput::OfferMade {
        media: m(media),
        sdp: format!("offer {media}"),
    }
}
fn answer(media: u32) -> AgentInput {
    AgentInput::Answer {
        media: m(media),
        sdp: "answer".into(),
    }
}
fn news(media: u32, news: PathNews) -> AgentInput {
    AgentInput::Path {
        media: m(media),
        news,
    }
}
fn offer(media: u32) -> Effect {
    Effect::SendOffer {
        interaction: I7,
        to: Peer::Customer,
        media: m(media),
        sdp: format!("offer {media}"),
    }
}
fn sound(media: u32, sound: Sound) -> Effect {
    Effect::SetSound {
        media: m(media),
        sound,
    }
}
/// What a made offer of a new connection causes while live.
fn offered(media: u32) -> [Effect; 3] {
    [
        offer(media),
        Effect::StartTalking { media: m(media) },
        sound(media, OPEN),
    ]
}
fn renewed(old: u32, new: u32) -> [Effect; 2] {
    [
        Effect::Close { media: m(old) },
        Effect::MakeOffer { media: m(new) },
    ]
}
fn ended(media: u32, connect_ms: Option<u64>) -> [Effect; 2] {
    [
        Effect::Close { media: m(media) },
        Effect::Ended {
            interaction: I7,
            peer: Peer::Customer,
            connect_ms,
        },
    ]
}

#[test]
fn the_offer_is_prepared_while_ringing_and_sent_with_the_accepted_answer() {
    let mut play = Play::talk();
    play.now = Millis(1_250);
    play.check(AgentInput::FirstSpeechHeard { media: m(1) }, &[]);
    play.check(delta(Seen::Nothing), &ended(1, Some(250)));
    assert_eq!(play.call.live(), None);
}

#[test]
fn an_answer_quicker_than_the_offer_sends_it_as_soon_as_it_is_made() {
    let mut play = Play::new();
    play.check(
        delta(ringing(I7)),
        &[Effect::StartRinging, Effect::MakeOffer { media: m(1) }],
    );
    let accept = [Effect::StopRinging, Effect::SendAccept { interaction: I7 }];
    play.check(AgentInput::Accept { interaction: I7 }, &accept);
    play.check(delta(live(I7)), &[]);
    play.check(made(1), &offered(1));
}

#[test]
fn a_late_answer_closes_what_was_prepared_and_nothing_is_offered() {
    let mut play = Play::new();
    play.ring(1);
    let accept = [Effect::StopRinging, Effect::SendAccept { interaction: I7 }];
    play.check(AgentInput::Accept { interaction: I7 }, &accept);
    play.check(AgentInput::Accept { interaction: I7 }, &[]);
    play.check(
        AgentInput::AcceptRefused { interaction: I7 },
        &[Effect::Close { media: m(1) }],
    );
    play.check(delta(Seen::Nothing), &[]);
    play.check(AgentInput::Accept { interaction: I7 }, &[]);
    play.check(made(1), &[]);
}

#[test]
fn a_withdrawn_offer_falls_silent_and_the_next_ring_gets_a_higher_number() {
    let mut play = Play::new();
    play.ring(1);
    play.check(
        delta(Seen::Nothing),
        &[Effect::StopRinging, Effect::Close { media: m(1) }],
    );
    play.ring(2);
    let other = [
        Effect::StopRinging,
        Effect::Close { media: m(2) },
        Effect::StartRinging,
        Effect::MakeOffer { media: m(3) },
    ];
    play.check(delta(ringing(I8)), &other);
}

#[test]
fn a_declined_ring_does_not_ring_again_while_the_server_still_shows_it() {
    let mut play = Play::new();
    play.ring(1);
    let declined = [
        Effect::StopRinging,
        Effect::Close { media: m(1) },
        Effect::SendDecline { interaction: I7 },
    ];
    play.check(AgentInput::Decline { interaction: I7 }, &declined);
    play.check(delta(ringing(I7)), &[]);
    play.check(AgentInput::LinkDown, &[]);
    play.check(
        whole(ringing(I7)),
        &[Effect::SendDecline { interaction: I7 }],
    );
    play.check(delta(Seen::Nothing), &[]);
}

#[test]
fn an_answer_given_while_the_link_is_down_is_sent_only_if_the_ring_outlives_the_outage() {
    for (after, expected) in [
        (ringing(I7), vec![Effect::SendAccept { interaction: I7 }]),
        (Seen::Nothing, vec![Effect::Close { media: m(1) }]),
        (live(I7), offered(1).to_vec()),
    ] {
        let mut play = Play::new();
        play.ring(1);
        play.check(AgentInput::LinkDown, &[]);
        play.check(
            AgentInput::Accept { interaction: I7 },
            &[Effect::StopRinging],
        );
        let expected: Vec<_> = match after {
            // The welcome's own mending makes a fresh offer only when the sent one may be lost.
            Seen::Live { .. } => {
                let mut all = expected;
                all.extend(renewed(1, 2));
                all
            }
            Seen::Nothing | Seen::Ringing { .. } | Seen::CallingBack { .. } => expected,
        };
        play.check(whole(after), &expected);
    }
}

#[test]
fn a_second_hang_up_does_nothing_and_the_old_view_does_not_revive_the_call() {
    let mut play = Play::talk();
    let mut expected = ended(1, None).to_vec();
    expected.push(Effect::SendHangUp { interaction: I7 });
    play.check(AgentInput::HangUp { interaction: I7 }, &expected);
    play.check(AgentInput::HangUp { interaction: I7 }, &[]);
    play.check(delta(live(I7)), &[]);
    play.check(whole(live(I7)), &[]);
    play.check(wanted(I7), &[]);
    play.check(delta(Seen::Nothing), &[]);
}

#[test]
fn mute_and_hold_close_exactly_the_directions_they_should() {
    let mut play = Play::talk();
    let held = Seen::Live {
        interaction: I7,
        peer: Peer::Customer,
        is_held: true,
    };
    play.check(AgentInput::SetMuted { is_muted: true }, &[sound(1, MUTED)]);
    play.check(delta(held), &[sound(1, CLOSED)]);
    play.check(
        AgentInput::SetMuted { is_muted: false },
        &[sound(1, CLOSED)],
    );
    play.check(delta(live(I7)), &[sound(1, OPEN)]);
    play.check(delta(live(I7)), &[]);
}

#[test]
fn media_runs_on_over_a_server_restart() {
    let mut play = Play::talk();
    play.check(AgentInput::LinkDown, &[]);
    play.check(whole(live(I7)), &[]);
    assert_eq!(play.call.live(), Some((I7, PathShown::Connected)));
    // Gone meanwhile: the media closes.
    play.check(AgentInput::LinkDown, &[]);
    play.check(whole(Seen::Nothing), &ended(1, None));
}

#[test]
fn a_restarted_desktop_offers_anew_for_the_conversation_that_the_welcome_shows() {
    let mut play = Play {
        call: AgentCall::new(m(50)),
        now: Millis(1_000),
    };
    play.check(whole(live(I7)), &[Effect::MakeOffer { media: m(50) }]);
    play.check(made(50), &offered(50));
}

#[test]
fn a_broken_path_heals_by_itself_then_by_a_new_path_then_by_a_new_connection() {
    let mut play = Play::talk();
    play.check(news(1, PathNews::Disconnected), &[]);
    assert_eq!(play.call.live(), Some((I7, PathShown::Reconnecting)));
    play.check(news(1, PathNews::Connected), &[]);
    play.check(news(1, PathNews::Disconnected), &[]);
    play.check_deadline(&[Effect::RestartIce { media: m(1) }]);
    // The old path's failure while the restart is made is no news.
    play.check(news(1, PathNews::Failed), &[]);
    play.check(made(1), &[offer(1)]);
    play.check_deadline(&renewed(1, 2));
    play.check(news(1, PathNews::Failed), &[]);
    play.check(answer(1), &[]);
    play.check(made(2), &offered(2));
    play.check(
        answer(2),
        &[Effect::TakeAnswer {
            media: m(2),
            sdp: "answer".into(),
        }],
    );
    play.check(news(2, PathNews::Connected), &[]);
    play.check(answer(2), &[]);
}

#[test]
fn repairs_end_and_begin_again_when_the_peer_asks() {
    let mut play = Play::talk();
    play.check(
        news(1, PathNews::Failed),
        &[Effect::RestartIce { media: m(1) }],
    );
    let mut rounds = 0;
    while let Some(deadline) = play.call.next_deadline() {
        play.now = deadline;
        play.call.handle(play.now, AgentInput::Tick);
        rounds += 1;
        assert!(rounds < 50, "repairing must end");
    }
    assert_eq!(play.call.live(), Some((I7, PathShown::Failed)));
    let media = play.call.media().unwrap();
    let wanted = play.call.handle(play.now, wanted(I7));
    assert_eq!(wanted, renewed(media.0, media.0 + 1));
}

#[test]
fn a_path_that_fails_without_a_link_waits_for_it() {
    let mut play = Play::talk();
    play.check(AgentInput::LinkDown, &[]);
    play.check(news(1, PathNews::Failed), &[]);
    assert_eq!(play.call.next_deadline(), None);
    play.check(whole(live(I7)), &renewed(1, 2));
}

#[test]
fn a_reloaded_page_gets_one_new_offer_however_often_it_asks() {
    let mut play = Play::talk();
    play.check(wanted(I8), &[]);
    play.check(wanted(I7), &renewed(1, 2));
    play.check(wanted(I7), &[]);
    play.check(made(2), &offered(2));
}

#[test]
fn numbers_grow_over_a_restart() {
    let before = crate::first_media(Millis(1_760_000_000_000));
    let after = crate::first_media(Millis(1_760_000_060_000));
    assert_eq!((before, after), (m(60_000_000), m(60_000_060)));
    assert_eq!(crate::first_media(Millis(0)), m(0));
}

#[test]
fn a_callback_goes_live_when_the_customer_answers_and_not_before() {
    let mut play = Play::new();
    play.ring(1);
    play.check(
        AgentInput::Accept { interaction: I7 },
        &[Effect::StopRinging, Effect::SendAccept { interaction: I7 }],
    );
    play.check(delta(Seen::CallingBack { interaction: I7 }), &[]);
    assert_eq!(play.call.next_deadline(), None);
    play.check(delta(live(I7)), &offered(1));
}

#[test]
fn a_callback_that_nobody_answers_or_that_is_given_up_leaves_nothing_behind() {
    let calling = || {
        let mut play = Play::new();
        play.ring(1);
        play.check(
            AgentInput::Accept { interaction: I7 },
            &[Effect::StopRinging, Effect::SendAccept { interaction: I7 }],
        );
        play.check(delta(Seen::CallingBack { interaction: I7 }), &[]);
        play
    };
    let closed = Effect::Close { media: m(1) };
    let mut missed = calling();
    missed.check(delta(Seen::Nothing), std::slice::from_ref(&closed));
    missed.ring(2);
    let mut stopped = calling();
    stopped.check(
        AgentInput::HangUp { interaction: I7 },
        &[closed, Effect::SendHangUp { interaction: I7 }],
    );
    stopped.check(delta(Seen::CallingBack { interaction: I7 }), &[]);
    stopped.check(delta(Seen::Nothing), &[]);
    assert_eq!(stopped.call.live(), None);
}

#[test]
fn a_desktop_that_returns_while_it_calls_back_prepares_anew() {
    let mut play = Play::new();
    play.check(
        whole(Seen::CallingBack { interaction: I7 }),
        &[Effect::MakeOffer { media: m(1) }],
    );
    play.check(made(1), &[]);
    play.check(delta(live(I7)), &offered(1));
}
