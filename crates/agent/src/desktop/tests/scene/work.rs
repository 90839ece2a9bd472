//! What is on the agent's list in the scene.

use super::I7;
use protocol::record::Preferences;
use protocol::rest::CustomerSummary;
use protocol::work::{
    AgentCommand, AgentView, CustomerPop, Me, Presence, RecognisedBy, RecordingConsent, WorkItem,
    WorkStage,
};
use vocab::{
    AgentId, AgentState, CustomerId, MediumKind, Millis, NotReadyReason, OrgSlug, PeerLink,
    QueueId, Role, Sensitive,
};

pub(in crate::desktop::tests) fn note(text: &str) -> AgentCommand {
    AgentCommand::SaveNote {
        interaction: I7,
        text: Sensitive::new(text.to_owned()),
    }
}

pub(in crate::desktop::tests) fn ringing() -> WorkItem {
    item(WorkStage::Ringing {
        since: Millis(1),
        deadline: Millis(20_000),
    })
}

pub(in crate::desktop::tests) fn talking() -> WorkItem {
    item(WorkStage::Talking { since: Millis(2) })
}

fn item(stage: WorkStage) -> WorkItem {
    let text = |text: &str| Sensitive::new(text.to_owned());
    WorkItem {
        interaction: I7,
        medium: MediumKind::Voice,
        queue: QueueId(1),
        queue_name: "Support".to_owned(),
        stage,
        entered_at: Millis(1),
        customer: CustomerPop {
            customer: customer(),
            recognised_by: RecognisedBy::Phone,
            device: None,
            place: None,
            language: None,
            page: None,
            last_interactions: Vec::new(),
            given: protocol::rest::Given::default(),
            may_be: Vec::new(),
        },
        customer_link: PeerLink::Connected,
        callback: None,
        topic: None,
        note: text(""),
        colleagues_notes: Vec::new(),
        handover: None,
        consult: None,
        recording_consent: RecordingConsent::NotAsked,
    }
}

pub(super) fn view(work: Vec<WorkItem>) -> AgentView {
    let state = AgentState::NotReady {
        reason: NotReadyReason::JustSignedIn,
    };
    AgentView {
        me: Me {
            agent: AgentId(1),
            organisation: OrgSlug::new("demo").unwrap(),
            organisation_name: "Demo".to_owned(),
            user: "anna".to_owned(),
            name: "Anna Marsh".to_owned(),
            role: Role::Agent,
        },
        presence: Presence {
            state,
            since: Millis(1),
            next: None,
        },
        work,
        queues: Vec::new(),
        floor: None,
        dispositions: Vec::new(),
        reason_names: Vec::new(),
        limits: Vec::new(),
    }
}

fn customer() -> CustomerSummary {
    CustomerSummary {
        customer: CustomerId(3),
        name: Sensitive::new("Chen Yulan".to_owned()),
        identities: Vec::new(),
        language: None,
        since: Millis(0),
        is_vip: true,
        labels: Vec::new(),
        note: Sensitive::default(),
        interactions: 0,
        revision: 1,
        browsers: 0,
        attributes: Vec::new(),
        consents: Vec::new(),
        preferences: Preferences::default(),
    }
}
