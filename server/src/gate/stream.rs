//! A connection's bytes, as long as it may last.

use super::Connection;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// Ends with an error when the connection is put out, or nothing was asked over it for too long: whoever reads or writes
/// it then closes it, whatever protocol it was to speak.
pub(crate) struct Watched<I> {
    inner: I,
    connection: Arc<Connection>,
    due: Pin<Box<Sleep>>,
}

impl<I> Watched<I> {
    pub(super) fn new(inner: I, connection: Arc<Connection>) -> Self {
        let now = Instant::now();
        let due = connection.due(now).unwrap_or(now);
        Self {
            inner,
            due: Box::pin(sleep_until(due)),
            connection,
        }
    }

    fn check(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        self.connection.waker.register(cx.waker());
        if self.connection.is_put_out.load(Ordering::Acquire) {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        while self.due.as_mut().poll(cx).is_ready() {
            let Some(due) = self.connection.due(Instant::now()) else {
                return Err(io::ErrorKind::TimedOut.into());
            };
            self.due.as_mut().reset(due);
        }
        Ok(())
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Watched<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check(cx)?;
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.inner).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.connection.hears();
        }
        read
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Watched<I> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check(cx)?;
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check(cx)?;
        Pin::new(&mut self.inner).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(cx)?;
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(cx)?;
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

impl<I> Drop for Watched<I> {
    fn drop(&mut self) {
        self.connection.leave();
    }
}
