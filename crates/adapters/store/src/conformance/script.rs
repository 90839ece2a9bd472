//! A hand that writes journals for the cases: numbers entries and keeps an engine beside them.

use crate::{
    Batch, CallerDetails, Entry, History, Journal, JournalEntry, NewUser, OrganisationStore,
    RecordEvent, Stamp,
};
use acd::{Center, Command};
use protocol::configuration::{Change, QueueSettings};
use protocol::rest::{CustomerPatch, Identity, IdentityKind};
use protocol::work::RecognisedBy;
use timekeeping::Span;
use vocab::{
    AgentId, ChosenState, CustomerId, InteractionId, MediumKind, Millis, QueueId, Role, Sensitive,
};

pub(super) const STAMP: Stamp<'static> = Stamp {
    at: Millis(1_000),
    by: "conformance",
};

pub(super) struct Script {
    pub(super) journal: Box<dyn Journal>,
    pub(super) center: Center,
    pub(super) seq: u64,
    pub(super) queue: QueueId,
    pub(super) anna: AgentId,
    pub(super) written: Vec<JournalEntry>,
}

impl Script {
    /// A queue, an agent named Anna Marsh, an engine that knows both.
    pub(super) fn new(store: &dyn OrganisationStore) -> Self {
        let mut accounts = store.accounts().unwrap();
        let queue = accounts
            .add_queue(STAMP, &QueueSettings::named("support", "Support"))
            .unwrap();
        let anna = accounts
            .add_user(STAMP, &new_user("anna", "Anna Marsh", queue))
            .unwrap();
        let config = accounts.config().unwrap();
        let mut script = Self {
            journal: store.journal().unwrap(),
            center: Center::new(),
            seq: 0,
            queue,
            anna,
            written: Vec::new(),
        };
        script.routes(1_000, Command::Configure { config });
        script
    }

    /// Another agent of the same queue, signed in and not ready.
    pub(super) fn noor(&mut self, store: &dyn OrganisationStore) -> AgentId {
        let mut accounts = store.accounts().unwrap();
        let noor = accounts
            .add_user(STAMP, &new_user("noor", "Noor Rao", self.queue))
            .unwrap();
        let config = accounts.config().unwrap();
        self.routes(1_200, Command::Configure { config });
        self.routes(1_200, Command::AgentConnected { agent: noor });
        noor
    }

    pub(super) fn routes(&mut self, at: u64, command: Command) -> Vec<acd::Event> {
        let events = self.center.handle(Millis(at), command).unwrap();
        let entries = events.iter().map(|event| Entry::Routing {
            event: event.clone(),
        });
        self.append(at, entries.collect());
        events
    }

    pub(super) fn records(&mut self, at: u64, event: RecordEvent) {
        self.append(at, vec![Entry::Record { event }]);
    }

    pub(super) fn append(&mut self, at: u64, entries: Vec<Entry>) {
        let batch = self.batch(at, entries);
        self.journal.append(&batch).unwrap();
        self.seq += batch.entries.len() as u64;
        self.written.extend(batch.entries);
    }

    pub(super) fn batch(&self, at: u64, entries: Vec<Entry>) -> Batch {
        let entries = entries.into_iter().zip(self.seq + 1..);
        Batch {
            expected_seq: self.seq,
            entries: entries
                .map(|(entry, seq)| JournalEntry {
                    seq,
                    at: Millis(at),
                    entry,
                })
                .collect(),
            done: Vec::new(),
            audit: Vec::new(),
        }
    }

    pub(super) fn customer(&mut self, at: u64, id: u64, name: &str) -> CustomerId {
        let customer = CustomerId(id);
        let name = Sensitive::new(name.to_owned());
        self.records(
            at,
            RecordEvent::CustomerCreated {
                customer,
                name,
                language: None,
            },
        );
        customer
    }

    pub(super) fn identity(&mut self, customer: CustomerId, kind: IdentityKind, value: &str) {
        let identity = Identity::new(kind, value.to_owned());
        self.records(2_000, RecordEvent::IdentityAdded { customer, identity });
    }

    pub(super) fn patch(&mut self, customer: CustomerId, patch: CustomerPatch) {
        self.records(2_500, RecordEvent::CustomerPatched { customer, patch });
    }

    pub(super) fn anna_is_ready(&mut self, at: u64) {
        self.routes(at, Command::AgentConnected { agent: self.anna });
        let state = ChosenState::Ready;
        self.routes(
            at,
            Command::ChooseState {
                agent: self.anna,
                state,
            },
        );
    }

    pub(super) fn enters(&mut self, at: u64, customer: CustomerId) -> InteractionId {
        let (queue, medium) = (self.queue, MediumKind::Voice);
        self.routes(
            at,
            Command::Enter {
                customer,
                queue,
                medium,
                wishes: acd::Wishes::default(),
            },
        );
        self.center.customer_interaction(customer).unwrap()
    }

    /// Enters at `at`, is answered 1 s later, ends 5 s after that and is wrapped up after 2 s more.
    pub(super) fn whole_call(&mut self, at: u64, customer: CustomerId) -> InteractionId {
        let interaction = self.enters(at, customer);
        let agent = self.anna;
        self.routes(at + 1_000, Command::AcceptOffer { agent, interaction });
        self.routes(at + 6_000, Command::AgentHangsUp { agent, interaction });
        let disposition = Some("solved".to_owned());
        self.routes(
            at + 8_000,
            Command::FinishWrapUp {
                agent,
                interaction,
                disposition,
            },
        );
        interaction
    }
}

pub(super) fn new_user(user: &str, name: &str, queue: QueueId) -> NewUser {
    NewUser {
        user: user.to_owned(),
        name: name.to_owned(),
        role: Role::Agent,
        password_hash: Sensitive::new("$argon2id$of anna".to_owned()),
        queues: vec![queue],
    }
}

/// Everything before a moment.
pub(super) fn before(at: u64) -> [Span; 1] {
    let (from, before) = (Millis(0), Millis(at));
    [Span { from, before }]
}

/// The organisation is in Britain: numbers there need no `+`.
pub(super) fn in_britain(store: &dyn OrganisationStore) {
    let mut accounts = store.accounts().unwrap();
    let (_, mut document) = accounts.configuration().unwrap();
    document.rules.country = Some("GB".to_owned());
    let change = Change {
        rules: Some(document.rules),
        ..Change::default()
    };
    accounts
        .change_configuration(STAMP, None, None, &change)
        .unwrap();
}

/// Who is recognised by what was typed in Britain.
pub(super) fn who(history: &dyn History, kind: IdentityKind, value: &str) -> Option<CustomerId> {
    let key = crate::identity_key(kind, value, text::Country::of("GB"))?;
    history.find_customer_by_key(kind, &key).unwrap()
}

pub(super) fn caller(topic: &str) -> CallerDetails {
    CallerDetails {
        given: protocol::rest::Given::default(),
        topic: Some(Sensitive::new(topic.to_owned())),
        device: Some("Chrome on Windows".to_owned()),
        place: Some("Asia/Shanghai".to_owned()),
        language: Some("zh-CN".to_owned()),
        page: None,
        recognised_by: RecognisedBy::Phone,
        visitor: None,
        recording_consent: None,
    }
}
