//! Somebody's site with the call button on it: pages of another origin than the server's, served by the test itself.

use anyhow::{Context, Result};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// A browser that asks and says nothing is not waited for.
const READ: Duration = Duration::from_secs(5);

/// The pages' headers and what stands in their heads and bodies; `/other` is a second page of the same kind.
#[derive(Clone, Debug, Default)]
pub struct SitePages {
    /// Lines such as `Cross-Origin-Embedder-Policy: require-corp`.
    pub headers: Vec<String>,
    pub head: String,
    pub body: String,
}

impl SitePages {
    /// With the launcher's script from `server`.
    #[must_use]
    pub fn with_launcher(server: &str) -> Self {
        Self {
            body: format!(
                r#"<script src="{server}/embed.js" data-organisation="demo" data-queue="support" async></script>"#
            ),
            ..Self::default()
        }
    }
}

/// Stops with its handle.
pub struct Site {
    port: u16,
    stop: Arc<AtomicBool>,
    serving: Option<JoinHandle<()>>,
}

impl Site {
    /// Serves `pages`.
    ///
    /// # Errors
    /// When there is no free port.
    pub fn start(pages: SitePages) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("no free port")?;
        let port = listener.local_addr()?.port();
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let serving = std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                if told.load(Ordering::SeqCst) {
                    return;
                }
                // A browser that left meanwhile needs no answer.
                let _answered = answer(stream, &pages);
            }
        });
        Ok(Self {
            port,
            stop,
            serving: Some(serving),
        })
    }

    /// By a name of another site than the server's `127.0.0.1`; browsers trust it as much.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the one that waits for a connection.
        let _woken = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(serving) = self.serving.take() {
            let _ended = serving.join();
        }
    }
}

fn answer(mut stream: TcpStream, pages: &SitePages) -> Result<()> {
    stream.set_read_timeout(Some(READ))?;
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().context("nothing was asked")??;
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let path = first.split(' ').nth(1).unwrap_or("/");
    let title = if path.starts_with("/other") {
        "Other"
    } else {
        "Shop"
    };
    let SitePages {
        headers,
        head,
        body,
    } = pages;
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><link rel=\"icon\" href=\"data:,\">\
         <title>{title}</title>{head}</head><body><h1>{title}</h1><a href=\"/other\">Other</a>{body}</body></html>"
    );
    let mut text = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n",
        page.len()
    );
    for header in headers {
        text.push_str(header);
        text.push_str("\r\n");
    }
    text.push_str("\r\n");
    text.push_str(&page);
    stream.write_all(text.as_bytes())?;
    Ok(())
}
