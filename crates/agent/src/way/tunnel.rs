//! A tunnel through an HTTP proxy: `CONNECT`, with the proxy's own user and password (RFC 9110, 9.3.6 and 11.7).

use super::{Stream, dial, name, unknown_to, unreachable};
use hyper_util::client::proxy::matcher::Intercept;
use protocol::desktop::DesktopError;
use rustls::pki_types::ServerName;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsConnector;

/// Longest answer that a proxy may give before the tunnel; a page that explains a refusal is not read.
const MOST_BYTES: usize = 8 * 1024;

/// Opens a tunnel through `proxy` to `target`, a host and its port.
///
/// # Errors
/// As [`super::connect`].
pub(super) async fn through(
    proxy: &Intercept,
    target: &str,
) -> Result<Box<dyn Stream>, DesktopError> {
    let name = name(proxy.uri());
    let host = proxy.uri().host().unwrap_or_default();
    let (port, is_encrypted) = match proxy.uri().scheme_str() {
        Some("http") | None => (80, false),
        Some("https") => (443, true),
        Some(_) => {
            let why = "a proxy of this kind cannot be used here; name one with http:// or https://";
            return Err(unreachable(&name, &why));
        }
    };
    let address = format!("{host}:{}", proxy.uri().port_u16().unwrap_or(port));
    let stream = dial(&address)
        .await
        .map_err(|err| unreachable(&format!("the proxy {name}"), &err))?;
    let mut stream: Box<dyn Stream> = if is_encrypted {
        encrypted(stream, host, &name).await?
    } else {
        Box::new(stream)
    };
    let request = request(proxy, target);
    let asked = async {
        stream.write_all(&request).await?;
        stream.flush().await?;
        answer(&mut stream).await
    };
    let status = asked
        .await
        .map_err(|err: std::io::Error| unreachable(&format!("the proxy {name}"), &err))?;
    match status.split_whitespace().nth(1) {
        Some(code) if code.starts_with('2') => Ok(stream),
        Some("407") => Err(unreachable(target, &unknown_to(&name))),
        _ => {
            let why = format!("it refused to connect to {target} ({})", reason(&status));
            Err(unreachable(&format!("the proxy {name}"), &why))
        }
    }
}

fn request(proxy: &Intercept, target: &str) -> Vec<u8> {
    let mut request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n").into_bytes();
    if let Some(who) = proxy.basic_auth() {
        request.extend_from_slice(b"Proxy-Authorization: ");
        request.extend_from_slice(who.as_bytes());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    request
}

/// The first line of the proxy's answer. Reads to the end of the head and not one byte further: what follows belongs
/// to the server at the tunnel's other end.
async fn answer(stream: &mut Box<dyn Stream>) -> std::io::Result<String> {
    let mut head = Vec::with_capacity(256);
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= MOST_BYTES {
            let why = "its answer does not end";
            return Err(std::io::Error::other(why));
        }
        head.push(stream.read_u8().await?);
    }
    let first = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let first = String::from_utf8_lossy(first).into_owned();
    if first.starts_with("HTTP/1.") {
        Ok(first)
    } else {
        Err(std::io::Error::other("it does not answer as a proxy does"))
    }
}

/// The status without the protocol's version; a stranger's words are kept short and free of control codes.
fn reason(status: &str) -> String {
    let said = status.split_once(' ').map_or("", |(_, said)| said);
    said.chars().filter(|c| !c.is_control()).take(80).collect()
}

async fn encrypted(
    stream: tokio::net::TcpStream,
    host: &str,
    name: &str,
) -> Result<Box<dyn Stream>, DesktopError> {
    let insecure = |err: &dyn std::fmt::Display| DesktopError::Insecure {
        detail: format!("the proxy {name}: {err}"),
    };
    let mut roots = rustls::RootCertStore::empty();
    let (_added, _passed_over) =
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let config = rustls::ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let server = ServerName::try_from(bare.to_owned()).map_err(|err| insecure(&err))?;
    let stream = TlsConnector::from(Arc::new(config))
        .connect(server, stream)
        .await
        .map_err(|err| insecure(&err))?;
    Ok(Box::new(stream))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper_util::client::proxy::matcher::Matcher;
    use tokio::net::TcpListener;

    /// A proxy that says `answer` to whatever is asked; gives what was asked and how opening went.
    async fn ask(who: &str, answer: &'static [u8]) -> (String, Result<Vec<u8>, DesktopError>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let matcher = Matcher::builder()
            .all(format!("http://{who}127.0.0.1:{port}"))
            .build();
        let target = "https://warmline.test:8443".parse().unwrap();
        let proxy = matcher.intercept(&target).unwrap();
        let served = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = Vec::new();
            while !asked.ends_with(b"\r\n\r\n") {
                asked.push(stream.read_u8().await.unwrap());
            }
            stream.write_all(answer).await.unwrap();
            String::from_utf8(asked).unwrap()
        };
        let opened = async {
            let mut stream = through(&proxy, "warmline.test:8443").await?;
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).await.unwrap();
            Ok(rest)
        };
        tokio::join!(served, opened)
    }

    #[tokio::test]
    async fn a_tunnel_is_asked_for_by_name_with_the_proxys_password_and_begins_after_the_answer() {
        let (asked, opened) = ask("anna:p%40ss@", b"HTTP/1.1 200 OK\r\nVia: 1\r\n\r\nhello").await;
        assert_eq!(opened.unwrap(), b"hello");
        assert_eq!(
            asked,
            "CONNECT warmline.test:8443 HTTP/1.1\r\nHost: warmline.test:8443\r\n\
             Proxy-Authorization: Basic YW5uYTpwQHNz\r\n\r\n"
        );
        let (asked, opened) = ask("", b"HTTP/1.0 200 Connection established\r\n\r\n").await;
        assert_eq!(opened.unwrap(), b"");
        assert!(!asked.contains("Authorization"), "{asked}");
    }

    #[tokio::test]
    async fn a_proxy_that_refuses_is_named_with_its_reason_and_without_its_password() {
        for (answer, expected) in [
            (
                &b"HTTP/1.1 403 Filtered\r\n\r\n<html>"[..],
                "refused to connect to warmline.test:8443 (403 Filtered)",
            ),
            (
                b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
                "user and password into HTTPS_PROXY",
            ),
            (b"HTTP/1.1 502 \x1b[31mBad\r\n\r\n", "(502 [31mBad)"),
            (
                b"SSH-2.0-OpenSSH_9\r\n\r\n",
                "does not answer as a proxy does",
            ),
            (b"HTTP/1.1 200 O", "the proxy http://127.0.0.1:"),
        ] {
            let (_, opened) = ask("anna:secret@", answer).await;
            let Err(DesktopError::Unreachable { detail }) = opened else {
                panic!("{opened:?}")
            };
            assert!(detail.contains(expected), "{detail}");
            assert!(!detail.contains("secret"), "{detail}");
        }
    }
}
