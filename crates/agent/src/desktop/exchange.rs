//! What the screen asks about new customers, files of customers, and hours that other programs wrote.

use super::Answer;
use super::data::new_file;
use crate::rest::RestClient;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use protocol::desktop::{DesktopError, DesktopReply};
use protocol::exchange::{CustomerFormat, ExchangeCommand, Import};
use reqwest::Response;
use std::path::PathBuf;
use tokio::io::AsyncWriteExt;

pub(super) async fn query(rest: &RestClient, command: ExchangeCommand, exports: PathBuf) -> Answer {
    let import = match command {
        ExchangeCommand::BeginImport { new } => rest.begin_import(&new).await,
        ExchangeCommand::SendImportPiece {
            import,
            offset,
            bytes,
        } => {
            let piece = STANDARD.decode(bytes).map_err(|err| local(&err))?;
            rest.send_import(import, offset, piece).await
        }
        ExchangeCommand::Import { import } => rest.import(import).await,
        ExchangeCommand::CheckImport { import, options } => {
            rest.work_on_import(import, "check", &options).await
        }
        ExchangeCommand::StartImport { import, options } => {
            rest.work_on_import(import, "start", &options).await
        }
        ExchangeCommand::StopImport { import } => rest.tell_import(import, "stop").await,
        ExchangeCommand::UndoImport { import } => rest.tell_import(import, "undo").await,
        other => return others(rest, other, exports).await,
    };
    import.map(|import: Import| DesktopReply::Import {
        import: Box::new(import),
    })
}

async fn others(rest: &RestClient, command: ExchangeCommand, exports: PathBuf) -> Answer {
    match command {
        ExchangeCommand::CreateCustomer { new } => {
            let customer = Box::new(rest.create_customer(&new).await?);
            Ok(DesktopReply::Customer { customer })
        }
        ExchangeCommand::Alike { alike } => {
            let alike = Box::new(rest.alike(&alike).await?);
            Ok(DesktopReply::Alike { alike })
        }
        ExchangeCommand::Imports => {
            let page = Box::new(rest.imports().await?);
            Ok(DesktopReply::Imports { page })
        }
        ExchangeCommand::PreviewImport { import, options } => {
            let preview = Box::new(rest.preview_import(import, &options).await?);
            Ok(DesktopReply::ImportPreview { preview })
        }
        ExchangeCommand::RemoveImport { import } => {
            rest.remove_import(import).await?;
            Ok(DesktopReply::Done)
        }
        ExchangeCommand::ExportCustomers { format } => {
            let ending = match format {
                CustomerFormat::Csv => "csv",
                CustomerFormat::Vcard => "vcf",
            };
            let file = rest.customers_file(format).await?;
            save(file, exports, "warmline-customers", ending).await
        }
        ExchangeCommand::SaveRefused { import } => {
            let file = rest.refused_rows(import).await?;
            let kind = file.headers().get("content-type");
            let is_cards = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/vcard"));
            let ending = if is_cards { "vcf" } else { "csv" };
            save(file, exports, &format!("warmline-refused-{import}"), ending).await
        }
        ExchangeCommand::ReadCalendar { question } => {
            let read = Box::new(rest.read_calendar(&question).await?);
            Ok(DesktopReply::ReadHours { read })
        }
        ExchangeCommand::ReadNotation { question } => {
            let read = Box::new(rest.read_notation(&question).await?);
            Ok(DesktopReply::ReadHours { read })
        }
        _ => Err(local(&"not a query")),
    }
}

fn local(why: &dyn std::fmt::Display) -> DesktopError {
    DesktopError::Local {
        detail: why.to_string(),
    }
}

/// Writes an answer to a new file while it arrives; one that breaks off leaves none.
async fn save(mut answer: Response, folder: PathBuf, name: &str, ending: &str) -> Answer {
    let (name, ending) = (name.to_owned(), ending.to_owned());
    let made = tokio::task::spawn_blocking(move || new_file(&folder, &name, &ending)).await;
    let (file, path) = made
        .map_err(|err| local(&err))?
        .map_err(|err| local(&err))?;
    let mut file = tokio::fs::File::from_std(file);
    let written = async {
        while let Some(piece) = answer
            .chunk()
            .await
            .map_err(|err| local(&err.without_url()))?
        {
            file.write_all(&piece).await.map_err(|err| local(&err))?;
        }
        file.flush().await.map_err(|err| local(&err))
    };
    if let Err(err) = written.await {
        if let Err(err) = tokio::fs::remove_file(&path).await {
            tracing::warn!(%err, "an unfinished file could not be removed");
        }
        return Err(err);
    }
    let path = path.display().to_string();
    Ok(DesktopReply::Exported { path })
}
