//! Commands about what dispositions and reasons are called, in each language.

use super::data::BY;
use super::{Place, say};
use crate::app::database_path;
use crate::engine::utc_now;
use clap::{Args, Subcommand};
use protocol::work::{Disposition, OtherNames, ReasonName};
use store::{Accounts, OrganisationStore, Stamp};
use store_sqlite::Database;
use vocab::NotReadyReason;

#[derive(Debug, Subcommand)]
pub(super) enum DispositionCommand {
    /// List the dispositions: code, English, Simplified and Traditional Chinese
    List(Place),
    /// Add a disposition, or name one anew
    Set(SetDisposition),
    /// Offer a disposition no more; past interactions keep it
    Remove(RemoveDisposition),
}

#[derive(Args, Debug)]
pub(super) struct SetDisposition {
    #[command(flatten)]
    place: Place,
    /// 1 to 40 of a-z, 0-9 and _
    #[arg(long, value_parser = code)]
    code: String,
    #[command(flatten)]
    names: Names,
}

#[derive(Args, Debug)]
pub(super) struct RemoveDisposition {
    #[command(flatten)]
    place: Place,
    #[arg(long)]
    code: String,
}

#[derive(Debug, Subcommand)]
pub(super) enum ReasonCommand {
    /// List the reasons that have names of this organisation's own
    List(Place),
    /// Give a reason a name of this organisation's own
    Set(SetReason),
    /// Call a reason as Warmline does again
    Reset(ResetReason),
}

#[derive(Args, Debug)]
pub(super) struct SetReason {
    #[command(flatten)]
    place: Place,
    /// break, lunch, meeting, training or admin
    #[arg(long, value_parser = reason)]
    reason: NotReadyReason,
    #[command(flatten)]
    names: Names,
}

#[derive(Args, Debug)]
pub(super) struct ResetReason {
    #[command(flatten)]
    place: Place,
    #[arg(long, value_parser = reason)]
    reason: NotReadyReason,
}

#[derive(Args, Debug)]
struct Names {
    /// In English, and wherever there is no other
    #[arg(long)]
    en: String,
    /// In Simplified Chinese
    #[arg(long)]
    zh_hans: Option<String>,
    /// In Traditional Chinese
    #[arg(long)]
    zh_hant: Option<String>,
}

impl Names {
    fn others(self) -> (String, OtherNames) {
        let names = OtherNames {
            simplified: self.zh_hans,
            traditional: self.zh_hant,
        };
        (self.en, names)
    }
}

fn code(text: &str) -> Result<String, String> {
    let is_fit = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if (1..=40).contains(&text.len()) && text.bytes().all(is_fit) {
        Ok(text.to_owned())
    } else {
        Err("a code is 1 to 40 of a-z, 0-9 and _".to_owned())
    }
}

fn reason(text: &str) -> Result<NotReadyReason, String> {
    serde_json::from_value(serde_json::Value::String(text.to_owned()))
        .map_err(|_| "one of break, lunch, meeting, training, admin".to_owned())
}

fn open(place: &Place) -> anyhow::Result<Box<dyn Accounts>> {
    let path = database_path(&place.data.data, &place.organisation);
    // Also where nothing can be written: then only what asks is answered.
    Ok(Database::open_to_read(&path)?.accounts()?)
}

fn stamp() -> Stamp<'static> {
    Stamp {
        at: utc_now(),
        by: BY,
    }
}

fn line(code: &str, name: &str, names: &OtherNames) -> String {
    let other = |name: &Option<String>| name.clone().unwrap_or_default();
    let (simplified, traditional) = (other(&names.simplified), other(&names.traditional));
    [code, name, &simplified, &traditional]
        .map(text::shown)
        .join("\t")
}

impl DispositionCommand {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::List(place) => {
                for one in open(&place)?.dispositions()? {
                    say(line(&one.code, &one.name, &one.names))?;
                }
                Ok(())
            }
            Self::Set(set) => {
                let (code, (name, names)) = (set.code, set.names.others());
                let disposition = Disposition { code, name, names };
                open(&set.place)?.set_disposition(stamp(), &disposition)?;
                say(format_args!("disposition {} is set", disposition.code))
            }
            Self::Remove(remove) => {
                open(&remove.place)?.remove_disposition(stamp(), &remove.code)?;
                say(format_args!(
                    "disposition {} is not offered any more",
                    remove.code
                ))
            }
        }
    }
}

impl ReasonCommand {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::List(place) => {
                for one in open(&place)?.reason_names()? {
                    let code = serde_json::to_value(one.reason)?;
                    say(line(
                        code.as_str().unwrap_or_default(),
                        &one.name,
                        &one.names,
                    ))?;
                }
                Ok(())
            }
            Self::Set(set) => {
                let (reason, (name, names)) = (set.reason, set.names.others());
                let named = ReasonName {
                    reason,
                    name,
                    names,
                };
                open(&set.place)?.set_reason_name(stamp(), &named)?;
                say("the reason is named")
            }
            Self::Reset(reset) => {
                open(&reset.place)?.reset_reason_name(stamp(), reset.reason)?;
                say("the reason is called as Warmline calls it")
            }
        }
    }
}
