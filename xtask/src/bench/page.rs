//! What a customer's browser loads before the first click, compressed as a server sends it.

use crate::house::House;
use crate::run;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

pub(super) fn measure(house: &House) -> Result<Value> {
    let dist = house.ui().join("customer/dist");
    let mut page = compressed_kb(&dist.join("index.html"))?;
    let assets = dist.join("assets");
    let mut files = 0;
    for entry in std::fs::read_dir(&assets).with_context(|| format!("{}", assets.display()))? {
        page += compressed_kb(&entry?.path())?;
        files += 1;
    }
    ensure!(files > 0, "the customer's page is not built");
    Ok(json!({
        "page_kb": page,
        "embed_kb": compressed_kb(&dist.join("embed.js"))?,
    }))
}

fn compressed_kb(path: &Path) -> Result<f64> {
    let script = "gzip -9 -c \"$0\" | wc -c";
    let bytes = run::read(Command::new("sh").args(["-c", script]).arg(path))?;
    let bytes: f64 = bytes.trim().parse().context("reading a size")?;
    // An empty gzip is 20 bytes: the file was not there.
    ensure!(bytes > 30.0, "{} cannot be read", path.display());
    Ok(bytes / 1_024.0)
}
