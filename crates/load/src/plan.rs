//! How many there are, how often they come and how long they take.

use std::time::Duration;

/// For those who wait, and for links that come back before the lost ones are closed.
const SPARE_LINKS: f64 = 400.0;

/// A load. Lengths that are drawn are exponential around their mean, as contact centres' are taken to be.
#[derive(Clone, Debug)]
pub struct Plan {
    pub agents: u32,
    pub queues: u32,
    pub queues_per_agent: u32,
    /// Arrivals are a Poisson process: they do not wait for the server.
    pub contacts_per_second: f64,
    /// Mean.
    pub talk: Duration,
    /// Mean.
    pub wrap_up: Duration,
    /// A ring is answered after something between these two.
    pub answer: (Duration, Duration),
    /// The queues' own deadlines.
    pub ring_at_most: Duration,
    pub wrap_up_at_most: Duration,
    /// Mean of how long a customer waits.
    pub patience: Duration,
    /// Share of agents who come later than the first customers, after what remains of a contact: so the floor is as
    /// busy from the start as it would be after hours.
    pub busy_at_start: f64,
    /// This share of the queues has so many times its part of the customers, and the others the less: on an even floor
    /// of this size nobody would ever wait.
    pub crowded: f64,
    pub crowding: f64,
    /// Agents who connect in a second.
    pub connects_per_second: f64,
    /// Shares of offers.
    pub declined: f64,
    pub missed: f64,
    /// Shares of conversations in which a side loses its link for a moment.
    pub agent_drops: f64,
    pub customer_drops: f64,
    /// Share of wrap-ups in which a note is written.
    pub noted: f64,
    /// Share of conversations that the agent ends.
    pub ended_by_agent: f64,
    /// An agent who is not ready is so for something between these two.
    pub pause: (Duration, Duration),
    pub seed: u64,
    /// Whether every state that was shown is kept, to be held against the journal.
    pub keeps_sights: bool,
}

impl Plan {
    /// The measured one: 300 s a contact, of which `talk` is spoken, and 85 % occupancy of `agents`.
    #[must_use]
    pub fn occupied(agents: u32, contacts_per_second: f64, talk: Duration) -> Self {
        let contact = Duration::from_secs(300);
        let busy = contacts_per_second * contact.as_secs_f64() / f64::from(agents.max(1));
        Self {
            agents,
            queues: (agents / 90).max(1),
            queues_per_agent: 3,
            contacts_per_second,
            talk,
            wrap_up: contact.saturating_sub(talk),
            answer: (Duration::from_millis(1_000), Duration::from_millis(2_000)),
            ring_at_most: Duration::from_secs(20),
            wrap_up_at_most: contact * 20,
            patience: Duration::from_secs(180),
            busy_at_start: busy.min(1.0),
            crowded: 0.25,
            crowding: 1.5,
            connects_per_second: 400.0,
            declined: 0.005,
            missed: 0.002,
            agent_drops: 0.005,
            customer_drops: 0.005,
            noted: 0.3,
            ended_by_agent: 0.3,
            pause: (Duration::from_secs(1), Duration::from_secs(5)),
            seed: 1,
            keeps_sights: false,
        }
    }

    /// What a busy agent still has to do when the measurement begins: an exponential length has no memory.
    #[must_use]
    pub fn contact(&self) -> Duration {
        self.talk + self.wrap_up
    }

    /// How many queues, from the first on, are crowded.
    #[must_use]
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of some hundred queues"
    )]
    pub fn crowded_queues(&self) -> usize {
        (f64::from(self.queues) * self.crowded) as usize
    }

    /// Links that are open at once when the floor is as busy as planned, a tenth more than the mean for chance.
    #[must_use]
    pub fn links(&self) -> f64 {
        let answer = (self.answer.0 + self.answer.1) / 2;
        let talking = self.contacts_per_second * (self.talk + answer).as_secs_f64();
        f64::from(self.agents) + talking * 1.1 + SPARE_LINKS
    }
}
