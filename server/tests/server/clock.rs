//! The machine's clock is set while the server runs and between two starts: the real program under libfaketime, whose
//! wall clock a test sets and whose boot clock nobody touches.

use crate::client::Client;
use crate::faketime::{LOOKED, Stage, until};
use crate::place::{ServerProcess, http, sign_in};
use protocol::customer::{CustomerCommand, CustomerStage};
use protocol::figures::FiguresNow;
use protocol::rest::{InteractionDetail, Timeline};
use protocol::work::AgentCommand;
use std::time::{SystemTime, UNIX_EPOCH};
use vocab::{AgentState, InteractionId, Millis, Sensitive};

const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 60 * MINUTE_MS;
const DAY_MS: u64 = 24 * HOUR_MS;

/// The true time, which this process has.
fn true_now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Millis(u64::try_from(since.as_millis()).unwrap())
}

fn is_near(one: Millis, other: Millis) -> bool {
    one.0.abs_diff(other.0) < MINUTE_MS
}

struct Desk {
    url: String,
    token: Sensitive<String>,
}

impl Desk {
    async fn of(server: &ServerProcess, user: &str) -> Self {
        Self {
            url: server.url.clone(),
            token: sign_in(&server.url, user).await.token,
        }
    }

    async fn get<T: serde::de::DeserializeOwned>(&self, path: &str) -> T {
        let url = format!("{}{path}", self.url);
        let asked = http().get(url).bearer_auth(self.token.reveal());
        let response = asked.send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.unwrap()
    }

    async fn figures(&self) -> FiguresNow {
        self.get("/v1/figures").await
    }

    async fn until_clock_shows(&self, at: impl Fn() -> Millis) {
        until("the clock", || async {
            is_near(self.figures().await.at, at())
        })
        .await;
    }

    async fn story(&self, interaction: InteractionId) -> InteractionDetail {
        self.get(&format!("/v1/interactions/{interaction}")).await
    }

    async fn customers(&self) -> usize {
        let page: serde_json::Value = self.get("/v1/customers?query=").await;
        page["customers"].as_array().unwrap().len()
    }

    async fn health(&self) -> String {
        let url = format!("{}/healthz", self.url);
        let response = http().get(url).send().await.unwrap();
        assert_eq!(response.status(), 200);
        response.text().await.unwrap()
    }
}

/// A conversation of a new customer, from the call to the end of the wrap-up.
async fn call(anna: &mut Client, url: &str, name: &str) -> InteractionId {
    let mut customer = Client::customer(url, None).await;
    let interaction = customer.call(name, None).await;
    anna.accept(interaction).await;
    let hang_up = CustomerCommand::HangUp { interaction };
    assert_eq!(customer.try_customer(hang_up).await, Ok(()));
    anna.until("wrap-up", |a| {
        a.state() == AgentState::WrapUp { interaction }
    })
    .await;
    anna.wish(AgentCommand::FinishWrapUp {
        interaction,
        disposition: Some("solved".to_owned()),
    })
    .await;
    interaction
}

async fn ready_anna(server: &ServerProcess) -> Client {
    let token = sign_in(&server.url, "anna").await.token;
    let mut anna = Client::agent(&server.url, &token).await;
    anna.become_ready().await;
    anna
}

fn keep_thirty_days(stage: &Stage) {
    let days = [
        "--interactions-days",
        "30",
        "--customers-days",
        "30",
        "--audit-days",
        "30",
    ];
    stage.operator(&[&["retention", "set"][..], &days].concat());
}

#[tokio::test]
async fn a_clock_far_ahead_deletes_nothing_until_an_operator_says_that_it_is_right() {
    let stage = Stage::new();
    keep_thirty_days(&stage);
    let server = stage.start();
    let desk = Desk::of(&server, "sam").await;
    let mut anna = ready_anna(&server).await;
    let interaction = call(&mut anna, &server.url, "Chen Yulan").await;
    let sound = stage.record(interaction, true_now());

    let looks = stage.looks();
    stage.set("+200d");
    desk.until_clock_shows(|| true_now().plus(200 * DAY_MS))
        .await;
    until("what waits for the clock is told", || async {
        desk.health().await.contains("4800 hours")
    })
    .await;
    stage.until_looked_through_since(looks).await;
    assert!(sound.exists(), "a recording is gone");
    // By the same sign-in as before: it did not become old either.
    assert_eq!(desk.customers().await, 1);
    let story = desk.story(interaction).await;
    assert_eq!(story.summary.disposition.as_deref(), Some("solved"));
    let metrics = http().get(format!("{}/metrics", server.url)).send().await;
    let metrics = metrics.unwrap().text().await.unwrap();
    let gauge = "warmline_clock_unwitnessed_seconds{organisation=\"demo\"} 17280";
    assert!(metrics.contains(gauge), "{metrics}");
    let said = stage.operator(&["clock"]);
    for words in ["set: once, last forward by 200 days", "waits for 200 days"] {
        assert!(said.contains(words), "{words} is missing in {said}");
    }

    let said = stage.operator(&["clock", "confirm"]);
    assert!(said.contains("200 days count as passed"), "{said}");
    until("what is old by the clock goes", || async {
        !sound.exists() && desk.customers().await == 0
    })
    .await;
    assert_eq!(desk.health().await, "ok\n");
    assert_eq!(server.stop(), Some(0));
}

#[tokio::test]
async fn refused_rows_of_an_import_go_when_their_age_has_really_passed() {
    let stage = Stage::new();
    let server = stage.start();
    let file = stage.data.path().join("people.csv");
    let rows = "name,email\nChen Yulan,chen@example.cn\nNobody,not an address\n";
    std::fs::write(&file, rows).unwrap();
    stage.operator(&["customer", "import", file.to_str().unwrap()]);
    let refused = stage.data.path().join("imports/demo/1.refused");
    assert!(refused.exists());

    let looks = stage.looks();
    stage.set("+40d");
    stage.until_looked_through_since(looks).await;
    assert!(refused.exists(), "nobody confirmed the clock");
    stage.operator(&["clock", "confirm"]);
    until("the refused rows go", || async { !refused.exists() }).await;
    assert_eq!(server.stop(), Some(0));
}

#[tokio::test]
async fn what_was_made_while_the_clock_was_behind_is_young_when_it_is_set_right() {
    let stage = Stage::new();
    keep_thirty_days(&stage);
    let server = stage.start();
    let desk = Desk::of(&server, "sam").await;
    let mut anna = ready_anna(&server).await;
    call(&mut anna, &server.url, "Chen Yulan").await;
    stage.set("-400d");
    let behind = || Millis(true_now().0 - 400 * DAY_MS);
    desk.until_clock_shows(behind).await;
    let interaction = call(&mut anna, &server.url, "Li Wei").await;
    let sound = stage.record(interaction, behind());
    stage.set("+0");
    desk.until_clock_shows(true_now).await;
    let looks = stage.looks();
    stage.set("+10d");
    desk.until_clock_shows(|| true_now().plus(10 * DAY_MS))
        .await;
    stage.until_looked_through_since(looks).await;
    assert!(sound.exists(), "a recording is gone");
    assert_eq!(desk.customers().await, 2);
    // In the order in which they called, whatever the clock showed.
    let page: serde_json::Value = desk.get("/v1/customers?query=Li").await;
    let li = &page["customers"][0]["customer"];
    let timeline: Timeline = desk.get(&format!("/v1/customers/{li}/timeline")).await;
    assert!(is_near(timeline.interactions[0].entered_at, behind()));
    assert_eq!(server.stop(), Some(0));
}

/// The hours of the queue: nine to five in a zone where it is about noon.
async fn office_hours(server: &ServerProcess) {
    let hour_utc = true_now().0 / HOUR_MS % 24;
    let ahead = 12 - i64::try_from(hour_utc).unwrap();
    // In these names the sign tells how far UTC is ahead of the zone.
    let zone = match ahead {
        0 => "Etc/GMT".to_owned(),
        ahead => format!("Etc/GMT{:+}", -ahead),
    };
    let days = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let weekly: Vec<serde_json::Value> = days
        .iter()
        .map(|day| serde_json::json!({ "day": day, "from": "09:00", "to": "17:00" }))
        .collect();
    let ada = Desk::of(server, "ada").await;
    let state: serde_json::Value = ada.get("/v1/configuration").await;
    let queues = &state["configuration"]["queues"];
    let mut queue = queues[0].clone();
    queue["schedule"] = "office".into();
    let change = serde_json::json!({ "change": {
        "schedules": [{ "code": "office", "name": "Office", "zone": zone, "weekly": weekly }],
        "queues": [queue],
    }});
    let url = format!("{}/v1/configuration", server.url);
    let asked = http().patch(url).bearer_auth(ada.token.reveal());
    let answer = asked.json(&change).send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert_eq!(status, 200, "{text}");
}

#[tokio::test]
async fn hours_waits_and_figures_follow_a_clock_in_local_time_and_back_at_once() {
    let stage = Stage::new();
    let server = stage.start();
    office_hours(&server).await;
    let desk = Desk::of(&server, "sam").await;
    let mut anna = ready_anna(&server).await;
    call(&mut anna, &server.url, "Chen Yulan").await;
    let is_open = |figures: &FiguresNow| figures.queues[0].is_open;
    until("it is open", || async { is_open(&desk.figures().await) }).await;
    let mut li = Client::customer(&server.url, None).await;
    let interaction = li.call("Li Wei", None).await;
    anna.accept(interaction).await;
    li.talks().await;

    for (offset, by_ms, open) in [("+8h", 8 * HOUR_MS, false), ("+0", 0, true)] {
        stage.set(offset);
        until("hours follow", || async {
            is_open(&desk.figures().await) == open
        })
        .await;
        let figures = desk.figures().await;
        assert!(
            is_near(figures.at, true_now().plus(by_ms)),
            "{}",
            figures.at.0
        );
        li.until("the talk lasts as long as it does", |li| {
            matches!(li.stage, CustomerStage::Talking { since, .. } if is_near(since, figures.at))
        })
        .await;
        let busy = figures.queues[0].talking;
        assert_eq!((busy, figures.queues[0].day.answered), (1, 2));
        assert!(figures.since <= figures.at && figures.at.since(figures.since) <= DAY_MS);
    }
    let hang_up = CustomerCommand::HangUp { interaction };
    assert_eq!(li.try_customer(hang_up).await, Ok(()));
    let story = desk.story(interaction).await;
    let ended_at = story.summary.ended_at.unwrap();
    assert!(
        ended_at.since(story.summary.entered_at) < MINUTE_MS,
        "{story:?}"
    );
    assert!(story.happened.is_sorted_by_key(|one| one.at), "{story:?}");
    assert_eq!(server.stop(), Some(0));
}

#[tokio::test]
async fn a_clock_set_between_two_starts_counts_for_nothing_that_waits() {
    let stage = Stage::new();
    stage.set("+200d");
    let server = stage.start();
    let mut anna = ready_anna(&server).await;
    let wrong = call(&mut anna, &server.url, "Chen Yulan").await;
    let mut li = Client::customer(&server.url, None).await;
    let waits = li.call("Li Wei", None).await;
    anna.rings(waits).await;
    drop(anna);
    let visitor = li.visitor.clone();
    let keep = CustomerCommand::KeepMyPlace { interaction: waits };
    assert_eq!(li.try_customer(keep).await, Ok(()));
    drop(li);
    assert_eq!(server.stop(), Some(0));

    for (offset, by_ms) in [
        ("+0", 0_i64),
        ("+8h", 28_800_000),
        ("-30d", -30 * DAY_MS.cast_signed()),
    ] {
        stage.set(offset);
        let server = stage.start();
        let desk = Desk::of(&server, "sam").await;
        let figures = desk.figures().await;
        let now = true_now().shifted(by_ms);
        assert!(is_near(figures.at, now), "{offset}: {}", figures.at.0);
        assert!(figures.since <= figures.at && figures.at.since(figures.since) <= DAY_MS);
        let mut li = Client::customer(&server.url, visitor.clone()).await;
        li.until("the place is kept", |li| {
            matches!(li.stage, CustomerStage::Waiting { interaction, since, .. }
                if interaction == waits && is_near(since, now))
        })
        .await;
        drop(li);
        let said = stage.operator(&["clock"]);
        assert!(
            said.contains("agrees with the time since it was started"),
            "{said}"
        );
        // Killed: what stands in the journal is all that the next start has.
        server.kill();
    }
    stage.set("+0");
    let server = stage.start();
    let mut anna = ready_anna(&server).await;
    let mut li = Client::customer(&server.url, visitor).await;
    li.until(
        "still",
        |li| matches!(li.stage, CustomerStage::Waiting { interaction, .. } if interaction == waits),
    )
    .await;
    anna.rings(waits).await;
    let next = call_after(&mut anna, &server.url, waits).await;
    let desk = Desk::of(&server, "sam").await;
    let entered_at = desk.story(next).await.summary.entered_at;
    assert!(next > wrong && is_near(entered_at, true_now()));
    assert_eq!(server.stop(), Some(0));
}

/// Another customer while the agent leaves the one who rings.
async fn call_after(anna: &mut Client, url: &str, rings: InteractionId) -> InteractionId {
    let decline = AgentCommand::DeclineOffer { interaction: rings };
    anna.wish(decline).await;
    let mut customer = Client::customer(url, None).await;
    customer.call("Zoë Müller", None).await
}

/// An older program said nothing of a clock that was ahead; its journal ends in the future.
#[tokio::test]
async fn a_journal_that_ends_in_the_future_is_served_by_the_true_time_and_loses_nothing() {
    let stage = Stage::new();
    keep_thirty_days(&stage);
    stage.set("+200d");
    let server = stage.start();
    let mut anna = ready_anna(&server).await;
    let interaction = call(&mut anna, &server.url, "Chen Yulan").await;
    let sound = stage.record(interaction, true_now().plus(200 * DAY_MS));
    drop(anna);
    assert_eq!(server.stop(), Some(0));
    let file = rusqlite::Connection::open(stage.database().path()).unwrap();
    file.execute_batch("DELETE FROM clock").unwrap();
    file.close().unwrap();

    stage.set("+0");
    let server = stage.start();
    let desk = Desk::of(&server, "sam").await;
    desk.until_clock_shows(true_now).await;
    let mut anna = ready_anna(&server).await;
    let next = call(&mut anna, &server.url, "Li Wei").await;
    assert!(is_near(
        desk.story(next).await.summary.entered_at,
        true_now()
    ));
    let said = stage.operator(&["clock"]);
    for words in ["set: once, last back by ", "by the time that has passed"] {
        assert!(said.contains(words), "{words} is missing in {said}");
    }
    let looks = stage.said(LOOKED[0]);
    until(LOOKED[0], || async { stage.said(LOOKED[0]) > looks }).await;
    assert!(sound.exists() && desk.customers().await == 2);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_clock_without_a_battery_is_not_believed() {
    let stage = Stage::new();
    stage.set("@1970-01-03 00:00:00");
    let said = stage.operator(&["clock"]);
    assert!(said.contains("the machine's clock: 1970-01-0"), "{said}");
    assert!(said.contains("is not believed"), "{said}");
    assert!(said.contains("believed: 2001-01-0"), "{said}");
}
