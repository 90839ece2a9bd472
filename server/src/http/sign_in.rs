//! Signing in: who may try, in what order passwords are checked, and the token that comes of it.

mod guard;
mod hashing;
mod line;
mod notes;

pub(crate) use guard::Guard;
pub(crate) use hashing::PasswordChecks;
pub(crate) use notes::RefusalNotes;

use super::body::JsonBody;
use super::operation::Operation;
use super::problem::Problem;
use crate::accounts;
use crate::app::App;
use crate::engine::{Engine, utc_now};
use crate::http::ClientAddress;
use crate::limits::Origin;
use crate::passwords;
use axum::Json;
use axum::extract::State;
use guard::{Place, Slowed};
use hashing::NotChecked;
use protocol::MAX_FIELD_CHARS;
use protocol::limits::LimitKind;
use protocol::link::ErrorCode;
use protocol::rest::{MAX_PASSWORD_CHARS, SignIn, SignedIn};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use store::{DeviceKey, TokenRow, User};
use vocab::Sensitive;

/// `Retry-After` when too many sign-ins wait.
const BUSY_WAIT: Duration = Duration::from_secs(1);

/// Characters of a device's name for itself: fewer could be guessed.
const DEVICE_CHARS: std::ops::RangeInclusive<usize> = 32..=128;

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
                ErrorCode::ServerBusy,
            ]),
    ]
}

pub(crate) async fn sign_in(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    JsonBody(body): JsonBody<SignIn>,
) -> Result<Json<SignedIn>, Problem> {
    let user = body.user.trim().to_lowercase();
    check_fields(&body, &user)?;
    let Some(engine) = app.engine(&body.organisation) else {
        if app.is_unserved(&body.organisation) {
            return Err(Problem::not_served());
        }
        let hint = "there is no such organisation on this server; check its name";
        return Err(Problem::new(ErrorCode::UnknownOrganisation, hint));
    };
    let origin = Origin::of(address);
    let device = body.device.as_ref().map(|d| device_key(d.reveal()));
    let owner = check_password(&app, &engine, &user, (device, origin), body.password).await?;
    let Some(owner) = owner else {
        return Err(Problem::new(
            ErrorCode::WrongPassword,
            "user or password is wrong",
        ));
    };
    done(&app, &engine, owner, (device, origin)).await
}

/// Whose password it is, if it is right, in its turn and within the limits on attempts.
pub(super) async fn check_password(
    app: &App,
    engine: &Engine,
    user: &str,
    (device, origin): (Option<DeviceKey>, Origin),
    password: Sensitive<String>,
) -> Result<Option<User>, Problem> {
    let admitted = app.inner.guard.admit(origin);
    let attempt = admitted.map_err(|limit| busy(app, engine, limit))?;
    let (found, place) = look_up(engine, user, device, origin).await?;
    let account = format!("{}/{user}", engine.organisation());
    let class = attempt
        .begin(&account, &place, Instant::now())
        .map_err(|slowed| too_many(app, engine, slowed))?;
    let hash = found.as_ref().map(|user| user.password_hash.clone());
    let checked = app.inner.passwords.check(class, origin, password, hash);
    let is_right = checked.await.map_err(|not_checked| {
        let limit = match not_checked {
            NotChecked::OriginFull => LimitKind::SignInsOfAddress,
            NotChecked::Busy => LimitKind::SignIns,
        };
        busy(app, engine, limit)
    })?;
    let owner = found.filter(|_| is_right);
    if owner.is_some() {
        attempt.succeeded(&account, &place);
    } else {
        count_refusal(app);
        app.inner.refusals.note(engine, user).await?;
    }
    Ok(owner)
}

fn check_fields(body: &SignIn, user: &str) -> Result<(), Problem> {
    if user.is_empty() || user.chars().count() > MAX_FIELD_CHARS {
        return Err(Problem::bad_field("user: expected 1 to 200 characters"));
    }
    if passwords::is_too_long(&body.password) {
        let hint = format!("password: expected at most {MAX_PASSWORD_CHARS} characters");
        return Err(Problem::bad_field(hint));
    }
    let device = body.device.as_ref().map(|d| d.reveal().chars().count());
    if device.is_some_and(|chars| !DEVICE_CHARS.contains(&chars)) {
        return Err(Problem::bad_field("device: 32 to 128 characters"));
    }
    Ok(())
}

/// The form under which a device is kept.
fn device_key(device: &str) -> DeviceKey {
    accounts::token_hash(device)
}

/// The account, if there is one, and whether it was ever signed in to from here.
async fn look_up(
    engine: &Engine,
    user: &str,
    device: Option<DeviceKey>,
    origin: Origin,
) -> Result<(Option<User>, Place), Problem> {
    let (user, address) = (user.to_owned(), origin.to_string());
    let read = engine.readers().accounts(move |accounts| {
        let Some(found) = accounts.user_by_name(&user)? else {
            return Ok((None, Place::New));
        };
        let known = accounts.known_place(found.agent, device.as_ref(), &address)?;
        let place = match (known.by_device, device, known.by_address) {
            (true, Some(device), _) => Place::Device(device),
            (_, _, true) => Place::Address,
            (_, _, false) => Place::New,
        };
        Ok((Some(found), place))
    });
    Ok(read.await?)
}

async fn done(
    app: &App,
    engine: &Engine,
    owner: User,
    (device, origin): (Option<DeviceKey>, Origin),
) -> Result<Json<SignedIn>, Problem> {
    let token = accounts::new_token(engine.organisation()).map_err(|_| Problem::internal())?;
    let life_ms = app.inner.config.now().limits.token_life.as_millis();
    let life_ms = u64::try_from(life_ms).unwrap_or(u64::MAX);
    // It lasts a time, whatever is done to the clock meanwhile; its user is told by the clock as it is.
    let (now, shown) = (engine.steady(), utc_now());
    let expires_at = shown.plus(life_ms);
    let row = TokenRow {
        hash: accounts::token_hash(token.reveal()),
        agent: owner.agent,
        created_at: now,
        expires_at: now.plus(life_ms),
    };
    let (agent, user) = (owner.agent, owner.user.clone());
    let place = store::SignInPlace {
        at: now,
        device,
        address: origin.to_string(),
    };
    engine
        .readers()
        .accounts(move |accounts| {
            accounts.note_sign_in(shown, &user, true)?;
            accounts.remember_place(agent, &place)?;
            accounts.add_token(&row)
        })
        .await?;
    app.inner
        .metrics
        .sign_ins_done
        .fetch_add(1, Ordering::Relaxed);
    tracing::info!(organisation = %engine.organisation(), agent = agent.0, "signed in");
    Ok(Json(SignedIn {
        token,
        expires_at,
        name: owner.name,
        role: owner.role,
    }))
}

fn too_many(app: &App, engine: &Engine, slowed: Slowed) -> Problem {
    count_refusal(app);
    app.inner
        .bites
        .bit(slowed.limit, std::slice::from_ref(engine));
    let seconds = whole_seconds(slowed.wait);
    let hint = format!("too many attempts; try again in {seconds} seconds");
    Problem::new(ErrorCode::TooManyAttempts, hint).retry_after(seconds)
}

/// Nothing was checked; that says nothing about the password.
fn busy(app: &App, engine: &Engine, limit: LimitKind) -> Problem {
    count_refusal(app);
    app.inner.bites.bit(limit, std::slice::from_ref(engine));
    let code = match limit {
        LimitKind::SignInsOfAddress => ErrorCode::TooManyAttempts,
        _ => ErrorCode::ServerBusy,
    };
    let hint = "too many sign-ins at once; try again in a moment";
    Problem::new(code, hint).retry_after(whole_seconds(BUSY_WAIT))
}

fn count_refusal(app: &App) {
    let refused = &app.inner.metrics.sign_ins_refused;
    refused.fetch_add(1, Ordering::Relaxed);
}

/// Rounded up.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}
