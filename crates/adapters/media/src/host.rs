//! What the machine's sound system must do for us.

use crate::event::{DeviceKind, Silence};
use std::sync::Arc;
use std::time::Duration;

/// A device as the system knows it and as people do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The same for the same device after it was unplugged, and for no other: see [`crate::identity`].
    pub(crate) id: String,
    /// With a word that tells it from another one of the same model, where there is one.
    pub(crate) name: String,
    /// The name without that word.
    pub(crate) model: String,
    pub(crate) silence: Option<Silence>,
}

/// What is plugged in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Listing {
    /// Whether the sound system answered, be it with no device.
    pub(crate) has_system: bool,
    pub(crate) microphones: Vec<Entry>,
    pub(crate) speakers: Vec<Entry>,
    /// Ids of the system's own choices.
    pub(crate) default_microphone: Option<String>,
    pub(crate) default_speaker: Option<String>,
}

/// Takes captured mono samples at 48 kHz; called on an audio thread, so it neither locks nor allocates.
pub(crate) type Capture = Box<dyn FnMut(&[f32]) + Send>;
/// Fills mono samples at 48 kHz; called on an audio thread, so it neither locks nor allocates.
pub(crate) type Render = Box<dyn FnMut(&mut [f32]) + Send>;
/// Called once or more when the stream broke.
pub(crate) type OnBroken = Box<dyn FnMut() + Send>;
/// Called when devices came or went, from any thread.
pub(crate) type OnChanged = Arc<dyn Fn() + Send + Sync>;
/// Dropping it closes the device.
pub(crate) type OpenStream = Box<dyn std::any::Any + Send>;

pub(crate) trait SoundHost {
    /// # Errors
    /// What the system said, when it could not be asked: what it said before is believed until it is asked again.
    fn list(&mut self) -> Result<Listing, String>;
    /// How often to look when nothing tells that devices came or went.
    fn poll_every(&self) -> Duration;
    /// Changes when the sound system had to be connected anew: what was opened before is dead.
    fn connection(&self) -> u64;
    fn open_microphone(
        &mut self,
        id: &str,
        take: Capture,
        broken: OnBroken,
    ) -> Result<OpenStream, String>;
    fn open_speaker(
        &mut self,
        id: &str,
        fill: Render,
        broken: OnBroken,
    ) -> Result<OpenStream, String>;
    /// Takes the mute away in the system's mixer and turns up what is at zero.
    ///
    /// # Errors
    /// What the system said, or that it cannot be asked for this.
    fn unsilence(&mut self, _kind: DeviceKind, _id: &str) -> Result<(), String> {
        Err("this system's mixer cannot be changed from here".to_owned())
    }
}
