//! A reverse proxy of the run's own, nginx, before the server; the system's own service, if any, is left alone.

use crate::binaries::tool;
use crate::desktop::free_port;
use crate::run::{Process, Run};
use crate::wait;
use anyhow::Result;
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::Duration;

const START: Duration = Duration::from_secs(20);

/// How it passes requests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passing {
    /// As the README says, the path cut off, with time-outs of three seconds.
    UnderPath,
    /// The same with the path left there.
    WithPath,
    /// Without the two headers that a WebSocket needs.
    WithoutUpgrade,
}

/// Ends with its handle.
pub struct Nginx {
    _process: Process,
    port: u16,
}

impl Nginx {
    /// Listens on `port`, everything of it below the run's folder.
    ///
    /// # Errors
    /// When nginx is not installed, or does not listen in time.
    pub fn start(run: &Run, port: u16, server: &str, passing: Passing) -> Result<Self> {
        let folder = run.subfolder("nginx")?;
        let shown = folder.display();
        let (location, target, upgrade) = match passing {
            Passing::UnderPath => ("/calls/", format!("{server}/"), UPGRADE),
            Passing::WithPath => ("/calls/", server.to_owned(), UPGRADE),
            Passing::WithoutUpgrade => ("/", server.to_owned(), ""),
        };
        let configuration = format!(
            "daemon off; master_process off; pid {shown}/pid; error_log stderr info;\n\
             events {{ worker_connections 256; }}\n\
             http {{\n\
               access_log off; client_body_temp_path {shown}/body; proxy_temp_path {shown}/proxy;\n\
               fastcgi_temp_path {shown}/fastcgi; uwsgi_temp_path {shown}/uwsgi; scgi_temp_path {shown}/scgi;\n\
               server {{\n\
                 listen 127.0.0.1:{port};\n\
                 location {location} {{\n\
                   proxy_pass {target};\n\
                   proxy_set_header Host $http_host;\n\
                   proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n\
                   proxy_connect_timeout 3s; proxy_send_timeout 3s; proxy_read_timeout 3s;\n\
                   {upgrade}\n\
                 }}\n\
               }}\n\
             }}\n"
        );
        let file = folder.join("nginx.conf");
        std::fs::write(&file, configuration)?;
        let process = run.spawn(
            "nginx",
            run.command(program()?)
                .arg("-p")
                .arg(&folder)
                .arg("-c")
                .arg(&file)
                .args(["-e", "stderr"]),
        )?;
        wait::until_true(START, "nginx", || {
            Ok(TcpStream::connect(("127.0.0.1", port)).is_ok())
        })?;
        Ok(Self {
            _process: process,
            port,
        })
    }

    /// A port that it can be told to listen on.
    ///
    /// # Errors
    /// When there is none.
    pub fn free_port() -> Result<u16> {
        free_port()
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// Only administrators have its folder in their path.
fn program() -> Result<PathBuf> {
    let usual = PathBuf::from("/usr/sbin/nginx");
    if usual.is_file() {
        return Ok(usual);
    }
    tool("nginx", "apt-get install nginx-light")
}

/// Without them it speaks HTTP/1.0 to the server and keeps no connection.
const UPGRADE: &str = "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; \
                       proxy_set_header Connection \"upgrade\";";
