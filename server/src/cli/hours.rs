//! `config hours`: a schedule's week in OpenStreetMap's notation, and its holidays out of a calendar.

use super::configuration::{open, stamp, tell};
use super::{Place, say};
use crate::calendars;
use crate::engine::utc_now;
use crate::http::hours::{read_calendar, read_notation};
use anyhow::{Context, bail};
use clap::Args;
use protocol::configuration::{Change, HolidaySettings};
use protocol::exchange::{CalendarQuestion, NotationQuestion, ReadHours};
use std::path::Path;

#[derive(Args, Debug)]
pub(super) struct Hours {
    #[command(flatten)]
    place: Place,
    /// The schedule's code, as `config show` prints it
    #[arg(long)]
    schedule: String,
    /// The week, as "Mo-Fr 09:00-18:00; Sa 10:00-14:00; PH off"
    #[arg(long)]
    notation: Option<String>,
    /// An iCalendar file, or its https or webcal address, for the holidays
    #[arg(long, value_name = "FILE or ADDRESS")]
    calendar: Option<String>,
    /// Holidays from this day on, as YYYY-MM-DD; from today without it
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// Holidays up to this day; two years ahead without it
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
    /// Hosts on private addresses that the calendar may be fetched from
    #[arg(long, value_name = "HOST")]
    allow_host: Vec<String>,
    /// Say what was read, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Hours {
    pub(super) fn run(self) -> anyhow::Result<()> {
        if self.notation.is_none() && self.calendar.is_none() {
            bail!("give --notation or --calendar");
        }
        let mut accounts = open(&self.place)?;
        let (revision, document) = accounts.configuration()?;
        let schedules = document.schedules.into_iter();
        let found = schedules.into_iter().find(|one| one.code == self.schedule);
        let mut schedule =
            found.with_context(|| format!("there are no hours “{}”", self.schedule))?;
        if let Some(text) = &self.notation {
            let question = NotationQuestion {
                text: text.clone(),
                holidays: schedule.holidays.clone(),
                from: self.from.clone(),
            };
            let read = read_notation(&question, utc_now());
            take(
                &mut schedule,
                read.map_err(|problem| anyhow::anyhow!("{}", problem.hint()))?,
            )?;
        }
        if let Some(calendar) = &self.calendar {
            let bytes = self.bytes(calendar)?;
            let question = CalendarQuestion {
                calendar: String::new(),
                zone: schedule.zone.clone(),
                weekly: schedule.weekly.clone(),
                from: self.from.clone(),
                until: self.until.clone(),
            };
            let read = read_calendar(&bytes, &question, utc_now());
            take(
                &mut schedule,
                read.map_err(|problem| anyhow::anyhow!("{}", problem.hint()))?,
            )?;
        }
        for day in &schedule.holidays {
            say(format_args!(
                "  {}\t{}\t{}",
                day.date,
                spans(day),
                text::shown(&day.name)
            ))?;
        }
        if self.dry_run {
            return say("nothing was changed");
        }
        let change = Change {
            schedules: vec![schedule],
            ..Change::default()
        };
        let done = accounts.change_configuration(stamp(), Some(revision), None, &change)?;
        tell(&settings::check(&accounts.configuration()?.1))?;
        match done {
            Some(done) => say(format_args!(
                "revision {}: hours {}",
                done.revision, self.schedule
            )),
            None => say("nothing differs"),
        }
    }

    fn bytes(&self, calendar: &str) -> anyhow::Result<Vec<u8>> {
        if !calendars::is_address(calendar) {
            let path = Path::new(calendar);
            let length = std::fs::metadata(path)
                .with_context(|| format!("{calendar} cannot be read"))?
                .len();
            if length > calendars::CALENDAR_BYTES as u64 {
                bail!("{calendar} is longer than 2 MB");
            }
            return std::fs::read(path).with_context(|| format!("{calendar} cannot be read"));
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("the runtime could not be started")?;
        Ok(runtime.block_on(calendars::fetch(calendar, &self.allow_host))?)
    }
}

/// A week takes the week's place; days take the place of days of the same date.
fn take(
    schedule: &mut protocol::configuration::ScheduleSettings,
    read: ReadHours,
) -> anyhow::Result<()> {
    for remark in &read.remarks {
        say(format_args!("note: {}", text::shown(remark)))?;
    }
    if let Some(weekly) = read.weekly {
        schedule.weekly = weekly;
    }
    let is_read = |date: &str| read.holidays.iter().any(|day| day.date == date);
    schedule.holidays.retain(|day| !is_read(&day.date));
    schedule.holidays.extend(read.holidays);
    schedule
        .holidays
        .sort_by(|one, other| one.date.cmp(&other.date));
    Ok(())
}

fn spans(day: &HolidaySettings) -> String {
    if day.openings.is_empty() {
        return "closed".to_owned();
    }
    let spans = day
        .openings
        .iter()
        .map(|span| format!("{}-{}", span.from, span.to));
    Vec::from_iter(spans).join(",")
}
