//! Coming and going: hellos, closed links, signing out, and settings that change under everybody's feet.

use super::actor::{Actor, STORAGE_RETRY_MS};
use super::directory::Directory;
use super::inbox::{AgentHello, CustomerHello, LinkId, Out};
use super::people::{AgentLink, CustomerLink, Departed, ShownToAgent};
use acd::{Command, Config, Detour, Queue, Refusal};
use protocol::customer::Desk;
use protocol::link::ErrorCode;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::mpsc;
use vocab::{AgentId, ChosenState, NotReadyReason, QueueId};

impl Actor {
    pub(crate) fn agent_hello(&mut self, hello: AgentHello) {
        let AgentHello {
            link,
            agent,
            token,
            is_expired,
            user,
            name,
            role,
            out,
        } = hello;
        if !self.trouble.is_none() {
            return say_goodbye(&out, ErrorCode::StorageFailed, Some(STORAGE_RETRY_MS));
        }
        if is_expired && !self.may_finish(agent, token) {
            return say_goodbye(&out, ErrorCode::TokenExpired, None);
        }
        let present = AgentLink {
            link,
            token,
            is_expired,
            user,
            name,
            role,
            shown: ShownToAgent::default(),
        };
        if self.run(Command::AgentConnected { agent }).is_err() {
            return say_goodbye(&out, ErrorCode::NotAllowed, None);
        }
        if let Some(older) = self.people.add_agent(agent, present, out) {
            say_goodbye(&older, ErrorCode::SignedInElsewhere, None);
        }
        self.batch.release.welcomes.push(link);
    }

    pub(crate) fn customer_hello(&mut self, hello: CustomerHello) {
        let CustomerHello {
            link,
            queue,
            visitor,
            key,
            known,
            origin,
            out,
        } = hello;
        if !self.trouble.is_none() {
            return say_goodbye(&out, ErrorCode::StorageFailed, Some(STORAGE_RETRY_MS));
        }
        let mut customer = CustomerLink {
            queue,
            visitor,
            key: key.clone(),
            origin,
            customer: None,
            known_name: None,
            calling: None,
            shown: None,
            desk: Desk::default(),
        };
        if let Some(known) = known.filter(|known| !self.records.is_erased(known.customer)) {
            customer.customer = Some(known.customer);
            customer.known_name = known.name;
            // After a restart memory does not know what ended before it.
            if let Some(ended) = known.ended
                && self
                    .records
                    .newest_of
                    .get(&key)
                    .is_none_or(|newest| *newest == ended.interaction)
            {
                self.records
                    .newest_of
                    .insert(key.clone(), ended.interaction);
                self.records.ended.entry(ended.interaction).or_insert(ended);
            }
        }
        if let Some(older) = self.people.add_customer(link, customer, out) {
            say_goodbye(&older, ErrorCode::SignedInElsewhere, None);
        }
        if let Some(interaction) = self.records.newest_of.get(&key).copied() {
            // Refused when it is over, which the welcome will say.
            let _ = self.run(Command::CustomerConnected { interaction });
        }
        self.batch.release.welcomes.push(link);
    }

    pub(crate) fn closed(&mut self, link: LinkId) {
        let departed = self.people.remove(link);
        if !self.trouble.is_none() {
            // Made up for when the journal was read back.
            return;
        }
        match departed {
            Departed::Agent(agent) => {
                // Refused for an account that was removed meanwhile: nothing is left to lease.
                let _ = self.run(Command::AgentDisconnected { agent });
            }
            Departed::Visitor(visitor) => {
                if let Some(interaction) = self.records.newest_of.get(&visitor).copied() {
                    // Refused when it is over: nobody waits any more.
                    let _ = self.run(Command::CustomerDisconnected { interaction });
                }
            }
            Departed::Nobody => {}
        }
    }

    /// Whether an expired sign-in has work left: not where the agent is at another desk by a newer one.
    fn may_finish(&self, agent: vocab::AgentId, token: store::TokenHash) -> bool {
        let present = self.people.agents.get(&agent);
        present.is_none_or(|link| link.token == token)
            && self.center.work_of(agent).next().is_some()
    }

    /// A conversation and its wrap-up are not cut short by a date; nothing new begins after it.
    pub(crate) fn sign_in_expired(&mut self, link: LinkId) {
        let Some(agent) = self.people.agent_of(link) else {
            return;
        };
        let Some(present) = self.people.agents.get_mut(&agent) else {
            return;
        };
        present.is_expired = true;
        if !self.trouble.is_none() {
            return;
        }
        if self.center.work_of(agent).next().is_none() {
            // After the acknowledgement of what ended the work.
            let goodbye = goodbye(ErrorCode::TokenExpired, None);
            return self.batch.release.answers.push((link, goodbye));
        }
        let next = self.center.agent(agent).and_then(|view| view.next);
        if !matches!(next, Some(ChosenState::NotReady { .. })) {
            let state = ChosenState::NotReady {
                reason: NotReadyReason::Admin,
            };
            // Refused for an account that was removed meanwhile.
            let _ = self.run(Command::ReserveNextState {
                agent,
                state: Some(state),
            });
        }
    }

    pub(crate) fn signs_out(&mut self, agent: vocab::AgentId, token: store::TokenHash) {
        // A script that signs out, or the desktop at home, must not end the conversation at another desk.
        let present = self.people.agents.get(&agent);
        if present.is_some_and(|link| link.token != token) {
            return;
        }
        if let Some(out) = self.people.dismiss_agent(agent) {
            say_goodbye(&out, ErrorCode::TokenExpired, None);
        }
        if self.trouble.is_none() {
            // Refused for an account that was removed meanwhile.
            let _ = self.run(Command::AgentSignsOut { agent });
        }
    }

    pub(crate) fn configure(&mut self, directory: Arc<Directory>) {
        // Whoever changed the settings and the watch both tell of them, and not always in order.
        if directory.revision < self.directory.revision {
            return;
        }
        self.directory = Arc::clone(&directory);
        self.live.set(&directory, self.now);
        if self.trouble.is_none() {
            self.use_settings();
        }
        self.batch.affected.is_everybody = true;
        self.directory_out.send_replace(directory);
    }
}

impl Actor {
    /// A queue that is gone from the settings is closed, and goes when nobody is in it any more: those who serve it
    /// now serve it until then. Called again from time to time for its sake; the same settings change nothing.
    pub(crate) fn use_settings(&mut self) {
        let mut config = self.directory.config.clone();
        let kept = self.removed_and_in_use(&config);
        for queue in kept.difference(&self.kept_queues) {
            let queue = self.directory.queue_code(*queue);
            tracing::info!(
                queue,
                "a queue that was removed is closed; it goes when it is empty"
            );
        }
        if !kept.is_empty() {
            keep_until_empty(&self.center.config(), &kept, &mut config);
        }
        self.kept_queues = kept;
        if let Err(refusal) = self.run(Command::Configure { config }) {
            let why = match refusal {
                Refusal::QueueInUse(queue) => {
                    format!("queue {} is in use", self.directory.queue_code(queue))
                }
                Refusal::BadConfig(problem) => {
                    settings::explained(&problem, &self.directory.numbers)
                }
                other => other.to_string(),
            };
            tracing::error!(why, "the settings cannot be used; the last ones stay");
        }
    }

    fn removed_and_in_use(&self, config: &Config) -> BTreeSet<QueueId> {
        let there: BTreeSet<QueueId> = config.queues.iter().map(|queue| queue.id).collect();
        if self.center.queues().all(|queue| there.contains(&queue)) {
            return BTreeSet::new();
        }
        let open = self.center.interactions();
        let queues = open.filter_map(|id| Some(self.center.interaction(id)?.queue));
        queues.filter(|queue| !there.contains(queue)).collect()
    }
}

/// As they are in `present`, but closed and for those alone who serve them now.
fn keep_until_empty(present: &Config, kept: &BTreeSet<QueueId>, config: &mut Config) {
    let is_kept = |queue: &QueueId| kept.contains(queue);
    let old = present.queues.iter().filter(|old| is_kept(&old.id));
    config.queues.extend(old.map(|old| Queue {
        is_closed: true,
        rings: Vec::new(),
        schedule: None,
        when_closed: Detour::Refuse,
        when_full: Detour::Refuse,
        overflow: None,
        ..old.clone()
    }));
    let serving = present.agents.iter();
    let serving: BTreeMap<AgentId, Vec<QueueId>> = serving
        .map(|agent| {
            let queues = agent.queues.iter().copied().filter(is_kept);
            (agent.id, queues.collect())
        })
        .collect();
    for agent in &mut config.agents {
        agent
            .queues
            .extend(serving.get(&agent.id).into_iter().flatten());
        agent.queues.sort_unstable();
    }
}

/// A full queue needs no goodbye: its link closes because the sender is dropped.
pub(crate) fn say_goodbye(out: &mpsc::Sender<Out>, code: ErrorCode, retry_after_ms: Option<u64>) {
    if out.try_send(goodbye(code, retry_after_ms)).is_err() {
        tracing::debug!("a goodbye found its link closed or full");
    }
}

fn goodbye(code: ErrorCode, retry_after_ms: Option<u64>) -> Out {
    let hint = match code {
        ErrorCode::SignedInElsewhere => "a newer link has taken over from this one",
        ErrorCode::StorageFailed => "the server cannot write at the moment",
        ErrorCode::TokenExpired => "please sign in again",
        ErrorCode::NotAllowed => "this account is not set up for work; ask your administrator",
        _ => "the link is closed",
    };
    Out::Goodbye {
        code,
        hint,
        retry_after_ms,
    }
}
