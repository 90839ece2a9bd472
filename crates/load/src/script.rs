//! What agents and customers have in common: a link that comes back, and one deed at a time that falls due.

use crate::generator::until;
use agent::link::{Link, LinkEvent, LinkOptions};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Events of one link that wait for the script.
const EVENTS: usize = 64;

/// A lost link comes back after something between these two.
pub(crate) const AWAY: (Duration, Duration) =
    (Duration::from_millis(300), Duration::from_millis(2_000));

/// Why a link was left.
pub(crate) enum Left {
    ForAMoment,
    ForGood,
}

pub(crate) trait Script {
    /// Where to and as whom; a new link begins with it.
    fn options(&mut self) -> LinkOptions;

    /// When the next deed is due.
    fn due(&self) -> Option<Instant>;

    fn does(&mut self, link: &Link) -> Option<Left>;

    fn hears(&mut self, link: &Link, event: LinkEvent) -> Option<Left>;

    fn unlinked(&mut self);

    /// How long a lost link stays away: something within [`AWAY`].
    fn away(&mut self) -> Duration;
}

/// Until it leaves for good.
pub(crate) async fn live(mut script: impl Script) {
    loop {
        let (tell, mut told) = mpsc::channel(EVENTS);
        let link = Link::start(script.options(), tell);
        let left = linked(&mut script, &link, &mut told).await;
        script.unlinked();
        match left {
            Left::ForGood => return,
            Left::ForAMoment => {
                drop(link);
                tokio::time::sleep(script.away()).await;
            }
        }
    }
}

async fn linked(
    script: &mut impl Script,
    link: &Link,
    told: &mut mpsc::Receiver<LinkEvent>,
) -> Left {
    loop {
        let due = script.due();
        let left = tokio::select! {
            event = told.recv() => match event {
                Some(event) => script.hears(link, event),
                None => Some(Left::ForGood),
            },
            () = until(due) => script.does(link),
        };
        if let Some(left) = left {
            return left;
        }
    }
}
