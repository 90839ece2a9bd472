//! Passwords over REST: one's own, with the old one, and another's for administrators.

use super::admin::is_admin;
use super::auth::Caller;
use super::body::JsonBody;
use super::configuration::{nobody, take_effect};
use super::operation::Operation;
use super::problem::Problem;
use super::sign_in::check_password;
use crate::accounts::hash_password;
use crate::app::App;
use crate::engine::{Directory, utc_now};
use crate::limits::Origin;
use crate::passwords::{self, Known};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use protocol::link::ErrorCode;
use protocol::rest::{MAX_PASSWORD_CHARS, NewPassword, OwnPassword};
use store::{Stamp, User};
use vocab::Sensitive;

/// The operations of this module.
pub(super) fn operations() -> Vec<Operation> {
    use ErrorCode::{
        NotAllowed, ServerBusy, TooManyAttempts, UnknownUser, WeakPassword, WrongPassword,
    };
    vec![
        Operation::put("/v1/me/password", change_own)
            .named("changeOwnPassword", "Change one's own password")
            .body::<OwnPassword>()
            .done("It is changed; other sign-ins of this account have ended.")
            .refuses(&[WrongPassword, TooManyAttempts, ServerBusy, WeakPassword]),
        Operation::put("/v1/people/{user}/password", set)
            .named("setPassword", "Set somebody's password, for administrators")
            .part::<String>("user")
            .body::<NewPassword>()
            .done("It is set; every sign-in of this account has ended.")
            .refuses(&[NotAllowed, UnknownUser, WeakPassword]),
    ]
}

fn known(directory: &Directory, user: &User) -> Known {
    let organisation = &directory.organisation;
    Known::of([
        user.user.as_str(),
        user.name.as_str(),
        organisation.slug.as_str(),
        organisation.name.as_str(),
    ])
}

/// Checked and hashed away from the async threads: both take milliseconds of a core.
async fn checked_and_hashed(
    password: Sensitive<String>,
    known: Known,
) -> Result<Sensitive<String>, Problem> {
    let work = move || {
        passwords::check(&password, &known)
            .map_err(|weak| Problem::new(ErrorCode::WeakPassword, format!("password: {weak}")))?;
        hash_password(&password).map_err(|err| {
            tracing::error!(%err, "a password could not be hashed");
            Problem::internal()
        })
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Problem::internal())?
}

async fn change_own(
    State(app): State<App>,
    caller: Caller,
    JsonBody(body): JsonBody<OwnPassword>,
) -> Result<StatusCode, Problem> {
    let Caller {
        engine,
        user,
        token,
        address,
    } = caller;
    let known = known(&engine.directory(), &user);
    if passwords::is_too_long(&body.old) {
        let hint = format!("old: expected at most {MAX_PASSWORD_CHARS} characters");
        return Err(Problem::bad_field(hint));
    }
    let place = (None, Origin::of(address));
    let checked = check_password(&app, &engine, &user.user, place, body.old).await?;
    if checked.is_none() {
        let hint = "old: this is not the present password";
        return Err(Problem::new(ErrorCode::WrongPassword, hint));
    }
    let hash = checked_and_hashed(body.new, known).await?;
    let (agent, by) = (user.agent, user.user);
    let work = move |accounts: &mut dyn store::Accounts| {
        let stamp = Stamp {
            at: utc_now(),
            by: &by,
        };
        accounts.change_own_password(stamp, agent, &hash, &token)
    };
    take_effect(&engine, work).await?;
    tracing::info!(organisation = %engine.organisation(), agent = agent.0, "password changed");
    Ok(StatusCode::NO_CONTENT)
}

async fn set(
    caller: Caller,
    user: Result<Path<String>, PathRejection>,
    JsonBody(NewPassword { password }): JsonBody<NewPassword>,
) -> Result<StatusCode, Problem> {
    let Path(user) = user?;
    is_admin(&caller)?;
    let readers = caller.engine.readers();
    let found = readers.accounts(move |accounts| accounts.user_by_name(&user));
    let user = found.await?.ok_or_else(nobody)?;
    let known = known(&caller.engine.directory(), &user);
    let hash = checked_and_hashed(password, known).await?;
    let by = caller.user.user.clone();
    let work = move |accounts: &mut dyn store::Accounts| {
        let stamp = Stamp {
            at: utc_now(),
            by: &by,
        };
        accounts.set_password(stamp, user.agent, &hash)
    };
    take_effect(&caller.engine, work).await?;
    Ok(StatusCode::NO_CONTENT)
}
