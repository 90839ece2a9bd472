//! Those who take more than their part: connections that say nothing, bodies that never come, calls without end.

use crate::client::{Client, connect_from};
use crate::place::{Place, ServerProcess, config, http, http_from, make_data};
use protocol::customer::{Caller, CustomerCommand, CustomerStage, Waits};
use protocol::limits::LimitKind;
use protocol::link::{ClientFrame, ErrorCode, ServerFrame};
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use vocab::Sensitive;

const AWAY: Ipv4Addr = Ipv4Addr::new(127, 0, 3, 1);

/// How every HTTP/2 client begins, and empty settings (RFC 9113, 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00";

/// Reads until the server closes.
async fn closes(mut stream: TcpStream) {
    let mut buffer = [0; 4_096];
    let end = tokio::time::timeout(crate::client::PATIENCE, async {
        while stream.read(&mut buffer).await.is_ok_and(|bytes| bytes > 0) {}
    });
    end.await.expect("it stays open");
}

#[tokio::test]
async fn silence_on_a_connection_ends_it_whatever_it_began_with() {
    let mut config = config();
    config.limits.first_request = Duration::from_secs(1);
    let place = Place::with(config).await;
    let url = &place.server.url;
    for beginning in [
        b"".as_slice(),
        b"P",
        b"GET /healthz HTTP/1.1\r\n",
        b"GET /healthz HTTP/1.1\r\nhost: x\r\nx-slow: ",
        PREFACE,
    ] {
        let mut stream = connect_from(url, AWAY).await;
        stream.write_all(beginning).await.unwrap();
        closes(stream).await;
    }
    place.server.stop().await;
}

#[tokio::test]
async fn a_client_that_never_sends_its_body_or_never_reads_its_answer_is_let_go() {
    let mut config = config();
    config.limits.request_timeout = Duration::from_millis(300);
    config.limits.idle = Duration::from_secs(1);
    let place = Place::with(config).await;
    let url = &place.server.url;
    let mut slow = connect_from(url, AWAY).await;
    let head = b"POST /v1/sign-in HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{";
    slow.write_all(head).await.unwrap();
    closes(slow).await;
    // Answers of a hundred kilobytes each, until neither side takes more.
    let deaf = connect_from(url, AWAY).await;
    let request = b"GET /v1/openapi.json HTTP/1.1\r\nhost: x\r\n\r\n".repeat(200);
    let (read, mut write) = deaf.into_split();
    let gone = tokio::time::timeout(crate::client::PATIENCE, async {
        while write.write_all(&request).await.is_ok() {}
    });
    gone.await.expect("it is still served");
    drop(read);
    place.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silent_connections_take_nothing_from_those_who_are_linked_nor_from_newcomers() {
    let data = tempfile::tempdir().unwrap();
    make_data(data.path());
    let server = ServerProcess::start_with_files(data.path(), "300");
    let url = server.url.clone();
    let mut chen = Client::customer(&url, None).await;
    let mut silent = Vec::new();
    for number in 0..400_u16 {
        let [high, low] = number.to_be_bytes();
        // From one address, then from everywhere.
        let from = if number < 200 {
            AWAY
        } else {
            Ipv4Addr::new(127, 9, high, low)
        };
        silent.push(connect_from(&url, from).await);
    }
    for last in 1..=5 {
        let newcomer = http_from(Ipv4Addr::new(127, 0, 4, last));
        let health = newcomer.get(format!("{url}/healthz")).send().await;
        assert_eq!(health.unwrap().status(), 200);
    }
    chen.call("Chen", None).await;
    let interaction = chen.interaction().unwrap();
    let hang_up = CustomerCommand::HangUp { interaction };
    assert_eq!(chen.try_customer(hang_up).await, Ok(()));
    let newcomer = Client::customer(&url, None).await;
    assert_eq!(newcomer.stage, CustomerStage::Idle);
    drop(silent);
    assert_eq!(server.stop(), Some(0));
}

/// The code and the wait of a refusal.
async fn refused(client: &mut Client, command: CustomerCommand) -> (ErrorCode, Option<u64>) {
    let id = crate::client::new_id();
    client.send(&ClientFrame::Customer { id, command }).await;
    loop {
        let frame = client.next().await.expect("closed before the answer");
        if let ServerFrame::Refused {
            id: Some(refused),
            code,
            retry_after_ms,
            ..
        } = frame
            && refused == id
        {
            return (code, retry_after_ms);
        }
        assert!(!matches!(frame, ServerFrame::Ack { .. }), "it was done");
    }
}

fn call(name: &str) -> CustomerCommand {
    let caller = Caller {
        name: Some(Sensitive::new(name.to_owned())),
        ..Caller::default()
    };
    CustomerCommand::Call { caller }
}

#[tokio::test]
async fn one_address_fills_no_line_and_others_call_as_before() {
    let mut config = config();
    config.limits.waiting_per_address = 3;
    config.limits.kept_places_per_address = 1;
    let place = Place::with(config).await;
    let url = &place.server.url;
    let mut sam = place.agent("sam").await;
    let mut crowd = Vec::new();
    for number in 0..3 {
        let mut one = Client::customer_from(url, AWAY, None).await;
        one.call(&format!("Caller {number}"), None).await;
        crowd.push(one);
    }
    let mut fourth = Client::customer_from(url, AWAY, None).await;
    for _ in 0..3 {
        let (code, wait) = refused(&mut fourth, call("Fourth")).await;
        assert_eq!(code, ErrorCode::TooManyCalls);
        assert!(wait.is_some_and(|ms| ms > 0));
    }
    let keep = |one: &Client| CustomerCommand::KeepMyPlace {
        interaction: one.interaction().unwrap(),
    };
    let first = keep(&crowd[0]);
    assert_eq!(crowd[0].try_customer(first.clone()).await, Ok(()));
    assert_eq!(
        crowd[0].try_customer(first).await,
        Ok(()),
        "it is kept already"
    );
    let second = keep(&crowd[1]);
    assert_eq!(
        refused(&mut crowd[1], second).await.0,
        ErrorCode::TooManyCalls
    );
    let on_the_line = |stage: &CustomerStage| {
        matches!(
            stage,
            CustomerStage::Waiting {
                waits: Waits::OnTheLine { .. },
                ..
            }
        )
    };
    assert!(on_the_line(&crowd[1].stage), "the place itself stays");
    let mut honest = place.customer().await;
    honest.call("Chen", None).await;
    sam.until("told", |sam| {
        let told = sam.agent.as_ref().map_or(0, |view| view.limits.len());
        told == 2
    })
    .await;
    let told = sam.agent.as_ref().unwrap().limits.clone();
    let told: Vec<_> = told.iter().map(|bite| bite.limit).collect();
    let expected = [LimitKind::WaitingOfAddress, LimitKind::KeptPlacesOfAddress];
    assert_eq!(told, expected, "each once");
    // Who is answered makes room.
    let leave = CustomerCommand::HangUp {
        interaction: crowd[2].interaction().unwrap(),
    };
    assert_eq!(crowd[2].try_customer(leave).await, Ok(()));
    fourth.call("Fourth", None).await;
    place.server.stop().await;
}

#[tokio::test]
async fn calls_and_new_records_are_limited_over_time_by_address_and_by_visitor() {
    let mut config = config();
    config.limits.calls_per_visitor.count = 2;
    config.limits.calls_per_address.count = 4;
    config.limits.customers_per_address.count = 2;
    let place = Place::with(config).await;
    let url = &place.server.url;
    let mut chen = Client::customer_from(url, AWAY, None).await;
    for _ in 0..2 {
        let interaction = chen.call("Chen", None).await;
        let leave = CustomerCommand::HangUp { interaction };
        assert_eq!(chen.try_customer(leave).await, Ok(()));
    }
    assert_eq!(
        refused(&mut chen, call("Chen")).await.0,
        ErrorCode::TooManyCalls
    );
    let mut second = Client::customer_from(url, AWAY, None).await;
    second.call("A second record", None).await;
    let mut third = Client::customer_from(url, AWAY, None).await;
    assert_eq!(
        refused(&mut third, call("A third")).await.0,
        ErrorCode::TooManyCalls
    );
    let page = http().get(format!("{url}/metrics")).send().await.unwrap();
    let page = page.text().await.unwrap();
    for limit in ["calls_of_visitor", "customers_of_address"] {
        let counted = format!("warmline_limit_bites_total{{limit=\"{limit}\"}} 1\n");
        assert!(page.contains(&counted), "{limit}: {page}");
    }
    place.customer().await.call("From elsewhere", None).await;
    place.server.stop().await;
}

#[tokio::test]
async fn pages_of_one_address_that_open_links_are_limited_over_time() {
    let mut config = config();
    config.limits.pages_per_address.count = 2;
    let place = Place::with(config).await;
    let url = &place.server.url;
    let kept = [
        Client::customer_from(url, AWAY, None).await,
        Client::customer_from(url, AWAY, None).await,
    ];
    let mut third = Client::raw_from(url, AWAY).await;
    third
        .hello(protocol::link::HelloAs::Customer {
            organisation: vocab::OrgSlug::new("demo").unwrap(),
            queue: "support".to_owned(),
            visitor: kept[0].visitor.clone(),
            site: None,
        })
        .await;
    let end = third.ends().await;
    assert_eq!(end, crate::client::Ended::Goodbye(ErrorCode::TooManyCalls));
    // Those with an account are not counted among them.
    place.agent("anna").await.become_ready().await;
    place.server.stop().await;
}
