//! The demo's sign-in, filled in: who tries Warmline out types nothing.

use crate::local::Local;
use protocol::desktop::{LastSignIn, Session};
use protocol::link::ErrorCode;
use vocab::OrgSlug;

/// Of everybody in the demo's organisation, as its server seeds it.
const PASSWORD: &str = "warmline-demo";
const ORGANISATION: &str = "demo";
const USER: &str = "anna";

/// Signed out, with the form filled in by the last sign-in; in the demo by the one that it prints, unless somebody
/// has signed in at that server already.
pub(super) fn signed_out(
    local: &Local,
    demo_server: Option<&str>,
    why: Option<ErrorCode>,
) -> Session {
    let last = local.last_sign_in();
    let Some(server) = demo_server else {
        return Session::SignedOut {
            last,
            why,
            demo_password: None,
        };
    };
    let last = last.filter(|last| last.server == server).or_else(|| {
        Some(LastSignIn {
            server: server.to_owned(),
            organisation: OrgSlug::new(ORGANISATION).ok()?,
            user: USER.to_owned(),
        })
    });
    Session::SignedOut {
        last,
        why,
        demo_password: Some(PASSWORD.to_owned()),
    }
}

/// Whether the kept sign-in may be used: the demo's server is another one each time its usual port is taken.
pub(super) fn is_of_this_server(last: &LastSignIn, demo_server: Option<&str>) -> bool {
    demo_server.is_none_or(|server| last.server == server)
}
