//! What an operator reads when a key is wrong, and which setting wins.

use super::*;
use std::io::Write;

fn read(file: Option<&str>, variables: &[(&str, &str)]) -> Result<Config, String> {
    let mut on_disk = tempfile::NamedTempFile::new().unwrap();
    on_disk
        .write_all(file.unwrap_or_default().as_bytes())
        .unwrap();
    let variables: Vec<(String, String)> = variables
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    Config::read(file.map(|_| on_disk.path()), variables.into_iter()).map_err(|err| {
        err.to_string()
            .replace(&on_disk.path().display().to_string(), "FILE")
    })
}

#[test]
fn nothing_set_gives_the_defaults() {
    assert_eq!(read(None, &[]), Ok(Config::default()));
}

#[test]
fn the_environment_goes_before_the_file() {
    let file = "[server]\nlisten = \"127.0.0.1:1\"\n[limits]\nsign_in_attempts = 3\n";
    let config = read(Some(file), &[("WARMLINE_SERVER_LISTEN", "127.0.0.1:2")]).unwrap();
    assert_eq!(config.listen.port(), 2);
    assert_eq!(config.limits.sign_in_attempts, 3);
}

#[test]
fn every_key_can_be_set_by_its_variable() {
    for key in KEYS {
        let bad_value = match key.form {
            Form::Flag | Form::Number(..) => "neither",
            // Any text is good for these, so that there is nothing to refuse.
            Form::Text | Form::List => continue,
        };
        let said = read(None, &[(&variable(key), bad_value)]).unwrap_err();
        assert!(said.starts_with(&variable(key)), "{said}");
    }
}

#[test]
fn a_wrong_key_or_value_is_named_with_its_place() {
    for (file, expected) in [
        (
            "[server]\nlisen = \"x\"",
            "FILE: server.lisen: unknown key; known are: server.listen",
        ),
        ("[sever]\nlisten = \"x\"", "FILE: sever: unknown key"),
        ("listen = 1", "FILE: listen: unknown key"),
        (
            "[limits]\nconnections = \"many\"",
            "FILE: limits.connections: expected a whole number",
        ),
        (
            "[limits]\nconnections = -1",
            "FILE: limits.connections: expected a whole number from 1",
        ),
        (
            "[server]\nlisten = \"here\"",
            "FILE: server.listen: expected an address",
        ),
        (
            "[tls]\ncert = \"a.pem\"",
            "FILE: tls.cert: tls.cert and tls.key belong together",
        ),
        ("[log]\nformat = \"xml\"", "FILE: log.format: expected"),
        (
            "[customer]\nframing_allowed_from = [\"x; y\"]",
            "FILE: customer.framing_allowed_from:",
        ),
        ("[server", "FILE: not TOML"),
    ] {
        let said = read(Some(file), &[]).unwrap_err();
        assert!(said.starts_with(expected), "{file:?} said {said:?}");
    }
}
