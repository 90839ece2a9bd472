//! Erasing a customer, whoever asks: over REST, on the command line, or because the retention says so. What belongs to
//! a customer outside the store is removed here too.

use crate::engine::{EditError, Engine, utc_now};
use protocol::record::Erased;
use store::{AuditNote, ErasureState, RecordEvent, StoreError};
use vocab::{CustomerId, InteractionId};

#[derive(Debug, thiserror::Error)]
pub(crate) enum EraseError {
    #[error("there is no such customer")]
    Unknown,
    /// Try again after the conversation and its wrap-up.
    #[error("the customer is in contact")]
    InContact,
    #[error("the store could not write")]
    StorageFailed,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Returns when nothing of the customer is left but figures. It cannot be taken back.
///
/// # Errors
/// [`EraseError`]; the record is as before.
pub(crate) async fn customer(
    engine: &Engine,
    customer: CustomerId,
    by: &str,
) -> Result<Erased, EraseError> {
    let _turn = engine.edit_turn().await;
    let interactions = engine
        .readers()
        .history(move |history| match history.customer(customer)? {
            None => Ok(None),
            Some(_) => history.interactions_of(customer).map(Some),
        })
        .await?
        .ok_or(EraseError::Unknown)?;
    let note = AuditNote {
        at: utc_now(),
        by: by.to_owned(),
        what: "customer_erased".to_owned(),
        subject: format!("customer {customer}"),
    };
    let events = vec![RecordEvent::CustomerErased { customer }];
    engine
        .edit(customer, events, Some(note))
        .await
        .map_err(|err| match err {
            EditError::InContact => EraseError::InContact,
            EditError::StorageFailed | EditError::Refused(..) => EraseError::StorageFailed,
        })?;
    let interactions = u32::try_from(interactions.len()).unwrap_or(u32::MAX);
    tracing::info!(organisation = %engine.organisation(), %customer, interactions, "a customer was erased");
    Ok(Erased { interactions })
}

/// Takes the content of old interactions away; their figures stay.
///
/// # Errors
/// [`EraseError::StorageFailed`]; none of them was changed.
pub(crate) async fn interactions(
    engine: &Engine,
    due: Vec<InteractionId>,
) -> Result<(), EraseError> {
    let events = due
        .into_iter()
        .map(|interaction| RecordEvent::InteractionRedacted { interaction })
        .collect();
    engine
        .redact(events)
        .await
        .map_err(|_| EraseError::StorageFailed)
}

/// Does what the command line asked for while this server writes the journal.
pub(crate) async fn take_requests(engine: &Engine) {
    let asked = engine
        .readers()
        .accounts(|accounts| accounts.erasure_requests())
        .await;
    let asked = match asked {
        Ok(asked) => asked,
        Err(err) => return tracing::warn!(%err, "erasures that were asked for could not be read"),
    };
    for request in asked
        .into_iter()
        .filter(|request| request.state == ErasureState::Asked)
    {
        let state = match customer(engine, request.customer, &request.by).await {
            Ok(_) | Err(EraseError::Unknown) => ErasureState::Done,
            Err(err) => {
                tracing::warn!(%err, customer = %request.customer, "an erasure was not done");
                ErasureState::Refused
            }
        };
        let settled = engine
            .readers()
            .accounts(move |accounts| accounts.settle_erasure(request.customer, state))
            .await;
        if let Err(err) = settled {
            tracing::warn!(%err, "an erasure could not be ticked off; it is looked at again");
        }
    }
}
