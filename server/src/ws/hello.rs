//! The first frame: who is there, checked against the store before the engine hears of it.

use crate::accounts;
use crate::app::App;
use crate::engine::{AgentHello, CustomerHello, Engine, Input, LinkId, Out, VisitorKey};
use crate::limits::Origin;
use protocol::LINK_VERSION;
use protocol::limits::LimitKind;
use protocol::link::{ClientFrame, ErrorCode, HelloAs};
use std::time::Duration;
use tokio::sync::mpsc;
use vocab::{Millis, Sensitive};

/// What a link may send once it is known.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Agent {
        token: store::TokenHash,
        expires_at: Millis,
    },
    Customer,
}

/// A link that the engine knows.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) engine: Engine,
    pub(super) kind: Kind,
}

/// Why there is no link: the goodbye to send.
pub(super) struct NotWelcome {
    pub(super) code: ErrorCode,
    pub(super) hint: &'static str,
    pub(super) retry_after_ms: Option<u64>,
}

fn no(code: ErrorCode, hint: &'static str) -> NotWelcome {
    NotWelcome {
        code,
        hint,
        retry_after_ms: None,
    }
}

fn later() -> NotWelcome {
    let hint = "the server cannot read or write at the moment";
    NotWelcome {
        code: ErrorCode::StorageFailed,
        hint,
        retry_after_ms: Some(1_000),
    }
}

/// The organisation is here and cannot be served until the operator has mended its store.
fn not_served() -> NotWelcome {
    NotWelcome {
        code: ErrorCode::StorageFailed,
        hint: "this organisation cannot be served at the moment",
        retry_after_ms: Some(10_000),
    }
}

fn too_many_pages(wait: Duration) -> NotWelcome {
    let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    NotWelcome {
        code: ErrorCode::TooManyCalls,
        hint: "too many pages of one address open a link; please try again later",
        retry_after_ms: Some(wait_ms.max(1_000)),
    }
}

pub(super) async fn greet(
    app: &App,
    (link, origin): (LinkId, Origin),
    frame: ClientFrame,
    out: mpsc::Sender<Out>,
) -> Result<Known, NotWelcome> {
    let ClientFrame::Hello {
        version,
        client: _,
        who,
    } = frame
    else {
        return Err(no(ErrorCode::HelloExpected, "the first frame is a hello"));
    };
    if version != LINK_VERSION {
        return Err(no(
            ErrorCode::VersionMismatch,
            "this server speaks another version of the link",
        ));
    }
    match who {
        HelloAs::Agent { token } => greet_agent(app, link, &token, out).await,
        HelloAs::Customer {
            organisation,
            queue,
            visitor,
            site,
        } => {
            let Some(engine) = app.engine(&organisation) else {
                if app.is_unserved(&organisation) {
                    return Err(not_served());
                }
                return Err(no(
                    ErrorCode::UnknownOrganisation,
                    "no such organisation here",
                ));
            };
            if let Err(wait) = app.inner.pages.take(origin) {
                let limit = LimitKind::PagesOfAddress;
                app.inner.bites.bit(limit, std::slice::from_ref(&engine));
                return Err(too_many_pages(wait));
            }
            greet_customer(&engine, (link, origin), &queue, (visitor, site), out).await
        }
    }
}

async fn greet_agent(
    app: &App,
    link: LinkId,
    token: &Sensitive<String>,
    out: mpsc::Sender<Out>,
) -> Result<Known, NotWelcome> {
    let invalid = || {
        no(
            ErrorCode::TokenExpired,
            "the sign-in has expired; sign in again",
        )
    };
    let organisation = accounts::token_organisation(token.reveal()).ok_or_else(invalid)?;
    let Some(engine) = app.engine(&organisation) else {
        let is_unserved = app.is_unserved(&organisation);
        return Err(if is_unserved { not_served() } else { invalid() });
    };
    let hash = accounts::token_hash(token.reveal());
    let owner = signed_in(&engine, hash).await.map_err(|_| later())?;
    let (user, expires_at) = owner.ok_or_else(invalid)?;
    let hello = AgentHello {
        link,
        agent: user.agent,
        token: hash,
        is_expired: expires_at <= engine.steady(),
        user: user.user,
        name: user.name,
        role: user.role,
        out,
    };
    engine
        .send(Input::AgentHello(Box::new(hello)))
        .await
        .map_err(|_| later())?;
    Ok(Known {
        engine: engine.clone(),
        kind: Kind::Agent {
            token: hash,
            expires_at,
        },
    })
}

/// Whose sign-in it is and until when; also of an expired one, which may have work to finish, but not of one that was
/// revoked.
pub(super) async fn signed_in(
    engine: &Engine,
    token: store::TokenHash,
) -> store::Result<Option<(store::User, Millis)>> {
    let at_any_time = Millis::default();
    engine
        .readers()
        .accounts(move |accounts| accounts.token_owner(&token, at_any_time))
        .await
}

async fn greet_customer(
    engine: &Engine,
    (link, origin): (LinkId, Origin),
    queue: &str,
    (visitor, site): (Option<Sensitive<String>>, Option<String>),
    out: mpsc::Sender<Out>,
) -> Result<Known, NotWelcome> {
    let directory = engine.directory();
    let Some(queue) = directory.queue_by_slug(queue).map(|queue| queue.id) else {
        return Err(no(ErrorCode::UnknownQueue, "no such queue here"));
    };
    let given = visitor.filter(|visitor| accounts::is_visitor(visitor.reveal()));
    let is_returning = given.is_some();
    let visitor = match given {
        Some(visitor) => visitor,
        None => accounts::new_visitor().map_err(|_| later())?,
    };
    let key = match &site {
        None => VisitorKey(accounts::visitor_key(visitor.reveal())),
        Some(site) => VisitorKey::of_site(&accounts::visitor_key(&format!(
            "{site} {}",
            visitor.reveal()
        ))),
    };
    let known = if is_returning {
        let key = key.clone();
        let now = engine.now();
        engine
            .readers()
            .history(move |history| crate::engine::known_visitor(history, &key, now))
            .await
            .map_err(|_| later())?
    } else {
        None
    };
    let hello = CustomerHello {
        link,
        queue,
        visitor,
        key,
        known,
        origin,
        out,
    };
    engine
        .send(Input::CustomerHello(Box::new(hello)))
        .await
        .map_err(|_| later())?;
    Ok(Known {
        engine: engine.clone(),
        kind: Kind::Customer,
    })
}
