//! The sound system of this machine: on Linux its sound server, and ALSA where none runs; elsewhere cpal's.

#[cfg(not(target_os = "linux"))]
pub(crate) fn system_host(_changed: crate::host::OnChanged) -> Box<dyn crate::host::SoundHost> {
    Box::new(crate::cpal_host::CpalHost::default())
}

#[cfg(target_os = "linux")]
pub(crate) use linux::system_host;

#[cfg(target_os = "linux")]
mod linux {
    use crate::cpal_host::CpalHost;
    use crate::host::{Capture, Listing, OnBroken, OnChanged, OpenStream, Render, SoundHost};
    use crate::pulse::PulseHost;
    use std::time::Duration;

    /// How often to look whether a sound server has been started after all.
    const POLL: Duration = Duration::from_millis(500);

    pub(crate) fn system_host(changed: OnChanged) -> Box<dyn SoundHost> {
        Box::new(LinuxHost {
            pulse: PulseHost::new(changed),
            alsa: CpalHost::default(),
            uses_alsa: false,
            switches: 0,
        })
    }

    struct LinuxHost {
        pulse: PulseHost,
        alsa: CpalHost,
        uses_alsa: bool,
        switches: u64,
    }

    impl LinuxHost {
        fn inner(&mut self) -> &mut dyn SoundHost {
            if self.uses_alsa {
                &mut self.alsa
            } else {
                &mut self.pulse
            }
        }

        fn use_alsa(&mut self, uses_alsa: bool) {
            if self.uses_alsa != uses_alsa {
                tracing::info!(uses_alsa, "another sound system is used now");
                self.uses_alsa = uses_alsa;
                self.switches += 1;
            }
        }
    }

    impl SoundHost for LinuxHost {
        fn list(&mut self) -> Result<Listing, String> {
            let by_pulse = self.pulse.list();
            if self.pulse.is_connected() {
                self.use_alsa(false);
                return by_pulse;
            }
            tracing::debug!("no sound server; looking for cards");
            self.use_alsa(true);
            self.alsa.list()
        }

        fn poll_every(&self) -> Duration {
            if self.uses_alsa {
                POLL
            } else {
                self.pulse.poll_every()
            }
        }

        fn connection(&self) -> u64 {
            self.pulse.connection() + self.alsa.connection() + self.switches
        }

        fn unsilence(&mut self, kind: crate::event::DeviceKind, id: &str) -> Result<(), String> {
            self.inner().unsilence(kind, id)
        }

        fn open_microphone(
            &mut self,
            id: &str,
            take: Capture,
            broken: OnBroken,
        ) -> Result<OpenStream, String> {
            self.inner().open_microphone(id, take, broken)
        }

        fn open_speaker(
            &mut self,
            id: &str,
            fill: Render,
            broken: OnBroken,
        ) -> Result<OpenStream, String> {
            self.inner().open_speaker(id, fill, broken)
        }
    }
}
