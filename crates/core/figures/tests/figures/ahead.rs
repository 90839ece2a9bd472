//! What the engine's events allow and the engine does not do yet, and what a fold meets that begins in the middle:
//! events written by hand.

use acd::{Event, What, WithdrawnBecause};
use figures::{Activity, Figures, QueueNow, Settings, Thresholds};
use vocab::{
    AgentId, ChosenState, CustomerId, EndedBy, InteractionId, MediumKind, Millis, NotReadyReason,
    QueueId,
};

const A1: AgentId = AgentId(1);
const A2: AgentId = AgentId(2);
const I1: InteractionId = InteractionId(1);
const I2: InteractionId = InteractionId(2);
const Q1: QueueId = QueueId(1);

fn folded(events: Vec<(u64, What)>) -> Figures {
    let mut figures = Figures::default();
    apply(&mut figures, events);
    figures
}

fn apply(figures: &mut Figures, events: Vec<(u64, What)>) {
    for (at, what) in events {
        let at = Millis(at);
        figures.apply(&Event { at, what });
    }
}

fn entered(interaction: InteractionId) -> What {
    What::Entered {
        interaction,
        customer: CustomerId(interaction.0),
        queue: Q1,
        medium: MediumKind::Voice,
        wishes: acd::Wishes::default(),
        key: None,
    }
}

fn ready(agent: AgentId) -> What {
    What::StateChosen {
        agent,
        state: ChosenState::Ready,
    }
}

fn offered(interaction: InteractionId, agent: AgentId) -> What {
    What::OfferMade {
        interaction,
        agent,
        deadline: Millis(u64::MAX),
        is_meant: false,
    }
}

fn accepted(interaction: InteractionId, agent: AgentId) -> What {
    What::OfferAccepted { interaction, agent }
}

fn ended(interaction: InteractionId, agent: AgentId, wraps_up: bool) -> What {
    What::Ended {
        interaction,
        agent,
        by: EndedBy::Customer,
        wrap_up_deadline: wraps_up.then_some(Millis(u64::MAX)),
    }
}

fn queue(figures: &Figures, now: u64) -> QueueNow {
    figures.at(Millis(now)).queue(Q1).expect("it is known")
}

#[test]
fn several_who_are_rung_at_once_make_one_answer() {
    let withdrawn = What::OfferWithdrawn {
        interaction: I1,
        agent: A2,
        because: WithdrawnBecause::CustomerLeft,
    };
    let figures = folded(vec![
        (0, ready(A1)),
        (0, ready(A2)),
        (1_000, entered(I1)),
        (1_000, offered(I1, A1)),
        (1_000, offered(I1, A2)),
    ]);
    let now = queue(&figures, 2_000);
    assert_eq!((now.waiting, now.ringing), (1, 1));

    let mut declined = figures.clone();
    let declines = What::OfferDeclined {
        interaction: I1,
        agent: A1,
        not_back_until: None,
    };
    apply(&mut declined, vec![(2_500, declines)]);
    assert_eq!(queue(&declined, 2_500).ringing, 1, "the other still rings");
    apply(&mut declined, vec![(2_600, withdrawn.clone())]);
    assert_eq!(queue(&declined, 2_600).ringing, 0);

    for answers_first in [true, false] {
        let mut figures = figures.clone();
        let mut events = vec![(3_000, accepted(I1, A1)), (3_000, withdrawn.clone())];
        if !answers_first {
            events.reverse();
        }
        apply(&mut figures, events);
        let now = queue(&figures, 4_000);
        assert_eq!((now.waiting, now.ringing, now.talking), (0, 0, 1));
        assert_eq!((now.window.offered, now.window.answered), (1, 1));
        let look = figures.at(Millis(4_000));
        let activity = |agent| look.agent(agent).expect("known").activity;
        assert_eq!(activity(A1), Some(Activity::Talking));
        assert_eq!(activity(A2), Some(Activity::Ready));
        let rung = look.agent(A2).expect("known").window.times;
        assert_eq!(rung.ms(Activity::Ringing), 2_000);
    }
}

#[test]
fn several_at_once_fill_an_agents_time_once_and_each_interactions_handling_in_full() {
    let figures = folded(vec![
        (0, ready(A1)),
        (0, entered(I1)),
        (0, entered(I2)),
        (10_000, accepted(I1, A1)),
        (20_000, offered(I2, A1)),
        (25_000, accepted(I2, A1)),
        (40_000, ended(I1, A1, true)),
        (70_000, ended(I2, A1, false)),
        (
            80_000,
            What::WrapUpFinished {
                interaction: I1,
                agent: A1,
                disposition: None,
                is_timed_out: false,
            },
        ),
    ]);
    let agent = figures.at(Millis(100_000)).agent(A1).expect("known").window;
    let expected = [
        (Activity::Ready, 10_000 + 20_000),
        (Activity::WrapUp, 10_000),
        (Activity::Talking, 60_000),
    ];
    assert_eq!(agent.times.iter().collect::<Vec<_>>(), expected);
    assert_eq!(agent.occupancy(), Some(0.7));
    // Thirty seconds of talk and forty of wrap-up; forty-five of talk.
    assert_eq!((agent.handled, agent.aht_ms()), (2, Some(115_000 / 2)));
    let queue = queue(&figures, 100_000).window;
    assert_eq!(queue.handled_spent, queue.worked);
    assert_eq!(queue.worked.sum_ms(), 115_000);
}

#[test]
fn what_began_before_the_first_event_changes_nothing() {
    let figures = folded(vec![
        (0, ready(A1)),
        (1_000, offered(I1, A1)),
        (2_000, accepted(I1, A1)),
        (3_000, What::ReturnedToQueue { interaction: I1 }),
        (4_000, ended(I2, A1, true)),
        (
            5_000,
            What::Abandoned {
                interaction: I1,
                by: EndedBy::Customer,
            },
        ),
    ]);
    let look = figures.at(Millis(6_000));
    assert_eq!(look.queue(Q1), None);
    let agent = look.agent(A1).expect("they chose a state");
    assert_eq!(agent.activity, Some(Activity::Ready));
    assert_eq!(
        agent.window.times.iter().collect::<Vec<_>>(),
        [(Activity::Ready, 6_000)]
    );
    assert_eq!(agent.window.handled, 0);
}

#[test]
fn other_thresholds_count_from_now_on() {
    let mut figures = folded(vec![
        (0, entered(I1)),
        (10_000, accepted(I1, A1)),
        (10_000, entered(I2)),
    ]);
    figures.set_settings(Settings {
        usual: Thresholds {
            answer_within_ms: 9_999,
            short_abandon_ms: 5_000,
        },
        ..Settings::default()
    });
    apply(&mut figures, vec![(20_000, accepted(I2, A2))]);
    let window = queue(&figures, 20_000).window;
    assert_eq!((window.answered, window.answered_within), (2, 1));
}

#[test]
fn who_is_gone_from_the_configuration_is_forgotten_after_two_days() {
    let nobody = || What::Configured {
        changes: Box::new(acd::Changes {
            is_whole: true,
            ..acd::Changes::default()
        }),
    };
    let reason = NotReadyReason::Break;
    let state = ChosenState::NotReady { reason };
    let gone = folded(vec![
        (0, What::StateChosen { agent: A1, state }),
        (1_000, What::AgentWentOffline { agent: A1 }),
        (2_000, nobody()),
    ]);
    let two_days = figures::KEPT_INTERVALS * figures::INTERVAL_MS;
    let knows = |window: Option<u64>, configured: u64| {
        let mut figures = gone.clone();
        window
            .into_iter()
            .for_each(|at| figures.begin_window(Millis(at)));
        apply(&mut figures, vec![(configured, nobody())]);
        figures.at(Millis(0)).agent(A1).is_some()
    };
    assert!(knows(Some(3_000), two_days - 1));
    assert!(!knows(Some(3_000), two_days));
    assert!(knows(None, two_days), "the window still tells of them");
}

#[test]
fn an_interval_that_was_handed_over_is_final_and_agents_are_told_of_once() {
    let quarter = figures::INTERVAL_MS;
    let mut figures = folded(vec![
        (0, ready(A1)),
        (1_000, entered(I1)),
        (1_000, accepted(I1, A1)),
    ]);
    let closed = figures.close_intervals(Millis(quarter + 5));
    let [(Q1, Millis(0), queue)] = closed.queues[..] else {
        panic!("{closed:?}");
    };
    assert_eq!((queue.answered, queue.worked.talk_ms), (1, quarter - 1_000));
    let [(A1, Millis(0), agent)] = &closed.agents[..] else {
        panic!("{closed:?}");
    };
    assert_eq!(agent.times.ms(Activity::Talking), quarter - 1_000);

    // A clock that steps back does not open it again.
    apply(&mut figures, vec![(quarter - 1, ended(I1, A1, false))]);
    assert_eq!(
        figures.close_intervals(Millis(quarter + 6)),
        Default::default()
    );
    let closed = figures.close_intervals(Millis(2 * quarter));
    let [(Q1, Millis(began), queue)] = closed.queues[..] else {
        panic!("{closed:?}");
    };
    assert_eq!(
        (began, queue.handled, queue.worked.sum_ms()),
        (quarter, 1, 0)
    );
    let look = figures.at(Millis(2 * quarter));
    assert_eq!(look.agent_intervals(A1), []);
    assert_eq!(look.queue_intervals(Q1).len(), 2);
    let window = look.agent(A1).expect("known").window;
    assert_eq!(window.times.ms(Activity::Ready), quarter + 1_000);
}
