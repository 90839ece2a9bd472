//! What an operator does about an organisation that cannot be read back, as commands to be copied.

use crate::app::AppError;
use crate::engine::StartError;
use std::fmt::Write;
use std::path::Path;
use store::StoreError;
use vocab::OrgSlug;

/// What the store said, if it was the store.
pub(crate) fn cause(err: &AppError) -> Option<&StoreError> {
    match err {
        AppError::Store(source) | AppError::Start(StartError::Store { source, .. }) => Some(source),
        _ => None,
    }
}

/// The commands that help, each on a line of its own; nothing when no command does.
#[must_use]
pub(crate) fn remedy(data: &Path, organisation: &OrgSlug, cause: &StoreError) -> String {
    let place = place(data, organisation);
    let mut lines = String::new();
    // Writing to a `String` cannot fail.
    if let StoreError::Broken { .. } | StoreError::Damaged { .. } = cause {
        let _ = write!(
            lines,
            "to look at all of it: warmline-server journal check {place}\n\
             to put a backup back: warmline-server restore {place} --from <the backup's folder>"
        );
    }
    if let StoreError::Damaged { .. } = cause {
        let _ = write!(lines, "\n{}", rebuild(data, organisation));
    }
    if let StoreError::Broken { seq, .. } = cause {
        let _ = write!(
            lines,
            "\nwithout a backup, to go on with what is before entry {seq}: \
             warmline-server journal cut {place} --at {seq} --yes"
        );
    }
    lines
}

/// The command that makes a file anew from its journal.
pub(crate) fn rebuild(data: &Path, organisation: &OrgSlug) -> String {
    let place = place(data, organisation);
    format!(
        "where only the journal is whole, stop the server and make the file anew from it: warmline-server journal rebuild \
         {place}"
    )
}

/// Where an organisation is, as a command takes it.
pub(crate) fn place(data: &Path, organisation: &OrgSlug) -> String {
    // Whoever reads the log may stand in another folder than the server.
    let data = std::path::absolute(data).unwrap_or_else(|_| data.to_owned());
    let data = quoted(&data.to_string_lossy());
    format!("--data {data} --organisation {organisation}")
}

/// As one word of a shell.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_entry_is_answered_with_commands_that_a_shell_takes() {
        let organisation = OrgSlug::new("north").unwrap();
        let broken = StoreError::Broken {
            seq: 7,
            why: "it does not match its checksum".to_owned(),
        };
        let said = remedy(Path::new("/srv/it's here"), &organisation, &broken);
        let place = r"--data '/srv/it'\''s here' --organisation north";
        for command in [
            format!("warmline-server journal check {place}\n"),
            format!("warmline-server restore {place} --from "),
            format!("warmline-server journal cut {place} --at 7 --yes"),
        ] {
            assert!(said.contains(&command), "{command} is missing in {said}");
        }
        let backend = StoreError::Backend {
            detail: "disk full".to_owned(),
        };
        assert_eq!(remedy(Path::new("/srv"), &organisation, &backend), "");
    }
}
