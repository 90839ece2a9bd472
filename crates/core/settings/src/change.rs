//! What a change makes of a document, what it changed, and how it is taken back.

use protocol::configuration::{
    Change, Configuration, ConfigurationChange, Edit, Named, PersonSettings, QueueSettings,
    ScheduleSettings,
};
use std::collections::{BTreeMap, BTreeSet};

/// Why a change cannot be taken back: this is not as the change left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    pub subject: String,
}

/// Something with a code.
trait Coded: Clone + PartialEq {
    fn code(&self) -> &str;
}

impl Coded for QueueSettings {
    fn code(&self) -> &str {
        &self.code
    }
}

impl Coded for Named {
    fn code(&self) -> &str {
        &self.code
    }
}

impl Coded for ScheduleSettings {
    fn code(&self) -> &str {
        &self.code
    }
}

impl Coded for PersonSettings {
    fn code(&self) -> &str {
        &self.user
    }
}

/// The document as it would be. People lose queues, skills and sites that are gone; queues that still name what is
/// gone are for the check to find.
#[must_use]
pub fn changed(document: &Configuration, change: &Change) -> Configuration {
    let mut people = put(&document.people, &change.people, &change.people_gone);
    for person in &mut people {
        person
            .queues
            .retain(|code| !change.queues_gone.contains(code));
        person
            .skills
            .retain(|one| !change.skills_gone.contains(&one.skill));
        person.site = person
            .site
            .take()
            .filter(|code| !change.sites_gone.contains(code));
    }
    Configuration {
        queues: put(&document.queues, &change.queues, &change.queues_gone),
        skills: put(&document.skills, &change.skills, &change.skills_gone),
        sites: put(&document.sites, &change.sites, &change.sites_gone),
        schedules: put(
            &document.schedules,
            &change.schedules,
            &change.schedules_gone,
        ),
        people,
        rules: change
            .rules
            .clone()
            .unwrap_or_else(|| document.rules.clone()),
    }
}

/// In their places; new ones at the end. Twice the same code stays twice, for the check to find.
fn put<T: Coded>(present: &[T], new: &[T], gone: &[String]) -> Vec<T> {
    let gone: BTreeSet<&str> = gone.iter().map(String::as_str).collect();
    let mut news: BTreeMap<&str, &T> = BTreeMap::new();
    let mut rest = Vec::new();
    for one in new {
        if news.contains_key(one.code()) {
            rest.push(one.clone());
        } else {
            news.insert(one.code(), one);
        }
    }
    let mut all = Vec::with_capacity(present.len() + new.len());
    for one in present.iter().filter(|one| !gone.contains(one.code())) {
        all.push(news.remove(one.code()).unwrap_or(one).clone());
    }
    let added = new.iter().filter(|one| news.remove(one.code()).is_some());
    all.extend(added.cloned());
    all.append(&mut rest);
    all
}

/// What differs between two documents; revision, time and author are the keeper's to fill in. Nothing when they say
/// the same.
#[must_use]
pub fn difference(before: &Configuration, after: &Configuration) -> Option<ConfigurationChange> {
    let rules = (before.rules != after.rules).then_some(Edit {
        before: Some(before.rules.clone()),
        after: Some(after.rules.clone()),
    });
    let change = ConfigurationChange {
        revision: 0,
        at: vocab::Millis::default(),
        by: String::new(),
        undoes: None,
        queues: edits(&before.queues, &after.queues),
        skills: edits(&before.skills, &after.skills),
        sites: edits(&before.sites, &after.sites),
        schedules: edits(&before.schedules, &after.schedules),
        people: edits(&before.people, &after.people),
        rules,
    };
    let is_any = !(change.queues.is_empty()
        && change.skills.is_empty()
        && change.sites.is_empty()
        && change.schedules.is_empty()
        && change.people.is_empty()
        && change.rules.is_none());
    is_any.then_some(change)
}

fn edits<T: Coded>(before: &[T], after: &[T]) -> Vec<Edit<T>> {
    let by_code = |list: &[T]| -> BTreeMap<String, T> {
        let coded = list.iter().map(|one| (one.code().to_owned(), one.clone()));
        coded.collect()
    };
    let (mut old, new) = (by_code(before), by_code(after));
    let mut edits = Vec::new();
    for (code, after) in new {
        let before = old.remove(&code);
        if before.as_ref() != Some(&after) {
            let after = Some(after);
            edits.push(Edit { before, after });
        }
    }
    edits.extend(old.into_values().map(|before| Edit {
        before: Some(before),
        after: None,
    }));
    edits
}

/// The change that takes `done` back.
///
/// # Errors
/// [`Conflict`] for the first thing that was changed again since: take the later change back first.
pub fn inverse(document: &Configuration, done: &ConfigurationChange) -> Result<Change, Conflict> {
    let (queues, queues_gone) = back(&document.queues, &done.queues)?;
    let (skills, skills_gone) = back(&document.skills, &done.skills)?;
    let (sites, sites_gone) = back(&document.sites, &done.sites)?;
    let (schedules, schedules_gone) = back(&document.schedules, &done.schedules)?;
    let (people, people_gone) = back(&document.people, &done.people)?;
    if let Some(rules) = &done.rules
        && rules.after.as_ref() != Some(&document.rules)
    {
        let subject = "rules".to_owned();
        return Err(Conflict { subject });
    }
    Ok(Change {
        queues,
        queues_gone,
        skills,
        skills_gone,
        sites,
        sites_gone,
        schedules,
        schedules_gone,
        people,
        people_gone,
        rules: done.rules.as_ref().and_then(|edit| edit.before.clone()),
    })
}

fn back<T: Coded>(present: &[T], edits: &[Edit<T>]) -> Result<(Vec<T>, Vec<String>), Conflict> {
    let (mut again, mut gone) = (Vec::new(), Vec::new());
    for edit in edits {
        let Some(code) = edit
            .after
            .as_ref()
            .or(edit.before.as_ref())
            .map(Coded::code)
        else {
            continue;
        };
        if present.iter().find(|one| one.code() == code) != edit.after.as_ref() {
            let subject = code.to_owned();
            return Err(Conflict { subject });
        }
        match &edit.before {
            Some(before) => again.push(before.clone()),
            None => gone.push(code.to_owned()),
        }
    }
    Ok((again, gone))
}

#[cfg(test)]
mod tests;
