//! The writing half of a connection: whole messages, from several threads.

use std::io::Write;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::Mutex;

pub(super) struct Writer(Mutex<UnixStream>);

impl Writer {
    pub(super) fn new(socket: UnixStream) -> Self {
        Self(Mutex::new(socket))
    }

    pub(super) fn write(&self, message: &[u8]) -> Result<(), String> {
        let mut socket = self.0.lock().map_err(|_| "a writer broke off".to_owned())?;
        socket.write_all(message).map_err(|error| error.to_string())
    }

    pub(super) fn shut_down(&self) {
        if let Ok(socket) = self.0.lock() {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}
