//! The check before a shift: do two paths of this machine reach each other?

use super::MediaEngine;
use crate::error::MediaError;
use crate::event::PathState;
use crate::transport::{Incoming, MediaTransport, PacketSink, PathEvent};
use crate::webrtc_path::WebrtcPath;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

const LIMIT: Duration = Duration::from_secs(5);

struct Watcher(watch::Sender<PathState>);

impl PacketSink for Watcher {
    fn packet(&self, _packet: Incoming) {}

    fn event(&self, event: PathEvent) {
        if let PathEvent::State(state) = event {
            self.0.send_replace(state);
        }
    }
}

impl MediaEngine {
    /// Whether two paths on this machine reach each other: sockets, certificates, encryption; through the
    /// relay where nothing else is allowed.
    ///
    /// # Errors
    /// `Transport`, `TimedOut`: the media path check failed.
    pub async fn loopback_check(&self) -> Result<(), MediaError> {
        let (near_state, mut near_seen) = watch::channel(PathState::Preparing);
        let (far_state, _) = watch::channel(PathState::Preparing);
        let (bind, ice) = (self.shared.options.bind, self.shared.ice());
        let near = WebrtcPath::open(bind, &ice, Arc::new(Watcher(near_state))).await?;
        let far = WebrtcPath::open(bind, &ice, Arc::new(Watcher(far_state))).await?;
        let offer = near.offer(false).await?;
        near.set_answer(&far.answer(&offer).await?).await?;
        let is_settled =
            |state: &PathState| matches!(state, PathState::Connected | PathState::Failed);
        // The guard must not live over the closing awaits, or callers could not move this between threads.
        let settling = async { near_seen.wait_for(is_settled).await.map(|state| *state) };
        let seen = tokio::time::timeout(LIMIT, settling).await;
        let result = match seen {
            Ok(Ok(PathState::Connected)) => Ok(()),
            Ok(_) => Err(MediaError::Transport(
                "two paths of this machine do not meet".to_owned(),
            )),
            Err(_) => Err(MediaError::TimedOut("the media path check")),
        };
        near.close().await;
        far.close().await;
        result
    }
}
