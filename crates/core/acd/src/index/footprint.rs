//! Where one interaction stands in the index, so that a change moves only what really moved.

use super::due;
use crate::few::Few;
use crate::fit::Demand;
use crate::stage::Stage;
use crate::state::{Interaction, State};
use vocab::{AgentId, CustomerId, InteractionId, Language, Millis, PeerLink, QueueId};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Footprint {
    /// While it has no answer.
    pub(crate) line: Option<InLine>,
    /// While it can be offered.
    pub(crate) offer: Option<ForOffer>,
    pub(crate) people: Few<AgentId, 2>,
    pub(crate) customer: Option<CustomerId>,
    pub(crate) due: Few<(Millis, due::Due), 3>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct InLine {
    pub(crate) queue: QueueId,
    pub(crate) key: i64,
    pub(crate) entered_at: Millis,
    pub(crate) is_for_callback: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ForOffer {
    pub(crate) demand: Demand,
    pub(crate) kept_for: Option<AgentId>,
    /// Who is passed over; fewer of them is a new chance.
    kept_from: Vec<AgentId>,
}

impl Footprint {
    pub(crate) fn of(state: &State, spoken: &[Language], id: InteractionId) -> Option<Self> {
        let open = state.interactions.get(&id)?;
        let queue = state.queues.get(&open.queue);
        let line = open.is_in_line().then_some(InLine {
            queue: open.queue,
            key: open.key,
            entered_at: open.entered_at,
            is_for_callback: open.waits.is_for_callback(),
        });
        let offer = queue.filter(|_| is_offerable(open)).map(|queue| ForOffer {
            demand: Demand::new(open, queue, spoken),
            kept_for: open.kept_for.map(|(agent, _)| agent),
            kept_from: open.kept_from.iter().map(|(agent, _)| *agent).collect(),
        });
        Some(Self {
            line,
            offer,
            people: open.stage.people().collect(),
            customer: open.has_customer().then_some(open.customer),
            due: due::of_interaction(state, id, open),
        })
    }
}

pub(crate) fn is_offerable(interaction: &Interaction) -> bool {
    interaction.stage == Stage::Waiting
        && interaction.customer_link == PeerLink::Connected
        && interaction.waits.rests_until().is_none()
}
