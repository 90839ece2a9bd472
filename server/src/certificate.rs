//! The certificate that is served: read anew when its files change, and kept while the new ones cannot be used.
//!
//! Only new connections see another certificate; links that are open stay as they are.

use crate::config::TlsFiles;
use crate::metrics::Metrics;
use crate::text_files::{self, TextError};
use axum_server::tls_rustls::RustlsConfig;
use sha2::{Digest, Sha256};
use std::io::{Error, ErrorKind};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// How often the files are looked at. Who renews certificates does so days before the old ones end.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Both files' content, to see that it is another.
type Sum = [u8; 32];

/// See the module.
pub(crate) struct Certificate {
    files: Mutex<TlsFiles>,
    served: RustlsConfig,
    /// What was tried last, usable or not.
    tried: Mutex<Sum>,
    metrics: OnceLock<Arc<Metrics>>,
}

struct Pair {
    cert: Vec<u8>,
    key: Vec<u8>,
    sum: Sum,
}

impl Certificate {
    /// # Errors
    /// When the files cannot be read or do not belong together.
    pub(crate) async fn read(files: TlsFiles) -> Result<Self, Error> {
        // Refused when a provider was installed before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let pair = read_pair(&files).await?;
        let served = RustlsConfig::from_pem(pair.cert, pair.key).await?;
        Ok(Self {
            files: Mutex::new(files),
            served,
            tried: Mutex::new(pair.sum),
            metrics: OnceLock::new(),
        })
    }

    /// What the listener takes; it follows every later change.
    pub(crate) fn served(&self) -> RustlsConfig {
        self.served.clone()
    }

    /// Where changes are counted; the first call counts.
    pub(crate) fn count_in(&self, metrics: &Arc<Metrics>) {
        let _ = self.metrics.set(Arc::clone(metrics));
    }

    /// Other files from now on.
    pub(crate) fn set_files(&self, files: TlsFiles) {
        *self.files.lock().unwrap_or_else(PoisonError::into_inner) = files;
    }

    fn files(&self) -> TlsFiles {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.clone()
    }

    /// Looks once, and serves what is there if it is new and can be used.
    pub(crate) async fn look(&self) {
        let files = self.files();
        let found = read_pair(&files).await;
        let sum = found.as_ref().map_or([0; 32], |pair| pair.sum);
        let was = {
            let mut tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *tried, sum)
        };
        if was == sum {
            return;
        }
        let taken = match found {
            Ok(pair) => self.served.reload_from_pem(pair.cert, pair.key).await,
            Err(err) => Err(err),
        };
        if let Some(metrics) = self.metrics.get() {
            let is_unusable = u64::from(taken.is_err());
            metrics
                .certificate_unusable
                .store(is_unusable, Ordering::Relaxed);
            metrics
                .certificates_loaded
                .fetch_add(1 - is_unusable, Ordering::Relaxed);
        }
        let (cert, key) = (files.cert.display(), files.key.display());
        match taken {
            Ok(()) => tracing::info!(%cert, %key, "another certificate is served from now on"),
            Err(err) => tracing::error!(
                %cert, %key, %err,
                "the certificate and the key on the disk cannot be used; the ones from before are served until they can"
            ),
        }
    }

    /// Looks again and again until the server stops.
    pub(crate) async fn keep(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                _ = stop.wait_for(|is_stopping| *is_stopping) => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            self.look().await;
        }
    }
}

async fn read_pair(files: &TlsFiles) -> Result<Pair, Error> {
    let files = files.clone();
    let read = move || {
        let (cert, key) = (read_pem(&files.cert)?, read_pem(&files.key)?);
        let sum = Sha256::new()
            .chain_update((cert.len() as u64).to_be_bytes())
            .chain_update(&cert)
            .chain_update(&key)
            .finalize()
            .into();
        Ok(Pair { cert, key, sum })
    };
    tokio::task::spawn_blocking(read)
        .await
        .map_err(Error::other)?
}

/// With a byte-order mark, as some editors leave it, the first line would not be one of PEM. Words between PEM's blocks
/// may be in whatever encoding.
fn read_pem(path: &Path) -> Result<Vec<u8>, Error> {
    let bytes = std::fs::read(path)?;
    match text_files::decode(&bytes) {
        Ok(text) => Ok(text.into_bytes()),
        Err(TextError::NotUtf8 { .. }) => Ok(bytes),
        Err(err) => {
            let why = format!("{}: {err}", path.display());
            Err(Error::new(ErrorKind::InvalidData, why))
        }
    }
}
