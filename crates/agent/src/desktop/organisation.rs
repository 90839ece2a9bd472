//! What the screen asks of the organisation's settings and figures.

use super::Answer;
use crate::rest::RestClient;
use protocol::desktop::{DesktopCommand, DesktopError, DesktopReply};

pub(super) async fn query(rest: &RestClient, command: DesktopCommand) -> Answer {
    match command {
        DesktopCommand::Decision { number } => {
            let decision = Box::new(rest.decision(number).await?);
            Ok(DesktopReply::Decision { decision })
        }
        DesktopCommand::Figures => {
            let figures = Box::new(rest.figures().await?);
            Ok(DesktopReply::Figures { figures })
        }
        DesktopCommand::QueueLine { queue } => {
            let line = Box::new(rest.line(&queue).await?);
            Ok(DesktopReply::QueueLine { line })
        }
        DesktopCommand::RemoveFromLine {
            queue,
            interactions,
        } => {
            let removed = rest.remove_from_line(&queue, interactions).await?;
            Ok(DesktopReply::RemovedFromLine { removed })
        }
        DesktopCommand::Configuration => {
            let state = Box::new(rest.configuration().await?);
            Ok(DesktopReply::Configuration { state })
        }
        DesktopCommand::CheckConfiguration { change } => {
            let findings = rest.check_configuration(&change).await?;
            Ok(DesktopReply::Findings { findings })
        }
        DesktopCommand::ChangeConfiguration { patch } => {
            let state = Box::new(rest.change_configuration(&patch).await?);
            Ok(DesktopReply::Configuration { state })
        }
        DesktopCommand::ConfigurationChanges { before } => {
            let page = Box::new(rest.configuration_changes(before).await?);
            Ok(DesktopReply::ConfigurationChanges { page })
        }
        DesktopCommand::UndoConfiguration { revision } => {
            let state = Box::new(rest.undo_configuration(revision).await?);
            Ok(DesktopReply::Configuration { state })
        }
        DesktopCommand::SetPassword { user, password } => {
            rest.set_password(&user, password).await?;
            Ok(DesktopReply::Done)
        }
        DesktopCommand::ChangePassword { old, new } => {
            rest.change_password(old, new).await?;
            Ok(DesktopReply::Done)
        }
        DesktopCommand::Zones => {
            let zones = rest.zones().await?;
            Ok(DesktopReply::Zones { zones })
        }
        _ => Err(DesktopError::Local {
            detail: "not a query".to_owned(),
        }),
    }
}
