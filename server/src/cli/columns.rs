//! Columns of a file as the command line takes and shows them.

use super::say;
use anyhow::{Context, bail};
use protocol::exchange::{ColumnTarget, ImportColumn, ImportOptions};

pub(super) fn describe(
    options: &ImportOptions,
    is_sure: bool,
    names: &[String],
) -> anyhow::Result<()> {
    let encoding = options.encoding.as_deref().unwrap_or("");
    let guessed = if is_sure {
        ""
    } else {
        " (a guess: look whether names are right, or give --encoding)"
    };
    say(format_args!("encoding: {encoding}{guessed}"))?;
    let Some(columns) = &options.columns else {
        return say("format: vCard");
    };
    let delimiter = match options.delimiter.as_deref() {
        Some("\t") => "tab",
        Some(other) => other,
        None => "",
    };
    say(format_args!("format: CSV, columns divided by {delimiter}"))?;
    for (number, column) in (1..).zip(columns) {
        let name = names.get(number - 1).map_or("", String::as_str);
        say(format_args!(
            "  {number}\t{}\t→ {}",
            text::shown(name),
            name_of(column)
        ))?;
    }
    Ok(())
}

pub(super) fn name_of(column: &ImportColumn) -> String {
    let target = serde_json::to_value(column.target).ok();
    let target = target.and_then(|name| name.as_str().map(ToOwned::to_owned));
    let target = target.unwrap_or_default();
    match &column.name {
        Some(name) => format!("{target}:{}", text::shown(name)),
        None => target,
    }
}

pub(super) fn column_of(text: &str) -> anyhow::Result<ImportColumn> {
    let (target, name) = match text.split_once(':') {
        Some((target, name)) => (target, Some(name.to_owned())),
        None => (text, None),
    };
    let json = serde_json::Value::String(target.trim().to_owned());
    let target: ColumnTarget = serde_json::from_value(json)
        .with_context(|| format!("\"{text}\" is no use of a column; `--help` names them"))?;
    if target == ColumnTarget::Attribute && name.is_none() {
        bail!("an attribute needs a name: attribute:NAME");
    }
    Ok(ImportColumn { target, name })
}
