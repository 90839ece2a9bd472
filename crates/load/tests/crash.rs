//! A server is killed a hundred times in the middle of its work: nothing that anybody was promised or shown is lost,
//! nobody loses a place, and afterwards nobody is stuck.
#![allow(
    clippy::unwrap_used,
    reason = "the helpers of a test may stop at a surprise as the tests do"
)]
#![allow(
    clippy::print_stdout,
    reason = "what was tried is told beside the outcome"
)]

use agent::ServerAddress;
use load::{
    Chance, Generator, Lives, Plan, ServerProcess, Stage, Told, Witness, differences, unheard_of,
};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

const KILLS: usize = 100;

/// After it listens, a server lives for something between these two: some die before everybody is back, most in the
/// middle of calls.
const LIFE: (Duration, Duration) = (Duration::from_millis(50), Duration::from_millis(800));

/// A restart on this little data; most of it is the start of a debug build.
const RESTART_WITHIN: Duration = Duration::from_secs(5);

/// What is left when nobody comes any more is over within this, on a busy machine; a few seconds on another.
const DRAINED_WITHIN: Duration = Duration::from_secs(120);

/// Of the lives, so many must have seen acknowledged work, or the test says little.
const LIVES_WITH_WORK: usize = KILLS * 3 / 4;

fn plan() -> Plan {
    let short = Duration::from_millis;
    Plan {
        agents: 60,
        queues: 4,
        queues_per_agent: 2,
        contacts_per_second: 20.0,
        talk: short(900),
        wrap_up: short(500),
        answer: (short(50), short(400)),
        ring_at_most: short(3_000),
        // An agent who is away finishes when they are back.
        wrap_up_at_most: Duration::from_secs(30),
        patience: Duration::from_secs(20),
        busy_at_start: 0.0,
        crowded: 0.0,
        crowding: 1.0,
        connects_per_second: 1_000.0,
        declined: 0.03,
        missed: 0.01,
        agent_drops: 0.02,
        customer_drops: 0.02,
        noted: 0.5,
        ended_by_agent: 0.4,
        pause: (short(50), short(300)),
        seed: 20,
        keeps_sights: true,
    }
}

/// The folder, the server on it, and where that listens.
struct Place {
    data: tempfile::TempDir,
    path: PathBuf,
    listen: String,
    lives: Lives,
    restarts: Vec<Duration>,
}

impl Place {
    fn start(&self) -> ServerProcess {
        ServerProcess::start(self.data.path(), &self.listen, &self.log()).unwrap()
    }

    fn log(&self) -> PathBuf {
        self.data.path().join("log")
    }

    /// SIGKILL; what the file then says is looked at while nobody writes it, and another server starts.
    fn kill_and_start(&mut self, server: ServerProcess) -> ServerProcess {
        server.kill().unwrap();
        self.lives.ended().unwrap();
        let began = Instant::now();
        let server = self.start();
        self.restarts.push(began.elapsed());
        server
    }
}

/// Real time, because the moments at which a process dies are the test's subject.
async fn live_for(time: Duration) {
    tokio::time::sleep(time).await;
}

async fn until(what: &str, within: Duration, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < within, "{what} did not come in time");
        live_for(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_a_hundred_times_loses_nothing_and_nobody() {
    let plan = plan();
    let data = tempfile::tempdir().unwrap();
    let stage = Stage::make(data.path(), &plan).unwrap();
    let path = server::app::database_path(data.path(), &stage.organisation);
    let mut place = Place {
        lives: Lives::of(&path),
        path,
        data,
        listen: "127.0.0.1:0".to_owned(),
        restarts: Vec::new(),
    };
    let mut server = place.start();
    place.listen = format!("127.0.0.1:{}", server.port().unwrap());
    let address = ServerAddress::parse(&format!("http://{}", place.listen), false).unwrap();
    let generator = Generator::start(plan.clone(), stage, vec![address]).unwrap();
    generator.open(true);
    let mut chance = Chance::of(plan.seed, 0);
    let mut acknowledged = Vec::new();
    for _ in 0..KILLS {
        live_for(chance.between(LIFE)).await;
        acknowledged.push(generator.witness().seen().acked.len());
        server = place.kill_and_start(server);
    }
    generator.open(false);
    drained(generator.witness(), plan.agents).await;
    // The engine's own word for it, from outside.
    let page = metrics(&place.listen).await;
    server.stop().unwrap();
    place.lives.ended().unwrap();
    let seen = generator.witness().seen().clone();
    drop(generator);
    nothing_is_lost(&place, &seen);
    nobody_is_stuck(&place, &page, plan.agents);
    there_was_something_to_lose(&place, &seen, &acknowledged);
}

/// Customers are gone, and all agents are shown as ready.
async fn drained(witness: &Witness, agents: u32) {
    let count = |count: &std::sync::atomic::AtomicI64| count.load(Ordering::Relaxed);
    until("the last customer's end", DRAINED_WITHIN, || {
        count(&witness.customers) == 0
    })
    .await;
    until("readiness of every agent", DRAINED_WITHIN, || {
        count(&witness.idle_agents) == i64::from(agents)
    })
    .await;
}

/// `/metrics`, in the few words of HTTP that it takes.
async fn metrics(listen: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut socket = tokio::net::TcpStream::connect(listen).await.unwrap();
    let request = format!("GET /metrics HTTP/1.1\r\nHost: {listen}\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut page = String::new();
    socket.read_to_string(&mut page).await.unwrap();
    page
}

fn nothing_is_lost(place: &Place, seen: &load::Seen) {
    let told = Told::read(&place.path).unwrap();
    let mut lost = differences(seen, &told);
    lost.extend(unheard_of(&seen.sights, &place.lives).unwrap());
    assert!(lost.is_empty(), "{} lost: {lost:#?}", lost.len());
    assert!(
        seen.closed.is_empty(),
        "links were refused for good: {:?}",
        seen.closed
    );
}

fn nobody_is_stuck(place: &Place, page: &str, agents: u32) {
    let ready = format!("warmline_agents{{organisation=\"demo\",state=\"ready\"}} {agents}");
    assert!(page.contains(&ready), "{page}");
    for line in page
        .lines()
        .filter(|line| line.starts_with("warmline_waiting{"))
    {
        assert!(line.ends_with(" 0"), "forgotten in line: {line}");
    }
    let told = Told::read(&place.path).unwrap();
    let open: Vec<_> = told.center.interactions().collect();
    assert!(open.is_empty(), "open for ever: {open:?}");
}

fn there_was_something_to_lose(place: &Place, seen: &load::Seen, acknowledged: &[usize]) {
    let mut before = 0;
    let worked = acknowledged
        .iter()
        .filter(|count| **count > std::mem::replace(&mut before, **count))
        .count();
    let sum: Duration = place.restarts.iter().sum();
    let slowest = place.restarts.iter().max();
    println!(
        "{worked} of {KILLS} lives with acknowledged work, {} acknowledged, {} entries, {} states seen; \
         restarts {} ms on average, {slowest:?} at most; refused {:?}",
        seen.acked.len(),
        place.lives.entries().iter().sum::<u64>(),
        seen.sights.len(),
        sum.as_millis() / place.restarts.len() as u128,
        seen.refused,
    );
    assert!(worked >= LIVES_WITH_WORK, "only {worked} lives saw work");
    assert!(
        slowest.is_some_and(|slowest| *slowest < RESTART_WITHIN),
        "{slowest:?}"
    );
    assert!(said_no_error(&place.log()));
}

fn said_no_error(log: &Path) -> bool {
    let text = std::fs::read_to_string(log).unwrap();
    let errors = text.lines().filter(|line| line.contains("ERROR"));
    errors.inspect(|line| println!("{line}")).count() == 0
}
