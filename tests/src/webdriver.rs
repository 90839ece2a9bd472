//! A page in a real web view or browser, driven over WebDriver's classic protocol (W3C
//! recommendation, 2018), addressed by `data-testid`.

use crate::marionette::Marionette;
use crate::wait;
use anyhow::{Context, Result, bail};
use base64::Engine as _;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// The key under which an element's reference travels (section 12 of the recommendation).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// One request: a first paint on a busy machine takes seconds.
const REQUEST: Duration = Duration::from_secs(60);
/// How long a control may take to appear and be usable.
pub const CONTROL: Duration = Duration::from_secs(10);
/// How long a page may take to be painted whole, for a picture of it.
const QUIET: Duration = Duration::from_secs(3);

/// One window of one session.
pub struct Page {
    driver: Driver,
}

/// By what the browser is driven.
enum Driver {
    /// A program beside it, at the session's address.
    Program {
        base: String,
        http: ureq::Agent,
    },
    Firefox(Marionette),
}

impl Page {
    /// Opens a session at the driver on `port`.
    ///
    /// # Errors
    /// When the driver refuses, with its reason.
    pub fn open(port: u16, capabilities: &Value) -> Result<Self> {
        let http = ureq::Agent::config_builder()
            .timeout_global(Some(REQUEST))
            .http_status_as_error(false)
            .build()
            .new_agent();
        let driver = format!("http://127.0.0.1:{port}");
        let body = json!({"capabilities": {"alwaysMatch": capabilities}});
        let value = send(
            http.post(format!("{driver}/session")).send_json(&body),
            "new session",
        )?;
        let id = value["sessionId"]
            .as_str()
            .context("the driver gave no session")?;
        let base = format!("{driver}/session/{id}");
        Ok(Self {
            driver: Driver::Program { base, http },
        })
    }

    /// The page of a Firefox that listens on `port`.
    ///
    /// # Errors
    /// When there is none.
    pub fn of_firefox(port: u16) -> Result<Self> {
        Ok(Self {
            driver: Driver::Firefox(Marionette::open(port)?),
        })
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value> {
        match &self.driver {
            Driver::Program { base, http } => {
                send(http.post(format!("{base}{path}")).send_json(body), path)
            }
            Driver::Firefox(firefox) => firefox.send("POST", path, body),
        }
    }

    fn get(&self, path: &str) -> Result<Value> {
        match &self.driver {
            Driver::Program { base, http } => send(http.get(format!("{base}{path}")).call(), path),
            Driver::Firefox(firefox) => firefox.send("GET", path, &Value::Null),
        }
    }

    fn delete(&self, path: &str) -> Result<Value> {
        match &self.driver {
            Driver::Program { base, http } => {
                send(http.delete(format!("{base}{path}")).call(), path)
            }
            Driver::Firefox(firefox) => firefox.send("DELETE", path, &Value::Null),
        }
    }

    /// Drives the frame that `script` returns from now on; `None` the page itself.
    ///
    /// # Errors
    /// When there is no such frame.
    pub fn enter_frame(&self, script: Option<&str>) -> Result<()> {
        self.post("/frame", &json!({"id": null}))?;
        let Some(script) = script else {
            return Ok(());
        };
        let frame = wait::until(CONTROL, "the frame", || {
            Ok(Some(self.script(script, &[])?).filter(|frame| !frame.is_null()))
        })?;
        self.post("/frame", &json!({ "id": frame })).map(drop)
    }

    /// Clicks what `script` returns, once it is there and nothing covers it.
    ///
    /// # Errors
    /// When it does not become clickable.
    pub fn click_found(&self, script: &str) -> Result<()> {
        let mut why = String::from("it is not there");
        let done = wait::until_true(CONTROL, &format!("a click on {script}"), || {
            let found = self.script(script, &[])?;
            let Some(element) = found[ELEMENT].as_str() else {
                return Ok(false);
            };
            match self.post(&format!("/element/{element}/click"), &json!({})) {
                Ok(_) => Ok(true),
                Err(error) => {
                    why = format!("{error:#}");
                    Ok(false)
                }
            }
        });
        done.with_context(|| format!("{why}; the screen shows: {}", self.all_text()))
    }

    /// Ends the session, which closes the window.
    ///
    /// # Errors
    /// When the driver does not answer.
    pub fn close(&self) -> Result<()> {
        self.delete("").map(drop)
    }

    /// Loads an address.
    ///
    /// # Errors
    /// When it cannot be loaded.
    pub fn go(&self, url: &str) -> Result<()> {
        self.post("/url", &json!({ "url": url })).map(drop)
    }

    /// Loads the same page again.
    ///
    /// # Errors
    /// When it cannot be loaded.
    pub fn reload(&self) -> Result<()> {
        self.post("/refresh", &json!({})).map(drop)
    }

    /// Opens a second tab and makes it the one that is driven.
    ///
    /// # Errors
    /// When the browser refuses.
    pub fn open_other_tab(&self) -> Result<()> {
        let tab = self.post("/window/new", &json!({"type": "tab"}))?;
        self.post("/window", &json!({"handle": tab["handle"]}))
            .map(drop)
    }

    /// Closes the tab that is driven and drives the first of those left.
    ///
    /// # Errors
    /// When the browser refuses.
    pub fn close_tab(&self) -> Result<()> {
        let left = self.delete("/window")?;
        if let Some(handle) = left.get(0) {
            self.post("/window", &json!({ "handle": handle }))?;
        }
        Ok(())
    }

    /// Runs a function body in the page and gives what it returns.
    ///
    /// # Errors
    /// When the script throws.
    pub fn script(&self, body: &str, arguments: &[Value]) -> Result<Value> {
        self.post("/execute/sync", &json!({"script": body, "args": arguments}))
    }

    /// Writes what the page shows as a PNG file.
    ///
    /// # Errors
    /// When it cannot be taken or written.
    pub fn picture(&self, path: &Path) -> Result<()> {
        let value = self.get("/screenshot")?;
        let text = value.as_str().context("no picture")?;
        let bytes = base64::engine::general_purpose::STANDARD.decode(text.trim())?;
        std::fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Waits until what the page shows has been painted and nothing arrives or leaves any more.
    ///
    /// # Errors
    /// When the driver does not answer. A page that is never quiet is as it is.
    pub fn settle(&self) -> Result<()> {
        let body = "
            window.__settled = false;
            const arriving = document.getAnimations()
                .filter((one) => one.effect?.getTiming().iterations === 1)
                .map((one) => one.finished.catch(() => null));
            Promise.all([...arriving, document.fonts.ready])
                .then(() => requestAnimationFrame(() => requestAnimationFrame(
                    () => setTimeout(() => { window.__settled = true; }, 150))));";
        self.script(body, &[])?;
        let is_quiet = || Ok(self.script("return window.__settled", &[])? == json!(true));
        let _quiet = wait::until_true(QUIET, "a quiet page", is_quiet);
        Ok(())
    }

    fn element(&self, testid: &str) -> Result<Option<String>> {
        let body = json!({"using": "css selector", "value": format!("[data-testid='{testid}']")});
        let found = self.post("/elements", &body)?;
        Ok(found
            .get(0)
            .and_then(|e| e[ELEMENT].as_str())
            .map(str::to_owned))
    }

    fn wait_for_element(&self, testid: &str) -> Result<String> {
        wait::until(CONTROL, &format!("'{testid}' on the screen"), || {
            self.element(testid)
        })
        .with_context(|| format!("the screen shows: {}", self.all_text()))
    }

    /// Everything the page shows, in one line, for messages.
    pub fn all_text(&self) -> String {
        let text = self
            .script("return document.body.innerText", &[])
            .unwrap_or_default();
        text.as_str()
            .unwrap_or("nothing")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Waits until a control is on the screen.
    ///
    /// # Errors
    /// When it does not come.
    pub fn wait_for(&self, testid: &str) -> Result<()> {
        wait::until_true(CONTROL, &format!("'{testid}' on the screen"), || {
            self.has(testid)
        })
        .with_context(|| format!("the screen shows: {}", self.all_text()))
    }

    /// True when it can be seen on the screen now, which one that is hidden cannot.
    ///
    /// # Errors
    /// When the driver does not answer.
    pub fn has(&self, testid: &str) -> Result<bool> {
        let body = "return [...document.querySelectorAll(`[data-testid='${arguments[0]}']`)]
            .some((element) => element.checkVisibility())";
        Ok(self.script(body, &[json!(testid)])? == json!(true))
    }

    /// Waits until it has left the screen.
    ///
    /// # Errors
    /// When it stays.
    pub fn wait_gone(&self, testid: &str, limit: Duration) -> Result<()> {
        let what = format!("the end of '{testid}'");
        wait::until_true(limit, &what, || Ok(!self.has(testid)?))
    }

    /// Clicks as a person does: once it is there, visible, enabled and not covered.
    ///
    /// # Errors
    /// When it does not become clickable; with the last reason.
    pub fn click(&self, testid: &str) -> Result<()> {
        let mut why = String::new();
        let done = wait::until_true(CONTROL, &format!("a click on '{testid}'"), || {
            let Some(element) = self.element(testid)? else {
                "it is not on the screen".clone_into(&mut why);
                return Ok(false);
            };
            if self.get(&format!("/element/{element}/enabled"))? == json!(false) {
                "it is disabled".clone_into(&mut why);
                return Ok(false);
            }
            match self.post(&format!("/element/{element}/click"), &json!({})) {
                Ok(_) => Ok(true),
                Err(error) => {
                    why = format!("{error:#}");
                    Ok(false)
                }
            }
        });
        done.with_context(|| format!("{why}; the screen shows: {}", self.all_text()))
    }

    /// Replaces what a field holds by `text`, key by key.
    ///
    /// # Errors
    /// When there is no such field.
    pub fn fill(&self, testid: &str, text: &str) -> Result<()> {
        let element = self.wait_for_element(testid)?;
        self.post(&format!("/element/{element}/clear"), &json!({}))?;
        self.post(
            &format!("/element/{element}/value"),
            &json!({ "text": text }),
        )?;
        Ok(())
    }

    /// The visible text of a control.
    ///
    /// # Errors
    /// When it does not come.
    pub fn text(&self, testid: &str) -> Result<String> {
        self.wait_for(testid)?;
        let body = "return document.querySelector(`[data-testid='${arguments[0]}']`)?.innerText";
        let value = self.script(body, &[json!(testid)])?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until the text of a control satisfies `is_right`, and gives it.
    ///
    /// # Errors
    /// When it does not; with the text it has.
    pub fn wait_text(
        &self,
        testid: &str,
        limit: Duration,
        is_right: impl Fn(&str) -> bool,
    ) -> Result<String> {
        let mut last = String::new();
        let found = wait::until(limit, &format!("the right text in '{testid}'"), || {
            last = self.text(testid)?;
            Ok(is_right(&last).then(|| last.clone()))
        });
        found.with_context(|| format!("'{testid}' shows '{last}'"))
    }

    /// An attribute of the first element that `css` selects.
    ///
    /// # Errors
    /// When the driver does not answer.
    pub fn attribute(&self, css: &str, name: &str) -> Result<Option<String>> {
        let body = "return document.querySelector(arguments[0])?.getAttribute(arguments[1])";
        let value = self.script(body, &[json!(css), json!(name)])?;
        Ok(value.as_str().map(str::to_owned))
    }

    /// Waits until an attribute has one of `values`.
    ///
    /// # Errors
    /// When it does not; with the value it has and what the screen shows.
    pub fn wait_attribute(
        &self,
        css: &str,
        name: &str,
        values: &[&str],
        limit: Duration,
    ) -> Result<()> {
        let mut last = None;
        wait::until_true(limit, &format!("{css} with {name} of {values:?}"), || {
            last = self.attribute(css, name)?;
            Ok(last.as_deref().is_some_and(|value| values.contains(&value)))
        })
        .with_context(|| format!("{name} is {last:?}; the screen shows: {}", self.all_text()))
    }
}

fn send(sent: Result<ureq::http::Response<ureq::Body>, ureq::Error>, what: &str) -> Result<Value> {
    let mut answer = sent.with_context(|| format!("the driver does not answer to {what}"))?;
    let text = answer
        .body_mut()
        .with_config()
        .limit(64 * 1024 * 1024)
        .read_to_string()?;
    let mut value: Value =
        serde_json::from_str(&text).with_context(|| format!("the driver's answer to {what}"))?;
    let value = value["value"].take();
    if let Some(error) = value["error"].as_str() {
        let message = value["message"].as_str().unwrap_or_default();
        bail!(
            "{what}: {error}: {}",
            message.lines().next().unwrap_or_default()
        );
    }
    Ok(value)
}
