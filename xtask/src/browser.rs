//! Opens a page in the person's browser, and knows whether one came.

use anyhow::Result;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What opens pages, the person's own choice first. Some of them become the browser, others hand the page over and end;
/// and `xdg-open` also exists where there is no browser at all.
const OPENERS: &[&[&str]] = if cfg!(windows) {
    &[&["cmd", "/C", "start", ""]]
} else if cfg!(target_os = "macos") {
    &[&["open"]]
} else {
    &[
        &["xdg-open"],
        &["sensible-browser"],
        &["x-www-browser"],
        &["firefox"],
        &["firefox-esr"],
        &["chromium"],
        &["google-chrome"],
    ]
};

/// One that still runs after this long shows the page; one that fails does so sooner.
const SETTLED: Duration = Duration::from_secs(4);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// True when a browser shows the page, as far as can be seen from here.
///
/// # Errors
/// When a child cannot be looked after.
pub(crate) fn open(page: &str) -> Result<bool> {
    let own = std::env::var("BROWSER")
        .ok()
        .filter(|own| !own.contains(['%', ':', ' ']));
    let own: Vec<&str> = own.as_deref().into_iter().collect();
    let mut openers: Vec<&[&str]> = OPENERS.to_vec();
    if !own.is_empty() {
        openers.insert(0, &own);
    }
    open_with(&openers, page, SETTLED)
}

fn open_with(openers: &[&[&str]], page: &str, settled: Duration) -> Result<bool> {
    for opener in openers {
        let Some((program, arguments)) = opener.split_first() else {
            continue;
        };
        let mut command = Command::new(program);
        command
            .args(arguments)
            .arg(page)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if let Ok(child) = command.spawn()
            && shows(child, settled)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Ended well, or goes on.
fn shows(mut child: Child, settled: Duration) -> Result<bool> {
    let until = Instant::now() + settled;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        if Instant::now() >= until {
            return Ok(true);
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    struct Openers {
        folder: std::path::PathBuf,
    }

    impl Openers {
        fn new(name: &str) -> Self {
            let name = format!("warmline-openers-{name}-{}", std::process::id());
            let folder = std::env::temp_dir().join(name);
            std::fs::create_dir_all(&folder).unwrap();
            Self { folder }
        }

        /// A program that notes what it was asked to open, then does `body`.
        fn add(&self, name: &str, body: &str) -> String {
            let path = self.folder.join(name);
            let opened = self.folder.join("opened");
            let script = format!(
                "#!/bin/sh\necho {name} \"$@\" >> {}\n{body}\n",
                opened.display()
            );
            std::fs::write(&path, script).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
            path.to_str().unwrap().to_owned()
        }

        fn opened(&self) -> String {
            std::fs::read_to_string(self.folder.join("opened")).unwrap_or_default()
        }
    }

    impl Drop for Openers {
        fn drop(&mut self) {
            std::fs::remove_dir_all(&self.folder).ok();
        }
    }

    #[test]
    fn the_first_that_does_not_fail_is_taken_and_none_is_said_to_be_none() {
        let openers = Openers::new("order");
        let fails = openers.add("fails", "exit 3");
        let hands_over = openers.add("hands-over", "exit 0");
        let stays = openers.add("stays", "exec sleep 5");
        let page = "http://127.0.0.1:1/c/demo/support";
        let try_all = |all: &[&[&str]]| open_with(all, page, Duration::from_millis(400)).unwrap();
        assert!(!try_all(&[&["/nowhere/at/all"], &[fails.as_str()]]));
        assert!(try_all(&[&[fails.as_str()], &[hands_over.as_str()]]));
        assert!(try_all(&[
            &[stays.as_str(), "--new-tab"],
            &[hands_over.as_str()]
        ]));
        let expected =
            format!("fails {page}\nfails {page}\nhands-over {page}\nstays --new-tab {page}\n");
        assert_eq!(openers.opened(), expected);
    }
}
