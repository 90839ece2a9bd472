//! What participants are told of STUN and TURN, and that credentials are renewed before they end.

use crate::client::Client;
use crate::place::{Place, config, sign_in};
use protocol::customer::{Caller, CustomerCommand, CustomerStage};
use protocol::link::{HelloAs, Ice, IcePolicy, ServerFrame};
use server::config::{Access, Config, IceServer, IceSettings};
use std::time::Duration;
use vocab::{OrgSlug, Sensitive};

fn relayed(life: Duration) -> Config {
    let ice = IceSettings {
        servers: vec![IceServer {
            urls: vec!["turn:relay.example.com:3478".to_owned()],
            access: Access::Secret(Sensitive::new("shared".to_owned())),
        }],
        policy: IcePolicy::Relay,
        credential_life: life,
    };
    Config { ice, ..config() }
}

async fn next_ice(client: &mut Client) -> Ice {
    loop {
        match client.next().await.expect("the link stays") {
            ServerFrame::Ice { ice } => return ice,
            ServerFrame::Welcome { .. } => panic!("a call may begin before its ways are known"),
            _ => {}
        }
    }
}

/// When a grant's user name says that it ends.
fn ends_s(ice: &Ice) -> u64 {
    let username = ice.servers[0].username.as_deref().unwrap();
    username.split_once(':').unwrap().0.parse().unwrap()
}

fn visitor(visitor: Option<Sensitive<String>>) -> HelloAs {
    HelloAs::Customer {
        organisation: OrgSlug::new("demo").unwrap(),
        queue: "support".to_owned(),
        visitor,
        site: None,
    }
}

async fn says_hello(place: &Place, who: HelloAs) -> (Client, Ice) {
    let mut client = Client::raw(&place.server.url).await;
    client.hello(who).await;
    let ice = next_ice(&mut client).await;
    client
        .until("welcome", |c| c.agent.is_some() || c.visitor.is_some())
        .await;
    (client, ice)
}

fn is_relay(ice: &Ice) -> bool {
    assert_eq!(ice.policy, IcePolicy::Relay);
    ice.servers.first().is_some_and(|relay| {
        relay.urls == ["turn:relay.example.com:3478"] && relay.credential.is_some()
    })
}

#[tokio::test]
async fn a_visitor_gets_the_relays_credentials_with_an_interaction_and_for_as_long() {
    let day = Duration::from_secs(24 * 3_600);
    let place = Place::with(relayed(day)).await;
    let (mut chen, ice) = says_hello(&place, visitor(None)).await;
    assert_eq!((ice.servers, ice.policy), (vec![], IcePolicy::Relay));
    let call = CustomerCommand::Call {
        caller: Caller::default(),
    };
    assert_eq!(chen.try_customer(call).await, Ok(()));
    let ice = next_ice_later(&mut chen).await;
    assert_eq!(chen.stage, CustomerStage::Idle, "known before the call is");
    assert!(is_relay(&ice));
    let now_s = server::engine::utc_now().0 / 1_000;
    assert!(ends_s(&ice) <= now_s + 2 * 3_600 + 60, "a short life");
    chen.until("waiting", |c| {
        matches!(c.stage, CustomerStage::Waiting { .. })
    })
    .await;
    // A reload in the middle of it.
    let (mut chen, ice) = says_hello(&place, visitor(chen.visitor.clone())).await;
    assert!(is_relay(&ice));
    let interaction = chen.interaction().unwrap();
    let hang_up = CustomerCommand::HangUp { interaction };
    assert_eq!(chen.try_customer(hang_up).await, Ok(()));
    assert_eq!(next_ice_later(&mut chen).await.servers, []);
    place.server.stop().await;
}

#[tokio::test]
async fn both_ends_learn_their_ways_before_the_welcome_and_anew_before_they_end() {
    let life = Duration::from_secs(10);
    let place = Place::with(relayed(life)).await;
    let token = sign_in(&place.server.url, "anna").await.token;
    let (mut waiting, _) = says_hello(&place, visitor(None)).await;
    waiting.call("Chen", None).await;
    let mut ends = Vec::new();
    for who in [HelloAs::Agent { token }, visitor(waiting.visitor.clone())] {
        let (client, first) = says_hello(&place, who).await;
        assert!(is_relay(&first));
        ends.push((client, first));
    }
    for (mut client, first) in ends {
        let second = next_ice_later(&mut client).await;
        let now_s = server::engine::utc_now().0 / 1_000;
        assert!(now_s < ends_s(&first), "renewed only after the first ended");
        assert!(ends_s(&second) > ends_s(&first));
        assert_ne!(first.servers[0].credential, second.servers[0].credential);
    }
    place.server.stop().await;
}

async fn next_ice_later(client: &mut Client) -> Ice {
    loop {
        if let ServerFrame::Ice { ice } = client.next().await.expect("the link stays") {
            return ice;
        }
    }
}

#[tokio::test]
async fn without_servers_the_participants_are_told_so() {
    let place = Place::new().await;
    let mut client = Client::raw(&place.server.url).await;
    let token = sign_in(&place.server.url, "anna").await.token;
    client.hello(HelloAs::Agent { token }).await;
    assert_eq!(next_ice(&mut client).await, Ice::default());
    place.server.stop().await;
}
