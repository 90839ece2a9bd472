//! An organisation made for a load: queues, agents, and sign-ins written ahead, because thousands of passwords to hash
//! would measure something else.

use crate::Plan;
use anyhow::{Context, Result};
use protocol::configuration::{Change, PersonSettings, QueueSettings};
use std::path::Path;
use std::time::Duration;
use store::{Organisation, OrganisationStore, Stamp, TokenRow};
use store_sqlite::Database;
use vocab::{AgentId, Millis, OrgSlug, Role, Sensitive};

/// An agent's account and sign-in.
#[derive(Clone, Debug)]
pub struct Seat {
    pub agent: AgentId,
    pub token: Sensitive<String>,
    /// Places in [`Stage::queues`].
    pub queues: Vec<usize>,
}

/// Everybody who can come, and where.
#[derive(Clone, Debug)]
pub struct Stage {
    pub organisation: OrgSlug,
    pub seats: Vec<Seat>,
    /// By their names in addresses.
    pub queues: Vec<String>,
}

const STAMP: Stamp<'static> = Stamp {
    at: Millis(1),
    by: "load",
};

impl Stage {
    /// Makes the organisation `demo` in an empty folder.
    ///
    /// # Errors
    /// When the folder cannot be written, or has the organisation already.
    pub fn make(data: &Path, plan: &Plan) -> Result<Self> {
        let slug = OrgSlug::new("demo")?;
        let path = server::app::database_path(data, &slug);
        std::fs::create_dir_all(path.parent().context("no parent")?)?;
        let organisation = Organisation {
            slug: slug.clone(),
            name: "Load".to_owned(),
        };
        let mut accounts = Database::create(&path, &organisation)?.accounts()?;
        accounts.change_configuration(STAMP, None, None, &settings(plan))?;
        let mut seats = Vec::new();
        for (number, user) in (0..).zip(accounts.users()?) {
            let token = server::accounts::new_token(&slug)?;
            accounts.add_token(&TokenRow {
                hash: server::accounts::token_hash(token.reveal()),
                agent: user.agent,
                created_at: Millis(1),
                expires_at: Millis(u64::MAX >> 12),
            })?;
            seats.push(Seat {
                agent: user.agent,
                token,
                queues: served(number, plan),
            });
        }
        let queues = (0..plan.queues).map(queue_name).collect();
        Ok(Self {
            organisation: slug,
            seats,
            queues,
        })
    }
}

fn queue_name(number: u32) -> String {
    format!("queue-{number}")
}

/// Everything in one change: checked as a whole, and written once.
fn settings(plan: &Plan) -> Change {
    let queue = |number: u32| QueueSettings {
        ring_ms: in_ms(plan.ring_at_most),
        wrap_up_ms: in_ms(plan.wrap_up_at_most),
        max_waiting: 100_000,
        ..QueueSettings::named(queue_name(number), format!("Queue {number}"))
    };
    let person = |number: u32| {
        let served = served(number, plan).into_iter();
        let served = served.filter_map(|at| u32::try_from(at).ok());
        PersonSettings {
            queues: served.map(queue_name).collect(),
            ..PersonSettings::new(
                format!("agent{number}"),
                format!("Agent {number}"),
                Role::Agent,
            )
        }
    };
    Change {
        queues: (0..plan.queues).map(queue).collect(),
        people: (0..plan.agents).map(person).collect(),
        ..Change::default()
    }
}

/// Neighbouring queues, so that every agent shares each of theirs with others who have another mixture. Nobody serves
/// crowded and other queues: the crowd would be gone.
fn served(number: u32, plan: &Plan) -> Vec<usize> {
    let crowded = plan.crowded_queues();
    let others = (plan.queues as usize).saturating_sub(crowded);
    let first = number as usize % (crowded + others).max(1);
    let (before, count) = if first < crowded {
        (0, crowded)
    } else {
        (crowded, others)
    };
    let each = (plan.queues_per_agent as usize).min(count);
    let served = (0..each).map(|step| before + (first - before + step) % count);
    served.collect()
}

fn in_ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_queue_is_served_and_nobody_serves_both_kinds() {
        let plan = Plan::occupied(1_500, 4.25, Duration::from_secs(240));
        let crowded = plan.crowded_queues();
        assert!(crowded > 0);
        let mut found = std::collections::BTreeSet::new();
        for number in 0..plan.agents {
            let served = served(number, &plan);
            assert_eq!(served.len(), plan.queues_per_agent as usize);
            let of_crowd = served.iter().filter(|queue| **queue < crowded).count();
            assert!(of_crowd == 0 || of_crowd == served.len(), "{served:?}");
            found.extend(served);
        }
        assert_eq!(found.len(), plan.queues as usize);
    }
}
