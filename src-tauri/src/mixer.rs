//! The system's own settings of sound, opened for a person whose microphone or speaker it silences.

use protocol::desktop::DesktopError;
use tokio::process::Command;

/// Opens the first that is there.
///
/// # Errors
/// `Local` when none is.
pub(crate) fn open() -> Result<(), DesktopError> {
    let desktop = std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default();
    for (program, arguments) in candidates(&desktop) {
        match Command::new(program).args(arguments).spawn() {
            // It lives on by itself, and is waited for when it ends.
            Ok(_) => return Ok(()),
            Err(error) => tracing::debug!(program, %error, "not these sound settings"),
        }
    }
    Err(DesktopError::Local {
        detail: "no settings of sound were found; look in the system's settings".to_owned(),
    })
}

type Candidate = (&'static str, &'static [&'static str]);

/// The desktop environment's own before others: some refuse to start elsewhere.
#[cfg(target_os = "linux")]
fn candidates(desktop: &str) -> Vec<Candidate> {
    let own: &[Candidate] = match desktop.to_uppercase() {
        name if name.contains("GNOME") || name.contains("UNITY") => {
            &[("gnome-control-center", &["sound"])]
        }
        name if name.contains("KDE") => &[
            ("systemsettings", &["kcm_pulseaudio"]),
            ("systemsettings5", &["kcm_pulseaudio"]),
        ],
        name if name.contains("CINNAMON") => &[("cinnamon-settings", &["sound"])],
        name if name.contains("MATE") => &[("mate-volume-control", &[])],
        _ => &[],
    };
    let others: &[Candidate] = &[("pavucontrol", &[]), ("pavucontrol-qt", &[])];
    [own, others].concat()
}

#[cfg(windows)]
fn candidates(_desktop: &str) -> Vec<Candidate> {
    let own: [Candidate; 1] = [("explorer", &["ms-settings:sound"])];
    own.to_vec()
}

#[cfg(target_os = "macos")]
fn candidates(_desktop: &str) -> Vec<Candidate> {
    const SOUND: &str = "x-apple.systempreferences:com.apple.preference.sound";
    let own: [Candidate; 1] = [("open", &[SOUND])];
    own.to_vec()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_desktops_own_settings_come_first_and_a_mixer_is_looked_for_everywhere() {
        let first = |desktop| candidates(desktop)[0].0;
        assert_eq!(first("ubuntu:GNOME"), "gnome-control-center");
        assert_eq!(first("KDE"), "systemsettings");
        assert_eq!(first("X-Cinnamon"), "cinnamon-settings");
        assert_eq!(first(""), "pavucontrol");
        assert!(candidates("KDE").contains(&("pavucontrol", &[])));
    }
}
