//! Notes on records, and what supervisors may do with a customer's data: export to a file, erasure.

use super::Answer;
use crate::rest::RestClient;
use protocol::desktop::{DesktopCommand, DesktopError, DesktopReply};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use vocab::CustomerId;

pub(super) async fn query(rest: &RestClient, command: DesktopCommand, exports: PathBuf) -> Answer {
    let notes = match command {
        DesktopCommand::CustomerNotes { customer } => rest.notes(customer).await,
        DesktopCommand::AddCustomerNote { customer, text } => rest.add_note(customer, text).await,
        DesktopCommand::EditCustomerNote {
            customer,
            note,
            text,
        } => rest.edit_note(customer, note, text).await,
        DesktopCommand::RemoveCustomerNote { customer, note } => {
            rest.remove_note(customer, note).await
        }
        DesktopCommand::ExportCustomer { customer } => {
            return export(rest, customer, exports).await;
        }
        DesktopCommand::EraseCustomer { customer, name } => {
            let erased = rest.erase(customer, name).await?;
            return Ok(DesktopReply::Erased { erased });
        }
        _ => {
            return Err(DesktopError::Local {
                detail: "not a query".to_owned(),
            });
        }
    };
    notes.map(|notes| DesktopReply::Notes { notes })
}

async fn export(rest: &RestClient, customer: CustomerId, folder: PathBuf) -> Answer {
    let export = rest.export(customer).await?;
    let written = tokio::task::spawn_blocking(move || {
        let json = serde_json::to_vec_pretty(&export)?;
        write_new(&folder, customer, &json)
    });
    let failed = |detail: String| DesktopError::Local { detail };
    let path = written
        .await
        .map_err(|err| failed(err.to_string()))?
        .map_err(|err| failed(err.to_string()))?;
    let path = path.display().to_string();
    Ok(DesktopReply::Exported { path })
}

/// Exports of one name beside each other; more than this and the folder wants tidying.
const MOST_FILES: u32 = 1_000;

/// The name on the record is not part of the file's.
fn write_new(folder: &Path, customer: CustomerId, json: &[u8]) -> std::io::Result<PathBuf> {
    let (mut file, path) = new_file(folder, &format!("warmline-customer-{customer}"), "json")?;
    file.write_all(json)?;
    Ok(path)
}

/// Never over an earlier export, and readable by its owner only.
pub(super) fn new_file(
    folder: &Path,
    name: &str,
    ending: &str,
) -> std::io::Result<(File, PathBuf)> {
    std::fs::create_dir_all(folder)?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    for turn in 1..=MOST_FILES {
        let number = if turn == 1 {
            String::new()
        } else {
            format!("-{turn}")
        };
        let path = folder.join(format!("{name}{number}.{ending}"));
        match options.open(&path) {
            Ok(file) => return Ok((file, path)),
            Err(err) if err.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(err) => return Err(err),
        }
    }
    Err(std::io::Error::other(
        "there are too many exports of this name in the folder",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_never_replaces_an_earlier_one() {
        let folder = tempfile::tempdir().unwrap();
        let first = write_new(folder.path(), CustomerId(7), b"{}").unwrap();
        let second = write_new(folder.path(), CustomerId(7), b"{}").unwrap();
        assert!(first.ends_with("warmline-customer-7.json"));
        assert!(second.ends_with("warmline-customer-7-2.json"));
    }
}
