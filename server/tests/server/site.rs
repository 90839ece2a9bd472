//! Customers on other people's sites and behind proxies: coming back after a connection broke off, a token that a site
//! keeps, what the check tells, and paths.

use crate::client::Client;
use crate::place::{Place, config, http, sign_in};
use protocol::customer::{BrokenOff, Caller, CustomerCommand, CustomerStage};
use protocol::link::{ErrorCode, HelloAs};
use protocol::rest::IdentityKind;
use protocol::work::{AgentCommand, RecognisedBy};
use server::config::Config;
use vocab::{InteractionId, OrgSlug, PeerLink, Sensitive};

fn broken_off(customer: &Client) -> Option<BrokenOff> {
    match &customer.stage {
        CustomerStage::Ended { broken_off, .. } => broken_off.clone(),
        _ => None,
    }
}

fn come_back(interaction: InteractionId) -> CustomerCommand {
    let caller = Caller {
        name: Some(Sensitive::new("Chen Yulan".to_owned())),
        ..Caller::default()
    };
    CustomerCommand::ComeBack {
        interaction,
        caller,
    }
}

fn is_waiting(customer: &Client) -> bool {
    matches!(customer.stage, CustomerStage::Waiting { .. })
}

#[tokio::test]
async fn who_was_cut_off_comes_back_to_the_same_agent_before_those_in_line() {
    let place = Place::new().await;
    let url = &place.server.url;
    let mut anna = place.ready_agent("anna").await;
    let mut chen = place.customer().await;
    let interaction = chen.call("Chen Yulan", None).await;
    anna.accept(interaction).await;
    chen.talks().await;
    let mut wu = place.customer().await;
    let other = wu.call("Wu Min", None).await;
    let visitor = chen.visitor.clone();
    drop(chen);
    // The agent hears nothing any more and hangs up before the grace is over.
    anna.until("away", |anna| {
        let item = anna.item(interaction);
        item.is_some_and(|item| matches!(item.customer_link, PeerLink::Away { .. }))
    })
    .await;
    anna.wish(AgentCommand::HangUp { interaction }).await;

    let mut chen = Client::customer(url, visitor).await;
    let offered = broken_off(&chen).expect("nothing is offered");
    assert_eq!(offered.agent_name.as_deref(), Some("Anna Marsh"));
    assert_eq!(
        wu.try_customer(come_back(interaction)).await,
        Err(ErrorCode::UnknownInteraction)
    );
    assert_eq!(chen.try_customer(come_back(interaction)).await, Ok(()));
    chen.until("waiting", is_waiting).await;
    let again = chen.interaction().expect("no interaction");
    assert!(again != interaction);
    // Once is all: what is going on now is another interaction.
    assert_eq!(
        chen.try_customer(come_back(interaction)).await,
        Err(ErrorCode::NotNow)
    );
    // Noor is free and gets the next in line; who came back is kept for Anna.
    let mut noor = place.agent("noor").await;
    noor.become_ready_or_ring().await;
    noor.rings(other).await;
    let finish = AgentCommand::FinishWrapUp {
        interaction,
        disposition: None,
    };
    anna.wish(finish).await;
    anna.rings(again).await;
    place.server.stop().await;
}

#[tokio::test]
async fn who_hung_up_or_was_hung_up_on_is_not_offered_to_come_back() {
    let place = Place::new().await;
    let mut anna = place.ready_agent("anna").await;
    let mut chen = place.customer().await;
    let interaction = chen.call("Chen Yulan", None).await;
    anna.accept(interaction).await;
    chen.talks().await;
    anna.wish(AgentCommand::HangUp { interaction }).await;
    chen.until("ended", |chen| {
        matches!(chen.stage, CustomerStage::Ended { .. })
    })
    .await;
    assert_eq!(broken_off(&chen), None);
    assert_eq!(
        chen.try_customer(come_back(interaction)).await,
        Err(ErrorCode::NotNow)
    );
    place.server.stop().await;
}

async fn at_site(url: &str, site: Option<&str>, visitor: Option<Sensitive<String>>) -> Client {
    let mut customer = Client::raw(url).await;
    let who = HelloAs::Customer {
        organisation: OrgSlug::new("demo").unwrap(),
        queue: "support".to_owned(),
        visitor,
        site: site.map(str::to_owned),
    };
    customer.hello(who).await;
    customer
        .until("welcome", |customer| customer.visitor.is_some())
        .await;
    customer
}

#[tokio::test]
async fn a_token_that_a_site_keeps_is_good_for_the_call_from_there_and_for_nothing_else() {
    let place = Place::new().await;
    let url = &place.server.url;
    let shop = Some("https://shop.example");
    let mut chen = at_site(url, shop, None).await;
    let interaction = chen.call("Chen Yulan", Some("+86 138 0013 8000")).await;
    let visitor = chen.visitor.clone();
    // The same site: the call is there.
    let chen = at_site(url, shop, visitor.clone()).await;
    assert_eq!(chen.interaction(), Some(interaction));
    assert_eq!(chen.known_name, None);
    // Another site, or the page in a tab of its own: somebody else.
    for elsewhere in [Some("https://evil.example"), None] {
        let other = at_site(url, elsewhere, visitor.clone()).await;
        assert_eq!(other.interaction(), None, "{elsewhere:?}");
    }
    // The record does not belong to whoever has that token.
    let mut anna = place.agent("anna").await;
    anna.become_ready_or_ring().await;
    anna.rings(interaction).await;
    let customer = anna.item(interaction).unwrap().customer.clone();
    assert_eq!(customer.recognised_by, RecognisedBy::Nothing);
    let kinds: Vec<_> = customer
        .customer
        .identities
        .iter()
        .map(|one| one.kind)
        .collect();
    assert_eq!(kinds, [IdentityKind::Phone]);
    assert_eq!(customer.customer.browsers, 0);
    place.server.stop().await;
}

fn read(values: &[(&str, &str)]) -> Config {
    let values = values
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let read = Config::read(None, values).unwrap();
    Config {
        listen: config().listen,
        ..read
    }
}

#[tokio::test]
async fn the_check_tells_a_site_why_its_frame_fails() {
    let sites = [(
        "WARMLINE_CUSTOMER_FRAMING_ALLOWED_FROM",
        "https://shop.example",
    )];
    let place = Place::with(read(&sites)).await;
    let url = &place.server.url;
    let check = async |path: &str, origin: &str| -> serde_json::Value {
        let asked = http().get(format!("{url}{path}")).header("origin", origin);
        let answer = asked.send().await.unwrap();
        assert_eq!(answer.headers()["access-control-allow-origin"], "*");
        answer.json().await.unwrap()
    };
    let here = check("/c/demo/support/check", "https://shop.example").await;
    assert_eq!(here["page"], "ready");
    assert_eq!(here["is_framing_allowed"], true);
    assert_eq!(here["link"], "nothing");
    let elsewhere = check("/c/demo/support/check", "https://evil.example").await;
    assert_eq!(elsewhere["is_framing_allowed"], false);
    let wrong = check("/c/demo/suport/check", "https://shop.example").await;
    assert_eq!(wrong["page"], "unknown");
    let embed = http().get(format!("{url}/embed.js")).send().await.unwrap();
    if embed.status() == 200 {
        assert_eq!(embed.headers()["access-control-allow-origin"], "*");
        assert_eq!(
            embed.headers()["cross-origin-resource-policy"],
            "cross-origin"
        );
    }
    place.server.stop().await;
}

#[tokio::test]
async fn a_request_for_a_link_without_its_upgrade_is_known_for_that() {
    let place = Place::new().await;
    let url = &place.server.url;
    let stripped = http()
        .get(format!("{url}/v1/link?try=abc123"))
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
        .header("sec-websocket-version", "13");
    assert_eq!(stripped.send().await.unwrap().status(), 426);
    let seen = async |name: &str| -> serde_json::Value {
        let path = format!("{url}/c/demo/support/check?try={name}&again=true");
        http().get(path).send().await.unwrap().json().await.unwrap()
    };
    assert_eq!(seen("abc123").await["link"], "stripped");
    assert_eq!(seen("def456").await["link"], "nothing");
    let metrics = http().get(format!("{url}/metrics")).send().await.unwrap();
    let metrics = metrics.text().await.unwrap();
    assert!(
        metrics.contains("warmline_links_stripped_total 1"),
        "{metrics}"
    );
    assert!(
        metrics.contains("warmline_links_blocked_total 1"),
        "{metrics}"
    );
    place.server.stop().await;
}

#[tokio::test]
async fn under_a_path_everything_answers_with_it_and_without() {
    let public = [(
        "WARMLINE_SERVER_PUBLIC_URL",
        "https://www.example.com/calls",
    )];
    let place = Place::with(read(&public)).await;
    let url = place.server.url.clone();
    for base in [url.clone(), format!("{url}/calls")] {
        let get = |path: &str| http().get(format!("{base}{path}")).send();
        assert_eq!(get("/healthz").await.unwrap().status(), 200, "{base}");
        assert_eq!(get("/v1/nothing").await.unwrap().status(), 404, "{base}");
        let page = get("/c/demo/support").await.unwrap();
        if page.status() == 200 {
            let policy = page.headers()["content-security-policy"].to_str().unwrap();
            assert!(
                policy.contains("connect-src 'self' wss://www.example.com;"),
                "{policy}"
            );
            assert_eq!(
                page.headers()["cross-origin-embedder-policy"],
                "require-corp"
            );
        }
        let token = sign_in(&base, "anna").await.token;
        Client::agent(&base, &token).await;
    }
    place.server.stop().await;
}
