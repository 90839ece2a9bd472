//! Firefox's own remote control, in which WebDriver's commands travel as JSON over TCP: nothing beside the browser has
//! to be installed, as the programs that translate WebDriver for it would have to be.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// One answer: a page that loads may take long on a busy machine.
const ANSWER: Duration = Duration::from_secs(60);

/// No answer is longer: a picture of a page is the largest.
const MOST_BYTES: usize = 64 * 1_024 * 1_024;

/// A session with one Firefox.
pub struct Marionette(Mutex<Connection>);

struct Connection {
    stream: TcpStream,
    last: u64,
}

impl Marionette {
    /// Opens a session at the port that Firefox listens on.
    ///
    /// # Errors
    /// When nobody listens there or the session is refused.
    pub fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(ANSWER))?;
        stream.set_write_timeout(Some(ANSWER))?;
        let mut connection = Connection { stream, last: 0 };
        connection.read().context("Firefox's greeting")?;
        let this = Self(Mutex::new(connection));
        this.ask(
            "WebDriver:NewSession",
            &json!({"acceptInsecureCerts": true}),
        )?;
        Ok(this)
    }

    /// What WebDriver's `path` yields; `body` is nothing for GET and DELETE.
    ///
    /// # Errors
    /// When Firefox refuses, with its reason.
    pub fn send(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let (command, parameters) = translated(method, path, body)?;
        let mut answer = self.ask(command, &parameters)?;
        // Most answers are wrapped, lists are not.
        Ok(match answer.get_mut("value") {
            Some(value) => value.take(),
            None => answer,
        })
    }

    fn ask(&self, command: &str, parameters: &Value) -> Result<Value> {
        let mut connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        connection.last += 1;
        let last = connection.last;
        let text = json!([0, last, command, parameters]).to_string();
        write!(connection.stream, "{}:{text}", text.len())?;
        loop {
            let mut answer = connection
                .read()
                .with_context(|| format!("the answer to {command}"))?;
            if answer[1] != json!(last) {
                continue;
            }
            if let Some(error) = answer[2]["error"].as_str() {
                let message = answer[2]["message"].as_str().unwrap_or_default();
                bail!("{command}: {error}: {message}");
            }
            return Ok(answer[3].take());
        }
    }
}

impl Connection {
    /// `LENGTH:JSON`.
    fn read(&mut self) -> Result<Value> {
        let mut length = 0_usize;
        loop {
            let mut byte = [0_u8];
            self.stream.read_exact(&mut byte)?;
            match byte[0] {
                b':' => break,
                digit if digit.is_ascii_digit() => length = length * 10 + usize::from(digit - b'0'),
                other => bail!("Firefox sent {other:#x} where a length was expected"),
            }
            if length > MOST_BYTES {
                bail!("Firefox sent more than {MOST_BYTES} bytes");
            }
        }
        let mut text = vec![0; length];
        self.stream.read_exact(&mut text)?;
        serde_json::from_slice(&text).context("Firefox sent no JSON")
    }
}

/// The commands that the tests use, as Firefox names them.
fn translated(method: &str, path: &str, body: &Value) -> Result<(&'static str, Value)> {
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let of_element = |more: &[(&str, &Value)]| {
        let mut parameters = json!({"id": parts.get(1)});
        for (name, value) in more {
            parameters[*name] = (*value).clone();
        }
        parameters
    };
    Ok(match (method, parts.as_slice()) {
        ("POST", ["url"]) => ("WebDriver:Navigate", body.clone()),
        ("POST", ["refresh"]) => ("WebDriver:Refresh", json!({})),
        ("POST", ["back"]) => ("WebDriver:Back", json!({})),
        ("POST", ["frame"]) => {
            let element = body["id"].as_object().and_then(|id| id.values().next());
            (
                "WebDriver:SwitchToFrame",
                json!({"element": element, "focus": true}),
            )
        }
        ("POST", ["window", "new"]) => ("WebDriver:NewWindow", body.clone()),
        ("POST", ["window"]) => ("WebDriver:SwitchToWindow", body.clone()),
        ("DELETE", ["window"]) => ("WebDriver:CloseWindow", json!({})),
        ("GET", ["window", "handles"]) => ("WebDriver:GetWindowHandles", json!({})),
        ("POST", ["window", "rect"]) => ("WebDriver:SetWindowRect", body.clone()),
        ("POST", ["execute", "sync"]) => ("WebDriver:ExecuteScript", body.clone()),
        ("GET", ["screenshot"]) => ("WebDriver:TakeScreenshot", json!({"full": false})),
        ("POST", ["elements"]) => ("WebDriver:FindElements", body.clone()),
        ("GET", ["element", _, "enabled"]) => ("WebDriver:IsElementEnabled", of_element(&[])),
        ("POST", ["element", _, "click"]) => ("WebDriver:ElementClick", of_element(&[])),
        ("POST", ["element", _, "clear"]) => ("WebDriver:ElementClear", of_element(&[])),
        ("POST", ["element", _, "value"]) => (
            "WebDriver:ElementSendKeys",
            of_element(&[("text", &body["text"])]),
        ),
        ("DELETE", [""]) => ("WebDriver:DeleteSession", json!({})),
        _ => bail!("{method} {path} has no command of Firefox's here"),
    })
}
