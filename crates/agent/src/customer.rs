//! A customer without a browser: enters a queue, answers the agent's offers, hangs up, rates.

mod wishes;

pub use wishes::CustomerWish;

use crate::address::ServerAddress;
use crate::clock::now;
use crate::link::{Link, LinkEvent, LinkOptions};
use crate::performer::{Made, Performer, news};
use crate::signalling::{Outgoing, media_state, outgoing, own_candidate, to_answering};
use crate::sound::{Media, MediaEvent, MediaParts};
use call::{CustomerCall, CustomerInput, CustomerSeen, Effect, PathShown};
use protocol::customer::{CustomerDelta, CustomerStage};
use protocol::desktop::{DesktopError, LinkState, MediaState};
use protocol::link::{ClientFrame, Delta, ErrorCode, HelloAs, Signal, View};
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use vocab::{CommandId, InteractionId, MediaId, OrgSlug, Peer, Sensitive};

const COMMANDS: usize = 64;
/// Events wait for their reader; the customer's task waits with them.
const EVENTS: usize = 256;

pub struct CustomerOptions {
    pub server: ServerAddress,
    pub organisation: OrgSlug,
    /// The queue's name in addresses.
    pub queue: String,
    pub client_name: String,
    /// From an earlier visit; also what keeps the place in the queue over a restart.
    pub visitor: Option<Sensitive<String>>,
    pub media: MediaParts,
}

/// What happens, for the program around it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CustomerEvent {
    Link {
        link: LinkState,
    },
    /// Give `visitor` again to be known.
    Welcome {
        visitor: Sensitive<String>,
        queue_name: String,
    },
    Stage {
        stage: CustomerStage,
    },
    Media {
        interaction: InteractionId,
        state: MediaState,
    },
    FirstSpeechHeard {
        media: MediaId,
    },
    DigitHeard {
        digit: char,
    },
    Levels {
        microphone: f32,
        speaker: f32,
    },
    Accepted,
    Refused {
        code: ErrorCode,
        hint: String,
    },
    /// A wish that cannot be done now.
    NotDone {
        error: DesktopError,
    },
    MediaEnded {
        interaction: InteractionId,
        connect_ms: Option<u64>,
    },
    /// The server does not want this customer; nothing follows.
    Closed {
        code: ErrorCode,
        hint: String,
    },
}

/// Ends with its handle, as a closed tab does.
pub struct Customer {
    wishes: mpsc::Sender<CustomerWish>,
    task: JoinHandle<()>,
}

impl Drop for Customer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Customer {
    /// Connects; inside a Tokio runtime.
    #[must_use]
    pub fn start(options: CustomerOptions) -> (Self, mpsc::Receiver<CustomerEvent>) {
        let (wishes, wishes_in) = mpsc::channel(COMMANDS);
        let (events, reader) = mpsc::channel(EVENTS);
        let task = telemetry::spawn("customer", run(options, wishes_in, events));
        (Self { wishes, task }, reader)
    }

    /// False when the customer's task has ended.
    pub async fn wish(&self, wish: CustomerWish) -> bool {
        self.wishes.send(wish).await.is_ok()
    }
}

struct Core {
    link: Link,
    link_state: LinkState,
    media: Arc<dyn Media>,
    performer: Performer,
    call: CustomerCall,
    stage: CustomerStage,
    shown: Option<(InteractionId, PathShown)>,
    events: mpsc::Sender<CustomerEvent>,
    /// What is to be told, in order, when the present step is done.
    told: Vec<CustomerEvent>,
}

async fn run(
    options: CustomerOptions,
    mut wishes: mpsc::Receiver<CustomerWish>,
    events: mpsc::Sender<CustomerEvent>,
) {
    let (link_events, mut link_in) = mpsc::channel(EVENTS);
    let who = HelloAs::Customer {
        organisation: options.organisation,
        queue: options.queue,
        visitor: options.visitor,
        site: None,
    };
    let client = options.client_name;
    let link = Link::start(
        LinkOptions {
            server: options.server,
            client,
            who,
        },
        link_events,
    );
    let (performer, mut made) = Performer::start(Arc::clone(&options.media.media));
    let mut media_in = options.media.events;
    let mut core = Core {
        link,
        link_state: LinkState::Down,
        media: options.media.media,
        performer,
        call: CustomerCall::new(),
        stage: CustomerStage::Idle,
        shown: None,
        events,
        told: Vec::new(),
    };
    let mut has_media = true;
    loop {
        let deadline = core.call.next_deadline();
        tokio::select! {
            wish = wishes.recv() => match wish {
                Some(wish) => core.take_wish(wish),
                None => return,
            },
            event = link_in.recv() => match event {
                Some(event) => core.take_link_event(event),
                None => return,
            },
            Some(result) = made.recv() => core.take_made(result),
            event = media_in.recv(), if has_media => match event {
                Some(event) => core.take_media_event(event),
                None => has_media = false,
            },
            () = sleep_until(deadline), if deadline.is_some() => core.drive(CustomerInput::Tick),
        }
        if core.flush().await.is_err() {
            return;
        }
    }
}

async fn sleep_until(deadline: Option<vocab::Millis>) {
    let left = deadline.map_or(0, |deadline| deadline.since(now()));
    tokio::time::sleep(Duration::from_millis(left)).await;
}

impl Core {
    async fn flush(&mut self) -> Result<(), mpsc::error::SendError<CustomerEvent>> {
        for event in std::mem::take(&mut self.told) {
            self.events.send(event).await?;
        }
        Ok(())
    }

    fn tell(&mut self, event: CustomerEvent) {
        self.told.push(event);
    }

    fn take_wish(&mut self, wish: CustomerWish) {
        match &wish {
            CustomerWish::SetMuted { is_muted } => {
                let is_muted = *is_muted;
                return self.drive(CustomerInput::SetMuted { is_muted });
            }
            CustomerWish::HangUp => self.drive(CustomerInput::HangUp),
            _ => {}
        }
        let command = match wish.command(&self.stage) {
            Ok(command) => command,
            Err(hint) => return self.not_now(hint),
        };
        let id = CommandId(uuid::Uuid::now_v7());
        let frame = ClientFrame::Customer { id, command };
        if self.link_state != LinkState::Up || !self.link.send(frame) {
            let detail = "the link is down: try again when it is up".to_owned();
            self.tell(CustomerEvent::NotDone {
                error: DesktopError::Unreachable { detail },
            });
        }
    }

    fn not_now(&mut self, hint: &str) {
        let error = DesktopError::Refused {
            code: ErrorCode::NotNow,
            hint: hint.to_owned(),
        };
        self.tell(CustomerEvent::NotDone { error });
    }

    fn take_link_event(&mut self, event: LinkEvent) {
        match event {
            LinkEvent::State(link) => {
                self.link_state = link;
                if link != LinkState::Up {
                    self.drive(CustomerInput::LinkDown);
                }
                self.tell(CustomerEvent::Link { link });
            }
            LinkEvent::Welcome { view, .. } => match *view {
                View::Customer { view } => {
                    let (visitor, queue_name) = (view.visitor, view.queue_name);
                    self.tell(CustomerEvent::Welcome {
                        visitor,
                        queue_name,
                    });
                    self.show(view.stage, true);
                }
                View::Agent { .. } => tracing::error!("the server took a customer for an agent"),
            },
            LinkEvent::Ice(ice) => self.media.set_ice(crate::sound::ice(ice)),
            LinkEvent::Delta(delta) => match *delta {
                Delta::Customer {
                    delta: CustomerDelta::Stage { stage },
                } => self.show(stage, false),
                // Of use to somebody who looks at a page.
                Delta::Customer {
                    delta: CustomerDelta::Desk { .. },
                }
                | Delta::Agent { .. } => {}
            },
            // No time of the server's is shown here.
            LinkEvent::NoWay(why) => tracing::info!(?why, "no way to the server"),
            LinkEvent::Clock(_) => {}
            LinkEvent::Ack(_) => self.tell(CustomerEvent::Accepted),
            LinkEvent::Refused { code, hint, .. } => {
                self.tell(CustomerEvent::Refused { code, hint })
            }
            LinkEvent::Signal {
                interaction,
                from,
                signal,
            } => self.signalled(interaction, from, signal),
            LinkEvent::Closed { code, hint } => self.tell(CustomerEvent::Closed { code, hint }),
        }
    }

    fn show(&mut self, stage: CustomerStage, is_whole: bool) {
        let seen = match &stage {
            CustomerStage::Talking {
                interaction,
                agent,
                is_held,
                ..
            } => CustomerSeen::Live {
                interaction: *interaction,
                peer: Peer::Agent { agent: *agent },
                is_held: *is_held,
            },
            CustomerStage::Idle
            | CustomerStage::Waiting { .. }
            | CustomerStage::CalledBack { .. }
            | CustomerStage::Ended { .. } => CustomerSeen::Nothing,
        };
        self.stage = stage.clone();
        self.tell(CustomerEvent::Stage { stage });
        self.drive(CustomerInput::Seen { seen, is_whole });
    }

    fn signalled(&mut self, interaction: InteractionId, from: Peer, signal: Signal) {
        match to_answering(interaction, from, signal) {
            Some(input) => self.drive(input),
            None => tracing::warn!("a signal that only the agent's side should get"),
        }
    }

    fn take_made(&mut self, made: Made) {
        match made {
            Made::Answer { media, sdp } => self.drive(CustomerInput::AnswerMade { media, sdp }),
            Made::AnswerFailed { media } => self.drive(CustomerInput::AnswerFailed { media }),
            Made::Offer { .. } | Made::OfferFailed { .. } | Made::Closed { .. } => {}
            Made::Trouble(err) => tracing::warn!(%err, "talking without a device"),
        }
    }

    fn take_media_event(&mut self, event: MediaEvent) {
        match event {
            MediaEvent::State { media, state } => {
                if let Some(news) = news(state) {
                    self.drive(CustomerInput::Path { media, news });
                }
            }
            MediaEvent::Candidate { media, candidate } => {
                let candidate = own_candidate(candidate);
                self.drive(CustomerInput::OwnCandidate { media, candidate });
            }
            MediaEvent::FirstSpeechHeard { media } => {
                self.drive(CustomerInput::FirstSpeechHeard { media });
                self.tell(CustomerEvent::FirstSpeechHeard { media });
            }
            MediaEvent::DigitHeard { digit, .. } => self.tell(CustomerEvent::DigitHeard { digit }),
            MediaEvent::Levels {
                microphone,
                speaker,
            } => {
                self.tell(CustomerEvent::Levels {
                    microphone,
                    speaker,
                });
            }
            MediaEvent::Quality { .. }
            | MediaEvent::Unheard { .. }
            | MediaEvent::Devices(_)
            | MediaEvent::DeviceLost { .. }
            | MediaEvent::DeviceBack { .. }
            | MediaEvent::Test(_) => {}
            MediaEvent::Trouble(err) => tracing::warn!(%err, "sound trouble"),
        }
    }

    fn drive(&mut self, input: CustomerInput) {
        for effect in self.call.handle(now(), input) {
            self.perform(effect);
        }
        let shown = self.call.live();
        if shown != self.shown {
            self.shown = shown;
            if let Some((interaction, shown)) = shown {
                let state = media_state(shown);
                self.tell(CustomerEvent::Media { interaction, state });
            }
        }
    }

    fn perform(&mut self, effect: Effect) {
        let effect = match outgoing(effect) {
            Ok(out) => return self.signal(out),
            Err(effect) => effect,
        };
        match effect {
            Effect::Ended {
                interaction,
                connect_ms,
                ..
            } => {
                self.tell(CustomerEvent::MediaEnded {
                    interaction,
                    connect_ms,
                });
            }
            Effect::StartRinging
            | Effect::StopRinging
            | Effect::SendAccept { .. }
            | Effect::SendDecline { .. }
            | Effect::SendHangUp { .. }
            | Effect::SendOffer { .. }
            | Effect::SendAnswer { .. }
            | Effect::SendCandidate { .. }
            | Effect::SendOfferWanted { .. } => {
                tracing::error!("an effect of the agent's side");
            }
            media_effect @ (Effect::MakeOffer { .. }
            | Effect::RestartIce { .. }
            | Effect::MakeAnswer { .. }
            | Effect::TakeAnswer { .. }
            | Effect::TakeCandidate { .. }
            | Effect::StartTalking { .. }
            | Effect::SetSound { .. }
            | Effect::Close { .. }) => self.performer.perform(media_effect),
        }
    }

    fn signal(&self, out: Outgoing) {
        let interaction = out.interaction;
        if !self.link.send(out.into()) {
            tracing::warn!(%interaction, "a signal could not be sent");
        }
    }
}
