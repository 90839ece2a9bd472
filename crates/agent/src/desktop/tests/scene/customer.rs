//! The customer of the scene.

use protocol::record::Preferences;
use protocol::rest::CustomerSummary;
use vocab::{CustomerId, Millis, Sensitive};

pub(super) fn customer() -> CustomerSummary {
    CustomerSummary {
        customer: CustomerId(3),
        name: Sensitive::new("Chen Yulan".to_owned()),
        identities: Vec::new(),
        language: None,
        since: Millis(0),
        is_vip: true,
        labels: Vec::new(),
        note: Sensitive::default(),
        interactions: 0,
        revision: 1,
        browsers: 0,
        attributes: Vec::new(),
        consents: Vec::new(),
        preferences: Preferences::default(),
    }
}
