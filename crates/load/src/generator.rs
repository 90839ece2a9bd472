//! Everybody at once: agents come at a steady rate, customers whenever chance says, whatever the server does.

use crate::agent_script::Agent;
use crate::customer_script::Customer;
use crate::script;
use crate::witness::Witness;
use crate::{Chance, Plan, Stage};
use agent::ServerAddress;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Tasks of customers who are gone are forgotten when so many more have come.
const FORGET_EVERY: usize = 1_000;

pub(crate) struct Shared {
    pub(crate) plan: Plan,
    pub(crate) stage: Stage,
    pub(crate) witness: Witness,
    /// One server under several addresses: each has ports of its own to connect from.
    servers: Vec<ServerAddress>,
}

impl Shared {
    pub(crate) fn server(&self, number: u64) -> ServerAddress {
        let at = usize::try_from(number).unwrap_or_default() % self.servers.len();
        self.servers[at].clone()
    }

    pub(crate) fn queue_name(&self, queue: usize) -> String {
        self.stage.queues.get(queue).cloned().unwrap_or_default()
    }
}

/// Ends with its handle, and all participants with it.
pub struct Generator {
    shared: Arc<Shared>,
    tasks: Arc<Mutex<Vec<JoinHandle<()>>>>,
    is_open: watch::Sender<bool>,
}

impl Generator {
    /// Lets the agents come.
    ///
    /// # Errors
    /// When no server is named.
    pub fn start(plan: Plan, stage: Stage, servers: Vec<ServerAddress>) -> anyhow::Result<Self> {
        anyhow::ensure!(!servers.is_empty(), "a load needs a server");
        let witness = Witness::new(stage.queues.len(), plan.keeps_sights);
        let shared = Arc::new(Shared {
            plan,
            stage,
            witness,
            servers,
        });
        let (is_open, opened) = watch::channel(false);
        let generator = Self {
            shared,
            tasks: Arc::default(),
            is_open,
        };
        let (shared, tasks) = (Arc::clone(&generator.shared), Arc::clone(&generator.tasks));
        generator.keep(telemetry::spawn("agents come", agents_come(shared, tasks)));
        let (shared, tasks) = (Arc::clone(&generator.shared), Arc::clone(&generator.tasks));
        let arrivals = arrivals(shared, tasks, opened);
        generator.keep(telemetry::spawn("arrivals", arrivals));
        Ok(generator)
    }

    /// What was seen so far.
    #[must_use]
    pub fn witness(&self) -> &Witness {
        &self.shared.witness
    }

    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.shared.plan
    }

    /// From now on customers come, or no more do.
    pub fn open(&self, is_open: bool) {
        self.is_open.send_replace(is_open);
    }

    fn keep(&self, task: JoinHandle<()>) {
        lock(&self.tasks).push(task);
    }
}

impl Drop for Generator {
    fn drop(&mut self) {
        for task in lock(&self.tasks).drain(..) {
            task.abort();
        }
    }
}

type Tasks = Arc<Mutex<Vec<JoinHandle<()>>>>;

fn lock(tasks: &Tasks) -> std::sync::MutexGuard<'_, Vec<JoinHandle<()>>> {
    tasks.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn agents_come(shared: Arc<Shared>, tasks: Tasks) {
    let every = Duration::from_secs(1).div_f64(shared.plan.connects_per_second.max(1.0));
    let mut tick = tokio::time::interval(every);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for (number, seat) in (0..).zip(shared.stage.seats.clone()) {
        tick.tick().await;
        let agent = Agent::new(Arc::clone(&shared), seat, number);
        lock(&tasks).push(telemetry::spawn("agent", script::live(agent)));
    }
}

/// The next arrival is planned from the last plan, not from when that was carried out: a slow server, or a slow
/// generator, thins nothing out.
async fn arrivals(shared: Arc<Shared>, tasks: Tasks, mut opened: watch::Receiver<bool>) {
    let mut chance = Chance::of(shared.plan.seed, u64::MAX);
    let between = Duration::from_secs(1).div_f64(shared.plan.contacts_per_second.max(1e-6));
    let mut number = 0;
    let mut grown = 0;
    loop {
        if opened.wait_for(|is_open| *is_open).await.is_err() {
            return;
        }
        let mut at = Instant::now();
        while *opened.borrow() {
            at += chance.around(between);
            tokio::time::sleep_until(at.into()).await;
            if !*opened.borrow() {
                break;
            }
            let witness = &shared.witness;
            witness.generated.fetch_add(1, Ordering::Relaxed);
            let late = at.elapsed();
            witness.seen().lateness.arrivals.add(late);
            number += 1;
            let customer = Customer::new(Arc::clone(&shared), number);
            let mut tasks = lock(&tasks);
            tasks.push(telemetry::spawn("customer", script::live(customer)));
            grown += 1;
            if grown >= FORGET_EVERY {
                grown = 0;
                tasks.retain(|task| !task.is_finished());
            }
        }
    }
}

pub(crate) async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
