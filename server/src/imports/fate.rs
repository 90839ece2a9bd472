//! What becomes of one row: a new record, a change of one that is there, nothing, or a refusal.

use super::reading::{Item, Original};
use crate::engine::utc_now;
use crate::http::edits;
use exchange::Refusal;
use protocol::exchange::{CustomerRecord, ExistingCustomers};
use protocol::record::ConsentAnswer;
use protocol::rest::{CustomerPatch, CustomerSummary, Identity, IdentityKind};
use std::collections::BTreeSet;
use store::{History, Imports, RecordEvent, identity_form, identity_key};
use text::Country;
use vocab::{CustomerId, ImportId, Sensitive};

/// What is looked up to tell whether somebody is known.
pub(crate) type Key = (IdentityKind, String);

pub(super) enum Fate {
    Add(Box<CustomerRecord>),
    Change(CustomerId, Vec<RecordEvent>),
    Skip,
}

/// The same item with its record put in order, or refused.
pub(super) fn checked(item: Item, home: Option<Country>) -> Item {
    let Item {
        line,
        record,
        original,
    } = item;
    let record = record.and_then(|record| {
        if has_strange(&original) {
            return Err(Refusal(
                "there are characters that do not belong to the encoding; choose another one, or mend them".to_owned(),
            ));
        }
        in_order(record, home)
    });
    Item {
        line,
        record,
        original,
    }
}

/// What decoding could not read, and what no text holds.
fn has_strange(original: &Original) -> bool {
    let is_strange = |text: &str| text.contains(['\u{FFFD}', '\0']);
    match original {
        Original::Row(row) => row.fields().any(is_strange),
        Original::Text(text) | Original::Card(text) => is_strange(text),
    }
}

/// Cleaned, and checked by the rules that hold for an edit of a record by hand.
pub(crate) fn in_order(
    mut record: CustomerRecord,
    home: Option<Country>,
) -> Result<CustomerRecord, Refusal> {
    let line = |value: &Sensitive<String>| Sensitive::new(text::clean(value.reveal()));
    record.name = line(&record.name);
    record.note = Sensitive::new(text::clean_lines(record.note.reveal()));
    for label in &mut record.labels {
        *label = text::clean(label);
    }
    for attribute in &mut record.attributes {
        attribute.name = text::clean(&attribute.name);
        attribute.value = line(&attribute.value);
    }
    for identity in &mut record.identities {
        identity.value = line(&identity.value);
    }
    let mut seen = BTreeSet::new();
    record
        .identities
        .retain(|one| seen.insert(identity_form(one, home)));
    if record.language.as_deref() == Some("") {
        record.language = None;
    }
    let patch = patch_of(record.clone());
    edits::check_new(&patch).map_err(|problem| Refusal(problem.hint().to_owned()))?;
    Ok(record)
}

/// All of a record as a patch; consents are not a part of it.
pub(crate) fn patch_of(record: CustomerRecord) -> CustomerPatch {
    CustomerPatch {
        name: Some(record.name),
        language: Some(record.language.unwrap_or_default()),
        is_vip: Some(record.is_vip),
        labels: Some(record.labels),
        note: Some(record.note),
        identities: Some(record.identities),
        attributes: Some(record.attributes),
        preferences: Some(record.preferences),
        ..CustomerPatch::default()
    }
}

/// The keys of what only one person should have: numbers, addresses and handles.
pub(super) fn keys(record: &CustomerRecord, home: Option<Country>) -> Vec<Key> {
    let key = |identity: &Identity| match identity.kind {
        IdentityKind::Visitor => None,
        kind => identity_key(kind, identity.value.reveal(), home).map(|key| (kind, key)),
    };
    record.identities.iter().filter_map(key).collect()
}

/// Decides by what the store knows now.
pub(super) fn decide(
    record: CustomerRecord,
    keys: &[Key],
    existing: ExistingCustomers,
    import: ImportId,
    home: Option<Country>,
    (imports, history): (&dyn Imports, &dyn History),
) -> store::Result<Fate> {
    if existing == ExistingCustomers::Create {
        return Ok(Fate::Add(Box::new(record)));
    }
    for (kind, key) in keys {
        let Some(known) = imports.customers_of_key(*kind, key)?.into_iter().next() else {
            continue;
        };
        if existing == ExistingCustomers::Skip {
            return Ok(Fate::Skip);
        }
        let Some(known) = history.customer(known)? else {
            continue;
        };
        return Ok(change(known, record, import, home));
    }
    Ok(Fate::Add(Box::new(record)))
}

/// What the file gives is written on the record; what it leaves out stays. Numbers, addresses, labels and attributes of
/// other names are added, never taken away.
fn change(
    known: CustomerSummary,
    record: CustomerRecord,
    import: ImportId,
    home: Option<Country>,
) -> Fate {
    let customer = known.customer;
    let given = record.consents.clone();
    let mut patch = differences(&known, record, home);
    // A record may be full; what has no room is left out rather than the whole row.
    if edits::check(&patch, &known).is_err() {
        (patch.labels, patch.attributes, patch.identities) = (None, None, None);
    }
    let news = given.into_iter().filter(|consent| {
        !known
            .consents
            .iter()
            .any(|one| one.kind == consent.kind && one.given_at >= consent.given_at)
    });
    let consents: Vec<RecordEvent> = news
        .map(|consent| RecordEvent::ConsentSet { customer, consent })
        .collect();
    let mut events = edits::events_of(&known, patch, home, utc_now());
    events.extend(consents);
    if events.is_empty() {
        return Fate::Skip;
    }
    events.push(RecordEvent::ImportUpdated {
        customer,
        import,
        before: Box::new(record_of(known)),
    });
    Fate::Change(customer, events)
}

/// What of the file's record differs from the one that is known.
fn differences(
    known: &CustomerSummary,
    record: CustomerRecord,
    home: Option<Country>,
) -> CustomerPatch {
    let mut patch = CustomerPatch::default();
    if record.name != known.name {
        patch.name = Some(record.name);
    }
    if record.language.is_some() && record.language != known.language {
        patch.language = record.language;
    }
    if record.is_vip && !known.is_vip {
        patch.is_vip = Some(true);
    }
    if !record.note.reveal().is_empty() && record.note != known.note {
        patch.note = Some(record.note);
    }
    let mut labels = known.labels.clone();
    labels.extend(
        record
            .labels
            .into_iter()
            .filter(|label| !known.labels.contains(label)),
    );
    if labels != known.labels {
        patch.labels = Some(labels);
    }
    let mut attributes = known.attributes.clone();
    for given in record.attributes {
        match attributes
            .iter_mut()
            .find(|one| one.name.eq_ignore_ascii_case(&given.name))
        {
            Some(one) => one.value = given.value,
            None => attributes.push(given),
        }
    }
    if attributes != known.attributes {
        patch.attributes = Some(attributes);
    }
    let mut preferences = known.preferences.clone();
    preferences.channel = record.preferences.channel.or(preferences.channel);
    preferences.time = record.preferences.time.or(preferences.time);
    preferences.site = record.preferences.site.or(preferences.site);
    if preferences != known.preferences {
        patch.preferences = Some(preferences);
    }
    let mut identities = known.identities.clone();
    let form = |one: &Identity| identity_form(one, home);
    let has: BTreeSet<Key> = identities.iter().map(form).collect();
    identities.extend(
        record
            .identities
            .into_iter()
            .filter(|one| !has.contains(&form(one))),
    );
    if identities.len() != known.identities.len() {
        patch.identities = Some(identities);
    }
    patch
}

/// A record as it was, without what only this organisation knows.
fn record_of(known: CustomerSummary) -> CustomerRecord {
    CustomerRecord {
        name: known.name,
        identities: known.identities.into_iter().map(Identity::plain).collect(),
        language: known.language,
        is_vip: known.is_vip,
        labels: known.labels,
        note: known.note,
        attributes: known.attributes,
        consents: known.consents,
        preferences: known.preferences,
    }
}

/// Answers as consents of now.
pub(crate) fn consents_of(answers: &[ConsentAnswer]) -> Vec<protocol::record::Consent> {
    let now = utc_now();
    let consents = answers.iter().map(|answer| edits::consent_of(*answer, now));
    consents.collect()
}
