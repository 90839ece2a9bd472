//! What time each organisation believes it is, and why; and the operator's word that the clock is right.

use super::data::BY;
use super::{Data, say};
use crate::app::{self, database_path};
use crate::clock;
use crate::damage::place;
use anyhow::bail;
use clap::{Args, ValueEnum};
use std::path::Path;
use store::{ClockState, OrganisationStore, Stamp};
use store_sqlite::Database;
use timekeeping::{Ages, Boot, Lasts, Mark, Resumed, Utc};
use vocab::{Millis, OrgSlug};

#[derive(Args, Debug)]
pub(super) struct Clock {
    #[command(flatten)]
    data: Data,
    /// Only this organisation
    #[arg(long, value_parser = super::slug)]
    organisation: Option<OrgSlug>,
    /// What to do; without it only say how the clock stands
    #[arg(value_enum)]
    what: Option<Act>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Act {
    /// The machine's clock is right: what it says has passed has passed, and what is old by it may be deleted
    Confirm,
}

impl Clock {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let folder = &self.data.data;
        let mut found = app::organisations(folder)?;
        if let Some(only) = &self.organisation {
            found.retain(|organisation| organisation == only);
        }
        if found.is_empty() {
            bail!("{}: no such organisation here", folder.display());
        }
        let (now, boot) = (clock::now(), clock::boot());
        let shown = clock::shown();
        say(format_args!("the machine's clock: {}", Utc(shown)))?;
        if now.since(shown) > timekeeping::STEP_MS {
            say("it stands before 2001 and is not believed; set it")?;
        }
        for organisation in found {
            match self.what {
                None => show(folder, &organisation, now, &boot)?,
                Some(Act::Confirm) => confirm(folder, &organisation)?,
            }
        }
        Ok(())
    }
}

/// What is known of an organisation's clock at one moment.
struct Standing {
    state: ClockState,
    ages: Ages,
    now: Millis,
    /// Absent while the journal is empty.
    resumed: Option<Resumed>,
}

impl Standing {
    fn new(state: ClockState, now: Millis, boot: &Boot) -> Self {
        let ages = Ages::of(state.marks.iter().copied());
        let stepped_ms = ages.stepped_ms();
        let resumed = state.newest.map(|(_, at)| {
            let newest = at.shifted(stepped_ms.saturating_neg());
            Resumed::new(state.kept.as_ref(), newest, stepped_ms, (now, boot))
        });
        Self {
            state,
            ages,
            now,
            resumed,
        }
    }

    /// A step that the journal does not have yet.
    fn pending_ms(&self) -> i64 {
        self.resumed.map_or(0, |resumed| resumed.step_by_ms)
    }

    fn unwitnessed_ms(&self) -> u64 {
        let pending_ms = u64::try_from(self.pending_ms()).unwrap_or(0);
        self.ages.unwitnessed_ms().saturating_add(pending_ms)
    }

    fn believed(&self) -> String {
        let now = Utc(self.now);
        let Some(resumed) = self.resumed else {
            return format!(
                "{now}, the machine's clock; the journal has no entry to compare it with"
            );
        };
        let (by_ms, passed) = (resumed.step_by_ms, Lasts(resumed.passed_ms));
        let fits = match (resumed.is_exact, by_ms) {
            (_, 1..) => format!(
                "the machine's clock, which was set forward by {}: a running server takes that along at once, one that \
                 starts at its start",
                Lasts(by_ms.unsigned_abs())
            ),
            (_, ..0) => format!(
                "the machine's clock, which was set back by {}: a running server takes that along at once, one that \
                 starts at its start",
                Lasts(by_ms.unsigned_abs())
            ),
            (true, 0) => {
                "the machine's clock, which agrees with the time since it was started".to_owned()
            }
            (false, 0) if self.state.kept.is_none() => format!(
                "the machine's clock; no server has kept this organisation's clock yet, and {passed} are believed to have \
                 passed since the newest entry"
            ),
            (false, 0) => format!(
                "the machine's clock; the machine was started anew since, and {passed} are believed to have passed"
            ),
        };
        format!("{now}, {fits}")
    }
}

fn show(folder: &Path, organisation: &OrgSlug, now: Millis, boot: &Boot) -> anyhow::Result<()> {
    let path = database_path(folder, organisation);
    let state = Database::open_to_read(&path)?.accounts()?.clock()?;
    let standing = Standing::new(state, now, boot);
    say(format_args!("\norganisation {organisation}"))?;
    match standing.state.newest {
        Some((seq, at)) => say(format_args!("  newest entry: {seq}, of {}", Utc(at)))?,
        None => say("  newest entry: none")?,
    }
    say(format_args!("  believed: {}", standing.believed()))?;
    let mut steps = 0_u64;
    let mut last = None;
    for mark in &standing.state.marks {
        if let Mark::Step { at, by_ms } = mark {
            steps += 1;
            last = Some((*at, *by_ms));
        }
    }
    match last {
        None => say("  set: never")?,
        Some((at, by_ms)) => {
            let way = if by_ms < 0 { "back" } else { "forward" };
            let by = Lasts(by_ms.unsigned_abs());
            let times = if steps == 1 { "once" } else { "times" };
            let count = if steps == 1 {
                String::new()
            } else {
                format!("{steps} ")
            };
            say(format_args!(
                "  set: {count}{times}, last {way} by {by} to {}",
                Utc(at)
            ))?;
        }
    }
    match standing.unwitnessed_ms() {
        0 => say("  deletion by age: by the time that has passed, which is the clock's"),
        ms => say(format_args!(
            "  deletion by age: waits for {} that the clock claims and nobody witnessed; everything is kept so much \
             longer, until that has really passed or you say that the clock is right:\n  \
             warmline-server clock confirm {}",
            Lasts(ms),
            place(folder, organisation)
        )),
    }
}

fn confirm(folder: &Path, organisation: &OrgSlug) -> anyhow::Result<()> {
    let path = database_path(folder, organisation);
    let mut accounts = Database::open(&path)?.accounts()?;
    let standing = Standing::new(accounts.clock()?, clock::now(), &clock::boot());
    if standing.pending_ms() != 0 {
        bail!(
            "organisation {organisation}: the clock was set and no server has noticed yet; start it, or wait a second, \
             and confirm then"
        );
    }
    match standing.unwitnessed_ms() {
        0 => say(format_args!(
            "organisation {organisation}: nothing waits for the clock; there is nothing to confirm"
        )),
        ms => {
            let (at, by) = (clock::now(), BY);
            accounts.confirm_clock(Stamp { at, by }, None)?;
            say(format_args!(
                "organisation {organisation}: {} count as passed; what is too old by the clock is deleted from now on",
                Lasts(ms)
            ))
        }
    }
}
