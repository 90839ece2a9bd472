//! Notifications where Tauri's plugin shows them without buttons: they say who calls; the window answers.

use super::Text;
use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt;
use tokio::sync::oneshot;
use vocab::InteractionId;

/// Shows `text`; the system takes it away by itself.
///
/// # Errors
/// When the system refuses to show notifications of this program.
pub(super) async fn show(
    app: &AppHandle,
    _interaction: InteractionId,
    text: Text,
    withdrawn: oneshot::Receiver<()>,
) -> Result<(), tauri_plugin_notification::Error> {
    app.notification()
        .builder()
        .title(text.title)
        .body(text.body)
        .show()?;
    let _ = withdrawn.await;
    Ok(())
}
