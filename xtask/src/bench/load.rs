//! A whole server under load, with the generator beside it: a company's floor, and an operator's.

use crate::house::House;
use crate::say;
use anyhow::Result;
use serde_json::{Value, json};

/// Agents, and contacts a second at 85 % occupancy and 300 s a contact.
const SMALL: (&str, &str) = ("1500", "4.25");
const LARGE: (&str, &str) = ("18000", "51");

pub(super) fn measure(house: &House, minutes: &str) -> Result<Value> {
    let under = |(agents, contacts): (&str, &str)| {
        say::line(&format!("{agents} agents for {minutes} minutes"))?;
        let program = house.binary("release", "bench_load");
        let mut command = super::program(house, &program);
        command.args(["--agents", agents, "--contacts", contacts]);
        super::printed(command.args(["--minutes", minutes]))
    };
    Ok(json!({"small": under(SMALL)?, "large": under(LARGE)?}))
}
