//! Limits that keep one client from taking the server away from the others, as supervisors hear of them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use vocab::Millis;

/// What was more than the operator's configuration allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "limits.ts")]
pub enum LimitKind {
    /// Connections in all, or as many as there are files to open.
    Connections,
    ConnectionsOfAddress,
    /// Customers' pages that open a link, from one address.
    PagesOfAddress,
    /// Sign-ins that wait for their password to be checked.
    SignIns,
    SignInsOfAddress,
    /// Wrong passwords for one account from one place.
    SignInsOfAccount,
    /// Wrong passwords for one account from many places.
    SignInsFromManyPlaces,
    /// Calls of the whole organisation.
    Calls,
    CallsOfAddress,
    CallsOfVisitor,
    /// Customers of one address who wait at the same time.
    WaitingOfAddress,
    KeptPlacesOfAddress,
    /// New customers' records of the whole organisation.
    Customers,
    CustomersOfAddress,
}

impl LimitKind {
    pub const ALL: [Self; 14] = [
        Self::Connections,
        Self::ConnectionsOfAddress,
        Self::PagesOfAddress,
        Self::SignIns,
        Self::SignInsOfAddress,
        Self::SignInsOfAccount,
        Self::SignInsFromManyPlaces,
        Self::Calls,
        Self::CallsOfAddress,
        Self::CallsOfVisitor,
        Self::WaitingOfAddress,
        Self::KeptPlacesOfAddress,
        Self::Customers,
        Self::CustomersOfAddress,
    ];

    /// As on the wire and in metrics.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Connections => "connections",
            Self::ConnectionsOfAddress => "connections_of_address",
            Self::PagesOfAddress => "pages_of_address",
            Self::SignIns => "sign_ins",
            Self::SignInsOfAddress => "sign_ins_of_address",
            Self::SignInsOfAccount => "sign_ins_of_account",
            Self::SignInsFromManyPlaces => "sign_ins_from_many_places",
            Self::Calls => "calls",
            Self::CallsOfAddress => "calls_of_address",
            Self::CallsOfVisitor => "calls_of_visitor",
            Self::WaitingOfAddress => "waiting_of_address",
            Self::KeptPlacesOfAddress => "kept_places_of_address",
            Self::Customers => "customers",
            Self::CustomersOfAddress => "customers_of_address",
        }
    }
}

/// A limit refused requests. Told once in five minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "limits.ts")]
pub struct LimitBite {
    pub limit: LimitKind,
    pub at: Millis,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limits_code_is_its_name_on_the_wire() {
        for (number, limit) in LimitKind::ALL.into_iter().enumerate() {
            assert_eq!(limit as usize, number, "in the order of the list");
            let written = serde_json::to_value(limit).expect("it is written");
            assert_eq!(written, limit.code());
        }
    }
}
