//! One connection to a PulseAudio server, or to PipeWire's: questions and answers, and the making of streams.
//!
//! Ours instead of a library's client for two measured reasons: that one asks for the time after every callback and
//! clears two megabytes at every wake-up, which was half the CPU of a call, and it drops the server's word that a
//! stream was killed, so an unplugged device was noticed late.

use super::reading::{Pending, Reading, Streams};
use super::writer::Writer;
use crate::host::OnChanged;
use pulseaudio::protocol::{self, Command, CommandReply, Prop, Props, PulseError};
use std::io::{BufReader, Cursor};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

/// A server that takes longer is hung.
const LIMIT: Duration = Duration::from_secs(2);
/// Questions that wait for their answer at once.
const PENDING: usize = 64;

pub(super) struct Connection {
    writer: Arc<Writer>,
    pending: SyncSender<(u32, Pending)>,
    next: AtomicU32,
    version: u16,
    client: u32,
    is_over: Arc<AtomicBool>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        // The reading thread ends with the socket.
        self.writer.shut_down();
    }
}

/// A question of the beginning, asked before anybody else may read.
fn first<R: CommandReply>(
    socket: &mut BufReader<UnixStream>,
    sequence: u32,
    command: &Command,
    version: u16,
) -> Result<R, String> {
    protocol::write_command_message(socket.get_mut(), sequence, command, version)
        .map_err(|error| error.to_string())?;
    protocol::read_reply_message(socket, version)
        .map(|(_, reply)| reply)
        .map_err(|error| error.to_string())
}

/// The protocol's version that both speak, and the server's number of this client.
fn shake_hands(socket: &UnixStream) -> Result<(u16, u32), String> {
    let failed = |error: std::io::Error| error.to_string();
    socket.set_read_timeout(Some(LIMIT)).map_err(failed)?;
    socket.set_write_timeout(Some(LIMIT)).map_err(failed)?;
    // What is read here is answered question by question, so nothing stays behind in this buffer.
    let mut reader = BufReader::new(socket.try_clone().map_err(failed)?);
    let cookie = pulseaudio::cookie_path_from_env().and_then(|path| std::fs::read(path).ok());
    let hello = Command::Auth(protocol::AuthParams {
        version: protocol::MAX_VERSION,
        supports_shm: false,
        supports_memfd: false,
        cookie: cookie.unwrap_or_default(),
    });
    let reply: protocol::AuthReply = first(&mut reader, 0, &hello, protocol::MAX_VERSION)?;
    let version = protocol::MAX_VERSION.min(reply.version);
    let mut about = Props::new();
    about.set(Prop::ApplicationName, c"Warmline");
    if let Ok(id) = std::ffi::CString::new(std::process::id().to_string()) {
        about.set(Prop::ApplicationProcessId, id.as_c_str());
    }
    let name = Command::SetClientName(about);
    let named: protocol::SetClientNameReply = first(&mut reader, 1, &name, version)?;
    socket.set_read_timeout(None).map_err(failed)?;
    Ok((version, named.client_id))
}

impl Connection {
    /// Connects to the server that the environment names, and asks to be told of devices that come and go and of what the
    /// mixer does.
    pub(super) fn open(changed: OnChanged) -> Result<Self, String> {
        let path = pulseaudio::socket_path_from_env()
            .ok_or_else(|| "no PulseAudio or PipeWire server is running".to_owned())?;
        let socket = UnixStream::connect(path).map_err(|error| error.to_string())?;
        let (version, client) = shake_hands(&socket)?;
        let writer = socket.try_clone().map_err(|error| error.to_string())?;
        let writer = Arc::new(Writer::new(writer));
        let (pending, registrations): (_, Receiver<(u32, Pending)>) = sync_channel(PENDING);
        let is_over = Arc::new(AtomicBool::new(false));
        let reading = Reading {
            socket: BufReader::with_capacity(1 << 16, socket),
            registrations,
            version,
            streams: Streams::new(Arc::clone(&writer), Arc::clone(&changed)),
        };
        let (over, told) = (Arc::clone(&is_over), changed);
        std::thread::Builder::new()
            .name("sound i/o".to_owned())
            .spawn(move || {
                let why = reading.run();
                tracing::info!(why, "the connection to the sound server ended");
                over.store(true, Ordering::Release);
                told();
            })
            .map_err(|error| error.to_string())?;
        let connection = Self {
            writer,
            pending,
            next: AtomicU32::new(2),
            version,
            client,
            is_over,
        };
        let kinds = protocol::SubscriptionMask::SINK
            | protocol::SubscriptionMask::SOURCE
            | protocol::SubscriptionMask::SINK_INPUT
            | protocol::SubscriptionMask::SOURCE_OUTPUT
            | protocol::SubscriptionMask::SERVER;
        connection.ask_plainly(Command::Subscribe(kinds))?;
        Ok(connection)
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Acquire)
    }

    fn send(&self, command: &Command, pending: Pending) -> Result<(), String> {
        let sequence = self.next.fetch_add(1, Ordering::Relaxed);
        // Known before it is asked, because the answer comes on another thread.
        self.pending
            .try_send((sequence, pending))
            .map_err(|_| "the sound server answers too slowly".to_owned())?;
        let mut message = Vec::with_capacity(256);
        protocol::encode_command_message(&mut message, sequence, command, self.version)
            .map_err(|error| error.to_string())?;
        self.writer.write(&message)
    }

    fn answer<T>(&self, answers: &Receiver<Result<T, PulseError>>) -> Result<T, String> {
        match answers.recv_timeout(LIMIT) {
            Ok(answer) => answer.map_err(|error| error.to_string()),
            Err(_) if self.is_over() => Err("the sound server went away".to_owned()),
            Err(_) => Err("the sound server did not answer within 2 s".to_owned()),
        }
    }

    /// The server's number of this client.
    pub(super) fn client(&self) -> u32 {
        self.client
    }

    pub(super) fn ask_plainly(&self, command: Command) -> Result<Vec<u8>, String> {
        let (reply, answers) = sync_channel(1);
        self.send(&command, Pending::Answer(reply))?;
        self.answer(&answers)
    }

    pub(super) fn ask<R: CommandReply>(&self, command: Command) -> Result<R, String> {
        let body = self.ask_plainly(command)?;
        let mut cursor = Cursor::new(body.as_slice());
        let mut reader = protocol::TagStructReader::new(&mut cursor, self.version);
        reader.read().map_err(|error| error.to_string())
    }

    /// Makes a stream and gives its channel; its callbacks run from the first sound on.
    pub(super) fn make(
        &self,
        command: &Command,
        stream: impl FnOnce(SyncSender<Result<u32, PulseError>>) -> Pending,
    ) -> Result<u32, String> {
        let (reply, answers) = sync_channel(1);
        self.send(command, stream(reply))?;
        self.answer(&answers)
    }

    /// Ends a stream without waiting: a device that is gone may never answer.
    pub(super) fn end(&self, command: &Command, channel: u32) {
        if let Err(error) = self.send(command, Pending::Gone(channel)) {
            tracing::debug!(error, "a stream was not closed in form");
        }
    }
}
