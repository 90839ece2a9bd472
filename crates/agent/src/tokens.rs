//! Where a session's token is kept between two starts; the shell brings the system's keyring.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Calls may block: they are made off the async threads.
pub trait TokenStore: Send + Sync + 'static {
    /// # Errors
    /// Why the token cannot be kept; it is then held in memory and the screen says so.
    fn save(&self, account: &str, token: &str) -> Result<(), String>;

    /// # Errors
    /// Why nothing can be read; the person signs in again.
    fn load(&self, account: &str) -> Result<Option<String>, String>;

    /// # Errors
    /// Why it could not be removed; the server's revocation makes it worthless all the same.
    fn delete(&self, account: &str) -> Result<(), String>;

    /// Whether what is saved outlives this process.
    fn is_lasting(&self) -> bool {
        true
    }
}

/// Forgets everything with the process: for tests, the command line and machines without a keyring.
#[derive(Debug, Default)]
pub struct InMemory {
    tokens: Mutex<BTreeMap<String, String>>,
}

impl TokenStore for InMemory {
    fn save(&self, account: &str, token: &str) -> Result<(), String> {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.insert(account.to_owned(), token.to_owned());
        Ok(())
    }

    fn load(&self, account: &str) -> Result<Option<String>, String> {
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(tokens.get(account).cloned())
    }

    fn delete(&self, account: &str) -> Result<(), String> {
        self.tokens
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(account);
        Ok(())
    }

    fn is_lasting(&self) -> bool {
        false
    }
}
