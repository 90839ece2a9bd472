//! The little of the desktop's state that the shell shows outside the screen: who rings, which state, which language.
//!
//! A fold of the bridge's own events; it knows neither tray nor notification.

use protocol::desktop::{DesktopEvent, DesktopState, Language, Session};
use protocol::work::{AgentView, WorkItem, WorkStage};
use vocab::{AgentState, InteractionId, Sensitive};

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Glance {
    pub(crate) is_signed_in: bool,
    /// Absent until the first welcome.
    pub(crate) state: Option<AgentState>,
    pub(crate) ring: Option<Ring>,
    /// A conversation that goes on, held or not, or a callback that rings at the customer's.
    pub(crate) is_live: bool,
    pub(crate) language: Language,
}

/// An offer that waits for an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ring {
    pub(crate) interaction: InteractionId,
    pub(crate) customer_name: Sensitive<String>,
    pub(crate) queue_name: String,
    pub(crate) topic: Option<Sensitive<String>>,
    pub(crate) is_callback: bool,
}

impl Default for Glance {
    fn default() -> Self {
        Self {
            is_signed_in: false,
            state: None,
            ring: None,
            is_live: false,
            language: Language::System,
        }
    }
}

impl Glance {
    pub(crate) fn of(state: &DesktopState) -> Self {
        let mut glance = Self {
            language: state.settings.language,
            ..Self::default()
        };
        glance.take_session(&state.session);
        glance.take_agent(state.agent.as_ref());
        glance
    }

    /// Folds one event in; whether anything shown changed.
    pub(crate) fn apply(&mut self, event: &DesktopEvent) -> bool {
        let before = self.clone();
        match event {
            DesktopEvent::Session { session } => self.take_session(session),
            DesktopEvent::Agent { agent } => self.take_agent(agent.as_ref()),
            DesktopEvent::Settings { settings } => self.language = settings.language,
            _ => return false,
        }
        *self != before
    }

    fn take_session(&mut self, session: &Session) {
        self.is_signed_in = matches!(session, Session::SignedIn { .. });
        if !self.is_signed_in {
            self.state = None;
            self.ring = None;
            self.is_live = false;
        }
    }

    fn take_agent(&mut self, agent: Option<&AgentView>) {
        self.state = agent.map(|agent| agent.presence.state);
        let work = || agent.iter().flat_map(|agent| &agent.work);
        self.ring = work().find_map(Ring::of);
        self.is_live = work().any(is_live);
    }
}

impl Glance {
    /// A customer would lose somebody if the program ended now.
    pub(crate) fn is_busy(&self) -> bool {
        self.is_live || self.ring.is_some()
    }
}

fn is_live(item: &WorkItem) -> bool {
    matches!(
        item.stage,
        WorkStage::Talking { .. } | WorkStage::Held { .. } | WorkStage::CallingBack { .. }
    )
}

impl Ring {
    fn of(item: &WorkItem) -> Option<Self> {
        matches!(item.stage, WorkStage::Ringing { .. }).then(|| Self {
            interaction: item.interaction,
            customer_name: item.customer.customer.name.clone(),
            queue_name: item.queue_name.clone(),
            topic: item.topic.clone(),
            is_callback: item.callback.is_some(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::desktop::{Settings, TokenKept};

    #[test]
    fn an_event_that_shows_nothing_new_changes_nothing() {
        let mut glance = Glance::default();
        assert!(!glance.apply(&DesktopEvent::Levels {
            microphone: 0.5,
            speaker: 0.1
        }));
        assert!(!glance.apply(&DesktopEvent::Settings {
            settings: Settings::default()
        }));
        assert!(!glance.apply(&DesktopEvent::Agent { agent: None }));
    }

    #[test]
    fn signing_out_takes_the_state_and_the_ring_away() {
        let mut glance = Glance {
            is_signed_in: true,
            state: Some(AgentState::Ready),
            ring: Some(Ring {
                interaction: InteractionId(7),
                customer_name: "Chen Yulan".to_owned().into(),
                queue_name: "Support".to_owned(),
                topic: None,
                is_callback: false,
            }),
            is_live: true,
            language: Language::English,
        };
        let session = Session::SignedOut {
            last: None,
            why: None,
            demo_password: None,
        };
        assert!(glance.apply(&DesktopEvent::Session { session }));
        assert_eq!(
            (glance.is_signed_in, glance.state, &glance.ring),
            (false, None, &None)
        );
        assert!(!glance.is_busy());
        let session = Session::SignedIn {
            token_kept: TokenKept::InKeyring,
        };
        assert!(glance.apply(&DesktopEvent::Session { session }));
    }
}
