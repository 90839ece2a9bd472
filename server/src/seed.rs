//! Demonstration data: an organisation with people, and customers whose history was really played through the engine.
//!
//! Deterministic: the same words for everybody; only the dates move with the day on which it is made.

mod plan;
mod words;

use crate::accounts::hash_password;
use acd::{Center, Command};
use anyhow::Context;
use plan::{Contact, Person};
use protocol::configuration::QueueSettings;
use protocol::record::Attribute;
use protocol::rest::{CustomerPatch, Given, Identity, IdentityKind};
use protocol::work::RecognisedBy;
use store::{
    Accounts, Batch, CallerDetails, Entry, Journal, JournalEntry, NewUser, OrganisationStore,
    RecordEvent, Stamp,
};
use vocab::{
    AgentId, ChosenState, CustomerId, InteractionId, MediumKind, Millis, QueueId, RecordingPolicy,
    Role, Sensitive,
};

/// Everybody's password in the demonstration.
pub(crate) const PASSWORD: &str = "warmline-demo";

/// Entries in one transaction.
const BATCH_ENTRIES: usize = 1_000;

/// User, name, role, and whether they serve the queue.
const PEOPLE: [(&str, &str, Role, bool); 5] = [
    ("anna", "Anna Marsh", Role::Agent, true),
    ("noor", "Noor Rao", Role::Agent, true),
    ("eva", "Eva Lindholm", Role::Expert, false),
    ("sam", "Sam Okoro", Role::Supervisor, false),
    ("ada", "Ada Byrne", Role::Admin, false),
];

pub(crate) struct Seeded {
    pub(crate) customers: usize,
    pub(crate) interactions: usize,
}

/// Fills the store; `None` when it was done before.
///
/// # Errors
/// When the store cannot be read or written; running it again completes accounts, and history is written whole first.
pub(crate) fn seed(
    store: &dyn OrganisationStore,
    stamp: Stamp<'_>,
    now: Millis,
) -> anyhow::Result<Option<Seeded>> {
    let mut accounts = store.accounts()?;
    let (queue, agents) = seed_accounts(accounts.as_mut(), stamp)?;
    let marker = store
        .history()?
        .find_customer_by_key(IdentityKind::Phone, plan::MARKER_KEY)?;
    if marker.is_some() {
        return Ok(None);
    }
    let people = plan::people(now);
    let mut writer = Writer::open(store, queue, agents)?;
    let config = accounts.config()?;
    let contacts = plan::contacts(&people);
    let mut newcomers: Vec<&Person> = people.iter().collect();
    newcomers.sort_by_key(|person| (person.since, person.number));
    let mut newcomers = newcomers.into_iter().peekable();
    let first = newcomers.peek().map_or(now, |person| person.since);
    writer.decide(
        Millis(first.0.saturating_sub(1_000)),
        Command::Configure { config },
    )?;
    let mut known = vec![None; people.len()];
    let mut welcome = |writer: &mut Writer, until: Millis, known: &mut [Option<CustomerId>]| {
        while let Some(person) = newcomers.next_if(|person| person.since <= until) {
            let customer = writer.create(person);
            if let Some(place) = known.get_mut(person.number) {
                *place = Some(customer);
            }
        }
    };
    for contact in &contacts {
        welcome(&mut writer, contact.at, &mut known);
        let person = people.get(contact.person).context("a contact of nobody")?;
        let customer = known.get(contact.person).copied().flatten();
        writer.play(
            person,
            customer.context("a contact before the record")?,
            contact,
        )?;
    }
    welcome(&mut writer, now, &mut known);
    writer.write()?;
    Ok(Some(Seeded {
        customers: people.len(),
        interactions: contacts.len(),
    }))
}

fn seed_accounts(
    accounts: &mut dyn Accounts,
    stamp: Stamp<'_>,
) -> anyhow::Result<(QueueId, Vec<AgentId>)> {
    let queue = match accounts.queue_by_slug("support")? {
        Some(queue) => queue.id,
        None => {
            let queue = QueueSettings {
                recording: RecordingPolicy::Ask,
                ..QueueSettings::named("support", "Support")
            };
            accounts.add_queue(stamp, &queue)?
        }
    };
    let mut agents = Vec::new();
    for (user, name, role, serves) in PEOPLE {
        let agent = match accounts.user_by_name(user)? {
            Some(known) => known.agent,
            None => {
                let new = NewUser {
                    user: user.to_owned(),
                    name: name.to_owned(),
                    role,
                    password_hash: hash_password(&Sensitive::new(PASSWORD.to_owned()))?,
                    queues: if serves { vec![queue] } else { Vec::new() },
                };
                let agent = accounts.add_user(stamp, &new)?;
                // Everybody knows it: it would be refused from a person.
                accounts.note_audit(stamp, "weak_password_allowed", user)?;
                agent
            }
        };
        if serves {
            agents.push(agent);
        }
    }
    Ok((queue, agents))
}

/// Plays the past through the engine and writes down what it decided.
struct Writer {
    journal: Box<dyn Journal>,
    center: Center,
    queue: QueueId,
    agents: Vec<AgentId>,
    seq: u64,
    last_customer: u64,
    entries: Vec<JournalEntry>,
}

impl Writer {
    fn open(
        store: &dyn OrganisationStore,
        queue: QueueId,
        agents: Vec<AgentId>,
    ) -> anyhow::Result<Self> {
        let mut journal = store.journal()?;
        let recovered = journal.load()?;
        Ok(Self {
            journal,
            center: recovered.center,
            queue,
            agents,
            seq: recovered.last_seq,
            last_customer: recovered.last_customer.0,
            entries: Vec::new(),
        })
    }

    fn push(&mut self, at: Millis, entry: Entry) {
        self.seq += 1;
        self.entries.push(JournalEntry {
            seq: self.seq,
            at,
            entry,
        });
    }

    fn record(&mut self, at: Millis, event: RecordEvent) {
        self.push(at, Entry::Record { event });
    }

    fn decide(&mut self, at: Millis, command: Command) -> anyhow::Result<Option<InteractionId>> {
        let events = self.center.handle(at, command)?;
        let entered = events.iter().find_map(|event| match event.what {
            acd::What::Entered { interaction, .. } => Some(interaction),
            _ => None,
        });
        for event in events {
            self.push(event.at, Entry::Routing { event });
        }
        Ok(entered)
    }

    fn create(&mut self, person: &Person) -> CustomerId {
        let at = person.since;
        self.last_customer += 1;
        let customer = CustomerId(self.last_customer);
        let name = Sensitive::new(person.name.clone());
        let language = Some(person.language.to_owned());
        self.record(
            at,
            RecordEvent::CustomerCreated {
                customer,
                name,
                language,
            },
        );
        for (kind, value) in [
            (IdentityKind::Phone, &person.phone),
            (IdentityKind::Email, &person.email),
        ] {
            let identity = Identity::new(kind, value.clone());
            self.record(at, RecordEvent::IdentityAdded { customer, identity });
        }
        let patch = CustomerPatch {
            is_vip: person.is_vip.then_some(true),
            labels: Some(
                person
                    .labels
                    .iter()
                    .map(|label| (*label).to_owned())
                    .collect(),
            ),
            note: (!person.note.is_empty()).then(|| Sensitive::new(person.note.to_owned())),
            attributes: Some(vec![Attribute {
                name: person.contract_label.to_owned(),
                value: Sensitive::new(person.contract.clone()),
            }]),
            preferences: Some(person.preferences.clone()),
            ..CustomerPatch::default()
        };
        self.record(at, RecordEvent::CustomerPatched { customer, patch });
        for consent in &person.consents {
            let consent = *consent;
            self.record(at, RecordEvent::ConsentSet { customer, consent });
        }
        if let (Some(text), Some(agent)) = (person.remark, self.agents.first().copied()) {
            let text = Sensitive::new(text.to_owned());
            self.record(
                at,
                RecordEvent::CustomerNoteAdded {
                    customer,
                    agent,
                    text,
                },
            );
        }
        customer
    }

    fn play(
        &mut self,
        person: &Person,
        customer: CustomerId,
        contact: &Contact,
    ) -> anyhow::Result<()> {
        let (queue, medium) = (self.queue, MediumKind::Voice);
        let entered = self.decide(
            contact.at,
            Command::Enter {
                customer,
                queue,
                medium,
                wishes: acd::Wishes::default(),
            },
        )?;
        let interaction = entered.context("the engine did not let a customer in")?;
        let details = CallerDetails {
            given: Given::default(),
            topic: Some(Sensitive::new(contact.story.topic.to_owned())),
            device: Some(person.device.to_owned()),
            place: Some(person.place.to_owned()),
            language: Some(person.language.to_owned()),
            page: None,
            recognised_by: RecognisedBy::Phone,
            visitor: None,
            recording_consent: None,
        };
        self.record(
            contact.at,
            RecordEvent::CallerDetails {
                interaction,
                details,
            },
        );
        let answered = contact.at.plus(contact.wait_ms);
        if contact.is_abandoned {
            self.decide(answered, Command::CustomerHangsUp { interaction })?;
            return self.write_if_full();
        }
        self.converse(contact, interaction, answered)?;
        self.write_if_full()
    }

    fn converse(
        &mut self,
        contact: &Contact,
        interaction: InteractionId,
        answered: Millis,
    ) -> anyhow::Result<()> {
        let agent = self
            .agents
            .get(contact.agent)
            .copied()
            .context("an agent who is not there")?;
        let offered = Millis(answered.0.saturating_sub(3_000));
        self.decide(offered, Command::AgentConnected { agent })?;
        self.decide(
            offered,
            Command::ChooseState {
                agent,
                state: ChosenState::Ready,
            },
        )?;
        self.decide(answered, Command::AcceptOffer { agent, interaction })?;
        let ended = answered.plus(contact.talk_ms);
        if contact.hold_ms > 0 {
            let held = answered.plus(contact.talk_ms / 3);
            self.decide(held, Command::Hold { agent, interaction })?;
            self.decide(
                held.plus(contact.hold_ms),
                Command::Resume { agent, interaction },
            )?;
        }
        let noted = ended.plus(12_000);
        let text = Sensitive::new(contact.story.note.to_owned());
        self.decide(ended, Command::AgentHangsUp { agent, interaction })?;
        self.record(
            noted,
            RecordEvent::NoteSaved {
                interaction,
                agent,
                text,
            },
        );
        let disposition = Some(contact.story.disposition.to_owned());
        let finished = noted.plus(8_000);
        self.decide(
            finished,
            Command::FinishWrapUp {
                agent,
                interaction,
                disposition,
            },
        )?;
        if let Some(stars) = contact.stars {
            self.record(finished, RecordEvent::Rated { interaction, stars });
        }
        self.decide(finished.plus(1_000), Command::AgentSignsOut { agent })?;
        Ok(())
    }

    fn write_if_full(&mut self) -> anyhow::Result<()> {
        if self.entries.len() >= BATCH_ENTRIES {
            self.write()
        } else {
            Ok(())
        }
    }

    fn write(&mut self) -> anyhow::Result<()> {
        let entries = std::mem::take(&mut self.entries);
        let count = u64::try_from(entries.len())?;
        let batch = Batch {
            expected_seq: self.seq - count,
            entries,
            done: Vec::new(),
            audit: Vec::new(),
        };
        Ok(self.journal.append(&batch)?)
    }
}
