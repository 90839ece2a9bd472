//! Measures a server in a process of its own and prints JSON: memory per idle agent link, and command to acknowledgement
//! and event, committed, at a steady rate. Build with `--release`; Linux only, because memory is read from `/proc`.

use anyhow::{Context, bail};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use protocol::LINK_VERSION;
use protocol::configuration::QueueSettings;
use protocol::link::{ClientFrame, Delta, HelloAs, ServerFrame};
use protocol::work::{AgentCommand, AgentDelta};
use server::config::Config;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use store::{NewUser, Organisation, OrganisationStore, Stamp, TokenRow};
use store_sqlite::Database;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use vocab::{AgentState, ChosenState, CommandId, Millis, NotReadyReason, OrgSlug, Role, Sensitive};

/// Links held open for the memory figure.
const IDLE_LINKS: usize = 1_000;
/// Links that command; so many that no one of them waits for itself.
const COMMANDING_LINKS: usize = 100;
const COMMANDS_PER_SECOND: usize = 1_000;
const COMMANDS: usize = 10_000;
/// All of them are answered within this, or the server is stuck.
const ANSWERED_WITHIN: Duration = Duration::from_secs(60);
/// What agents choose in turn: so many that one is not chosen again before its event has come.
const REASONS: [NotReadyReason; 5] = [
    NotReadyReason::Break,
    NotReadyReason::Lunch,
    NotReadyReason::Meeting,
    NotReadyReason::Training,
    NotReadyReason::Admin,
];
/// Flushes of the disk by itself, to know what a commit can cost at least.
const FLUSHES: usize = 200;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// The server as a child of its own, so that its memory is its own.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended before.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn main() -> anyhow::Result<()> {
    if let Some(data) = std::env::args().nth(1) {
        return serve(Path::new(&data));
    }
    tokio::runtime::Runtime::new()?.block_on(measure())
}

/// The child's part: serve on a free port until killed.
fn serve(data: &Path) -> anyhow::Result<()> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let mut config = Config::default();
        config.listen.set_port(0);
        let server = server::serve::Server::start(data, config).await?;
        writeln!(std::io::stdout(), "{}", server.url)?;
        std::future::pending::<()>().await;
        Ok(())
    })
}

async fn measure() -> anyhow::Result<()> {
    // Beside this program, which is on a disk: a temporary folder may be memory, where a commit costs nothing.
    let here = std::env::current_exe()?;
    let data = tempfile::tempdir_in(here.parent().context("no parent")?)?;
    let flush_us = flushes(data.path())?;
    let tokens = make_data(data.path())?;
    let mut child = Command::new(std::env::current_exe()?)
        .arg(data.path())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut url = String::new();
    BufReader::new(child.stdout.take().context("no stdout")?).read_line(&mut url)?;
    let server = Process(child);
    let url = format!("{}/v1/link", url.trim().replacen("http", "ws", 1));
    let pid = server.0.id();

    // The first links warm pools up that all others share.
    let (first, rest) = tokens.split_at(COMMANDING_LINKS);
    let (idle, commanding) = rest.split_at(IDLE_LINKS);
    let mut kept = keep_all(&url, first).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let before_kb = memory_kb(pid)?;
    kept.extend(keep_all(&url, idle).await?);
    tokio::time::sleep(Duration::from_secs(3)).await;
    let after_kb = memory_kb(pid)?;
    let mut links = Vec::new();
    for token in commanding {
        links.push(connect(&url, token).await?);
    }
    let latencies_us = command(links).await?;
    drop(kept);
    let count = f64::from(u32::try_from(idle.len())?);
    let report = serde_json::json!({
        "idle_links": idle.len(),
        "memory_per_connection_kb": (after_kb - before_kb) / count,
        "commands": latencies_us.len(),
        "commands_per_second": COMMANDS_PER_SECOND,
        "command_to_event_p50_ms": at_ms(&latencies_us, 0.50),
        "command_to_event_p99_ms": at_ms(&latencies_us, 0.99),
        "command_to_event_max_ms": at_ms(&latencies_us, 1.0),
        "flush_median_ms": at_ms(&flush_us, 0.50),
        "flush_p99_ms": at_ms(&flush_us, 0.99),
    });
    writeln!(std::io::stdout(), "{report}")?;
    Ok(())
}

/// What stands at this share of the sorted times.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an index into ten thousand measurements"
)]
fn at_ms(sorted_us: &[f64], share: f64) -> f64 {
    let index = ((sorted_us.len() as f64 - 1.0) * share) as usize;
    sorted_us.get(index).copied().unwrap_or_default() / 1_000.0
}

/// What the disk itself takes for the smallest commit: a page appended and flushed. Sorted, in µs.
fn flushes(folder: &Path) -> anyhow::Result<Vec<f64>> {
    let mut file = std::fs::File::create(folder.join("flushed"))?;
    let mut all = Vec::new();
    for _ in 0..FLUSHES {
        file.write_all(&[0x57; 4_096])?;
        let began = Instant::now();
        file.sync_data()?;
        all.push(began.elapsed().as_secs_f64() * 1e6);
    }
    all.sort_by(f64::total_cmp);
    Ok(all)
}

/// Accounts with tokens of their own: hashing a thousand passwords would measure something else.
fn make_data(data: &Path) -> anyhow::Result<Vec<Sensitive<String>>> {
    let slug = OrgSlug::new("demo")?;
    let path = server::app::database_path(data, &slug);
    std::fs::create_dir_all(path.parent().context("no parent")?)?;
    let organisation = Organisation {
        slug: slug.clone(),
        name: "Bench".to_owned(),
    };
    let mut accounts = Database::create(&path, &organisation)?.accounts()?;
    let stamp = Stamp {
        at: Millis(1),
        by: "bench",
    };
    let queue = accounts.add_queue(stamp, &QueueSettings::named("support", "Support"))?;
    let mut tokens = Vec::new();
    for number in 0..IDLE_LINKS + 2 * COMMANDING_LINKS {
        let user = NewUser {
            user: format!("agent{number}"),
            name: format!("Agent {number}"),
            role: Role::Agent,
            password_hash: Sensitive::new("$argon2id$none".to_owned()),
            queues: vec![queue],
        };
        let agent = accounts.add_user(stamp, &user)?;
        let token = server::accounts::new_token(&slug)?;
        accounts.add_token(&TokenRow {
            hash: server::accounts::token_hash(token.reveal()),
            agent,
            created_at: Millis(1),
            expires_at: Millis(u64::MAX >> 12),
        })?;
        tokens.push(token);
    }
    Ok(tokens)
}

async fn connect(
    url: &str,
    token: &Sensitive<String>,
) -> anyhow::Result<(SplitSink<Socket, Message>, SplitStream<Socket>)> {
    // As the desktop does: a command right behind a heartbeat would wait for that one's acknowledgement.
    let (socket, _) = tokio_tungstenite::connect_async_with_config(url, None, true).await?;
    let (mut to, mut from) = socket.split();
    let who = HelloAs::Agent {
        token: token.clone(),
    };
    let hello = ClientFrame::Hello {
        version: LINK_VERSION,
        client: "bench".to_owned(),
        who,
    };
    to.send(Message::text(serde_json::to_string(&hello)?))
        .await?;
    while let Some(message) = from.next().await {
        match serde_json::from_str(message?.to_text()?)? {
            ServerFrame::Welcome { .. } => return Ok((to, from)),
            ServerFrame::Goodbye { code, .. } => bail!("not welcome: {code:?}"),
            _ => {}
        }
    }
    bail!("closed before the welcome")
}

async fn keep_all(url: &str, tokens: &[Sensitive<String>]) -> anyhow::Result<Vec<JoinHandle<()>>> {
    let mut kept = Vec::new();
    for token in tokens {
        let (to, from) = connect(url, token).await?;
        kept.push(telemetry::spawn("idle", keep(to, from)));
    }
    Ok(kept)
}

/// Reads what comes and says now and then that it lives.
async fn keep(mut to: SplitSink<Socket, Message>, mut from: SplitStream<Socket>) {
    let mut beat = tokio::time::interval(Duration::from_millis(protocol::HEARTBEAT_MS));
    let Ok(text) = serde_json::to_string(&ClientFrame::Heartbeat) else {
        return;
    };
    loop {
        tokio::select! {
            message = from.next() => if !matches!(message, Some(Ok(_))) { return },
            _ = beat.tick() => if to.send(Message::text(text.clone())).await.is_err() { return },
        }
    }
}

/// Sends commands at the steady rate, spread over the links; the sorted times until both acknowledgement and event in µs.
async fn command(
    links: Vec<(SplitSink<Socket, Message>, SplitStream<Socket>)>,
) -> anyhow::Result<Vec<f64>> {
    let every =
        Duration::from_secs(1) * u32::try_from(links.len())? / u32::try_from(COMMANDS_PER_SECOND)?;
    let start = tokio::time::Instant::now() + Duration::from_millis(200);
    let each = COMMANDS / links.len();
    let count = u32::try_from(links.len())?;
    let mut tasks: Vec<JoinHandle<anyhow::Result<Vec<f64>>>> = Vec::new();
    for (index, (to, from)) in (0_u32..).zip(links) {
        let begin = start + every * index / count;
        tasks.push(telemetry::spawn(
            "commander",
            commander(to, from, begin, every, each),
        ));
    }
    let mut all = Vec::new();
    for task in tasks {
        let took = tokio::time::timeout(ANSWERED_WITHIN, task);
        all.extend(took.await.context("commands stay without an answer")???);
    }
    all.sort_by(f64::total_cmp);
    Ok(all)
}

/// A command that was sent: when, for which reason not to be ready, and what of its answer has come.
struct Sent {
    began: Instant,
    reason: NotReadyReason,
    is_acknowledged: bool,
    has_event: bool,
}

async fn commander(
    mut to: SplitSink<Socket, Message>,
    mut from: SplitStream<Socket>,
    begin: tokio::time::Instant,
    every: Duration,
    each: usize,
) -> anyhow::Result<Vec<f64>> {
    let mut sent: BTreeMap<CommandId, Sent> = BTreeMap::new();
    let mut took = Vec::with_capacity(each);
    let mut tick = tokio::time::interval_at(begin, every);
    let mut beat = tokio::time::interval(Duration::from_millis(protocol::HEARTBEAT_MS));
    let heartbeat = serde_json::to_string(&ClientFrame::Heartbeat)?;
    let mut given = 0;
    while took.len() < each {
        tokio::select! {
            _ = tick.tick(), if given < each => {
                let id = CommandId(uuid::Uuid::now_v7());
                let reason = REASONS[given % REASONS.len()];
                let state = ChosenState::NotReady { reason };
                let command = AgentCommand::ChooseState { state };
                let text = serde_json::to_string(&ClientFrame::Agent { id, command })?;
                let began = Instant::now();
                sent.insert(id, Sent { began, reason, is_acknowledged: false, has_event: false });
                given += 1;
                to.send(Message::text(text)).await?;
            }
            _ = beat.tick() => to.send(Message::text(heartbeat.clone())).await?,
            message = from.next() => {
                let frame = match message.context("closed while commanding")?? {
                    Message::Text(text) => serde_json::from_str(&text)?,
                    Message::Close(why) => bail!("closed while commanding: {why:?}"),
                    _ => continue,
                };
                answered(&mut sent, &frame)?;
                // Ids count up with time, so the first is the oldest.
                while let Some(first) = sent.first_entry() {
                    if !(first.get().is_acknowledged && first.get().has_event) {
                        break;
                    }
                    took.push(first.remove().began.elapsed().as_secs_f64() * 1e6);
                }
            }
        }
    }
    Ok(took)
}

/// Notes what a frame answers.
fn answered(sent: &mut BTreeMap<CommandId, Sent>, frame: &ServerFrame) -> anyhow::Result<()> {
    match frame {
        ServerFrame::Ack { id } => {
            let sent = sent.get_mut(id).context("an unknown acknowledgement")?;
            sent.is_acknowledged = true;
        }
        ServerFrame::Delta { delta, .. } => {
            if let Delta::Agent { delta } = delta.as_ref()
                && let AgentDelta::Presence { presence } = delta
                && let AgentState::NotReady { reason } = presence.state
                && let Some(last) = sent
                    .iter()
                    .rfind(|(_, sent)| sent.reason == reason)
                    .map(|(id, _)| *id)
            {
                // Of commands that were decided together only the outcome is told.
                for (_, sent) in sent.range_mut(..=last) {
                    sent.has_event = true;
                }
            }
        }
        ServerFrame::Refused { code, .. } | ServerFrame::Goodbye { code, .. } => {
            bail!("refused: {code:?}")
        }
        _ => {}
    }
    Ok(())
}

/// Private and proportional memory of a process, in KB.
fn memory_kb(pid: u32) -> anyhow::Result<f64> {
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let line = rollup
        .lines()
        .find(|line| line.starts_with("Pss:"))
        .context("no Pss")?;
    let number = line.split_whitespace().nth(1).context("no number")?;
    Ok(number.parse()?)
}
