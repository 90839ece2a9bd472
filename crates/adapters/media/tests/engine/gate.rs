//! A way to the sound server that can be held up: it stands for one that is swapped out or waits for a wireless device.
//! Stopping the server itself would also stop the clock of its virtual devices, which then run in bursts and gaps.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use tokio::sync::RwLock;

/// Whoever passes a piece reads the lock; whoever holds everybody up writes it.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<RwLock<()>>);

impl Gate {
    /// Listens at `here` for whoever wants to the server at `there`, until the test is over.
    pub(crate) fn open(here: &Path, there: &Path) -> Self {
        let gate = Self::default();
        let listener = UnixListener::bind(here).unwrap();
        let (ways, there) = (gate.clone(), there.to_owned());
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), UnixStream::connect(&there).unwrap());
                ways.pass(client.try_clone().unwrap(), server.try_clone().unwrap());
                ways.pass(server, client);
            }
        });
        gate
    }

    /// Nothing passes for a while, and all of it afterwards.
    pub(crate) async fn hold(&self, lasts: Duration) {
        let _held = self.0.write().await;
        tokio::time::sleep(lasts).await;
    }

    fn pass(&self, mut from: UnixStream, mut to: UnixStream) {
        let gate = Arc::clone(&self.0);
        thread::spawn(move || {
            let mut piece = [0; 16_384];
            while let Ok(count @ 1..) = from.read(&mut piece) {
                drop(gate.blocking_read());
                if to.write_all(&piece[..count]).is_err() {
                    break;
                }
            }
            // The other end may have gone first.
            to.shutdown(Shutdown::Both).ok();
        });
    }
}
