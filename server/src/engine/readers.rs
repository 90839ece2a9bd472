//! Readers of history and accounts, on threads where waiting for a disk harms nobody.

use std::sync::{Arc, Mutex, PoisonError};
use store::{Accounts, History, Imports, OrganisationStore, Past, Recordings, StoreError};
use tokio::sync::Semaphore;

/// Questions answered at once; others wait their turn.
const READERS_AT_ONCE: usize = 4;

/// A pool of open readers of one organisation's store.
#[derive(Clone)]
pub struct Readers {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn OrganisationStore>,
    turns: Arc<Semaphore>,
    past_turn: Arc<Semaphore>,
    histories: Mutex<Vec<Box<dyn History>>>,
    accounts: Mutex<Vec<Box<dyn Accounts>>>,
    recordings: Mutex<Vec<Box<dyn Recordings>>>,
    imports: Mutex<Vec<Box<dyn Imports>>>,
}

impl std::fmt::Debug for Readers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Readers")
    }
}

impl Readers {
    #[must_use]
    pub fn new(store: Arc<dyn OrganisationStore>) -> Self {
        Self {
            inner: Arc::new(Inner {
                store,
                turns: Arc::new(Semaphore::new(READERS_AT_ONCE)),
                past_turn: Arc::new(Semaphore::new(1)),
                histories: Mutex::default(),
                accounts: Mutex::default(),
                recordings: Mutex::default(),
                imports: Mutex::default(),
            }),
        }
    }

    /// Asks history on a thread of its own.
    ///
    /// # Errors
    /// What `question` returns, or `Backend` when no reader could be opened.
    pub async fn history<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn History) -> store::Result<T> + Send + 'static,
    ) -> store::Result<T> {
        let inner = Arc::clone(&self.inner);
        self.run(move || {
            let reader = match pop(&inner.histories) {
                Some(reader) => reader,
                None => inner.store.history()?,
            };
            let answer = question(reader.as_ref());
            push(&inner.histories, reader);
            answer
        })
        .await
    }

    /// Asks or changes accounts on a thread of its own.
    ///
    /// # Errors
    /// What `question` returns, or `Backend` when the accounts could not be opened.
    pub async fn accounts<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut dyn Accounts) -> store::Result<T> + Send + 'static,
    ) -> store::Result<T> {
        let inner = Arc::clone(&self.inner);
        self.run(move || {
            let mut accounts = match pop(&inner.accounts) {
                Some(accounts) => accounts,
                None => inner.store.accounts()?,
            };
            let answer = question(accounts.as_mut());
            push(&inner.accounts, accounts);
            answer
        })
        .await
    }

    /// Asks the journal as it was written, on a thread of its own.
    ///
    /// # Errors
    /// What `question` returns, or `Backend` when the journal could not be opened.
    pub async fn past<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Past) -> store::Result<T> + Send + 'static,
    ) -> store::Result<T> {
        // One at a time: going back far takes a core for a while, and sign-ins must not wait behind it. The turn ends with
        // the work, whether or not somebody still waits for the answer.
        let turn = Arc::clone(&self.inner.past_turn).acquire_owned().await;
        let inner = Arc::clone(&self.inner);
        self.run(move || {
            let _turn = turn;
            question(inner.store.past()?.as_ref())
        })
        .await
    }

    /// The same before everybody who waits for a turn: for the engine itself.
    ///
    /// # Errors
    /// As [`Self::past`].
    pub(crate) async fn past_at_once<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Past) -> store::Result<T> + Send + 'static,
    ) -> store::Result<T> {
        let inner = Arc::clone(&self.inner);
        spawned(move || question(inner.store.past()?.as_ref())).await
    }

    /// Asks or changes what is known of recordings on a thread of its own.
    ///
    /// # Errors
    /// What `question` returns, or `Backend` when the store could not be opened.
    pub async fn recordings<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut dyn Recordings) -> store::Result<T> + Send + 'static,
    ) -> store::Result<T> {
        let inner = Arc::clone(&self.inner);
        self.run(move || {
            let mut recordings = match pop(&inner.recordings) {
                Some(recordings) => recordings,
                None => inner.store.recordings()?,
            };
            let answer = question(recordings.as_mut());
            push(&inner.recordings, recordings);
            answer
        })
        .await
    }

    /// Asks or changes what is known of imports on a thread of its own.
    ///
    /// # Errors
    /// What `question` returns, or `Backend` when the store could not be opened.
    pub async fn imports<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut dyn Imports) -> store::Result<T> + Send + 'static,
    ) -> store::Result<T> {
        let inner = Arc::clone(&self.inner);
        self.run(move || {
            let mut imports = match pop(&inner.imports) {
                Some(imports) => imports,
                None => inner.store.imports()?,
            };
            let answer = question(imports.as_mut());
            push(&inner.imports, imports);
            answer
        })
        .await
    }

    /// The store itself, for a thread that reads for long.
    pub(crate) fn store(&self) -> Arc<dyn OrganisationStore> {
        Arc::clone(&self.inner.store)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> store::Result<T> + Send + 'static,
    ) -> store::Result<T> {
        let turn = Arc::clone(&self.inner.turns).acquire_owned().await;
        spawned(move || {
            let _turn = turn;
            work()
        })
        .await
    }
}

async fn spawned<T: Send + 'static>(
    work: impl FnOnce() -> store::Result<T> + Send + 'static,
) -> store::Result<T> {
    let stopped = |_| StoreError::Backend {
        detail: "a reader stopped".to_owned(),
    };
    tokio::task::spawn_blocking(work).await.map_err(stopped)?
}

// A poisoned pool holds readers that are as good as before: a panic elsewhere does not damage them.
fn pop<T>(pool: &Mutex<Vec<T>>) -> Option<T> {
    pool.lock().unwrap_or_else(PoisonError::into_inner).pop()
}

fn push<T>(pool: &Mutex<Vec<T>>, reader: T) {
    pool.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(reader);
}
