//! Notifications as Linux desktops have them: the Desktop Notifications Specification 1.2 over the session bus.

use super::Text;
use crate::{bridge, window};
use futures_util::StreamExt;
use protocol::desktop::DesktopCommand;
use std::collections::HashMap;
use tauri::AppHandle;
use tokio::sync::oneshot;
use vocab::InteractionId;
use zbus::zvariant::Value;

#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications"
)]
trait Notifications {
    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;

    #[allow(
        clippy::too_many_arguments,
        reason = "the specification's own signature"
    )]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;

    fn close_notification(&self, id: u32) -> zbus::Result<()>;

    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: &str) -> zbus::Result<()>;
}

/// What a person did with a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Answer,
    Decline,
    /// A click on the text.
    Look,
}

/// Shows `text` until the person chooses, which is then done, or `withdrawn` resolves (its sender dropped is enough).
///
/// # Errors
/// No session bus, or nobody on it who shows notifications.
pub(super) async fn show(
    app: &AppHandle,
    interaction: InteractionId,
    text: Text,
    mut withdrawn: oneshot::Receiver<()>,
) -> Result<(), zbus::Error> {
    let bus = zbus::Connection::session().await?;
    let notifications = NotificationsProxy::new(&bus).await?;
    // Listened for before it is shown, so that no answer is missed however quick it is.
    let mut invoked = notifications.receive_action_invoked().await?;
    let can = notifications.get_capabilities().await?;
    let has = |name: &str| can.iter().any(|one| one == name);
    let actions = [
        "answer",
        text.answer,
        "decline",
        text.decline,
        "default",
        text.answer,
    ];
    let actions: &[&str] = if has("actions") { &actions } else { &[] };
    let body = if has("body-markup") {
        escaped(&text.body)
    } else {
        text.body
    };
    let hints = HashMap::from([
        // Critical: it stays as long as it rings, also where one asked not to be disturbed.
        ("urgency", Value::U8(2)),
        ("category", Value::from("call.incoming")),
        ("desktop-entry", Value::from("Warmline")),
        // The ringer device rings; a second sound from elsewhere would only confuse.
        ("suppress-sound", Value::from(true)),
    ]);
    let id = notifications
        .notify(
            "Warmline",
            0,
            "warmline-desktop",
            &text.title,
            &body,
            actions,
            hints,
            0,
        )
        .await?;
    loop {
        tokio::select! {
            _ = &mut withdrawn => {
                notifications.close_notification(id).await?;
                return Ok(());
            }
            signal = invoked.next() => {
                let Some(signal) = signal else { return Ok(()) };
                let args = signal.args()?;
                if args.id == id {
                    // Some desktops leave a notification standing after a choice.
                    let _ = notifications.close_notification(id).await;
                    if let Some(choice) = choice_of(args.action_key) {
                        act(app, interaction, choice);
                    }
                    return Ok(());
                }
            }
        }
    }
}

fn act(app: &AppHandle, interaction: InteractionId, choice: Choice) {
    match choice {
        Choice::Answer => {
            bridge::dispatch_apart(app, DesktopCommand::Accept { interaction });
            window::show(app);
        }
        Choice::Decline => bridge::dispatch_apart(app, DesktopCommand::Decline { interaction }),
        Choice::Look => window::show(app),
    }
}

fn choice_of(key: &str) -> Option<Choice> {
    match key {
        "answer" => Some(Choice::Answer),
        "decline" => Some(Choice::Decline),
        "default" => Some(Choice::Look),
        _ => None,
    }
}

/// A customer's words are text, never markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_cannot_bring_markup_along() {
        assert_eq!(escaped("<b>R&D</b>"), "&lt;b&gt;R&amp;D&lt;/b&gt;");
    }

    #[test]
    fn an_unknown_choice_does_nothing() {
        assert_eq!(choice_of("answer"), Some(Choice::Answer));
        assert_eq!(choice_of("snooze"), None);
    }
}
