//! The agent's role: signs in, is ready, answers and finishes by itself when told to, or on lines of input.

use super::{Common, handovers, lines, say, say_error, sentence};
use ::agent::{Desktop, DesktopOptions, InMemory};
use anyhow::Context;
use clap::Args;
use protocol::desktop::{DesktopCommand, DesktopEvent, DesktopReply};
use protocol::handover::HandoverCommand;
use protocol::work::{AgentView, WorkItem, WorkStage};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use vocab::{ChosenState, InteractionId, NotReadyReason, Sensitive};

#[derive(Debug, Args)]
pub(crate) struct AgentOptions {
    #[command(flatten)]
    common: Common,
    #[arg(long)]
    user: String,
    /// The password is the first line of standard input.
    #[arg(long)]
    password_stdin: bool,
    /// The password is in this environment variable.
    #[arg(
        long,
        value_name = "VARIABLE",
        required_unless_present = "password_stdin"
    )]
    password_env: Option<String>,
    /// Where commands wait that were given without a link; a folder that goes with the process without it.
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Becomes ready at once.
    #[arg(long)]
    ready: bool,
    /// Answers every ring.
    #[arg(long)]
    auto_answer: bool,
    /// Records conversations whose customers agreed, and hands the recordings in.
    #[arg(long)]
    record: bool,
    /// Finishes every wrap-up with this disposition.
    #[arg(long, value_name = "CODE")]
    wrap_up: Option<String>,
}

pub(crate) async fn run(options: AgentOptions) -> anyhow::Result<()> {
    let mut input = lines::read();
    let password = password(&options, &mut input).await?;
    let own_folder = std::env::temp_dir().join(format!("warmline-agent-{}", std::process::id()));
    let (data_dir, is_own) = match &options.data_dir {
        Some(folder) => (folder.clone(), false),
        None => (own_folder, true),
    };
    let done = take_part(&options, data_dir.clone(), password, &mut input).await;
    if is_own && let Err(err) = std::fs::remove_dir_all(&data_dir) {
        tracing::debug!(%err, "the folder was not removed");
    }
    done
}

async fn password(
    options: &AgentOptions,
    input: &mut mpsc::Receiver<String>,
) -> anyhow::Result<String> {
    match &options.password_env {
        Some(name) => std::env::var(name).with_context(|| format!("{name} holds no password")),
        None => input
            .recv()
            .await
            .context("standard input ended before the password"),
    }
}

async fn take_part(
    options: &AgentOptions,
    data_dir: PathBuf,
    password: String,
    input: &mut mpsc::Receiver<String>,
) -> anyhow::Result<()> {
    let (desktop, mut events) = Desktop::start(DesktopOptions {
        export_dir: data_dir.join("exports"),
        data_dir,
        token_store: Arc::new(InMemory::default()),
        media: options.common.media().await?,
        client_name: concat!("warmline-agent/", env!("CARGO_PKG_VERSION")).to_owned(),
        is_plain_http_allowed: options.common.allow_plain_http,
        is_recording_wanted: options.record,
        demo_server: None,
    })
    .map_err(|err| anyhow::anyhow!("{}", sentence(&err)))?;
    let sign_in = DesktopCommand::SignIn {
        server: options.common.address()?.as_text(),
        organisation: options.common.organisation()?,
        user: options.user.clone(),
        password: Sensitive::new(password),
    };
    desktop
        .dispatch(sign_in)
        .await
        .map_err(|err| anyhow::anyhow!("{}", sentence(&err)))?;
    let mut robot = Robot {
        options,
        desktop,
        view: None,
        done: BTreeSet::new(),
        waiting: Vec::new(),
    };
    let mut has_input = true;
    loop {
        tokio::select! {
            event = events.recv() => match event {
                Some(event) => {
                    say(&event)?;
                    robot.follow(event).await?;
                }
                None => return Ok(()),
            },
            line = input.recv(), if has_input => match line {
                Some(line) if lines::split(&line).0 == "quit" => {
                    return robot.sign_out().await;
                }
                Some(line) => robot.take_line(&line).await?,
                // At the input's end one that acts by itself goes on; another has nothing left to do.
                None if options.ready || options.auto_answer => has_input = false,
                None => return robot.sign_out().await,
            },
        }
    }
}

struct Robot<'a> {
    options: &'a AgentOptions,
    desktop: Desktop,
    view: Option<AgentView>,
    /// What was done by itself already: each ring is answered and each wrap-up finished once.
    done: BTreeSet<(InteractionId, bool)>,
    /// Lines that name a colleague or a queue, until the floor is known.
    waiting: Vec<String>,
}

impl Robot<'_> {
    async fn follow(&mut self, event: DesktopEvent) -> anyhow::Result<()> {
        let DesktopEvent::Agent { agent } = event else {
            return Ok(());
        };
        let is_first = self.view.is_none() && agent.is_some();
        self.view = agent;
        if is_first && self.options.ready {
            self.start(DesktopCommand::ChooseState {
                state: ChosenState::Ready,
            });
        }
        let work = self
            .view
            .as_ref()
            .map(|view| view.work.clone())
            .unwrap_or_default();
        // The same interaction may ring here again: passed on, or asked about once more.
        self.done.retain(|(interaction, is_wrap_up)| {
            let is_rung = |item: &WorkItem| {
                item.interaction == *interaction && matches!(item.stage, WorkStage::Ringing { .. })
            };
            *is_wrap_up || work.iter().any(is_rung)
        });
        for item in work {
            self.act(&item);
        }
        if self.view.as_ref().is_some_and(|view| view.floor.is_some()) {
            for line in std::mem::take(&mut self.waiting) {
                self.take_line(&line).await?;
            }
        }
        Ok(())
    }

    fn act(&mut self, item: &WorkItem) {
        let interaction = item.interaction;
        match (item.stage, &self.options.wrap_up) {
            (WorkStage::Ringing { .. }, _) if self.options.auto_answer => {
                if self.done.insert((interaction, false)) {
                    self.start(DesktopCommand::Accept { interaction });
                }
            }
            (WorkStage::WrapUp { .. }, Some(code)) => {
                if self.done.insert((interaction, true)) {
                    let disposition = Some(code.clone());
                    self.start(DesktopCommand::FinishWrapUp {
                        interaction,
                        disposition,
                    });
                }
            }
            (
                WorkStage::Ringing { .. }
                | WorkStage::CallingBack { .. }
                | WorkStage::Talking { .. }
                | WorkStage::Held { .. }
                | WorkStage::WrapUp { .. },
                _,
            ) => {}
        }
    }

    /// Beside the loop, so that events go on being written; what was not done is written too.
    fn start(&self, command: DesktopCommand) {
        let desktop = self.desktop.clone();
        telemetry::spawn("by itself", async move {
            if let Err(err) = desktop.dispatch(command).await {
                let _ = say(&serde_json::json!({ "type": "error", "line": null, "error": err }));
            }
        });
    }

    async fn take_line(&mut self, line: &str) -> anyhow::Result<()> {
        if line.trim().is_empty() {
            return Ok(());
        }
        let names_somebody = matches!(lines::split(line).0, "transfer" | "consult");
        if names_somebody && self.view.as_ref().is_none_or(|view| view.floor.is_none()) {
            self.waiting.push(line.to_owned());
            let command = HandoverCommand::WatchFloor { is_on: true };
            self.start(DesktopCommand::Handover { command });
            return Ok(());
        }
        match self.command(line) {
            Ok(command) => match self.desktop.dispatch(command).await {
                Ok(DesktopReply::Snapshot { state }) => {
                    say(&serde_json::json!({ "type": "state", "state": state }))
                }
                Ok(_) => {
                    let word = lines::split(line).0;
                    say(&serde_json::json!({ "type": "done", "line": word }))
                }
                Err(err) => {
                    let word = lines::split(line).0;
                    say(&serde_json::json!({ "type": "error", "line": word, "error": err }))
                }
            },
            Err(why) => say_error(line, &why),
        }
    }

    fn command(&self, line: &str) -> Result<DesktopCommand, String> {
        let (word, rest) = lines::split(line);
        let command = match word {
            "ready" => DesktopCommand::ChooseState {
                state: ChosenState::Ready,
            },
            "not-ready" => DesktopCommand::ChooseState {
                state: ChosenState::NotReady {
                    reason: reason(rest)?,
                },
            },
            "state" => DesktopCommand::Snapshot,
            "mute" => DesktopCommand::SetMuted { is_muted: true },
            "unmute" => DesktopCommand::SetMuted { is_muted: false },
            _ => {
                let interaction = self.interaction(word)?;
                match word {
                    "transfer" | "consult" | "hand-over" | "join" | "aside" | "back" => {
                        let floor = self.view.as_ref().and_then(|view| view.floor.as_ref());
                        DesktopCommand::Handover {
                            command: handovers::command(word, rest, interaction, floor)?,
                        }
                    }
                    "answer" => DesktopCommand::Accept { interaction },
                    "decline" => DesktopCommand::Decline { interaction },
                    "hold" => DesktopCommand::Hold { interaction },
                    "resume" => DesktopCommand::Resume { interaction },
                    "hang-up" => DesktopCommand::HangUp { interaction },
                    "extend" => DesktopCommand::ExtendWrapUp { interaction },
                    "pause-recording" => DesktopCommand::PauseRecording { interaction },
                    "resume-recording" => DesktopCommand::ResumeRecording { interaction },
                    "digit" => {
                        let digit = rest
                            .chars()
                            .next()
                            .ok_or("digit needs one of 0-9, * and #")?;
                        DesktopCommand::SendDigit { interaction, digit }
                    }
                    "note" => {
                        let text = Sensitive::new(rest.to_owned());
                        DesktopCommand::SaveNote { interaction, text }
                    }
                    _ => {
                        let disposition = (!rest.is_empty()).then(|| rest.to_owned());
                        DesktopCommand::FinishWrapUp {
                            interaction,
                            disposition,
                        }
                    }
                }
            }
        };
        Ok(command)
    }

    /// The interaction that a line without a number means.
    fn interaction(&self, word: &str) -> Result<InteractionId, String> {
        let fits = |stage: &WorkStage| match word {
            "answer" | "decline" => matches!(stage, WorkStage::Ringing { .. }),
            "hang-up" => matches!(
                stage,
                WorkStage::CallingBack { .. } | WorkStage::Talking { .. } | WorkStage::Held { .. }
            ),
            "hold" | "resume" | "digit" | "transfer" | "consult" | "hand-over" | "join"
            | "aside" | "back" | "pause-recording" | "resume-recording" => {
                matches!(stage, WorkStage::Talking { .. } | WorkStage::Held { .. })
            }
            "finish" | "extend" => matches!(stage, WorkStage::WrapUp { .. }),
            _ => true,
        };
        if !KNOWN.contains(&word) {
            return Err(format!("there is no line {word:?}; see --help"));
        }
        let work = self
            .view
            .as_ref()
            .map(|view| view.work.as_slice())
            .unwrap_or_default();
        work.iter()
            .find(|item| fits(&item.stage))
            .map(|item| item.interaction)
            .ok_or_else(|| format!("there is nothing to {word} now"))
    }

    /// Without a folder of its own, what is not handed in now is lost.
    async fn wait_for_recordings(&self) {
        if !self.options.record {
            return;
        }
        let until = tokio::time::Instant::now() + RECORDINGS_WITHIN;
        while tokio::time::Instant::now() < until {
            match self.desktop.dispatch(DesktopCommand::Snapshot).await {
                Ok(DesktopReply::Snapshot { state }) if state.recordings.count > 0 => {
                    tokio::time::sleep(RECORDINGS_EVERY).await;
                }
                _ => return,
            }
        }
    }

    async fn sign_out(&self) -> anyhow::Result<()> {
        self.wait_for_recordings().await;
        match self.desktop.dispatch(DesktopCommand::SignOut).await {
            Ok(_) => say(&serde_json::json!({ "type": "quit" })),
            Err(err) => say_error("quit", &sentence(&err)),
        }
    }
}

/// How long a program that quits waits for its recordings to be handed in, and how often it looks.
const RECORDINGS_WITHIN: Duration = Duration::from_secs(10);
const RECORDINGS_EVERY: Duration = Duration::from_millis(50);

const KNOWN: [&str; 17] = [
    "pause-recording",
    "resume-recording",
    "answer",
    "decline",
    "hold",
    "resume",
    "hang-up",
    "extend",
    "digit",
    "note",
    "finish",
    "transfer",
    "consult",
    "hand-over",
    "join",
    "aside",
    "back",
];

fn reason(text: &str) -> Result<NotReadyReason, String> {
    let word = if text.is_empty() { "break" } else { text };
    serde_json::from_value(serde_json::Value::String(word.replace('-', "_")))
        .map_err(|_| format!("{word:?} is no reason; try break, lunch, meeting, training or admin"))
}
