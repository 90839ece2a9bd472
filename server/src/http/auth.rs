//! Who is behind a bearer token, and signing out.

use super::operation::Operation;
use super::problem::Problem;
use crate::accounts;
use crate::app::App;
use crate::engine::{Engine, Input, utc_now};
use crate::http::ClientAddress;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use std::net::IpAddr;
use store::{Stamp, TokenHash, User};

/// The operations of this module.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::post("/v1/sign-out", sign_out)
            .named("signOut", "Revoke this token")
            .done("The token is void, and the link that it opened is closed."),
    ]
}

pub(crate) async fn sign_out(caller: Caller) -> Result<StatusCode, Problem> {
    let (token, by) = (caller.token, caller.user.user.clone());
    caller
        .engine
        .readers()
        .accounts(move |accounts| {
            let stamp = Stamp {
                at: utc_now(),
                by: &by,
            };
            accounts.revoke_token(stamp, &token)
        })
        .await?;
    let agent = caller.user.agent;
    caller
        .engine
        .send(Input::SignsOut { agent, token })
        .await
        .map_err(|_| Problem::internal())?;
    tracing::info!(organisation = %caller.engine.organisation(), agent = agent.0, "signed out");
    Ok(StatusCode::NO_CONTENT)
}

/// The account behind a request's bearer token.
pub(crate) struct Caller {
    pub(crate) engine: Engine,
    pub(crate) user: User,
    pub(crate) token: TokenHash,
    pub(crate) address: IpAddr,
}

/// The token of `Authorization: Bearer …`; the scheme's name in any case (RFC 9110, 11.1).
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let said = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = said.trim_start().split_once(' ')?;
    let is_bearer = scheme.eq_ignore_ascii_case("bearer");
    is_bearer.then(|| token.trim())
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let token = bearer(&parts.headers).ok_or_else(Problem::unauthorised)?;
        let organisation = accounts::token_organisation(token).ok_or_else(Problem::unauthorised)?;
        let Some(engine) = app.engine(&organisation) else {
            // The sign-in is as good as before: nobody is asked for a password for this.
            let is_unserved = app.is_unserved(&organisation);
            return Err(if is_unserved {
                Problem::not_served()
            } else {
                Problem::unauthorised()
            });
        };
        let hash = accounts::token_hash(token);
        let now = engine.steady();
        let owner = engine
            .readers()
            .accounts(move |accounts| accounts.token_owner(&hash, now))
            .await?;
        let (user, _) = owner.ok_or_else(Problem::unauthorised)?;
        let from = ClientAddress::from_request_parts(parts, app).await;
        let ClientAddress(address) = from.map_err(|_| Problem::internal())?;
        Ok(Self {
            engine,
            user,
            token: hash,
            address,
        })
    }
}
