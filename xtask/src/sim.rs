//! Plays the routing engine against its rules; the program itself says how.

use crate::house::House;
use crate::run;
use anyhow::Result;

/// The program's own package alone: it needs nothing of the system around the engine, and builds in a minute.
pub(crate) fn build(house: &House) -> Result<()> {
    run::shown(&mut house.cargo(&["build", "--release", "--package", "sim", "--locked"]))
}

pub(crate) fn run(house: &House, options: &[String]) -> Result<()> {
    build(house)?;
    let program = house.binary("release", "sim");
    run::shown(house.command(&program.to_string_lossy()).args(options))
}
