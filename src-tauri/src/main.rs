//! Warmline's desktop: a window, a tray and a notification around `agent::Desktop`. Nothing is decided here.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod awake;
mod bridge;
mod glance;
mod leaving;
mod links;
mod mixer;
mod ring;
mod token_store;
mod tray;
mod window;
mod words;

use anyhow::Context;
use std::path::{Path, PathBuf};
use tauri::{App, Manager, RunEvent};
use tauri_plugin_deep_link::DeepLinkExt;

/// Keeps all that this desktop remembers in another folder; tests and a second account on one machine use it.
const DATA_DIR_VARIABLE: &str = "WARMLINE_DATA_DIR";

fn main() -> anyhow::Result<()> {
    telemetry::init(telemetry::Options::default())?;
    let own_dir = std::env::var_os(DATA_DIR_VARIABLE).filter(|dir| !dir.is_empty());
    let data_dir = data_dir(own_dir.as_deref().map(Path::new))?;

    // Ours rather than Tauri's, and entered here, so that every task can be started by its name from anywhere.
    let runtime = tokio::runtime::Runtime::new().context("starting the asynchronous runtime")?;
    let _entered = runtime.enter();
    tauri::async_runtime::set(runtime.handle().clone());

    let mut builder = tauri::Builder::default();
    // First of all plugins: a second instance must hand its link over before it does anything else.
    // One with a folder of its own is meant to run beside the first.
    if own_dir.is_none() {
        builder = builder.plugin(tauri_plugin_single_instance::init(|app, _, _| {
            window::show(app)
        }));
    }
    let window_state = tauri_plugin_window_state::Builder::new()
        .with_state_flags(window::remembered())
        .with_filename(window::state_file(&data_dir).to_string_lossy())
        // The window restores itself, once it has seen which screens there are.
        .skip_initial_state(window::LABEL)
        .build();
    #[cfg(not(target_os = "linux"))]
    {
        builder = builder.plugin(tauri_plugin_notification::init());
    }
    let app = builder
        .plugin(tauri_plugin_deep_link::init())
        .plugin(window_state)
        .invoke_handler(tauri::generate_handler![bridge::dispatch, window::painted])
        .setup(move |app| Ok(set_up(app, &data_dir)?))
        .build(tauri::generate_context!())
        .context("starting the window system; is there a display?")?;
    app.run(|app, event| match event {
        // Not by the program's own word: nobody was asked yet.
        RunEvent::ExitRequested {
            code: None, api, ..
        } => {
            api.prevent_exit();
            leaving::ask(app, leaving::By::Person);
        }
        // A click on the dock's icon while the window is hidden.
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => window::show(app),
        _ => {}
    });
    Ok(())
}

/// Runs on the main thread before the first event. The window paints while the host starts.
fn set_up(app: &mut App, data_dir: &Path) -> anyhow::Result<()> {
    let handle = app.handle().clone();
    app.manage(bridge::Host::start(&handle, data_dir.to_owned()));
    window::open(&handle, data_dir)?;
    tray::open(&handle);
    #[cfg(unix)]
    leaving::follow_signals(&handle);

    let links = app.deep_link();
    if let Ok(Some(urls)) = links.get_current() {
        follow(&handle, &urls);
    }
    links.on_open_url(move |event| follow(&handle, &event.urls()));
    Ok(())
}

/// Goes where the first link leads that means something here.
fn follow(app: &tauri::AppHandle, urls: &[tauri::Url]) {
    if let Some(place) = urls.iter().find_map(links::place_of) {
        app.state::<bridge::Host>().go(app, place);
        window::show(app);
    }
}

fn data_dir(own: Option<&Path>) -> anyhow::Result<PathBuf> {
    let dir = match own {
        Some(dir) => dir.to_owned(),
        None => directories::ProjectDirs::from("org", "Warmline", "Warmline")
            .context("this account has no home folder to keep settings in")?
            .data_local_dir()
            .to_owned(),
    };
    agent::make_private(&dir).with_context(|| format!("making the folder {}", dir.display()))?;
    // A relative folder would mean another one once somebody changes the working directory. Links stay: what follows
    // them also writes `\\?\` in front of Windows' paths, which its web view does not take.
    std::path::absolute(&dir).with_context(|| format!("reading the folder {}", dir.display()))
}
