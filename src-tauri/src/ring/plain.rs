//! Notifications where Tauri's plugin shows them without buttons: they say who calls; the window answers.

use super::{Choice, Text};
use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt;
use tokio::sync::oneshot;

/// Shows `text`; the system takes it away by itself.
///
/// # Errors
/// When the system refuses to show notifications of this program.
pub(super) async fn show(
    app: &AppHandle,
    text: Text,
    withdrawn: oneshot::Receiver<()>,
) -> Result<Option<Choice>, tauri_plugin_notification::Error> {
    app.notification()
        .builder()
        .title(text.title)
        .body(text.body)
        .show()?;
    let _ = withdrawn.await;
    Ok(None)
}
