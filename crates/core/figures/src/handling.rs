//! Handling: from the answer to the end of the wrap-up, through hold, consults and handovers.

use crate::contact::{Contact, InHand, Stage};
use crate::fold::Figures;
use crate::queue_figures::QueueFigures;
use crate::spent::Doing;
use vocab::{AgentId, InteractionId, Millis, QueueId};

impl Figures {
    /// Whoever has the customer does something else about it.
    pub(crate) fn turns_to(&mut self, at: Millis, interaction: InteractionId, doing: Doing) {
        let Some(contact) = self.contacts.get_mut(&interaction) else {
            return;
        };
        if let Stage::InHand(InHand { agent, stint }) = &mut contact.stage {
            let before = stint.doing;
            stint.turns_to(at, doing);
            if let Some(queue) = self.queues.get_mut(&contact.queue) {
                queue.turns(at, Some(before), Some(doing));
            }
            if let Some(agent) = self.agents.get_mut(agent) {
                agent.turns_to(at, interaction, doing);
            }
        }
    }

    /// Over for everybody.
    pub(crate) fn ends(&mut self, at: Millis, interaction: InteractionId) {
        self.has_been_handled(at, interaction, |_| {});
        self.contacts.remove(&interaction);
    }

    /// Over for the agent; the customer waits again, in `queue`.
    pub(crate) fn is_passed_on(&mut self, at: Millis, interaction: InteractionId, queue: QueueId) {
        self.has_been_handled(at, interaction, |figures| figures.transferred_out += 1);
        self.joins_line(at, interaction, queue, |figures| {
            figures.transferred_in += 1;
        });
    }

    /// The agent is lost; the customer waits again, where they waited before.
    pub(crate) fn returns(&mut self, at: Millis, interaction: InteractionId) {
        let Some(queue) = self.contacts.get(&interaction).map(|open| open.queue) else {
            return;
        };
        self.has_been_handled(at, interaction, |_| {});
        self.joins_line(at, interaction, queue, |figures| figures.returned += 1);
    }

    pub(crate) fn asks(&mut self, at: Millis, interaction: InteractionId, colleague: AgentId) {
        if !self.contacts.contains_key(&interaction) {
            return;
        }
        self.turns_to(at, interaction, Doing::Held);
        self.agent(colleague)
            .begins(at, interaction, Doing::Ringing);
    }

    pub(crate) fn is_asked(&mut self, at: Millis, interaction: InteractionId, colleague: AgentId) {
        let colleague = self.agent(colleague);
        colleague.turns_to(at, interaction, Doing::Talking);
        colleague.ledger.count(at, |figures| figures.consults += 1);
    }

    /// The queue's work goes on without a break; for the agent it is over, for the colleague it begins.
    pub(crate) fn is_handed_over(
        &mut self,
        at: Millis,
        interaction: InteractionId,
        colleague: AgentId,
    ) {
        let Some(InHand { agent, .. }) = self.contacts.get(&interaction).and_then(Contact::in_hand)
        else {
            return;
        };
        self.agent(agent).has_handled(at, interaction);
        self.agent(colleague)
            .begins(at, interaction, Doing::Talking);
        if let Some(Contact {
            stage: Stage::InHand(in_hand),
            ..
        }) = self.contacts.get_mut(&interaction)
        {
            in_hand.agent = colleague;
        }
        self.turns_to(at, interaction, Doing::Talking);
    }

    fn has_been_handled(
        &mut self,
        at: Millis,
        interaction: InteractionId,
        count: impl Fn(&mut QueueFigures),
    ) {
        let Some(contact) = self.contacts.get(&interaction) else {
            return;
        };
        let Some(InHand { agent, stint }) = contact.in_hand() else {
            return;
        };
        if let Some(queue) = self.queues.get_mut(&contact.queue) {
            queue.turns(at, Some(stint.doing), None);
            queue.ledger.count(at, |figures| {
                figures.handled += 1;
                figures.handled_spent += stint.spent_until(at);
                count(figures);
            });
        }
        self.agent(agent).has_handled(at, interaction);
    }
}
