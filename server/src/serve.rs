//! Listening: TLS or loopback, the one line on stdout, and a stop that says goodbye.

use crate::app::{App, AppError, Running};
use crate::certificate::Certificate;
use crate::config::{Config, Limits, TlsFiles};
use crate::gate::Doorkeeper;
use crate::http;
use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Over HTTP/2 a silent client is asked whether it is there, and given up without an answer.
const PING_EVERY: Duration = Duration::from_secs(20);
const PONG_WITHIN: Duration = Duration::from_secs(10);

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
    certificate: Option<Arc<Certificate>>,
    watching: Option<JoinHandle<()>>,
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
        let certificate = match &config.tls {
            Some(files) => Some(read_certificate(files).await?),
            None => None,
        };
        let tls = certificate.as_ref().map(|certificate| certificate.served());
        let running = App::start(data, config)?;
        let inner = &running.app.inner;
        let watching = certificate.as_ref().map(|certificate| {
            certificate.count_in(&inner.metrics);
            let kept = Arc::clone(certificate).keep(inner.stop.subscribe());
            telemetry::spawn("certificate", kept)
        });
        let router = http::router(&running.app);
        let handle = Handle::new();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let limits = running.app.inner.config.now().limits;
        let doorkeeper = Doorkeeper::new(Arc::clone(&running.app.inner.gate));
        let accepting = telemetry::spawn(
            "listener",
            accept(
                listener,
                (tls, doorkeeper),
                (router, limits),
                handle.clone(),
            ),
        );
        let url = format!("{scheme}://{address}");
        Ok(Self {
            url,
            address,
            running,
            handle,
            accepting,
            certificate,
            watching,
        })
    }

    /// Follows another configuration as far as a running server can; open links stay. What differs and needs a restart is
    /// said in the log.
    pub async fn reload(&self, config: Config) {
        let inner = &self.running.app.inner;
        if let Err(err) = telemetry::set_filter(config.log_filter.clone()) {
            tracing::error!(%err, "log.filter: the one in use stays");
        }
        for key in inner.config.follow(config) {
            tracing::warn!(key, "this key needs a restart; what was in use stays");
        }
        let config = inner.config.now();
        crate::open_files::allow(config.limits.connections);
        if let (Some(certificate), Some(files)) = (&self.certificate, &config.tls) {
            certificate.set_files(files.clone());
            certificate.look().await;
        }
        tracing::info!("the configuration was read again");
    }

    /// Looks at once whether the certificate on the disk is another one; a running server does so every few seconds.
    pub async fn look_at_certificate(&self) {
        if let Some(certificate) = &self.certificate {
            certificate.look().await;
        }
    }

    /// The parts, for a look from within.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.running.app
    }

    /// Says goodbye to everybody, commits what was decided, and stops.
    pub async fn stop(self) {
        let grace = self.running.app.inner.config.now().stop_grace;
        self.handle.graceful_shutdown(Some(grace));
        self.running.stop().await;
        self.handle.shutdown();
        match self.accepting.await {
            Ok(Ok(())) => {}
            Ok(Err(err)) => tracing::error!(%err, "the listener failed"),
            Err(_) => tracing::error!("the listener panicked"),
        }
        if let Some(watching) = self.watching
            && watching.await.is_err()
        {
            tracing::error!("the watch of the certificate panicked");
        }
    }
}

async fn read_certificate(files: &TlsFiles) -> Result<Arc<Certificate>, ServeError> {
    Certificate::read(files.clone())
        .await
        .map(Arc::new)
        .map_err(|source| ServeError::Tls {
            cert: files.cert.display().to_string(),
            key: files.key.display().to_string(),
            source,
        })
}

async fn accept(
    listener: TcpListener,
    (tls, doorkeeper): (Option<RustlsConfig>, Doorkeeper),
    (router, limits): (Router, Limits),
    handle: Handle<SocketAddr>,
) -> std::io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    match tls {
        None => {
            let mut server = axum_server::from_tcp(listener)?
                .acceptor(doorkeeper)
                .handle(handle);
            bound(server.http_builder(), &limits);
            server.serve(service).await
        }
        Some(tls) => {
            let acceptor = RustlsAcceptor::new(tls)
                .handshake_timeout(limits.first_request)
                .acceptor(doorkeeper);
            let mut server = axum_server::from_tcp(listener)?
                .acceptor(acceptor)
                .handle(handle);
            bound(server.http_builder(), &limits);
            server.serve(service).await
        }
    }
}

/// A client that sends its headers a byte a minute is not waited for, and one over HTTP/2 that is gone is found out.
fn bound(
    builder: &mut hyper_util::server::conn::auto::Builder<hyper_util::rt::TokioExecutor>,
    limits: &Limits,
) {
    builder
        .http1()
        .timer(hyper_util::rt::TokioTimer::new())
        .header_read_timeout(limits.first_request)
        .max_buf_size(32 * 1_024);
    builder
        .http2()
        .timer(hyper_util::rt::TokioTimer::new())
        .max_concurrent_streams(64)
        .max_header_list_size(32 * 1_024)
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(PONG_WITHIN);
}
