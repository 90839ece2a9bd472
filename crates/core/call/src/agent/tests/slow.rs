//! Slow ways through the network: what is found late is told, and nobody gives up too soon.

use super::*;

fn candidate(text: &str) -> Candidate {
    Candidate {
        candidate: text.to_owned(),
        sdp_mid: None,
        sdp_m_line_index: None,
    }
}

#[test]
fn a_way_found_while_it_rings_is_told_with_the_offer() {
    let mut play = Play::new();
    play.ring(1);
    for text in ["relay", "another"] {
        let found = AgentInput::OwnCandidate {
            media: m(1),
            candidate: candidate(text),
        };
        play.check(found, &[]);
    }
    let accept = [Effect::StopRinging, Effect::SendAccept { interaction: I7 }];
    play.check(AgentInput::Accept { interaction: I7 }, &accept);
    let told = |text: &str| Effect::SendCandidate {
        interaction: I7,
        to: Peer::Customer,
        media: m(1),
        candidate: candidate(text),
    };
    let [offer, talk, sound] = offered(1);
    let expected = [offer, told("relay"), told("another"), talk, sound];
    play.check(AgentInput::Accepted { interaction: I7 }, &expected);
}

#[test]
fn a_lost_offer_is_made_anew_after_five_seconds_and_a_slow_path_has_ten() {
    let mut play = Play::new();
    play.ring(1);
    let accept = [Effect::StopRinging, Effect::SendAccept { interaction: I7 }];
    play.check(AgentInput::Accept { interaction: I7 }, &accept);
    play.check(AgentInput::Accepted { interaction: I7 }, &offered(1));
    let offered_at = play.now;
    assert_eq!(play.call.next_deadline(), Some(offered_at.plus(5_000)));
    play.now = offered_at.plus(3_000);
    let take = Effect::TakeAnswer {
        media: m(1),
        sdp: "answer".into(),
    };
    play.check(answer(1), &[take]);
    assert_eq!(play.call.next_deadline(), Some(offered_at.plus(13_000)));
    play.check_deadline(&renewed(1, 2));
}
