//! Sign-in tokens in the system's keyring. Where there is none the caller keeps the token in memory and says so.

use agent::TokenStore;
use keyring::v1::{Entry, Error};
use std::sync::mpsc::sync_channel;
use std::time::Duration;

/// The name under which the keyring lists Warmline's entries.
const SERVICE: &str = "org.warmline.desktop";

/// A locked keyring may ask the person for its password; we do not wait for them for ever.
const DEADLINE: Duration = Duration::from_secs(10);

/// The Secret Service, Keychain or Credential Manager of this machine.
pub(crate) struct Keyring;

impl TokenStore for Keyring {
    fn save(&self, account: &str, token: &str) -> Result<(), String> {
        let (account, token) = (account.to_owned(), token.to_owned());
        // A keyring may say that all is well and yet keep nothing, so what was written is read back.
        apart(move || {
            let entry = Entry::new(SERVICE, &account)?;
            entry.set_password(&token)?;
            Ok(entry.get_password()? == token)
        })
        .and_then(|is_kept| {
            if is_kept {
                Ok(())
            } else {
                Err("the keyring gave back another token".to_owned())
            }
        })
    }

    fn load(&self, account: &str) -> Result<Option<String>, String> {
        let account = account.to_owned();
        apart(
            move || match Entry::new(SERVICE, &account)?.get_password() {
                Ok(token) => Ok(Some(token)),
                Err(Error::NoEntry) => Ok(None),
                Err(error) => Err(error),
            },
        )
    }

    fn delete(&self, account: &str) -> Result<(), String> {
        let account = account.to_owned();
        apart(
            move || match Entry::new(SERVICE, &account)?.delete_credential() {
                Ok(()) | Err(Error::NoEntry) => Ok(()),
                Err(error) => Err(error),
            },
        )
    }
}

/// Runs `work` on a thread of its own: the keyring's client blocks, and must block neither screen nor calls.
fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, String> {
    let (done, wait) = sync_channel(1);
    std::thread::Builder::new()
        .name("keyring".to_owned())
        .spawn(move || {
            // Nobody listens any more once the deadline has passed.
            let _ = done.send(work().map_err(|error| said(&error)));
        })
        .map_err(|error| format!("no thread for the keyring: {error}"))?;
    wait.recv_timeout(DEADLINE)
        .map_err(|_| "the keyring did not answer in 10 s".to_owned())?
}

/// The reason in words; the screen shows it behind its own sentence.
fn said(error: &Error) -> String {
    match error {
        Error::NoDefaultStore => "there is no keyring service on this machine".to_owned(),
        Error::NoStorageAccess(_) => "the keyring is locked".to_owned(),
        other => other.to_string(),
    }
}
