//! The server's side of the scene: it says what the test tells it to, and hears what the desktop sends.

use super::work::view;
use super::{I7, PATIENCE, Scene};
use futures_util::{SinkExt, StreamExt};
use protocol::desktop::{DesktopState, LinkState, MediaState};
use protocol::link::{ClientFrame, Delta, ErrorCode, ServerFrame, Signal, View};
use protocol::work::{AgentCommand, AgentDelta, Presence, WorkItem};
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::Message;
use vocab::{AgentState, ChosenState, CommandId, Millis, Peer};

impl Scene {
    pub(in crate::desktop::tests) async fn goodbye(&mut self, code: ErrorCode) {
        self.send(ServerFrame::Goodbye {
            code,
            hint: "later".to_owned(),
            retry_after_ms: None,
        })
        .await;
    }

    async fn accept_hello(&mut self) {
        let accepting = async {
            let (stream, _) = self.listener.accept().await.unwrap();
            accept_async(stream).await.unwrap()
        };
        let socket = tokio::time::timeout(PATIENCE, accepting)
            .await
            .expect("the desktop connects");
        self.socket = Some(socket);
        assert!(matches!(self.frame().await, ClientFrame::Hello { .. }));
    }

    /// Accepts the next connection, welcomes it, and waits until the desktop has taken that in.
    pub(in crate::desktop::tests) async fn welcome(&mut self, work: Vec<WorkItem>) {
        self.accept_hello().await;
        self.seq += 100;
        let view = Box::new(View::Agent { view: view(work) });
        let server = "test".to_owned();
        let seq = self.seq;
        self.send(ServerFrame::Welcome {
            version: 1,
            server,
            now: Millis(5),
            seq,
            view,
        })
        .await;
        self.wait_for_state(|state| state.link == LinkState::Up && state.agent.is_some())
            .await;
    }

    pub(in crate::desktop::tests) async fn refuse_hello(&mut self, code: ErrorCode) {
        self.accept_hello().await;
        self.send(ServerFrame::Refused {
            id: None,
            code,
            hint: "no".to_owned(),
            retry_after_ms: None,
        })
        .await;
    }

    pub(in crate::desktop::tests) async fn lose_link(&mut self) {
        self.socket = None;
        self.wait_for_state(|state| state.link != LinkState::Up)
            .await;
    }

    /// The server says what state the agent is in now.
    pub(in crate::desktop::tests) async fn presence(
        &mut self,
        state: AgentState,
        next: Option<ChosenState>,
    ) {
        self.seq += 1;
        let since = Millis(3);
        let presence = Presence { state, since, next };
        let delta = Box::new(Delta::Agent {
            delta: AgentDelta::Presence { presence },
        });
        let seq = self.seq;
        self.send(ServerFrame::Delta { seq, delta }).await;
        let fits = |state: &DesktopState| {
            let view = state.agent.as_ref();
            view.is_some_and(|view| view.presence == presence)
        };
        self.wait_for_state(fits).await;
    }

    async fn send(&mut self, frame: ServerFrame) {
        let text = serde_json::to_string(&frame).unwrap();
        self.socket
            .as_mut()
            .expect("a link")
            .send(Message::text(text))
            .await
            .unwrap();
    }

    pub(in crate::desktop::tests) async fn show(&mut self, item: WorkItem) {
        self.seq += 1;
        let delta = Box::new(Delta::Agent {
            delta: AgentDelta::Work { item },
        });
        let seq = self.seq;
        self.send(ServerFrame::Delta { seq, delta }).await;
    }

    pub(in crate::desktop::tests) async fn ack(&mut self, id: CommandId) {
        self.send(ServerFrame::Ack { id }).await;
    }

    pub(in crate::desktop::tests) async fn refuse(&mut self, id: CommandId, code: ErrorCode) {
        self.send(ServerFrame::Refused {
            id: Some(id),
            code,
            hint: "late".to_owned(),
            retry_after_ms: None,
        })
        .await;
    }

    pub(in crate::desktop::tests) async fn send_signal(&mut self, signal: Signal) {
        self.send_signal_from(Peer::Customer, signal).await;
    }

    pub(in crate::desktop::tests) async fn send_signal_from(&mut self, from: Peer, signal: Signal) {
        self.send(ServerFrame::Signal {
            interaction: I7,
            from,
            signal,
        })
        .await;
    }

    async fn frame(&mut self) -> ClientFrame {
        let socket = self.socket.as_mut().expect("a link");
        let reading = async {
            loop {
                match socket.next().await {
                    Some(Ok(Message::Text(text))) => {
                        let frame = serde_json::from_str(text.as_str()).unwrap();
                        if frame != ClientFrame::Heartbeat {
                            return frame;
                        }
                    }
                    Some(Ok(_)) => {}
                    other => panic!("the desktop's link ended: {other:?}"),
                }
            }
        };
        tokio::time::timeout(PATIENCE, reading)
            .await
            .expect("a frame comes")
    }

    /// The next command; signals before it are a failure.
    pub(in crate::desktop::tests) async fn command(&mut self) -> (CommandId, AgentCommand) {
        match self.frame().await {
            ClientFrame::Agent { id, command } => (id, command),
            other => panic!("not a command: {other:?}"),
        }
    }

    pub(in crate::desktop::tests) async fn expect(&mut self, expected: &AgentCommand) -> CommandId {
        let (id, command) = self.command().await;
        assert_eq!(&command, expected);
        id
    }

    pub(in crate::desktop::tests) async fn signal(&mut self) -> Signal {
        let (to, signal) = self.addressed_signal().await;
        assert_eq!(to, Peer::Customer, "{signal:?}");
        signal
    }

    pub(in crate::desktop::tests) async fn addressed_signal(&mut self) -> (Peer, Signal) {
        match self.frame().await {
            ClientFrame::Signal {
                interaction: I7,
                to,
                signal,
            } => (to, signal),
            other => panic!("not a signal: {other:?}"),
        }
    }

    /// The customer's side answers the offer that the desktop makes, and the path is up.
    pub(in crate::desktop::tests) async fn connect(&mut self) {
        let Signal::Offer { media, .. } = self.signal().await else {
            panic!("an offer comes first")
        };
        let sdp = "v=0".to_owned();
        self.send_signal(Signal::Answer { media, sdp }).await;
        self.wait_for_media(MediaState::Connected).await;
    }
}
