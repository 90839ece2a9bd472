//! Countries by their ISO 3166 code, as far as they have telephone numbers.

use rlibphonenumber::{PHONE_NUMBER_UTIL, Region};
use std::fmt;

/// Time zones and the country that each is in, from the IANA database's `zone.tab`.
const ZONES: &str = include_str!("zones.tab");

/// A country or territory with a numbering plan, by its two letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Country(Region);

impl Country {
    /// The country of an ISO 3166 code such as `GB`, in any case; absent when there is none.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        let is_code = code.len() == 2 && code.bytes().all(|b| b.is_ascii_alphabetic());
        let region =
            is_code.then(|| Region::try_from(code.to_ascii_uppercase().as_str()).ok())??;
        Self::of_region(region)
    }

    /// The country that a time zone such as `Europe/London` is in; absent for UTC and zones of no country.
    #[must_use]
    pub fn of_zone(zone: &str) -> Option<Self> {
        let line = ZONES
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .find(|(_, name)| *name == zone)?;
        Self::of(line.0)
    }

    /// Two capital letters.
    #[must_use]
    pub fn code(self) -> String {
        self.0.as_region_str().to_string()
    }

    pub(crate) fn of_region(region: Region) -> Option<Self> {
        PHONE_NUMBER_UTIL
            .get_country_code_for_region(region)
            .map(|_| Self(region))
    }

    pub(crate) fn region(self) -> Region {
        self.0
    }

    /// The digits after the plus, such as 44.
    pub(crate) fn calling_code(self) -> Option<i32> {
        PHONE_NUMBER_UTIL.get_country_code_for_region(self.0)
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code())
    }
}

/// All countries, for a picker, in the order of their codes.
#[must_use]
pub fn countries() -> Vec<Country> {
    let mut all: Vec<Country> = PHONE_NUMBER_UTIL
        .get_supported_regions()
        .map(Country)
        .collect();
    all.sort_unstable();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_has_two_letters_and_a_numbering_plan() {
        assert_eq!(Country::of("gb").map(Country::code).as_deref(), Some("GB"));
        for none in ["", "G", "GBR", "XX", "ZZ", "001", "EN", "1a", "ß"] {
            assert_eq!(Country::of(none), None, "{none}");
        }
        let codes: Vec<_> = countries().into_iter().map(Country::code).collect();
        assert!(codes.is_sorted() && codes.len() > 230 && codes.contains(&"TW".to_owned()));
    }

    #[test]
    fn a_zone_says_its_country() {
        for (zone, code) in [
            ("Europe/London", Some("GB")),
            ("Asia/Shanghai", Some("CN")),
            ("America/New_York", Some("US")),
            ("UTC", None),
            ("Nowhere", None),
        ] {
            assert_eq!(Country::of_zone(zone).map(Country::code).as_deref(), code);
        }
    }
}
