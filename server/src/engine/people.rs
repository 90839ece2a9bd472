//! Who is linked now: each agent's and each visitor's one link, and what every screen was last sent.

use super::figures::Pace;
use super::inbox::{LinkId, OUTGOING_CAPACITY, Out, VisitorKey};
use crate::limits::Origin;
use protocol::customer::{CustomerStage, Desk};
use protocol::handover::Floor;
use protocol::work::{Presence, QueueStatus, WorkItem};
use std::collections::{BTreeMap, BTreeSet};
use store::{CommandOwner, TokenHash};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use vocab::{AgentId, CommandId, CustomerId, InteractionId, QueueId, Role, Sensitive};

#[derive(Debug)]
pub(crate) struct AgentLink {
    pub(crate) link: LinkId,
    pub(crate) token: TokenHash,
    /// It finishes the work it has and gets no other.
    pub(crate) is_expired: bool,
    pub(crate) user: String,
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) shown: ShownToAgent,
}

/// The slices that an agent's desktop holds; only differences are sent.
#[derive(Debug, Default)]
pub(crate) struct ShownToAgent {
    pub(crate) presence: Option<Presence>,
    pub(crate) work: BTreeMap<InteractionId, WorkItem>,
    pub(crate) queues: BTreeMap<QueueId, QueueStatus>,
    /// Wants the floor; most desktops do so for moments only.
    pub(crate) is_watching: bool,
    pub(crate) floor: Option<Floor>,
}

#[derive(Debug)]
pub(crate) struct CustomerLink {
    pub(crate) queue: QueueId,
    pub(crate) visitor: Sensitive<String>,
    pub(crate) key: VisitorKey,
    pub(crate) origin: Origin,
    pub(crate) customer: Option<CustomerId>,
    pub(crate) known_name: Option<Sensitive<String>>,
    /// A `Call` whose customer is being recognised.
    pub(crate) calling: Option<CommandId>,
    pub(crate) shown: Option<CustomerStage>,
    /// How the queue stood when this page was last told.
    pub(crate) desk: Desk,
}

#[derive(Debug, Default)]
pub(crate) struct People {
    outs: BTreeMap<LinkId, mpsc::Sender<Out>>,
    pub(crate) agents: BTreeMap<AgentId, AgentLink>,
    agent_of: BTreeMap<LinkId, AgentId>,
    pub(crate) customers: BTreeMap<LinkId, CustomerLink>,
    link_of: BTreeMap<VisitorKey, LinkId>,
    /// Customers by the queue at whose page they are.
    at_page: BTreeSet<(QueueId, LinkId)>,
    pub(crate) pace: Pace,
}

/// Who was at the end of a link that closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Departed {
    /// The agent has no other link: there is one at most.
    Agent(AgentId),
    /// As with agents, one at most.
    Visitor(VisitorKey),
    Nobody,
}

impl People {
    /// The newer link wins; the older one's sender is returned, to say goodbye on.
    pub(crate) fn add_agent(
        &mut self,
        agent: AgentId,
        link: AgentLink,
        out: mpsc::Sender<Out>,
    ) -> Option<mpsc::Sender<Out>> {
        self.outs.insert(link.link, out);
        self.agent_of.insert(link.link, agent);
        let older = self.agents.insert(agent, link)?;
        self.agent_of.remove(&older.link);
        self.outs.remove(&older.link)
    }

    /// As with agents: two pages of one browser would take the conversation's sound from each other.
    pub(crate) fn add_customer(
        &mut self,
        link: LinkId,
        customer: CustomerLink,
        out: mpsc::Sender<Out>,
    ) -> Option<mpsc::Sender<Out>> {
        self.outs.insert(link, out);
        let older = self.link_of.insert(customer.key.clone(), link);
        self.at_page.insert((customer.queue, link));
        self.customers.insert(link, customer);
        let older = older?;
        self.remove_customer(older);
        self.outs.remove(&older)
    }

    pub(crate) fn remove(&mut self, link: LinkId) -> Departed {
        self.outs.remove(&link);
        if let Some(agent) = self.agent_of.remove(&link) {
            self.agents.remove(&agent);
            return Departed::Agent(agent);
        }
        let Some(customer) = self.remove_customer(link) else {
            return Departed::Nobody;
        };
        self.link_of.remove(&customer.key);
        Departed::Visitor(customer.key)
    }

    fn remove_customer(&mut self, link: LinkId) -> Option<CustomerLink> {
        let customer = self.customers.remove(&link)?;
        self.at_page.remove(&(customer.queue, link));
        Some(customer)
    }

    pub(crate) fn customers_of(&self, queue: QueueId) -> impl Iterator<Item = LinkId> + '_ {
        let all = (queue, LinkId(0))..=(queue, LinkId(u64::MAX));
        self.at_page.range(all).map(|(_, link)| *link)
    }

    /// Takes an agent's link away, to say goodbye on.
    pub(crate) fn dismiss_agent(&mut self, agent: AgentId) -> Option<mpsc::Sender<Out>> {
        let link = self.agents.remove(&agent)?.link;
        self.agent_of.remove(&link);
        self.outs.remove(&link)
    }

    pub(crate) fn agent_of(&self, link: LinkId) -> Option<AgentId> {
        self.agent_of.get(&link).copied()
    }

    /// Who sends commands over this link, also where it has just been closed for its slowness.
    pub(crate) fn owner_of(&self, link: LinkId) -> Option<CommandOwner> {
        let visitor = || Some(self.customers.get(&link)?.key.as_owner());
        self.agent_of(link)
            .map(CommandOwner::Agent)
            .or_else(visitor)
    }

    pub(crate) fn link_of(&self, visitor: &VisitorKey) -> Option<LinkId> {
        self.link_of.get(visitor).copied()
    }

    pub(crate) fn has_watchers(&self) -> bool {
        self.agents.values().any(|link| link.shown.is_watching)
    }

    pub(crate) fn has_link(&self, link: LinkId) -> bool {
        self.outs.contains_key(&link)
    }

    pub(crate) fn links(&self) -> Vec<LinkId> {
        self.outs.keys().copied().collect()
    }

    /// Whether a frame that may be lost leaves room for those that may not: nobody closes another's link by a flood.
    pub(crate) fn has_room(&self, link: LinkId) -> bool {
        self.outs
            .get(&link)
            .is_some_and(|out| out.capacity() > OUTGOING_CAPACITY / 2)
    }

    /// Queues a frame. A full queue means a slow client: its sender is dropped, by which its link closes.
    /// False when it was slow; a link that has closed by itself was not.
    pub(crate) fn deliver(&mut self, link: LinkId, out: Out) -> bool {
        let Some(sender) = self.outs.get(&link) else {
            return true;
        };
        match sender.try_send(out) {
            Ok(()) | Err(TrySendError::Closed(_)) => true,
            Err(TrySendError::Full(_)) => {
                self.outs.remove(&link);
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_signals_leaves_room_for_what_must_arrive() {
        let (out, _waiting) = mpsc::channel(OUTGOING_CAPACITY);
        let (link, mut people) = (LinkId(1), People::default());
        people.outs.insert(link, out);
        let mut passed = 0;
        while people.has_room(link) {
            assert!(people.deliver(link, Out::Ack(CommandId(uuid::Uuid::nil()))));
            passed += 1;
        }
        assert_eq!(passed, OUTGOING_CAPACITY / 2);
        assert!(people.deliver(link, Out::Ack(CommandId(uuid::Uuid::nil()))));
        assert!(!people.has_room(LinkId(2)), "nobody is there");
    }

    #[test]
    fn only_a_link_that_reads_no_more_is_slow() {
        let (out, waiting) = mpsc::channel(1);
        let (link, mut people) = (LinkId(1), People::default());
        people.outs.insert(link, out);
        let ack = || Out::Ack(CommandId(uuid::Uuid::nil()));
        assert!(people.deliver(link, ack()));
        assert!(!people.deliver(link, ack()));
        assert!(!people.has_link(link), "it is closed by that");
        drop(waiting);

        let (out, waiting) = mpsc::channel(1);
        people.outs.insert(link, out);
        drop(waiting);
        assert!(people.deliver(link, ack()), "it left by itself");
    }
}
