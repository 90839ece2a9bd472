//! Windows and macOS: SetThreadExecutionState and an IOKit power assertion, through one library.
//!
//! On Windows the state belongs to the thread that set it, so one thread asks, waits and lets go.

use tokio::sync::oneshot;

/// Holds until `released` resolves (its sender dropped is enough).
pub(super) async fn hold(why: &'static str, released: oneshot::Receiver<()>) {
    let held = tokio::task::spawn_blocking(move || {
        let awake = keepawake::Builder::default()
            .display(true)
            .idle(true)
            .reason(why)
            .app_name("Warmline")
            .app_reverse_domain("org.warmline.desktop")
            .create();
        match awake {
            Ok(awake) => {
                let _ = released.blocking_recv();
                drop(awake);
            }
            Err(error) => {
                tracing::info!(%error, "nothing here keeps the computer awake in a call");
            }
        }
    });
    if held.await.is_err() {
        tracing::error!("what keeps the computer awake has ended");
    }
}
