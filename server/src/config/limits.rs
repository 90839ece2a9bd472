//! What one client, one address and all together may have; each is explained in the README's table.

use super::values::{Values, number};
use crate::limits::Rate;
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub connections: u64,
    pub connections_per_address: u64,
    /// From the connection, its TLS handshake included, to the end of the first request's headers.
    pub first_request: Duration,
    /// Without a request or an answer's progress.
    pub idle: Duration,
    pub request_timeout: Duration,
    /// Customers' pages that open a link.
    pub pages_per_address: Rate,
    pub sign_in_attempts: u32,
    pub sign_in_wait: Duration,
    /// Over all accounts, by those who did not sign in from there before.
    pub sign_ins_per_address: u32,
    /// Checks of passwords at once.
    pub sign_ins_at_once: u32,
    /// Sign-ins that wait for a check.
    pub sign_ins_waiting: u32,
    pub token_life: Duration,
    pub calls: Rate,
    pub calls_per_address: Rate,
    pub calls_per_visitor: Rate,
    pub waiting_per_address: u32,
    pub kept_places_per_address: u32,
    pub customers: Rate,
    pub customers_per_address: Rate,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 50_000,
            connections_per_address: 2_000,
            first_request: Duration::from_secs(10),
            idle: Duration::from_secs(75),
            request_timeout: Duration::from_secs(15),
            pages_per_address: Rate::a_minute(240),
            sign_in_attempts: 5,
            sign_in_wait: Duration::from_secs(60),
            sign_ins_per_address: 50,
            sign_ins_at_once: 2,
            sign_ins_waiting: 256,
            token_life: Duration::from_secs(16 * 3_600),
            calls: Rate::a_minute(2_000),
            calls_per_address: Rate::an_hour(240),
            calls_per_visitor: Rate::an_hour(30),
            waiting_per_address: 50,
            kept_places_per_address: 20,
            customers: Rate::a_minute(1_000),
            customers_per_address: Rate::an_hour(120),
        }
    }
}

impl Limits {
    pub(super) fn from_values(values: &Values, default: Self) -> Self {
        let limit = |name| number(values, "limits", name);
        let small = |name, default| {
            let set = limit(name).and_then(|n| u32::try_from(n).ok());
            set.unwrap_or(default)
        };
        let seconds = |name, default| limit(name).map_or(default, Duration::from_secs);
        let rate = |name, default: Rate| Rate {
            count: small(name, default.count),
            ..default
        };
        Self {
            connections: limit("connections").unwrap_or(default.connections),
            connections_per_address: limit("connections_per_address")
                .unwrap_or(default.connections_per_address),
            first_request: seconds("first_request_s", default.first_request),
            idle: seconds("idle_s", default.idle),
            request_timeout: limit("request_timeout_ms")
                .map_or(default.request_timeout, Duration::from_millis),
            pages_per_address: rate("pages_per_address_minute", default.pages_per_address),
            sign_in_attempts: small("sign_in_attempts", default.sign_in_attempts),
            sign_in_wait: seconds("sign_in_wait_s", default.sign_in_wait),
            sign_ins_per_address: small("sign_ins_per_address", default.sign_ins_per_address),
            sign_ins_at_once: small("sign_ins_at_once", default.sign_ins_at_once),
            sign_ins_waiting: small("sign_ins_waiting", default.sign_ins_waiting),
            token_life: limit("token_hours").map_or(default.token_life, |hours| {
                Duration::from_secs(hours * 3_600)
            }),
            calls: rate("calls_minute", default.calls),
            calls_per_address: rate("calls_per_address_hour", default.calls_per_address),
            calls_per_visitor: rate("calls_per_visitor_hour", default.calls_per_visitor),
            waiting_per_address: small("waiting_per_address", default.waiting_per_address),
            kept_places_per_address: small(
                "kept_places_per_address",
                default.kept_places_per_address,
            ),
            customers: rate("customers_minute", default.customers),
            customers_per_address: rate(
                "customers_per_address_hour",
                default.customers_per_address,
            ),
        }
    }
}
