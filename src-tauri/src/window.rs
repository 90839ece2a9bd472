//! The one window: how it is made, brought to the front and hidden, and how long its first picture took.

mod place;

use place::Area;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tauri::webview::NewWindowResponse;
use tauri::window::Color;
use tauri::{
    AppHandle, Manager, PhysicalPosition, PhysicalSize, Url, WebviewUrl, WebviewWindow,
    WebviewWindowBuilder, WindowEvent,
};
use tauri_plugin_window_state::{StateFlags, WindowExt};

pub(crate) const LABEL: &str = "main";

/// Set by whoever measures: the time of the first picture is then written to stdout as a line of JSON.
const TIMING_VARIABLE: &str = "WARMLINE_TIMING";

/// Reports the first picture that shows a screen: the frame after the one in which it was laid out.
const REPORT_FIRST_PAINT: &str = r#"
addEventListener("DOMContentLoaded", () => {
  const report = () => requestAnimationFrame(() => requestAnimationFrame(
    () => window.__TAURI_INTERNALS__.invoke("painted")));
  const isThere = () => document.querySelector("[data-screen]") !== null;
  if (isThere()) { report(); return; }
  const watch = new MutationObserver(() => { if (isThere()) { watch.disconnect(); report(); } });
  watch.observe(document.documentElement, { childList: true, subtree: true, attributes: true });
});
"#;

/// Makes the window; `data_dir` keeps what the web view remembers.
///
/// # Errors
/// When the system gives no window or no web view: there is nothing to show then.
pub(crate) fn open(app: &AppHandle, data_dir: &Path) -> tauri::Result<()> {
    let mut builder = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title("Warmline")
        .inner_size(1280.0, 800.0)
        .min_inner_size(1024.0, 700.0)
        .data_directory(data_dir.join("webview"))
        // The screen's own ground, so that nothing flashes before the first picture.
        .background_color(Color(0xf4, 0xf2, 0xee, 0xff))
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny);
    if is_timed() {
        builder = builder.initialization_script(REPORT_FIRST_PAINT);
    }
    let window = builder.build()?;
    #[cfg(target_os = "linux")]
    if !has_gpu() {
        draw_on_the_processor(&window)?;
    }
    if window
        .theme()
        .is_ok_and(|theme| theme == tauri::Theme::Dark)
    {
        window.set_background_color(Some(Color(0x14, 0x13, 0x10, 0xff)))?;
    }
    restore(&window, data_dir)?;
    let app = app.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event {
            api.prevent_close();
            close(&app);
        }
    });
    Ok(())
}

/// Whether the kernel knows a GPU that programs may draw with. A virtual desktop often has none.
#[cfg(target_os = "linux")]
fn has_gpu() -> bool {
    let devices = std::fs::read_dir("/dev/dri")
        .into_iter()
        .flatten()
        .flatten();
    let mut names = devices.map(|device| device.file_name());
    names.any(|name| name.to_string_lossy().starts_with("renderD"))
}

/// Without a GPU the web view would have one emulated, which takes 80 MB more (measured with WebKitGTK 2.50) and draws no
/// faster than it does by itself.
#[cfg(target_os = "linux")]
fn draw_on_the_processor(window: &tauri::WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};
    window.with_webview(|view| {
        if let Some(settings) = view.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })
}

/// The file in which the window's state is kept.
pub(crate) fn state_file(data_dir: &Path) -> PathBuf {
    data_dir.join("window.json")
}

/// What of it is kept.
pub(crate) fn remembered() -> StateFlags {
    StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED
}

/// Back to where the window was left; in the middle of the screen when nobody could reach it there any more.
fn restore(window: &WebviewWindow, data_dir: &Path) -> tauri::Result<()> {
    let monitors = window.available_monitors()?;
    let screens: Vec<Area> = monitors
        .iter()
        .map(|monitor| Area {
            x: monitor.position().x.into(),
            y: monitor.position().y.into(),
            width: monitor.size().width.into(),
            height: monitor.size().height.into(),
        })
        .collect();
    let left = place::left_in(&state_file(data_dir), LABEL);
    let lost = left.filter(|left| !left.is_reachable(&screens));
    let (Some(lost), Some(screen)) = (lost, screens.first()) else {
        return window.restore_state(remembered());
    };
    // The window system's own centring does not know yet how large the window will be.
    let place = lost.centred_on(*screen);
    // Within a screen, so that it fits; a file that says otherwise is not worth more than a corner.
    let pixels = |pixels: i64| i32::try_from(pixels).unwrap_or_default();
    window.restore_state(StateFlags::MAXIMIZED)?;
    window.set_size(PhysicalSize::new(pixels(place.width), pixels(place.height)))?;
    window.set_position(PhysicalPosition::new(pixels(place.x), pixels(place.y)))
}

/// Calls keep arriving with the window closed, and the tray's menu quits. Where no tray is shown, nothing on the screen
/// could bring a hidden window back: then closing it is the end, unless somebody is spoken with.
fn close(app: &AppHandle) {
    let app = app.clone();
    drop(telemetry::spawn("close-window", async move {
        if crate::tray::is_made(&app) && crate::tray::is_shown().await {
            hide(&app);
        } else {
            crate::leaving::ask(&app, crate::leaving::By::Person);
        }
    }));
}

/// The screen is in the binary; nothing else is ever loaded into the window.
fn is_ours(url: &Url) -> bool {
    let is_embedded = url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost");
    is_embedded || (cfg!(dev) && url.host_str() == Some("localhost"))
}

pub(crate) fn show(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL) {
        let shown = window
            .show()
            .and_then(|()| window.unminimize())
            .and_then(|()| window.set_focus());
        if let Err(error) = shown {
            tracing::warn!(%error, "the window could not be brought to the front");
        }
    }
}

fn hide(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL)
        && let Err(error) = window.hide()
    {
        tracing::warn!(%error, "the window could not be hidden");
    }
}

/// Whether the person looks at the window now; a notification would only cover it.
pub(crate) fn is_in_front(app: &AppHandle) -> bool {
    app.get_webview_window(LABEL).is_some_and(|window| {
        window.is_focused().unwrap_or(false) && window.is_visible().unwrap_or(false)
    })
}

fn is_timed() -> bool {
    std::env::var_os(TIMING_VARIABLE).is_some()
}

/// The screen's first picture is there.
#[tauri::command]
pub(crate) fn painted() {
    if !is_timed() {
        return;
    }
    if let Some(age) = process_age() {
        let mut out = std::io::stdout().lock();
        let line = serde_json::json!({ "first_paint_ms": age.as_millis() });
        // Whoever measures may have stopped listening; that is no fault of ours.
        let _ = writeln!(out, "{line}").and_then(|()| out.flush());
    }
}

/// Time since this process was started, loading its libraries included; the kernel counts in 10 ms.
#[cfg(target_os = "linux")]
fn process_age() -> Option<Duration> {
    /// `USER_HZ`, which Linux keeps at 100 for programs on every architecture (proc(5)).
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name, in parentheses, may hold spaces; the 22nd field is the 20th after it.
    let started: f64 = stat
        .rsplit(')')
        .next()?
        .split_whitespace()
        .nth(19)?
        .parse()
        .ok()?;
    let uptime = std::fs::read_to_string("/proc/uptime").ok()?;
    let uptime: f64 = uptime.split_whitespace().next()?.parse().ok()?;
    Duration::try_from_secs_f64(uptime - started / TICKS_PER_SECOND).ok()
}

/// Only Linux tells a process its own start without more libraries.
#[cfg(not(target_os = "linux"))]
fn process_age() -> Option<Duration> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_loads_nothing_from_elsewhere() {
        let check = |url: &str, expect| {
            assert_eq!(is_ours(&Url::parse(url).expect(url)), expect, "{url}");
        };
        check("tauri://localhost/index.html", true);
        check("http://tauri.localhost/", true);
        check("https://example.org/", false);
        check("file:///etc/passwd", false);
        check("https://tauri.localhost.example.org/", false);
    }
}
