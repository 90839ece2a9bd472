//! Where a connection is let in: counted, watched, and known to each of its requests.

use super::stream::Watched;
use super::{Connection, Gate, Request};
use axum::body::{Body, Bytes};
use axum::http::{self, StatusCode};
use axum::response::Response;
use axum_server::accept::Accept;
use http_body::{Frame, SizeHint};
use std::future::{Ready, ready};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::net::TcpStream;
use tower_service::Service;

/// Lets connections in, or closes them at once.
#[derive(Clone)]
pub(crate) struct Doorkeeper {
    gate: Arc<Gate>,
}

impl Doorkeeper {
    pub(crate) fn new(gate: Arc<Gate>) -> Self {
        Self { gate }
    }
}

impl<S> Accept<TcpStream, S> for Doorkeeper {
    type Stream = Watched<TcpStream>;
    type Service = OfConnection<S>;
    type Future = Ready<io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let admitted = stream.peer_addr().and_then(|peer| {
            stream.set_nodelay(true)?;
            let connection = self.gate.admit(peer.ip());
            connection.ok_or_else(|| io::ErrorKind::ConnectionRefused.into())
        });
        ready(admitted.map(|connection| {
            let service = OfConnection {
                service,
                connection: Arc::clone(&connection),
            };
            (Watched::new(stream, connection), service)
        }))
    }
}

/// Every request carries its connection.
#[derive(Clone)]
pub(crate) struct OfConnection<S> {
    service: S,
    connection: Arc<Connection>,
}

impl<S, B> Service<http::Request<B>> for OfConnection<S>
where
    S: Service<http::Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, mut request: http::Request<B>) -> Self::Future {
        let connection = Arc::clone(&self.connection);
        request.extensions_mut().insert(connection);
        self.service.call(request)
    }
}

impl Request {
    /// The answer, which keeps the request in progress until it has been handed over to the connection.
    pub(crate) fn answers(self, response: Response) -> Response {
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            self.connection.becomes_link();
            return response;
        }
        response.map(|body| {
            Body::new(Answer {
                body,
                request: self,
            })
        })
    }
}

struct Answer {
    body: Body,
    request: Request,
}

impl http_body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.request.gets_on();
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
