//! New customers by hand: who might be there already, and the record itself.

use super::auth::Caller;
use super::body::JsonBody;
use super::operation::Operation;
use super::problem::Problem;
use super::records::{may_write, note_of};
use super::rest::read_customer;
use crate::engine::NewRecords;
use crate::imports::{consents_of, in_order};
use axum::Json;
use axum::http::StatusCode;
use protocol::exchange::{
    Alike, AlikeBecause, AlikeCustomer, AlikeCustomers, CustomerRecord, NewCustomer,
};
use protocol::link::ErrorCode;
use protocol::record::MAX_IDENTITIES;
use protocol::rest::CustomerSummary;
use std::collections::BTreeMap;
use store::StoreError;
use vocab::{CustomerId, Sensitive};

/// People of the same name that are shown.
const SAME_NAME: u32 = 5;

/// The operations of this module.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::post("/v1/customers", create)
            .named("createCustomer", "Make a new customer's record")
            .body::<NewCustomer>()
            .creates::<CustomerSummary>("The record.")
            .refuses(&[
                ErrorCode::NotAllowed,
                ErrorCode::UnfitContent,
                ErrorCode::TooManyLooks,
            ]),
        Operation::post("/v1/customers/alike", alike)
            .named("findAlike", "Records that may be the same person")
            .body::<Alike>()
            .answers::<AlikeCustomers>("It is for people to judge.")
            .refuses(&[ErrorCode::TooManyLooks]),
    ]
}

/// Who might be the same; nothing is changed by asking.
pub(crate) async fn alike(
    caller: Caller,
    body: JsonBody<Alike>,
) -> Result<Json<AlikeCustomers>, Problem> {
    let JsonBody(asked) = body;
    if asked.identities.len() > MAX_IDENTITIES
        || asked.name.reveal().chars().count() > protocol::MAX_FIELD_CHARS
    {
        return Err(Problem::bad_field(
            "name: at most 200 characters; identities: at most 20",
        ));
    }
    let asked_for = asked.name.reveal().trim().to_owned();
    caller.may_search(&asked_for)?;
    let readers = caller.engine.readers();
    let identities = asked.identities;
    let by_identity = readers.imports(move |imports| {
        let mut found = Vec::new();
        for identity in &identities {
            found.extend(imports.customers_with(identity.kind, identity.value.reveal())?);
        }
        Ok::<_, StoreError>(found)
    });
    let by_identity = by_identity.await?;
    let name = asked.name.reveal().trim().to_owned();
    let found = readers.history(move |history| {
        let mut found: BTreeMap<CustomerId, (AlikeBecause, CustomerSummary)> = BTreeMap::new();
        for id in by_identity {
            if let Some(customer) = history.customer(id)? {
                found.insert(id, (AlikeBecause::Identity, customer));
            }
        }
        if name.is_empty() {
            return Ok(found);
        }
        for one in history.search(&name, SAME_NAME)?.customers {
            let customer = one.customer;
            if store::name_key(customer.name.reveal()) == store::name_key(&name) {
                let because = AlikeBecause::Name;
                found
                    .entry(customer.customer)
                    .or_insert((because, customer));
            }
        }
        Ok(found)
    });
    let found = found.await?.into_values();
    let mut customers: Vec<AlikeCustomer> = found
        .map(|(because, customer)| AlikeCustomer { customer, because })
        .collect();
    customers.sort_by_key(|one| (one.because, one.customer.customer));
    customers.truncate(MAX_IDENTITIES);
    caller.searched(asked_for, customers.len());
    Ok(Json(AlikeCustomers { customers }))
}

pub(crate) async fn create(
    caller: Caller,
    body: JsonBody<NewCustomer>,
) -> Result<(StatusCode, Json<CustomerSummary>), Problem> {
    let JsonBody(new) = body;
    may_write(&caller)?;
    let record = CustomerRecord {
        name: Sensitive::new(new.name.reveal().trim().to_owned()),
        identities: new.identities,
        language: new.language,
        is_vip: new.is_vip,
        labels: new.labels,
        note: new.note,
        attributes: new.attributes,
        consents: consents_of(&new.consents),
        preferences: new.preferences,
    };
    let record = in_order(record, caller.engine.directory().home())
        .map_err(|refusal| Problem::bad_field(refusal.0))?;
    let mut note = note_of(&caller, "customer_created", CustomerId(0));
    // The actor knows the number.
    note.subject.clear();
    let new = NewRecords {
        records: vec![record],
        note: Some(note),
        ..NewRecords::default()
    };
    let _turn = caller.engine.edit_turn().await;
    let added = caller.engine.add(new).await;
    let customer = added.map_err(|_| Problem::not_written())?;
    let record = read_customer(&caller, customer).await?;
    Ok((StatusCode::CREATED, Json(record)))
}
