//! A colleague who is asked: first a path to the agent who asks, then one to the customer.

use super::*;

#[test]
fn a_colleague_who_was_asked_offers_to_the_agent_and_after_the_handover_to_the_customer() {
    let anna = Peer::Agent {
        agent: vocab::AgentId(1),
    };
    let mut play = Play::new();
    let ring = Seen::Ringing {
        interaction: I7,
        peer: anna,
    };
    play.check(
        delta(ring),
        &[Effect::StartRinging, Effect::MakeOffer { media: m(1) }],
    );
    play.check(made(1), &[]);
    play.check(
        AgentInput::Accept { interaction: I7 },
        &[Effect::StopRinging, Effect::SendAccept { interaction: I7 }],
    );
    let offered_to = |media: u32, to: Peer, sound: Sound| {
        [
            Effect::SendOffer {
                interaction: I7,
                to,
                media: m(media),
                sdp: format!("offer {media}"),
            },
            Effect::StartTalking { media: m(media) },
            Effect::SetSound {
                media: m(media),
                sound,
            },
        ]
    };
    play.check(
        AgentInput::Accepted { interaction: I7 },
        &offered_to(1, anna, OPEN),
    );
    let live_with = |peer: Peer| Seen::Live {
        interaction: I7,
        peer,
        is_held: false,
    };
    play.check(delta(live_with(anna)), &[]);
    // The customer has no path to this desktop yet.
    play.check(wanted(I7), &[]);
    play.check(
        AgentInput::SetMuted { is_muted: true },
        &[Effect::SetSound {
            media: m(1),
            sound: MUTED,
        }],
    );
    play.check(
        delta(live_with(Peer::Customer)),
        &[
            Effect::Close { media: m(1) },
            Effect::Ended {
                interaction: I7,
                peer: anna,
                connect_ms: None,
            },
            Effect::MakeOffer { media: m(2) },
        ],
    );
    // Muted before, muted still.
    play.check(made(2), &offered_to(2, Peer::Customer, MUTED));
}
