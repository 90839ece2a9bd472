//! Signing in and out, and what is remembered of it.

use super::core::Core;
use super::{Answer, Reply, demo};
use crate::address::ServerAddress;
use crate::link::{Link, LinkOptions};
use crate::rest::RestClient;
use protocol::desktop::{
    Check, DesktopError, DesktopEvent, DesktopReply, LastSignIn, LinkState, Session, TokenKept,
};
use protocol::link::{ErrorCode, HelloAs};
use protocol::rest::SignIn;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use vocab::Sensitive;

/// How long a sign-out waits for what is still to be sent.
const SEND_WITHIN: Duration = Duration::from_secs(3);
/// Link events wait for the desktop's task, which reads at once.
const LINK_EVENTS: usize = 256;

/// Who is signed in, and how to reach their server.
#[derive(Clone)]
pub(super) struct Account {
    /// Names the account in the keyring and the outbox.
    pub(super) key: String,
    pub(super) rest: RestClient,
    server: ServerAddress,
    token: Sensitive<String>,
}

/// Results of work done beside the desktop's task.
pub(super) enum Inner {
    SignedIn {
        number: u64,
        done: Result<Fresh, DesktopError>,
        reply: Reply,
    },
    TokenLoaded {
        number: u64,
        last: LastSignIn,
        loaded: Result<Option<String>, String>,
    },
    Readiness {
        step: super::readiness::Step,
    },
    /// The REST interface found the token invalid.
    TokenExpired {
        number: u64,
    },
    RetryOutbox,
    /// What was not sent by now is not waited for.
    SignOutNow {
        number: u64,
    },
    RecordingFinished,
    /// The recording of the live conversation stopped by itself.
    RecordingFailed {
        detail: String,
    },
    RecordingSent {
        number: u64,
        sent: crate::recordings::Sent,
    },
}

/// A sign-in that worked.
pub(super) struct Fresh {
    last: LastSignIn,
    token: Sensitive<String>,
    kept: TokenKept,
}

fn key(last: &LastSignIn) -> String {
    format!("{}@{} {}", last.user, last.organisation, last.server)
}

impl Core {
    /// At start: the kept token of the last sign-in, when there is one.
    pub(super) fn sign_in_by_token(&mut self) {
        let last = self.local.last_sign_in();
        let demo_server = self.demo_server.as_deref();
        let Some(last) = last.filter(|last| demo::is_of_this_server(last, demo_server)) else {
            return;
        };
        self.session = Session::SigningIn;
        self.emit_session();
        let (tokens, inner, number) = (
            Arc::clone(&self.tokens),
            self.inner.clone(),
            self.session_number,
        );
        telemetry::spawn("load token", async move {
            let account = key(&last);
            let loaded = tokio::task::spawn_blocking(move || tokens.load(&account)).await;
            let loaded = loaded.unwrap_or_else(|err| Err(err.to_string()));
            let _ = inner
                .send(Inner::TokenLoaded {
                    number,
                    last,
                    loaded,
                })
                .await;
        });
    }

    pub(super) fn token_loaded(
        &mut self,
        last: LastSignIn,
        loaded: Result<Option<String>, String>,
    ) {
        let signed_out = self.signed_out_because(None);
        match loaded {
            Ok(Some(token)) => {
                let token_kept = self.kept_where();
                let fresh = Fresh {
                    last,
                    token: Sensitive::new(token),
                    kept: token_kept,
                };
                if let Err(err) = self.begin_session(fresh) {
                    tracing::warn!(?err, "the last server's address is not usable any more");
                    self.session = signed_out;
                }
            }
            Ok(None) => self.session = signed_out,
            Err(why) => {
                tracing::warn!(why, "the keyring cannot be read");
                self.session = signed_out;
            }
        }
        self.emit_session();
    }

    fn signed_out_because(&self, why: Option<ErrorCode>) -> Session {
        demo::signed_out(&self.local, self.demo_server.as_deref(), why)
    }

    fn kept_where(&self) -> TokenKept {
        if self.tokens.is_lasting() {
            TokenKept::InKeyring
        } else {
            TokenKept::InMemory {
                detail: "this program keeps no token".to_owned(),
            }
        }
    }

    pub(super) fn sign_in(&mut self, server: &str, mut sign_in: SignIn, reply: Reply) {
        let address = match ServerAddress::parse(server, self.is_plain_http_allowed) {
            Ok(address) => address,
            Err(err) => return answer(reply, Err(err)),
        };
        let rest = match RestClient::new(address.clone()) {
            Ok(rest) => rest,
            Err(err) => return answer(reply, Err(err)),
        };
        if self.account.is_some() {
            self.leave(None);
        }
        sign_in.device = Some(self.local.device());
        self.session_number += 1;
        self.session = Session::SigningIn;
        self.emit_session();
        let last = LastSignIn {
            server: address.as_text(),
            organisation: sign_in.organisation.clone(),
            user: sign_in.user.clone(),
        };
        let (tokens, inner, number) = (
            Arc::clone(&self.tokens),
            self.inner.clone(),
            self.session_number,
        );
        let kept = self.kept_where();
        telemetry::spawn("sign in", async move {
            let done = match rest.sign_in(&sign_in).await {
                Ok(signed_in) => {
                    let kept = save(tokens, key(&last), signed_in.token.clone(), kept).await;
                    Ok(Fresh {
                        last,
                        token: signed_in.token,
                        kept,
                    })
                }
                Err(err) => Err(err),
            };
            let _ = inner
                .send(Inner::SignedIn {
                    number,
                    done,
                    reply,
                })
                .await;
        });
    }

    pub(super) fn signed_in(&mut self, done: Result<Fresh, DesktopError>, reply: Reply) {
        let done = done.and_then(|fresh| {
            self.local.save_last_sign_in(&fresh.last)?;
            self.begin_session(fresh)
        });
        if done.is_err() {
            self.session = self.signed_out_because(None);
        }
        self.emit_session();
        answer(reply, done.map(|()| DesktopReply::Done));
    }

    fn begin_session(&mut self, fresh: Fresh) -> Result<(), DesktopError> {
        let server = ServerAddress::parse(&fresh.last.server, self.is_plain_http_allowed)?;
        let rest = RestClient::new(server.clone())?.with_token(fresh.token.clone());
        let account = Account {
            key: key(&fresh.last),
            rest,
            server,
            token: fresh.token,
        };
        self.drafts = self.local.drafts(&account.key);
        self.view = self.local.view(&account.key);
        self.is_welcomed = false;
        self.start_link(&account);
        self.account = Some(account);
        self.session = Session::SignedIn {
            token_kept: fresh.kept,
        };
        self.show_outbox();
        self.send_recordings();
        self.emit_agent();
        Ok(())
    }

    fn start_link(&mut self, account: &Account) {
        let (events, reader) = mpsc::channel(LINK_EVENTS);
        let who = HelloAs::Agent {
            token: account.token.clone(),
        };
        let (server, client) = (account.server.clone(), self.client_name.clone());
        self.link = Some(Link::start(
            LinkOptions {
                server,
                client,
                who,
            },
            events,
        ));
        self.link_events = Some(reader);
    }

    /// What waits to be sent goes first where there is a link.
    pub(super) fn sign_out(&mut self, reply: Reply) {
        let waiting = self
            .account
            .as_ref()
            .map_or(0, |account| self.local.count(&account.key));
        if waiting == 0 || self.link_state != LinkState::Up || self.signing_out.is_some() {
            return self.sign_out_now(reply);
        }
        self.signing_out = Some(reply);
        let (inner, number) = (self.inner.clone(), self.session_number);
        telemetry::spawn("sign-out deadline", async move {
            tokio::time::sleep(SEND_WITHIN).await;
            let _ = inner.send(Inner::SignOutNow { number }).await;
        });
    }

    /// Called when a command of the outbox was answered.
    pub(super) fn sign_out_when_all_is_sent(&mut self) {
        let account = self.account.as_ref();
        if account.is_some_and(|account| self.local.count(&account.key) > 0) {
            return;
        }
        if let Some(reply) = self.signing_out.take() {
            self.sign_out_now(reply);
        }
    }

    fn sign_out_now(&mut self, reply: Reply) {
        let Some(account) = self.account.take() else {
            return answer(reply, Err(DesktopError::NotSignedIn));
        };
        self.leave(None);
        if let Err(err) = self.local.forget_account(&account.key) {
            tracing::error!(?err, "customers' data could not be removed from the disk");
        }
        let tokens = Arc::clone(&self.tokens);
        telemetry::spawn("sign out", async move {
            // The token is worthless here from now on; the server forgets it when it can be reached.
            if let Err(err) = account.rest.sign_out().await {
                tracing::info!(?err, "the server could not be told of the sign-out");
            }
            forget(tokens, account.key).await;
            answer(reply, Ok(DesktopReply::Done));
        });
    }

    /// REST takes the token no more. Work under way goes on: the link lets it end, and says goodbye itself after it.
    pub(super) fn found_expired(&mut self) {
        let has_work = self.view.as_ref().is_some_and(|view| !view.work.is_empty());
        if !has_work {
            self.thrown_out(ErrorCode::TokenExpired);
        }
    }

    /// The server does not know this session any more.
    pub(super) fn thrown_out(&mut self, code: ErrorCode) {
        if code == ErrorCode::TokenExpired
            && let Some(account) = self.account.take()
        {
            telemetry::spawn(
                "forget token",
                forget(Arc::clone(&self.tokens), account.key),
            );
        }
        self.leave(Some(code));
    }

    /// Back to the sign-in screen. What waits in the outbox stays there for the account's return.
    fn leave(&mut self, why: Option<ErrorCode>) {
        self.session_number += 1;
        self.account = None;
        self.link = None;
        self.link_events = None;
        self.link_state = LinkState::Down;
        self.no_way = None;
        self.link_went_down();
        self.view = None;
        self.is_welcomed = false;
        if let Err(err) = self.local.forget_view() {
            tracing::warn!(?err, "the kept view could not be removed");
        }
        self.is_watching = false;
        self.went_back = None;
        if let Some(reply) = self.signing_out.take() {
            answer(reply, Ok(DesktopReply::Done));
        }
        self.see(false);
        self.drive(call::AgentInput::LinkDown);
        self.drive_consult(call::CustomerInput::LinkDown);
        self.drafts.clear();
        self.readiness.server = Check::NotRun;
        self.session = self.signed_out_because(why);
        self.emit_link();
        self.emit_agent();
        self.emit_readiness();
        self.emit_session();
        self.outbox_shown = 0;
        self.emitter.emit(DesktopEvent::Outbox { outbox: 0 });
        self.stop_sending_recordings();
    }

    pub(super) fn take_inner(&mut self, inner: Inner) {
        match inner {
            Inner::SignedIn {
                number,
                done,
                reply,
            } => {
                if number == self.session_number {
                    self.signed_in(done, reply);
                } else {
                    answer(reply, Err(DesktopError::NotSignedIn));
                }
            }
            Inner::TokenLoaded {
                number,
                last,
                loaded,
            } => {
                if number == self.session_number {
                    self.token_loaded(last, loaded);
                }
            }
            Inner::Readiness { step } => self.take_readiness(step),
            Inner::TokenExpired { number } => {
                if number == self.session_number {
                    self.found_expired();
                }
            }
            Inner::RetryOutbox => self.deliver(),
            Inner::SignOutNow { number } => {
                if number == self.session_number
                    && let Some(reply) = self.signing_out.take()
                {
                    self.sign_out_now(reply);
                }
            }
            Inner::RecordingFinished => self.send_recordings(),
            Inner::RecordingFailed { detail } => self.recording_failed(detail),
            Inner::RecordingSent { number, sent } => {
                if number == self.session_number {
                    self.recording_sent(sent);
                }
            }
        }
    }
}

/// Replies to the screen; one that no longer waits is nobody's loss.
pub(super) fn answer(reply: Reply, said: Answer) {
    let _ = reply.send(said);
}

async fn save(
    tokens: Arc<dyn crate::tokens::TokenStore>,
    account: String,
    token: Sensitive<String>,
    kept: TokenKept,
) -> TokenKept {
    let saving = tokio::task::spawn_blocking(move || tokens.save(&account, token.reveal())).await;
    match saving.unwrap_or_else(|err| Err(err.to_string())) {
        Ok(()) => kept,
        Err(detail) => TokenKept::InMemory { detail },
    }
}

async fn forget(tokens: Arc<dyn crate::tokens::TokenStore>, account: String) {
    let deleted = tokio::task::spawn_blocking(move || tokens.delete(&account)).await;
    if let Err(why) = deleted.unwrap_or_else(|err| Err(err.to_string())) {
        tracing::warn!(why, "the keyring kept a token that is of no use any more");
    }
}
