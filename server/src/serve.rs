//! Listening: TLS or loopback, the one line on stdout, and a stop that says goodbye.

use crate::app::{App, AppError, Running};
use crate::config::{Config, TlsFiles};
use crate::http;
use axum::Router;
use axum_server::Handle;
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use tokio::task::JoinHandle;

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(transparent)]
    App(#[from] AppError),
    #[error("cannot listen on {address}: {source}")]
    Listen {
        address: SocketAddr,
        source: std::io::Error,
    },
    #[error(
        "{address} is reachable from elsewhere and there is no TLS: set tls.cert and tls.key, \
         or server.allow_plain_http = true behind a proxy that does TLS"
    )]
    PlainHttp { address: SocketAddr },
    #[error("tls.cert {cert} and tls.key {key} cannot be used: {source}")]
    Tls {
        cert: String,
        key: String,
        source: std::io::Error,
    },
}

/// A server that listens.
pub struct Server {
    /// As a client writes it: `http://127.0.0.1:8787`.
    pub url: String,
    pub address: SocketAddr,
    running: Running,
    handle: Handle<SocketAddr>,
    accepting: JoinHandle<std::io::Result<()>>,
}

impl Server {
    /// Opens the organisations in `data` and listens.
    ///
    /// # Errors
    /// [`ServeError`]; nothing runs.
    pub async fn start(data: &Path, config: Config) -> Result<Self, ServeError> {
        let wanted = config.listen;
        if config.tls.is_none() && !wanted.ip().is_loopback() && !config.is_plain_http_allowed {
            return Err(ServeError::PlainHttp { address: wanted });
        }
        let failed = |source| ServeError::Listen {
            address: wanted,
            source,
        };
        let listener = TcpListener::bind(wanted).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let tls = match &config.tls {
            Some(files) => Some(read_tls(files).await?),
            None => None,
        };
        let running = App::start(data, config)?;
        let router = http::router(&running.app);
        let handle = Handle::new();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let accepting = telemetry::spawn("listener", accept(listener, tls, router, handle.clone()));
        let url = format!("{scheme}://{address}");
        Ok(Self {
            url,
            address,
            running,
            handle,
            accepting,
        })
    }

    /// The parts, for a look from within.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.running.app
    }

    /// Says goodbye to everybody, commits what was decided, and stops.
    pub async fn stop(self) {
        let grace = self.running.app.inner.config.stop_grace;
        self.handle.graceful_shutdown(Some(grace));
        self.running.stop().await;
        self.handle.shutdown();
        match self.accepting.await {
            Ok(Ok(())) => {}
            Ok(Err(err)) => tracing::error!(%err, "the listener failed"),
            Err(_) => tracing::error!("the listener panicked"),
        }
    }
}

async fn read_tls(files: &TlsFiles) -> Result<RustlsConfig, ServeError> {
    // Refused when a provider was installed before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    RustlsConfig::from_pem_file(&files.cert, &files.key)
        .await
        .map_err(|source| ServeError::Tls {
            cert: files.cert.display().to_string(),
            key: files.key.display().to_string(),
            source,
        })
}

async fn accept(
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    router: Router,
    handle: Handle<SocketAddr>,
) -> std::io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    match tls {
        None => {
            let mut server = axum_server::from_tcp(listener)?
                .acceptor(NoDelayAcceptor::new())
                .handle(handle);
            bound_headers(server.http_builder());
            server.serve(service).await
        }
        Some(tls) => {
            let acceptor = RustlsAcceptor::new(tls).acceptor(NoDelayAcceptor::new());
            let mut server = axum_server::from_tcp(listener)?
                .acceptor(acceptor)
                .handle(handle);
            bound_headers(server.http_builder());
            server.serve(service).await
        }
    }
}

/// A client that sends its headers a byte a minute is not waited for.
fn bound_headers(
    builder: &mut hyper_util::server::conn::auto::Builder<hyper_util::rt::TokioExecutor>,
) {
    builder
        .http1()
        .timer(hyper_util::rt::TokioTimer::new())
        .header_read_timeout(std::time::Duration::from_secs(10))
        .max_buf_size(32 * 1_024);
    builder
        .http2()
        .timer(hyper_util::rt::TokioTimer::new())
        .max_concurrent_streams(64);
}
