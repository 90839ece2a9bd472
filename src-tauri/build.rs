//! Embeds the screen, the icons and the permissions that Tauri needs at compile time.

use anyhow::Context;
use std::path::Path;

/// What stands in the window when the shell was compiled before the screen: `cargo check` works in any order.
const NOT_BUILT: &str = "<!doctype html><meta charset=utf-8><title>Warmline</title>\
<p>The screen was not built into this program. Run <code>cargo xtask demo</code>, \
or <code>npm run build</code> in <code>ui/</code>, and compile again.";

fn main() -> anyhow::Result<()> {
    let screen = Path::new("../ui/desktop/dist");
    if !screen.join("index.html").exists() {
        std::fs::create_dir_all(screen).context("making ui/desktop/dist")?;
        std::fs::write(screen.join("index.html"), NOT_BUILT)
            .context("writing ui/desktop/dist/index.html")?;
    }
    // Tauri's macro reads the folder, but does not ask Cargo to watch it.
    #[allow(
        clippy::print_stdout,
        reason = "Cargo reads a build script's wishes from its stdout"
    )]
    {
        println!("cargo:rerun-if-changed=../ui/desktop/dist");
        println!("cargo:rerun-if-changed=build.rs");
    }
    let commands = tauri_build::AppManifest::new().commands(&["dispatch", "painted"]);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands))
}
