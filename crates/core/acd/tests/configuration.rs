//! What an operator may change while people wait and talk.

use acd::{Agent, Center, Command, Config, Patience, Queue, Refusal, Stage, What, Wishes};
use vocab::{AgentId, ChosenState, CustomerId, MediumKind, Millis, QueueId};

fn queue(id: u32) -> Queue {
    Queue {
        ring_ms: 10_000,
        wrap_up_ms: 0,
        max_waiting: 10,
        callback_keeps_ms: 600_000,
        ..Queue::new(QueueId(id), format!("Queue {id}"))
    }
}

fn agent(id: u32, queues: &[u32]) -> Agent {
    Agent::new(AgentId(id), queues.iter().copied().map(QueueId).collect())
}

fn config(queues: &[u32], agents: Vec<Agent>) -> Config {
    let queues = queues.iter().copied().map(queue).collect();
    Config {
        queues,
        agents,
        schedules: vec![],
        patience: Patience::default(),
    }
}

fn configure(center: &mut Center, config: Config) -> Result<Vec<What>, Refusal> {
    let events = center.handle(Millis(5_000), Command::Configure { config })?;
    Ok(events.into_iter().map(|event| event.what).collect())
}

/// Agent 1 of queue 1 is ready; customer 1 rings there.
#[cfg(test)]
fn ringing() -> Center {
    let mut center = Center::new();
    let one = AgentId(1);
    for command in [
        Command::Configure {
            config: config(&[1], vec![agent(1, &[1]), agent(2, &[])]),
        },
        Command::AgentConnected { agent: one },
        Command::ChooseState {
            agent: one,
            state: ChosenState::Ready,
        },
        Command::Enter {
            customer: CustomerId(1),
            queue: QueueId(1),
            medium: MediumKind::Voice,
            wishes: Wishes::default(),
        },
    ] {
        center.handle(Millis(1_000), command).unwrap();
    }
    center
}

#[test]
fn a_contradicting_configuration_is_refused_and_changes_nothing() {
    let mut zero_ring = config(&[1], vec![]);
    zero_ring.queues[0].ring_ms = 0;
    let mut hasty = config(&[1], vec![]);
    hasty.patience.agent_grace_ms = 1;
    for (bad, why) in [
        (config(&[1, 1], vec![]), "two queues"),
        (
            config(&[1], vec![agent(1, &[]), agent(1, &[])]),
            "two agents",
        ),
        (config(&[1], vec![agent(1, &[2])]), "unknown queue"),
        (config(&[1, 2], vec![agent(1, &[2, 1])]), "unsorted"),
        (config(&[2], vec![]), "queue in use left out"),
        (zero_ring, "no ringing"),
        (hasty, "lease beyond grace"),
    ] {
        let mut center = ringing();
        let refused = configure(&mut center, bad);
        assert!(
            matches!(refused, Err(Refusal::BadConfig(_) | Refusal::QueueInUse(_))),
            "{why}: {refused:?}"
        );
        assert_eq!(center, ringing(), "{why}");
    }
}

#[test]
fn the_same_configuration_in_another_order_changes_nothing() {
    let mut center = ringing();
    let same = config(&[1], vec![agent(2, &[]), agent(1, &[1])]);
    assert_eq!(configure(&mut center, same), Ok(vec![]));
}

#[test]
fn an_agent_who_is_left_out_gives_the_work_back() {
    let mut center = ringing();
    let events = configure(&mut center, config(&[1], vec![agent(2, &[1])])).unwrap();
    assert!(
        matches!(
            events.as_slice(),
            [
                What::OfferWithdrawn { .. },
                What::AgentWentOffline { .. },
                What::Configured { .. }
            ]
        ),
        "{events:?}"
    );
    assert!(center.agent(AgentId(1)).is_none());
    let waiting = center.customer_interaction(CustomerId(1)).unwrap();
    assert_eq!(center.interaction(waiting).unwrap().stage, Stage::Waiting);
}

#[test]
fn a_ready_agent_who_gets_a_queue_gets_its_work() {
    let mut center = ringing();
    let two = AgentId(2);
    center
        .handle(Millis(1_000), Command::AgentConnected { agent: two })
        .unwrap();
    let ready = Command::ChooseState {
        agent: two,
        state: ChosenState::Ready,
    };
    assert_eq!(center.handle(Millis(1_000), ready).unwrap().len(), 1);
    let enter = Command::Enter {
        customer: CustomerId(2),
        queue: QueueId(1),
        medium: MediumKind::Voice,
        wishes: Wishes::default(),
    };
    center.handle(Millis(2_000), enter).unwrap();

    let events = configure(
        &mut center,
        config(&[1], vec![agent(1, &[1]), agent(2, &[1])]),
    );
    let events = events.unwrap();
    assert!(
        matches!(events.last(), Some(What::OfferMade { agent, .. }) if *agent == two),
        "{events:?}"
    );
}
