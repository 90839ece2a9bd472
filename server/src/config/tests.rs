//! What an operator reads when a key is wrong, and which setting wins.

use super::keys::Form;
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
            Form::Flag | Form::Number(..) | Form::Tables => "neither",
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

const TURN: &str = "[[ice.servers]]\nurls = [\"turn:relay.example.com:3478\"]\n";

#[test]
fn a_shared_secret_becomes_credentials_that_end() {
    let file = "[ice]\npolicy = \"relay\"\ncredential_life_s = 3600\n\
                [[ice.servers]]\nurls = [\"stun:stun.example.com\"]\n\
                [[ice.servers]]\nurls = [\"turn:relay.example.com:3478\"]\nsecret = \"north\"\n";
    let ice = read(Some(file), &[]).unwrap().ice;
    assert_eq!(
        ice.renew_after(ice.credential_life),
        Some(Duration::from_secs(1_800))
    );
    let grant = ice.grant(vocab::Millis(1_760_039_600_000), 7, ice.credential_life);
    assert_eq!(grant.policy, protocol::link::IcePolicy::Relay);
    assert_eq!(grant.servers[0].username, None);
    assert_eq!(grant.servers[1].username.as_deref(), Some("1760043200:7"));
    // printf '1760043200:7' | openssl dgst -sha1 -hmac north -binary | base64
    let credential = grant.servers[1].credential.as_ref().unwrap();
    assert_eq!(credential.reveal(), "j2knsnDgTantB+v5Xkcmh+iJ/6Y=");
    assert!(!format!("{ice:?}").contains("north"), "{ice:?}");
}

#[test]
fn the_environment_names_servers_as_the_file_would() {
    let list =
        "[{ urls = [\"turn:[::1]:3478?transport=udp\"], username = \"u\", credential = \"p\" }]";
    let ice = read(Some(TURN), &[("WARMLINE_ICE_SERVERS", list)])
        .unwrap()
        .ice;
    assert_eq!(ice.renew_after(ice.credential_life), None);
    let granted = &ice.grant(vocab::Millis(0), 1, ice.credential_life).servers[0];
    assert_eq!(granted.username.as_deref(), Some("u"));
}

#[test]
fn a_server_for_media_that_cannot_work_is_named_at_the_start() {
    let with = |rest: &str| format!("[[ice.servers]]\n{rest}");
    let place = "FILE: ice.servers[0]";
    for (file, expected) in [
        (TURN.to_owned(), format!("{place}: a TURN server needs")),
        (with(""), format!("{place}.urls: expected a list")),
        (
            with("urls = [\"http://x\"]"),
            format!("{place}.urls: \"http://x\" is no stun:"),
        ),
        (
            with("urls = [\"turn:x:99999\"]\nsecret = \"s\""),
            format!("{place}.urls: "),
        ),
        (
            with("urls = [\"turn:x\"]\nsecret = \"s\"\nusername = \"u\""),
            format!("{place}: set either"),
        ),
        (
            with("urls = [\"stun:x\"]\nsecret = \"s\""),
            format!("{place}: a STUN server takes no"),
        ),
        (
            with("urls = [\"turn:x\"]\nsecrets = \"s\""),
            format!("{place}.secrets: unknown key"),
        ),
        (
            "[ice]\npolicy = \"relay\"\n".to_owned(),
            "FILE: ice.policy: \"relay\" needs".to_owned(),
        ),
        (
            "[ice]\npolicy = \"direct\"\n".to_owned(),
            "FILE: ice.policy: expected".to_owned(),
        ),
    ] {
        let said = read(Some(&file), &[]).unwrap_err();
        assert!(said.starts_with(&expected), "{file:?} said {said:?}");
    }
}
