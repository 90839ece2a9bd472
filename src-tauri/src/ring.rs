//! The ring's notification: who calls, with answer and decline. It never takes the keyboard's focus.

#[cfg(target_os = "linux")]
#[path = "ring/freedesktop.rs"]
mod system;
#[cfg(not(target_os = "linux"))]
#[path = "ring/plain.rs"]
mod system;

use crate::glance::{Glance, Ring};
use crate::window;
use crate::words::{Words, system_locale};
use tauri::AppHandle;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use vocab::InteractionId;

/// What a notification says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) answer: &'static str,
    pub(crate) decline: &'static str,
}

/// The notification of the ring that rings now, if any.
pub(crate) struct Notice {
    app: AppHandle,
    shown: Option<Shown>,
}

struct Shown {
    interaction: InteractionId,
    /// Dropped, it takes the notification away.
    withdraw: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Notice {
    pub(crate) fn new(app: AppHandle) -> Self {
        Self { app, shown: None }
    }

    /// Makes what is shown agree with `glance`: one notification for the ring that is on, none otherwise.
    pub(crate) async fn show(&mut self, glance: &Glance) {
        let rings = glance.ring.as_ref().map(|ring| ring.interaction);
        if self.shown.as_ref().map(|shown| shown.interaction) == rings {
            return;
        }
        if let Some(shown) = self.shown.take() {
            drop(shown.withdraw);
            // The task ends by itself once the notification is gone; a new ring need not wait for that.
            drop(shown.task);
        }
        if let Some(ring) = &glance.ring
            && !window::is_in_front(&self.app)
        {
            let words = Words::of(glance.language, &system_locale());
            self.shown = Some(self.start(ring, text_of(ring, words)));
        }
    }

    fn start(&self, ring: &Ring, text: Text) -> Shown {
        let (withdraw, withdrawn) = oneshot::channel();
        let (app, interaction) = (self.app.clone(), ring.interaction);
        let task = telemetry::spawn("ring-notice", async move {
            let shown = system::show(&app, interaction, text, withdrawn).await;
            if let Err(error) = shown {
                // The screen and the ringer say it too; a desktop without notifications is quite usual.
                tracing::info!(%error, "no notification could be shown");
            }
        });
        Shown {
            interaction,
            withdraw,
            task,
        }
    }
}

fn text_of(ring: &Ring, words: &Words) -> Text {
    let name = ring.customer_name.reveal().trim();
    let name = if name.is_empty() {
        words.somebody
    } else {
        name
    };
    let body = match &ring.topic {
        Some(topic) => format!("{} · {}", ring.queue_name, topic.reveal()),
        None => ring.queue_name.clone(),
    };
    Text {
        title: format!(
            "{name}{}",
            if ring.is_callback {
                words.awaits_callback
            } else {
                words.calls
            }
        ),
        body,
        answer: words.answer,
        decline: words.decline,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::desktop::Language;

    fn check(name: &str, topic: Option<&str>, language: Language, title: &str, body: &str) {
        let ring = Ring {
            interaction: InteractionId(1),
            customer_name: name.to_owned().into(),
            queue_name: "Support".to_owned(),
            topic: topic.map(|topic| topic.to_owned().into()),
            is_callback: false,
        };
        let text = text_of(&ring, Words::of(language, ""));
        assert_eq!((text.title.as_str(), text.body.as_str()), (title, body));
    }

    #[test]
    fn a_notification_says_who_calls_and_why() {
        let (en, zh) = (Language::English, Language::SimplifiedChinese);
        check(
            "Chen Yulan",
            Some("New router"),
            en,
            "Chen Yulan is calling",
            "Support · New router",
        );
        check("陈玉兰", None, zh, "陈玉兰 来电", "Support");
        check(" ", None, en, "A customer is calling", "Support");
    }
}
