//! Attackers (guessed passwords, silent connections, meaningless calls) and an honest user who signs in beside them.
//!
//! Each kind is a bounded number of loops from addresses of its own in 127.0.0.0/8.

use crate::Times;
use anyhow::{Context, Result};
use futures_util::{SinkExt, StreamExt};
use protocol::LINK_VERSION;
use protocol::customer::{Caller, CustomerCommand, CustomerDelta, CustomerStage};
use protocol::link::{ClientFrame, Delta, HelloAs, ServerFrame};
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use vocab::{CommandId, InteractionId, OrgSlug};

/// After each attempt, whatever came of it: the attackers share the machine with what they attack.
const BREATH: Duration = Duration::from_millis(20);

/// How long a caller says nothing after a call before they are gone.
const LINGERS: Duration = Duration::from_millis(300);

/// An attacker gives up an answer after this.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is attacked.
#[derive(Clone, Debug)]
pub struct Target {
    pub port: u16,
    pub organisation: OrgSlug,
    /// Guesses are made at these accounts, and at some that nobody has.
    pub accounts: Vec<String>,
    /// Calls are for this queue.
    pub queue: String,
}

/// How many addresses do each kind of thing.
#[derive(Clone, Copy, Debug)]
pub struct Strength {
    pub guessers: u8,
    pub silent: u8,
    /// Connections that each silent address holds.
    pub silent_each: u32,
    pub callers: u8,
}

/// What the attackers did, and what became of it.
#[derive(Debug, Default)]
pub struct Deeds {
    pub guesses: AtomicU64,
    pub guesses_checked: AtomicU64,
    pub silent_opened: AtomicU64,
    pub calls: AtomicU64,
    pub calls_in_line: AtomicU64,
    pub calls_refused: AtomicU64,
}

/// All attackers; they end with it.
pub struct Attack {
    pub deeds: Arc<Deeds>,
    tasks: Vec<JoinHandle<()>>,
}

impl Attack {
    #[must_use]
    pub fn begin(target: &Target, strength: Strength) -> Self {
        let deeds = Arc::<Deeds>::default();
        let mut tasks = Vec::new();
        for last in 1..=strength.guessers {
            let (target, deeds) = (target.clone(), Arc::clone(&deeds));
            tasks.push(telemetry::spawn("guesser", guesses(target, last, deeds)));
        }
        for last in 1..=strength.silent {
            for _ in 0..strength.silent_each {
                let (port, deeds) = (target.port, Arc::clone(&deeds));
                tasks.push(telemetry::spawn("silent", says_nothing(port, last, deeds)));
            }
        }
        for last in 1..=strength.callers {
            let (target, deeds) = (target.clone(), Arc::clone(&deeds));
            tasks.push(telemetry::spawn("caller", calls(target, last, deeds)));
        }
        Self { deeds, tasks }
    }
}

impl Drop for Attack {
    fn drop(&mut self) {
        for task in self.tasks.drain(..) {
            task.abort();
        }
    }
}

/// Somebody who signs in again and again with the right password, from an address and a device that nobody knows.
pub struct Honest {
    pub took: Arc<Mutex<Times>>,
    pub failed: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Honest {
    #[must_use]
    pub fn begin(target: &Target, account: &str, password: &str, every: Duration) -> Self {
        let (took, failed) = (Arc::<Mutex<Times>>::default(), Arc::<AtomicU64>::default());
        let body = sign_in(&target.organisation, account, password);
        let (port, times, failures) = (target.port, Arc::clone(&took), Arc::clone(&failed));
        let task = telemetry::spawn("honest", async move {
            let mut tick = tokio::time::interval(every);
            tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            for number in 0_u32.. {
                tick.tick().await;
                // Another address each time, so that none is known.
                let [_, _, high, low] = number.to_be_bytes();
                let from = Ipv4Addr::new(127, 9, high, low.max(1));
                let began = Instant::now();
                if post(port, from, &body).await.is_ok_and(|code| code == 200) {
                    let mut times = times.lock().unwrap_or_else(PoisonError::into_inner);
                    times.add(began.elapsed());
                } else {
                    failures.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        Self { took, failed, task }
    }
}

impl Drop for Honest {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn guesses(target: Target, last: u8, deeds: Arc<Deeds>) {
    let from = Ipv4Addr::new(127, 1, 0, last);
    for number in 0_u64.. {
        let nobody = format!("nobody-{last}-{number}");
        let count = u64::try_from(target.accounts.len().max(1)).unwrap_or(1);
        let at = usize::try_from(number / 2 % count).unwrap_or_default();
        let known = target.accounts.get(at).filter(|_| number % 2 == 0);
        let account = known.unwrap_or(&nobody);
        let body = sign_in(&target.organisation, account, &format!("guess {number}"));
        deeds.guesses.fetch_add(1, Ordering::Relaxed);
        if matches!(post(target.port, from, &body).await, Ok(401)) {
            deeds.guesses_checked.fetch_add(1, Ordering::Relaxed);
        }
        tokio::time::sleep(BREATH).await;
    }
}

async fn says_nothing(port: u16, last: u8, deeds: Arc<Deeds>) {
    let from = Ipv4Addr::new(127, 2, 0, last);
    loop {
        if let Ok(mut stream) = connect(port, from).await {
            deeds.silent_opened.fetch_add(1, Ordering::Relaxed);
            let _ = stream.write_all(b"GET / HT").await;
            // Until the server has had enough.
            let _ = stream.read(&mut [0; 64]).await;
        }
        tokio::time::sleep(BREATH).await;
    }
}

async fn calls(target: Target, last: u8, deeds: Arc<Deeds>) {
    loop {
        let called = call(&target, Ipv4Addr::new(127, 3, 0, last), &deeds);
        // Whatever became of it, the next one comes.
        let _ = tokio::time::timeout(PATIENCE, called).await;
        tokio::time::sleep(BREATH).await;
    }
}

/// Comes, calls, keeps the place, and is gone without a word.
async fn call(target: &Target, from: Ipv4Addr, deeds: &Deeds) -> Result<()> {
    let stream = connect(target.port, from).await?;
    let url = format!("ws://127.0.0.1:{}/v1/link", target.port);
    let (mut socket, _) = tokio_tungstenite::client_async(url, stream).await?;
    let hello = ClientFrame::Hello {
        version: LINK_VERSION,
        client: "attack/0".to_owned(),
        who: HelloAs::Customer {
            organisation: target.organisation.clone(),
            queue: target.queue.clone(),
            visitor: None,
            site: None,
        },
    };
    socket.send(text(&hello)?).await?;
    let command = CustomerCommand::Call {
        caller: Caller::default(),
    };
    socket.send(text(&customer(command))?).await?;
    deeds.calls.fetch_add(1, Ordering::Relaxed);
    while let Some(message) = socket.next().await {
        let Message::Text(said) = message? else {
            continue;
        };
        match serde_json::from_str(&said)? {
            ServerFrame::Delta { delta, .. } => {
                let Some(interaction) = in_line(&delta) else {
                    continue;
                };
                deeds.calls_in_line.fetch_add(1, Ordering::Relaxed);
                let keep = CustomerCommand::KeepMyPlace { interaction };
                socket.send(text(&customer(keep))?).await?;
                tokio::time::sleep(LINGERS).await;
                return Ok(());
            }
            ServerFrame::Refused { .. } | ServerFrame::Goodbye { .. } => {
                deeds.calls_refused.fetch_add(1, Ordering::Relaxed);
                return Ok(());
            }
            _ => {}
        }
    }
    Ok(())
}

fn in_line(delta: &Delta) -> Option<InteractionId> {
    match delta {
        Delta::Customer {
            delta:
                CustomerDelta::Stage {
                    stage: CustomerStage::Waiting { interaction, .. },
                },
        } => Some(*interaction),
        _ => None,
    }
}

fn customer(command: CustomerCommand) -> ClientFrame {
    let id = CommandId(uuid::Uuid::now_v7());
    ClientFrame::Customer { id, command }
}

fn text(frame: &ClientFrame) -> Result<Message> {
    Ok(Message::text(serde_json::to_string(frame)?))
}

fn sign_in(organisation: &OrgSlug, user: &str, password: &str) -> String {
    serde_json::json!({"organisation": organisation, "user": user, "password": password})
        .to_string()
}

/// What `POST /v1/sign-in` answers: the status alone.
async fn post(port: u16, from: Ipv4Addr, body: &str) -> Result<u16> {
    let asked = async {
        let mut stream = connect(port, from).await?;
        let head = format!(
            "POST /v1/sign-in HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        let answer = String::from_utf8_lossy(&answer);
        let status = answer.split_whitespace().nth(1).context("no status")?;
        status.parse().context("no status")
    };
    tokio::time::timeout(PATIENCE, asked).await?
}

async fn connect(port: u16, from: Ipv4Addr) -> Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((from, 0).into())?;
    let to = (Ipv4Addr::LOCALHOST, port).into();
    Ok(tokio::time::timeout(PATIENCE, socket.connect(to)).await??)
}
