//! What sites do around the call button, in Firefox: how they load its script, their styles, dialogs and policies, and
//! pages whose body is replaced. The page's own browser tests show the same in Chromium.

use super::silent_case;
use super::site::{KNOB, allowed, in_stage, open_frame};
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::time::Duration;
use system_tests::customer::{Browser, Customer};
use system_tests::server::Server;
use system_tests::site::{Site, SitePages};
use system_tests::wait;
use system_tests::webdriver::Page;

const SOON: Duration = Duration::from_secs(10);

const QUERY: &str = "organisation=demo&queue=support";

/// Runs `act` in Firefox on a page with this head and body, in which `SERVER` stands for the server's address.
fn on_a_page(
    run: &system_tests::run::Run,
    pages: Vec<(&'static str, String, String)>,
    act: impl Fn(&Page, &'static str) -> Result<()>,
) -> Result<()> {
    let server = Server::start_with(run, allowed())?;
    let customer = Customer::start_in(run, Browser::Firefox)?;
    for (name, head, body) in pages {
        let site = Site::start(SitePages {
            head: head.replace("SERVER", server.url()),
            body: body.replace("SERVER", server.url()),
            ..SitePages::default()
        })?;
        let page = customer.page();
        page.go(&site.origin())?;
        act(page, name).with_context(|| format!("on a page with {name}"))?;
    }
    Ok(())
}

fn script() -> String {
    format!(r#"<script src="SERVER/embed.js?{QUERY}" async></script>"#)
}

#[test]
fn firefox_starts_the_button_however_its_script_is_loaded() -> Result<()> {
    let bodies = [
        (
            "a module",
            format!(r#"<script type="module" src="SERVER/embed.js?{QUERY}"></script>"#),
        ),
        (
            "an import",
            format!(r#"<script>import("SERVER/embed.js?{QUERY}")</script>"#),
        ),
        ("a script without attributes", script()),
        (
            "settings after the script",
            r#"<script src="SERVER/embed.js"></script>
            <script>Warmline.configure({ organisation: "demo", queue: "support" })</script>"#
                .to_owned(),
        ),
    ];
    silent_case("habits-script", |run| {
        let pages = bodies.map(|(name, body)| (name, String::new(), body));
        on_a_page(run, pages.into(), |page, _| open_frame(page))
    })
}

/// Styles that hide and move everything, and elements of the button's own name.
const STYLES: &str = "<style>
    * { display: none !important; position: static !important; opacity: 0 !important }
    html, body { display: block !important; opacity: 1 !important; transform: translateX(40px) }
    warmline-call, warmline-call * { visibility: hidden !important; width: 1px !important }</style>";

#[test]
fn in_firefox_a_site_s_styles_and_dialogs_do_not_reach_the_button() -> Result<()> {
    silent_case("habits-styles", |run| {
        let named = format!(
            r#"<div id="warmline"></div><div id="Warmline"></div>{}"#,
            script()
        );
        let dialog = format!("<dialog><button>Inside</button></dialog>{}", script());
        let pages = vec![
            ("styles for everything", STYLES.to_owned(), named),
            ("a modal dialog", String::new(), dialog),
        ];
        on_a_page(run, pages, |page, name| {
            if name != "a modal dialog" {
                return open_frame(page);
            }
            open_frame(page)?;
            page.click("minimise")?;
            page.enter_frame(None)?;
            page.script("document.querySelector('dialog').showModal()", &[])?;
            page.click_found(
                "return document.querySelector('dialog:modal warmline-call')?.shadowRoot.querySelector('.knob')",
            )?;
            page.script("document.querySelector('dialog').close()", &[])?;
            is_unfolded(page, true)
        })
    })
}

/// Waits until the panel is unfolded, or folded.
fn is_unfolded(page: &Page, expect: bool) -> Result<()> {
    page.enter_frame(None)?;
    let panel =
        "return document.querySelector('warmline-call').shadowRoot.querySelector('dialog').open";
    wait::until_true(SOON, "the panel as it should be", || {
        Ok(page.script(panel, &[])? == json!(expect))
    })
}

/// A new body with the script in it once more, as page loaders put it in place.
const SWAP: &str = "
    const body = document.createElement('body');
    body.innerHTML = '<h1>Next</h1>';
    const again = document.createElement('script');
    again.src = document.querySelector('script[src]').src;
    body.append(again);
    document.documentElement.replaceChild(body, document.body);";

#[test]
fn in_firefox_the_button_outlives_a_swapped_body_and_escape_belongs_to_the_composer() -> Result<()>
{
    silent_case("habits-swap", |run| {
        let pages = vec![("the script in its head", script(), String::new())];
        on_a_page(run, pages, |page, _| {
            open_frame(page)?;
            page.fill("topic", "Router")?;
            page.enter_frame(None)?;
            page.script(SWAP, &[])?;
            let next = "return document.querySelector('h1').innerText";
            wait::until_true(SOON, "the new body", || {
                Ok(page.script(next, &[])? == json!("Next"))
            })?;
            page.enter_frame(Some(super::site::FRAME))?;
            let typed = "return document.querySelector('[data-testid=topic]')?.value";
            ensure!(
                page.script(typed, &[])? == json!("Router"),
                "the page in the panel was loaded anew"
            );
            let escape = |composing: bool| {
                let body = "document.querySelector('[data-testid=topic]').dispatchEvent(new KeyboardEvent(
                    'keydown', { key: 'Escape', bubbles: true, cancelable: true, isComposing: arguments[0] }))";
                page.script(body, &[json!(composing)])
            };
            escape(true)?;
            is_unfolded(page, true)?;
            page.enter_frame(Some(super::site::FRAME))?;
            escape(false)?;
            is_unfolded(page, false)?;
            page.click_found(KNOB)?;
            is_unfolded(page, true)
        })
    })
}

#[test]
fn in_firefox_a_frame_without_leave_for_the_microphone_offers_its_own_tab() -> Result<()> {
    silent_case("habits-microphone", |run| {
        let frame = r#"<iframe src="SERVER/c/demo/support" width="400" height="700"></iframe>"#;
        let pages = vec![("a bare frame", String::new(), frame.to_owned())];
        on_a_page(run, pages, |page, _| {
            page.enter_frame(Some("return document.querySelector('iframe')"))?;
            in_stage(page, &["intro", "idle"])?;
            page.click("call")?;
            let problem = ["microphone_forbidden"];
            page.wait_attribute("[data-testid=error]", "data-problem", &problem, SOON)?;
            page.wait_for("own-tab")
        })
    })
}
