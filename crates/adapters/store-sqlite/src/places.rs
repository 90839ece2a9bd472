//! From where accounts signed in: such places keep their way in.

use crate::sql::int;
use rusqlite::{Connection, TransactionBehavior, params};
use std::fmt::Write as _;
use store::{DeviceKey, KnownPlace, PLACES_REMEMBERED, SignInPlace};
use vocab::{AgentId, Millis};

const ADDRESS: &str = "address";
const DEVICE: &str = "device";

pub(crate) fn known(
    connection: &Connection,
    agent: AgentId,
    device: Option<&DeviceKey>,
    address: &str,
) -> rusqlite::Result<KnownPlace> {
    let mut query = connection.prepare_cached(
        "SELECT 1 FROM known_places WHERE user = ?1 AND kind = ?2 AND place = ?3",
    )?;
    let by_device = match device {
        Some(device) => query.exists(params![agent.0, DEVICE, name_of(device)])?,
        None => false,
    };
    Ok(KnownPlace {
        by_device,
        by_address: query.exists(params![agent.0, ADDRESS, address])?,
    })
}

pub(crate) fn remember(
    connection: &mut Connection,
    agent: AgentId,
    place: &SignInPlace,
) -> rusqlite::Result<()> {
    let write = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let device = place
        .device
        .as_ref()
        .map(|device| (DEVICE, name_of(device)));
    let address = (ADDRESS, place.address.clone());
    for (kind, name) in device.into_iter().chain([address]) {
        write.execute(
            "INSERT INTO known_places (user, kind, place, seen_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (user, kind, place) DO UPDATE SET seen_at = excluded.seen_at",
            params![agent.0, kind, name, int(place.at.0)],
        )?;
        write.execute(
            "DELETE FROM known_places WHERE user = ?1 AND kind = ?2 AND place NOT IN (
                 SELECT place FROM known_places WHERE user = ?1 AND kind = ?2
                 ORDER BY seen_at DESC LIMIT ?3)",
            params![agent.0, kind, PLACES_REMEMBERED],
        )?;
    }
    write.commit()
}

pub(crate) fn prune(connection: &Connection, before: Millis) -> rusqlite::Result<()> {
    connection.execute(
        "DELETE FROM known_places WHERE seen_at < ?1",
        [int(before.0)],
    )?;
    Ok(())
}

fn name_of(device: &DeviceKey) -> String {
    device.iter().fold(String::new(), |mut name, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(name, "{byte:02x}");
        name
    })
}
