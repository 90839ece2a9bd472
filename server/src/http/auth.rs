//! Signing in and out, and who is behind a bearer token.

use super::body::JsonBody;
use super::operation::Operation;
use super::problem::Problem;
use crate::accounts;
use crate::app::App;
use crate::config::Limits;
use crate::engine::{Engine, Input, utc_now};
use crate::http::ClientAddress;
use crate::passwords;
use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use protocol::MAX_FIELD_CHARS;
use protocol::link::ErrorCode;
use protocol::rest::{MAX_PASSWORD_CHARS, SignIn, SignedIn};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use store::{SignInAttempt, Stamp, TokenHash, TokenRow, User};
use vocab::{Millis, Sensitive};

/// Failures of one address over all accounts count this much less than those on one account.
const ADDRESS_FACTOR: u32 = 10;

/// Failures on one account from everywhere: high, so that a stranger cannot lock somebody out.
const ACCOUNT_FACTOR: u32 = 50;

/// Pairs of account and address remembered; beyond it the oldest waits are forgotten.
const PAIRS: usize = 10_000;

/// Counts attempts of an account from an address, those in progress included.
#[derive(Debug)]
pub(crate) struct SignInLimiter {
    attempts: u32,
    wait: Duration,
    pairs: Mutex<BTreeMap<(String, IpAddr), Tried>>,
}

#[derive(Clone, Copy, Debug)]
struct Tried {
    times: u32,
    last: Instant,
}

impl SignInLimiter {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            attempts: limits.sign_in_attempts,
            wait: limits.sign_in_wait,
            pairs: Mutex::default(),
        }
    }

    /// Counts an attempt before it is checked, so that many at once are no way around the limit.
    ///
    /// # Errors
    /// How long to wait.
    fn begin(&self, account: &str, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let mut pairs = self.pairs.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = self.wait;
        if pairs.len() >= PAIRS {
            pairs.retain(|_, tried| now.saturating_duration_since(tried.last) < wait);
        }
        if pairs.len() >= PAIRS
            && let Some(oldest) = pairs
                .iter()
                .min_by_key(|(_, tried)| tried.last)
                .map(|(pair, _)| pair.clone())
        {
            pairs.remove(&oldest);
        }
        let tried = pairs.entry((account.to_owned(), address)).or_insert(Tried {
            times: 0,
            last: now,
        });
        let passed = now.saturating_duration_since(tried.last);
        if passed >= wait {
            tried.times = 0;
        }
        if tried.times >= self.attempts {
            return Err(wait.saturating_sub(passed));
        }
        tried.times += 1;
        tried.last = now;
        Ok(())
    }

    fn succeeded(&self, account: &str, address: IpAddr) {
        let mut pairs = self.pairs.lock().unwrap_or_else(PoisonError::into_inner);
        pairs.remove(&(account.to_owned(), address));
    }
}

/// The operations of this module.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::post("/v1/sign-in", sign_in)
            .named("signIn", "Sign in with an account")
            .open()
            .body::<SignIn>()
            .answers::<SignedIn>("A token that is valid until `expires_at`.")
            .refuses(&[
                ErrorCode::WrongPassword,
                ErrorCode::UnknownOrganisation,
                ErrorCode::TooManyAttempts,
            ]),
        Operation::post("/v1/sign-out", sign_out)
            .named("signOut", "Revoke this token")
            .done("The token is void, and the link that it opened is closed."),
    ]
}

pub(crate) async fn sign_in(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    body: JsonBody<SignIn>,
) -> Result<Json<SignedIn>, Problem> {
    let JsonBody(body) = body;
    let user = body.user.trim().to_lowercase();
    if user.is_empty() || user.chars().count() > MAX_FIELD_CHARS {
        return Err(Problem::bad_field("user: expected 1 to 200 characters"));
    }
    if passwords::is_too_long(&body.password) {
        let hint = format!("password: expected at most {MAX_PASSWORD_CHARS} characters");
        return Err(Problem::bad_field(hint));
    }
    let Some(engine) = app.engine(&body.organisation) else {
        if app.is_unserved(&body.organisation) {
            return Err(Problem::not_served());
        }
        let hint = "there is no such organisation on this server; check its name";
        return Err(Problem::new(ErrorCode::UnknownOrganisation, hint));
    };
    let owner = check_password(&app, &engine, &user, address, body.password).await?;
    let metrics = &app.inner.metrics;
    let Some(owner) = owner else {
        metrics.sign_ins_refused.fetch_add(1, Ordering::Relaxed);
        let hint = "user or password is wrong";
        return Err(Problem::new(ErrorCode::WrongPassword, hint));
    };
    metrics.sign_ins_done.fetch_add(1, Ordering::Relaxed);
    issue_token(&app, &engine, owner).await.map(Json)
}

/// Whose password it is, if it is right, within the limits on attempts; the attempt is noted either way.
pub(super) async fn check_password(
    app: &App,
    engine: &Engine,
    user: &str,
    address: IpAddr,
    password: Sensitive<String>,
) -> Result<Option<User>, Problem> {
    let account = format!("{}/{user}", engine.organisation());
    app.inner
        .sign_ins
        .begin(&account, address, Instant::now())
        .map_err(|wait| too_many(app, wait))?;
    check_failures(app, engine, user, address).await?;
    let found = {
        let user = user.to_owned();
        engine
            .readers()
            .accounts(move |accounts| accounts.user_by_name(&user))
            .await?
    };
    let hash = found.as_ref().map(|user| user.password_hash.clone());
    // Each check takes 19 MiB and a core; a flood of them waits here rather than there.
    let turn = app
        .inner
        .password_turns
        .acquire()
        .await
        .map_err(|_| Problem::internal())?;
    let is_right =
        tokio::task::spawn_blocking(move || accounts::verify_password(&password, hash.as_ref()))
            .await
            .map_err(|_| Problem::internal())?;
    drop(turn);
    let owner = found.filter(|_| is_right);
    note_attempt(engine, user, address, owner.is_some()).await?;
    if owner.is_some() {
        app.inner.sign_ins.succeeded(&account, address);
    }
    Ok(owner)
}

async fn issue_token(app: &App, engine: &Engine, owner: User) -> Result<SignedIn, Problem> {
    let token = accounts::new_token(engine.organisation()).map_err(|_| Problem::internal())?;
    let life_ms = app.inner.config.now().limits.token_life.as_millis();
    let life_ms = u64::try_from(life_ms).unwrap_or(u64::MAX);
    // It lasts a time, whatever is done to the clock meanwhile; its user is told by the clock as it is.
    let now = engine.steady();
    let expires_at = utc_now().plus(life_ms);
    let row = TokenRow {
        hash: accounts::token_hash(token.reveal()),
        agent: owner.agent,
        created_at: now,
        expires_at: now.plus(life_ms),
    };
    engine
        .readers()
        .accounts(move |accounts| accounts.add_token(&row))
        .await?;
    tracing::info!(organisation = %engine.organisation(), agent = owner.agent.0, "signed in");
    Ok(SignedIn {
        token,
        expires_at,
        name: owner.name,
        role: owner.role,
    })
}

async fn check_failures(
    app: &App,
    engine: &Engine,
    user: &str,
    address: IpAddr,
) -> Result<(), Problem> {
    let limits = app.inner.config.now().limits;
    let wait_ms = u64::try_from(limits.sign_in_wait.as_millis()).unwrap_or(u64::MAX);
    let since = Millis(engine.steady().0.saturating_sub(wait_ms));
    let (user, from) = (user.to_owned(), address.to_string());
    let failed = engine
        .readers()
        .accounts(move |accounts| accounts.failed_sign_ins(&user, &from, since))
        .await?;
    let is_too_many = failed.from_address >= limits.sign_in_attempts.saturating_mul(ADDRESS_FACTOR)
        || failed.of_user >= limits.sign_in_attempts.saturating_mul(ACCOUNT_FACTOR);
    if is_too_many {
        Err(too_many(app, limits.sign_in_wait))
    } else {
        Ok(())
    }
}

async fn note_attempt(
    engine: &Engine,
    user: &str,
    address: IpAddr,
    has_succeeded: bool,
) -> Result<(), Problem> {
    let attempt = SignInAttempt {
        at: utc_now(),
        steady: engine.steady(),
        user: user.to_owned(),
        from: address.to_string(),
        has_succeeded,
    };
    engine
        .readers()
        .accounts(move |accounts| accounts.note_sign_in(&attempt))
        .await?;
    Ok(())
}

fn too_many(app: &App, wait: Duration) -> Problem {
    app.inner
        .metrics
        .sign_ins_refused
        .fetch_add(1, Ordering::Relaxed);
    let seconds = wait.as_secs().saturating_add(1);
    let hint = format!("too many attempts; try again in {seconds} seconds");
    Problem::new(ErrorCode::TooManyAttempts, hint).retry_after(seconds)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_limited_by_address_and_the_wait_is_told() {
        let limits = Limits {
            sign_in_attempts: 2,
            ..crate::config::Config::default().limits
        };
        let limiter = SignInLimiter::new(limits);
        let (home, away) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let start = Instant::now();
        assert_eq!(limiter.begin("demo/anna", home, start), Ok(()));
        assert_eq!(limiter.begin("demo/anna", home, start), Ok(()));
        let later = start + Duration::from_secs(20);
        assert_eq!(
            limiter.begin("demo/anna", home, later),
            Err(Duration::from_secs(40))
        );
        assert_eq!(limiter.begin("demo/anna", away, later), Ok(()));
        assert_eq!(limiter.begin("demo/noor", home, later), Ok(()));
        assert_eq!(
            limiter.begin("demo/anna", home, start + limits.sign_in_wait),
            Ok(())
        );
        limiter.succeeded("demo/anna", home);
        assert_eq!(limiter.begin("demo/anna", home, later), Ok(()));
    }
}
