//! One organisation under test: the engine, what its events alone make of a second one, and the naive model beside
//! them. Every command goes to all three, and the rules are looked at.

use crate::model::Model;
use crate::rules::{self, Rule};
use crate::seen::Seen;
use acd::{Center, Command, Event, Refusal, What};
use std::fmt;
use vocab::Millis;

/// A rule that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    pub rule: &'static str,
    pub detail: String,
}

impl Broken {
    pub(crate) fn new(rule: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { rule, detail }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.detail)
    }
}

/// A command and the clock's time when it was given.
pub type Step = (Millis, Command);

/// How closely to look.
#[derive(Clone, Copy, Debug)]
pub struct Care {
    /// All rules after each so many commands; each offer is looked at as often.
    pub check_every: u64,
    /// Reading a snapshot back costs more than everything else.
    pub snapshot_every: u64,
    /// Whether the commands are kept, to be played again.
    pub records: bool,
}

impl Care {
    /// Everything, always.
    pub const FULL: Self = Self {
        check_every: 1,
        snapshot_every: 16,
        records: true,
    };
    /// For millions of commands.
    pub const SAMPLED: Self = Self {
        check_every: 61,
        snapshot_every: 6_100,
        records: false,
    };
}

#[derive(Debug)]
pub struct Floor {
    pub center: Center,
    /// Knows the events only.
    pub replayed: Center,
    pub model: Model,
    pub seen: Seen,
    pub script: Vec<Step>,
    pub commands: u64,
    pub events: u64,
    care: Care,
    /// Beside the house's own rules.
    more: Option<(&'static str, Rule)>,
    /// The later of clock and newest event at the last command.
    pub now: Millis,
}

impl Floor {
    #[must_use]
    pub fn new(care: Care) -> Self {
        Self {
            center: Center::new(),
            replayed: Center::new(),
            model: Model::default(),
            seen: Seen::default(),
            script: Vec::new(),
            commands: 0,
            events: 0,
            care,
            more: None,
            now: Millis(0),
        }
    }

    /// With one more rule; only to prove that a rule that breaks is found and its script shrunk.
    #[must_use]
    pub fn with_rule(mut self, rule: Option<(&'static str, Rule)>) -> Self {
        self.more = rule;
        self
    }

    /// Gives a command, follows its events and looks whether everything still holds.
    ///
    /// # Errors
    /// The first rule that does not hold. A refusal is none.
    pub fn does(&mut self, clock: Millis, command: Command) -> Result<Option<Refusal>, Broken> {
        self.commands += 1;
        let is_looked_at = self.commands.is_multiple_of(self.care.check_every);
        if self.care.records {
            self.script.push((clock, command.clone()));
        }
        self.now = match command {
            Command::ClockStepped { by_ms } => clock.max(self.model.last_at.shifted(by_ms)),
            _ => clock.max(self.model.last_at),
        };
        let is_tick = command == Command::Tick;
        let faults = match &command {
            Command::Configure { config } => Some(rules::faults(config)),
            _ => None,
        };
        let refusal = match self.center.handle(clock, command) {
            Ok(events) => {
                if faults.is_some_and(|faults| !faults.is_empty()) {
                    let rule = "a faulty configuration is refused";
                    return Err(Broken::new(rule, "it was taken"));
                }
                self.follow(&events, is_looked_at)?;
                None
            }
            Err(refusal) => {
                rules::refusal(self, &refusal, faults.as_deref())?;
                self.seen.refusal(&refusal);
                Some(refusal)
            }
        };
        if is_looked_at {
            self.look(is_tick)?;
        }
        Ok(refusal)
    }

    fn follow(&mut self, events: &[Event], is_looked_at: bool) -> Result<(), Broken> {
        let mut rung = Vec::new();
        for (number, event) in events.iter().enumerate() {
            self.events += 1;
            if event.at != self.now {
                let rule = "an event happens when it was asked for";
                return Err(Broken::new(rule, format!("{event:?} at {}", self.now.0)));
            }
            if is_looked_at {
                let before = number.checked_sub(1).and_then(|at| events.get(at));
                rules::event(self, before, event, &mut rung)?;
            }
            let burdens = is_looked_at.then(|| rules::burdens(&self.model));
            self.seen.event(&event.what);
            self.seen.strategy(&self.model, &event.what);
            self.replayed.apply(event);
            self.model.follow(event);
            if let Some(before) = burdens
                && !matches!(event.what, What::Configured { .. })
            {
                rules::capacity(&self.model, &before)?;
            }
        }
        rules::all_rung(&rung)
    }

    fn look(&self, is_tick: bool) -> Result<(), Broken> {
        for (name, rule) in rules::ALWAYS.iter().chain(&self.more) {
            rule(self).map_err(|detail| Broken::new(name, detail))?;
        }
        if is_tick {
            for (name, rule) in rules::AFTER_A_TICK {
                rule(self).map_err(|detail| Broken::new(name, detail))?;
            }
        }
        if self.commands.is_multiple_of(self.care.snapshot_every) {
            rules::snapshot(self)?;
        }
        Ok(())
    }
}
