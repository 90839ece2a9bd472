//! A participant that speaks frames, keeps its heartbeat and remembers the newest of everything it was shown.

use futures_util::{SinkExt, StreamExt};
use protocol::LINK_VERSION;
use protocol::customer::{Caller, CustomerCommand, CustomerDelta, CustomerStage, Desk};
use protocol::link::{ClientFrame, Delta, ErrorCode, HelloAs, ServerFrame, Signal, View};
use protocol::work::{AgentCommand, AgentDelta, AgentView, WorkItem, WorkStage};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use vocab::{AgentState, ChosenState, CommandId, InteractionId, OrgSlug, Peer, Sensitive};

/// Long enough for a busy machine; a test that works never waits for it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

pub(crate) struct Client {
    to: Option<mpsc::Sender<Message>>,
    from: mpsc::Receiver<ServerFrame>,
    task: JoinHandle<()>,
    seq: u64,
    pub(crate) agent: Option<AgentView>,
    pub(crate) visitor: Option<Sensitive<String>>,
    pub(crate) known_name: Option<Sensitive<String>>,
    pub(crate) stage: CustomerStage,
    pub(crate) desk: Desk,
}

/// What a closed link said last.
#[derive(Debug, PartialEq)]
pub(crate) enum Ended {
    Goodbye(ErrorCode),
    Closed,
}

impl Client {
    /// Connects without a hello.
    pub(crate) async fn raw(url: &str) -> Self {
        Self::raw_from(url, Ipv4Addr::LOCALHOST).await
    }

    /// From that address of this machine.
    pub(crate) async fn raw_from(url: &str, from: Ipv4Addr) -> Self {
        let stream = connect_from(url, from).await;
        let url = format!("{}/v1/link", url.replacen("http", "ws", 1));
        let connected = tokio_tungstenite::client_async(url, stream).await;
        let (mut socket, _) = connected.unwrap();
        let (to, mut outgoing) = mpsc::channel::<Message>(64);
        let (incoming, from) = mpsc::channel(4_096);
        let task = telemetry::spawn("client", async move {
            let mut beat = tokio::time::interval(Duration::from_millis(1_000));
            beat.tick().await;
            loop {
                tokio::select! {
                    message = outgoing.recv() => match message {
                        Some(message) => if socket.send(message).await.is_err() { break },
                        None => {
                            let _ = socket.close(None).await;
                            break;
                        }
                    },
                    message = socket.next() => match message {
                        Some(Ok(Message::Text(text))) => {
                            let frame: ServerFrame = serde_json::from_str(&text).unwrap();
                            if incoming.send(frame).await.is_err() { break }
                        }
                        Some(Ok(_)) => {}
                        Some(Err(_)) | None => break,
                    },
                    _ = beat.tick() => {
                        let beat = serde_json::to_string(&ClientFrame::Heartbeat).unwrap();
                        if socket.send(Message::text(beat)).await.is_err() { break }
                    }
                }
            }
        });
        Self {
            to: Some(to),
            from,
            task,
            seq: 0,
            agent: None,
            visitor: None,
            known_name: None,
            stage: CustomerStage::Idle,
            desk: Desk::default(),
        }
    }

    pub(crate) async fn agent(url: &str, token: &Sensitive<String>) -> Self {
        let mut this = Self::raw(url).await;
        this.hello(HelloAs::Agent {
            token: token.clone(),
        })
        .await;
        this.welcomed().await;
        this
    }

    pub(crate) async fn customer(url: &str, visitor: Option<Sensitive<String>>) -> Self {
        Self::customer_from(url, Ipv4Addr::LOCALHOST, visitor).await
    }

    pub(crate) async fn customer_from(
        url: &str,
        from: Ipv4Addr,
        visitor: Option<Sensitive<String>>,
    ) -> Self {
        let mut this = Self::raw_from(url, from).await;
        let organisation = OrgSlug::new("demo").unwrap();
        this.hello(HelloAs::Customer {
            organisation,
            queue: "support".to_owned(),
            visitor,
            site: None,
        })
        .await;
        this.welcomed().await;
        this
    }

    pub(crate) async fn hello(&mut self, who: HelloAs) {
        let client = "test/0".to_owned();
        self.send(&ClientFrame::Hello {
            version: LINK_VERSION,
            client,
            who,
        })
        .await;
    }

    async fn welcomed(&mut self) {
        self.until("welcome", |this| {
            this.agent.is_some() || this.visitor.is_some()
        })
        .await;
    }

    pub(crate) async fn send(&mut self, frame: &ClientFrame) {
        self.send_raw(Message::text(serde_json::to_string(frame).unwrap()))
            .await;
    }

    pub(crate) async fn send_raw(&mut self, message: Message) {
        if let Some(to) = &self.to {
            // A closed link is noticed by whoever waits for an answer.
            let _ = to.send(message).await;
        }
    }

    /// The next frame that is no heartbeat; `None` when the link has closed.
    pub(crate) async fn next(&mut self) -> Option<ServerFrame> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let frame = tokio::time::timeout_at(deadline, self.from.recv())
                .await
                .expect("nothing came in time")?;
            match &frame {
                ServerFrame::Heartbeat { .. } => continue,
                ServerFrame::Welcome { seq, view, .. } => {
                    self.seq = *seq;
                    match view.as_ref() {
                        View::Agent { view } => self.agent = Some(view.clone()),
                        View::Customer { view } => {
                            self.visitor = Some(view.visitor.clone());
                            self.known_name = view.known_name.clone();
                            self.desk = view.desk.clone();
                            self.stage = view.stage.clone();
                        }
                    }
                }
                ServerFrame::Delta { seq, delta } => {
                    assert_eq!(*seq, self.seq + 1, "deltas are numbered without gaps");
                    self.seq = *seq;
                    self.apply(delta);
                }
                _ => {}
            }
            return Some(frame);
        }
    }

    fn apply(&mut self, delta: &Delta) {
        match delta {
            Delta::Customer {
                delta: CustomerDelta::Stage { stage },
            } => self.stage = stage.clone(),
            Delta::Customer {
                delta: CustomerDelta::Desk { desk },
            } => self.desk = desk.clone(),
            Delta::Agent { delta } => {
                let view = self.agent.as_mut().expect("a delta before the welcome");
                match delta {
                    AgentDelta::Presence { presence } => view.presence = *presence,
                    AgentDelta::Work { item } => {
                        view.work
                            .retain(|other| other.interaction != item.interaction);
                        view.work.push(item.clone());
                    }
                    AgentDelta::WorkGone { interaction, .. } => {
                        view.work.retain(|other| other.interaction != *interaction);
                    }
                    AgentDelta::QueueGone { queue } => {
                        view.queues.retain(|known| known.queue != *queue);
                    }
                    AgentDelta::Queue { status } => {
                        view.queues.retain(|other| other.queue != status.queue);
                        view.queues.push(status.clone());
                    }
                    AgentDelta::Floor { floor } => view.floor = floor.clone(),
                    AgentDelta::Customer { .. } => {}
                    AgentDelta::LimitBit { bite } => view.limits.push(*bite),
                }
            }
        }
    }

    /// Reads frames until what they have shown fulfils the condition.
    pub(crate) async fn until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        while !is_so(self) {
            let frame = self
                .next()
                .await
                .unwrap_or_else(|| panic!("closed before: {what}"));
            if let ServerFrame::Goodbye { code, .. } = frame {
                panic!("goodbye {code:?} before: {what}");
            }
        }
    }

    /// Sends a command and waits for its answer.
    pub(crate) async fn answer_to(
        &mut self,
        id: CommandId,
        frame: ClientFrame,
    ) -> Result<(), ErrorCode> {
        self.send(&frame).await;
        loop {
            match self.next().await.expect("closed before the answer") {
                ServerFrame::Ack { id: acked } if acked == id => return Ok(()),
                ServerFrame::Refused {
                    id: Some(refused),
                    code,
                    ..
                } if refused == id => {
                    return Err(code);
                }
                ServerFrame::Goodbye { code, .. } => panic!("goodbye {code:?} before the answer"),
                _ => {}
            }
        }
    }

    pub(crate) async fn try_agent(&mut self, command: AgentCommand) -> Result<(), ErrorCode> {
        let id = new_id();
        self.answer_to(id, ClientFrame::Agent { id, command }).await
    }

    pub(crate) async fn try_customer(&mut self, command: CustomerCommand) -> Result<(), ErrorCode> {
        let id = new_id();
        self.answer_to(id, ClientFrame::Customer { id, command })
            .await
    }

    pub(crate) async fn wish(&mut self, command: AgentCommand) {
        assert_eq!(self.try_agent(command.clone()).await, Ok(()), "{command:?}");
    }

    pub(crate) async fn become_ready(&mut self) {
        self.wish(AgentCommand::ChooseState {
            state: ChosenState::Ready,
        })
        .await;
        self.until("ready", |this| this.state() == AgentState::Ready)
            .await;
    }

    /// Ready, or at once with a ring because somebody waits.
    pub(crate) async fn become_ready_or_ring(&mut self) {
        self.wish(AgentCommand::ChooseState {
            state: ChosenState::Ready,
        })
        .await;
        self.until("ready or ringing", |this| {
            matches!(this.state(), AgentState::Ready | AgentState::Ringing { .. })
        })
        .await;
    }

    /// Enters the queue; the interaction's number.
    pub(crate) async fn call(&mut self, name: &str, phone: Option<&str>) -> InteractionId {
        self.call_with(name, phone, None).await
    }

    /// Enters the queue with an answer to whether the call may be recorded.
    pub(crate) async fn call_with(
        &mut self,
        name: &str,
        phone: Option<&str>,
        recording_consent: Option<bool>,
    ) -> InteractionId {
        let caller = Caller {
            name: Some(Sensitive::new(name.to_owned())),
            phone: phone.map(|phone| Sensitive::new(phone.to_owned())),
            topic: Some(Sensitive::new("The router blinks red".to_owned())),
            device: Some("Chrome on Windows".to_owned()),
            place: Some("Asia/Shanghai".to_owned()),
            language: Some("zh-CN".to_owned()),
            recording_consent,
            ..Caller::default()
        };
        assert_eq!(
            self.try_customer(CustomerCommand::Call { caller }).await,
            Ok(())
        );
        self.until("waiting", |this| {
            matches!(
                this.stage,
                CustomerStage::Waiting { .. } | CustomerStage::Talking { .. }
            )
        })
        .await;
        self.interaction().unwrap()
    }

    pub(crate) fn interaction(&self) -> Option<InteractionId> {
        match self.stage {
            CustomerStage::Idle => None,
            CustomerStage::Waiting { interaction, .. }
            | CustomerStage::CalledBack { interaction, .. }
            | CustomerStage::Talking { interaction, .. }
            | CustomerStage::Ended { interaction, .. } => Some(interaction),
        }
    }

    pub(crate) fn state(&self) -> AgentState {
        self.agent.as_ref().expect("no agent").presence.state
    }

    pub(crate) fn item(&self, interaction: InteractionId) -> Option<&WorkItem> {
        self.agent
            .as_ref()?
            .work
            .iter()
            .find(|item| item.interaction == interaction)
    }

    pub(crate) async fn rings(&mut self, interaction: InteractionId) {
        self.until("ringing", |this| {
            matches!(
                this.item(interaction).map(|item| item.stage),
                Some(WorkStage::Ringing { .. })
            )
        })
        .await;
    }

    pub(crate) async fn accept(&mut self, interaction: InteractionId) {
        self.rings(interaction).await;
        self.wish(AgentCommand::AcceptOffer { interaction }).await;
        self.until("talking", |this| {
            this.state() == AgentState::Talking { interaction }
        })
        .await;
    }

    pub(crate) async fn talks(&mut self) {
        self.until("talking", |this| {
            matches!(this.stage, CustomerStage::Talking { .. })
        })
        .await;
    }

    pub(crate) async fn signal(&mut self, interaction: InteractionId, signal: Signal) {
        let to = match self.stage {
            CustomerStage::Talking { agent, .. } => Peer::Agent { agent },
            _ => Peer::Customer,
        };
        self.signal_to(interaction, to, signal).await;
    }

    pub(crate) async fn signal_to(&mut self, interaction: InteractionId, to: Peer, signal: Signal) {
        self.send(&ClientFrame::Signal {
            interaction,
            to,
            signal,
        })
        .await;
    }

    pub(crate) async fn next_signal(&mut self) -> Signal {
        loop {
            if let ServerFrame::Signal { signal, .. } = self.next().await.expect("closed") {
                return signal;
            }
        }
    }

    pub(crate) async fn next_refusal(&mut self) -> ErrorCode {
        loop {
            if let ServerFrame::Refused { code, .. } = self.next().await.expect("closed") {
                return code;
            }
        }
    }

    /// Reads to the link's end.
    pub(crate) async fn ends(&mut self) -> Ended {
        while let Some(frame) = self.next().await {
            if let ServerFrame::Goodbye { code, .. } = frame {
                return Ended::Goodbye(code);
            }
        }
        Ended::Closed
    }

    /// The socket is gone at once, without a close frame.
    pub(crate) fn vanish(self) {
        self.task.abort();
    }
}

/// A connection to the server from that address of this machine.
pub(crate) async fn connect_from(url: &str, from: Ipv4Addr) -> TcpStream {
    let host = url.trim_start_matches("http://").split('/').next();
    let address: SocketAddr = host.unwrap().parse().unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((from, 0).into()).unwrap();
    socket.connect(address).await.unwrap()
}

pub(crate) fn new_id() -> CommandId {
    CommandId(uuid::Uuid::now_v7())
}
