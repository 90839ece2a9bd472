//! What can go wrong with sound or its path, in words that say what to do.

use crate::event::DeviceKind;
use vocab::MediaId;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// The system lists none; plug one in or allow access to it.
    #[error("no microphone was found: plug one in, or allow this program to use it")]
    NoMicrophone,
    /// The system lists none.
    #[error("no speaker or headset was found: plug one in")]
    NoSpeaker,
    /// It is listed but does not open; another program may hold it.
    #[error("{name} could not be opened: {detail}")]
    Device {
        kind: DeviceKind,
        name: String,
        detail: String,
    },
    /// A newer path replaced it or it was closed.
    #[error("media path {0} is not open")]
    UnknownMedia(MediaId),
    /// The far end's description does not make sense; ask it for another.
    #[error("the session description was refused: {0}")]
    BadDescription(String),
    /// Sockets, certificates or the protocol core failed on this machine.
    #[error("the media path failed: {0}")]
    Transport(String),
    /// Not one of 0-9, * and #.
    #[error("{0:?} is not a digit of a telephone")]
    BadDigit(char),
    /// Nothing answered within its time.
    #[error("{0} took too long")]
    TimedOut(&'static str),
    /// The engine was dropped or one of its threads ended.
    #[error("the sound engine has stopped: restart the program")]
    Stopped,
    /// A codec or the voice processing refused its settings.
    #[error("voice processing failed: {0}")]
    Processing(String),
    /// The disk or the encoder refused; the conversation goes on unrecorded.
    #[error("the recording failed: {0}")]
    Recording(String),
}
