//! The link against a small server in the test: hello, gaps, silence, refusals, coming back.

use super::*;
use futures_util::{SinkExt, StreamExt};
use protocol::customer::{CustomerDelta, CustomerStage, CustomerView, Desk};
use protocol::link::ServerFrame;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, accept_async};
use vocab::{OrgSlug, Sensitive};

struct Peer {
    socket: WebSocketStream<TcpStream>,
}

impl Peer {
    async fn accept(listener: &TcpListener) -> Self {
        let (stream, _) = listener.accept().await.unwrap();
        Self {
            socket: accept_async(stream).await.unwrap(),
        }
    }

    async fn receive(&mut self) -> ClientFrame {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    let frame = serde_json::from_str(text.as_str()).unwrap();
                    if frame != ClientFrame::Heartbeat {
                        return frame;
                    }
                }
                Some(Ok(_)) => {}
                other => panic!("the link ended: {other:?}"),
            }
        }
    }

    async fn send(&mut self, frame: &ServerFrame) {
        let text = serde_json::to_string(frame).unwrap();
        self.socket.send(Message::text(text)).await.unwrap();
    }

    /// Takes the hello and welcomes with `seq`.
    async fn welcome(listener: &TcpListener, seq: u64) -> Self {
        let mut peer = Self::accept(listener).await;
        assert!(matches!(
            peer.receive().await,
            ClientFrame::Hello { version: 1, .. }
        ));
        let view = CustomerView {
            visitor: Sensitive::new("visitor".to_owned()),
            organisation_name: "Demo".to_owned(),
            queue_name: "Support".to_owned(),
            known_name: None,
            desk: Desk::default(),
            recording: vocab::RecordingPolicy::Off,
            stage: CustomerStage::Idle,
        };
        let view = Box::new(View::Customer { view });
        let server = "test".to_owned();
        peer.send(&ServerFrame::Welcome {
            version: 1,
            server,
            now: Millis(5),
            seq,
            view,
        })
        .await;
        peer
    }

    async fn delta(&mut self, seq: u64) {
        let delta = CustomerDelta::Stage {
            stage: CustomerStage::Idle,
        };
        let delta = Box::new(Delta::Customer { delta });
        self.send(&ServerFrame::Delta { seq, delta }).await;
    }
}

async fn start() -> (TcpListener, Link, mpsc::Receiver<LinkEvent>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let options = LinkOptions {
        server: ServerAddress::parse(&format!("http://127.0.0.1:{port}"), false).unwrap(),
        client: "test/1".to_owned(),
        who: HelloAs::Customer {
            organisation: OrgSlug::new("demo").unwrap(),
            queue: "support".to_owned(),
            visitor: None,
            site: None,
        },
    };
    let (events, reader) = mpsc::channel(64);
    (listener, Link::start(options, events), reader)
}

/// Waits for an event that fits, for at most eight seconds.
async fn wait<T>(
    events: &mut mpsc::Receiver<LinkEvent>,
    fits: impl Fn(&LinkEvent) -> Option<T>,
) -> T {
    let waiting = async {
        loop {
            let event = events.recv().await.expect("the link goes on");
            if let Some(found) = fits(&event) {
                return found;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(8), waiting)
        .await
        .expect("the event comes in time")
}

fn is_welcome(event: &LinkEvent) -> Option<()> {
    matches!(event, LinkEvent::Welcome { .. }).then_some(())
}

fn is_delta(event: &LinkEvent) -> Option<()> {
    matches!(event, LinkEvent::Delta(_)).then_some(())
}

#[tokio::test]
async fn a_missing_delta_brings_a_new_welcome() {
    let (listener, _link, mut events) = start().await;
    let mut peer = Peer::welcome(&listener, 10).await;
    wait(&mut events, is_welcome).await;
    peer.delta(11).await;
    wait(&mut events, is_delta).await;
    peer.delta(13).await;
    let mut peer = Peer::welcome(&listener, 13).await;
    wait(&mut events, is_welcome).await;
    peer.delta(14).await;
    wait(&mut events, is_delta).await;
}

#[tokio::test]
async fn frames_sent_without_a_link_are_not_replayed() {
    let (listener, link, mut events) = start().await;
    let peer = Peer::welcome(&listener, 1).await;
    wait(&mut events, is_welcome).await;
    drop(peer);
    wait(&mut events, |event| match event {
        LinkEvent::State(LinkState::Waiting { .. }) => Some(()),
        _ => None,
    })
    .await;
    let interaction = InteractionId(1);
    link.send(ClientFrame::Signal {
        interaction,
        to: vocab::Peer::Customer,
        signal: Signal::OfferWanted,
    });
    let mut peer = Peer::welcome(&listener, 1).await;
    wait(&mut events, is_welcome).await;
    let interaction = InteractionId(2);
    let fresh = ClientFrame::Signal {
        interaction,
        to: vocab::Peer::Customer,
        signal: Signal::OfferWanted,
    };
    assert!(link.send(fresh.clone()));
    assert_eq!(peer.receive().await, fresh);
}

#[tokio::test]
async fn a_silent_server_is_left_after_its_lease() {
    let (listener, _link, mut events) = start().await;
    let _mute = Peer::welcome(&listener, 1).await;
    wait(&mut events, is_welcome).await;
    let since = tokio::time::Instant::now();
    // The next connection can only come from the link having given the first one up.
    let _peer = Peer::welcome(&listener, 1).await;
    wait(&mut events, is_welcome).await;
    let ms = since.elapsed().as_millis();
    assert!((3_000..6_000).contains(&ms), "came back after {ms} ms");
}

#[tokio::test]
async fn the_link_is_back_within_three_seconds_of_the_servers_return() {
    let (listener, _link, mut events) = start().await;
    let port = listener.local_addr().unwrap().port();
    let peer = Peer::welcome(&listener, 1).await;
    wait(&mut events, is_welcome).await;
    drop(peer);
    drop(listener);
    // Long enough for the pauses between attempts to reach their longest.
    wait(&mut events, |event| match event {
        LinkEvent::State(LinkState::Connecting { attempt }) if *attempt >= 6 => Some(()),
        _ => None,
    })
    .await;
    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    let since = tokio::time::Instant::now();
    let _peer = Peer::welcome(&listener, 1).await;
    wait(&mut events, is_welcome).await;
    assert!(
        since.elapsed() < Duration::from_secs(3),
        "{:?}",
        since.elapsed()
    );
}

#[tokio::test]
async fn a_final_refusal_ends_the_link_and_a_passing_one_does_not() {
    let (listener, _link, mut events) = start().await;
    for (code, hint) in [
        (ErrorCode::StorageFailed, "busy"),
        (ErrorCode::TokenExpired, "again"),
    ] {
        let mut peer = Peer::accept(&listener).await;
        peer.receive().await;
        peer.send(&ServerFrame::Refused {
            id: None,
            code,
            hint: hint.to_owned(),
            retry_after_ms: None,
        })
        .await;
    }
    let code = wait(&mut events, |event| match event {
        LinkEvent::Closed { code, .. } => Some(*code),
        _ => None,
    })
    .await;
    assert_eq!(code, ErrorCode::TokenExpired);
    assert_eq!(events.recv().await, None);
}

#[tokio::test]
async fn a_goodbye_ends_the_link_only_where_trying_again_cannot_help() {
    let (listener, _link, mut events) = start().await;
    let goodbye = |code| ServerFrame::Goodbye {
        code,
        hint: String::new(),
        retry_after_ms: None,
    };
    let mut peer = Peer::welcome(&listener, 1).await;
    peer.send(&goodbye(ErrorCode::HelloExpected)).await;
    let mut peer = Peer::welcome(&listener, 2).await;
    peer.send(&goodbye(ErrorCode::TokenExpired)).await;
    let code = wait(&mut events, |event| match event {
        LinkEvent::Closed { code, .. } => Some(*code),
        _ => None,
    });
    assert_eq!(code.await, ErrorCode::TokenExpired);
}

#[tokio::test]
async fn a_network_too_slow_for_the_first_attempt_is_given_longer() {
    let (listener, _link, mut events) = start().await;
    let slow = async {
        // Each connection is answered after three seconds; the first attempt waits for two.
        let (first, _) = listener.accept().await.unwrap();
        let (second, _) = listener.accept().await.unwrap();
        drop(first);
        tokio::time::sleep(Duration::from_secs(3)).await;
        accept_async(second).await.unwrap()
    };
    let socket = tokio::time::timeout(Duration::from_secs(10), slow).await;
    let mut peer = Peer {
        socket: socket.expect("the second attempt waits"),
    };
    assert!(matches!(peer.receive().await, ClientFrame::Hello { .. }));
    let is_refused = ServerFrame::Goodbye {
        code: ErrorCode::TokenExpired,
        hint: String::new(),
        retry_after_ms: None,
    };
    peer.send(&is_refused).await;
    wait(&mut events, |event| {
        matches!(event, LinkEvent::Closed { .. }).then_some(())
    })
    .await;
}

#[tokio::test]
async fn garbage_of_a_server_is_passed_over() {
    let (listener, _link, mut events) = start().await;
    let mut peer = Peer::welcome(&listener, 1).await;
    wait(&mut events, is_welcome).await;
    for text in ["", "{", r#"{"type":"novelty"}"#] {
        peer.socket.send(Message::text(text)).await.unwrap();
    }
    peer.socket
        .send(Message::binary(vec![0, 1, 2]))
        .await
        .unwrap();
    peer.delta(2).await;
    wait(&mut events, is_delta).await;
}

#[tokio::test]
async fn a_customer_returns_as_the_visitor_that_the_welcome_named() {
    let (listener, _link, mut events) = start().await;
    let peer = Peer::welcome(&listener, 1).await;
    wait(&mut events, is_welcome).await;
    drop(peer);
    let mut peer = Peer::accept(&listener).await;
    let ClientFrame::Hello { who, .. } = peer.receive().await else {
        panic!("no hello")
    };
    let HelloAs::Customer { visitor, .. } = who else {
        panic!("not a customer")
    };
    assert_eq!(visitor.unwrap().reveal(), "visitor");
}
