//! The customer's role.

use super::{Common, lines, say, say_error};
use ::agent::customer::{Customer, CustomerEvent, CustomerOptions as Start, CustomerWish};
use clap::{Args, ValueEnum};
use protocol::customer::{Caller, CustomerStage};
use vocab::Sensitive;

#[derive(Debug, Args)]
pub(crate) struct CustomerOptions {
    #[command(flatten)]
    common: Common,
    /// The queue's name in addresses.
    #[arg(long)]
    queue: String,
    #[arg(long)]
    name: Option<String>,
    #[arg(long)]
    phone: Option<String>,
    #[arg(long)]
    email: Option<String>,
    #[arg(long)]
    topic: Option<String>,
    /// What an earlier welcome gave, to be known again.
    #[arg(long)]
    visitor: Option<String>,
    /// The answer to whether the call may be recorded; without it nobody was asked.
    #[arg(long, value_name = "yes|no")]
    recording_consent: Option<Consent>,
    /// Calls at once.
    #[arg(long)]
    call: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Consent {
    Yes,
    No,
}

impl CustomerOptions {
    fn caller(&self) -> Box<Caller> {
        let given = |text: &Option<String>| text.clone().map(Sensitive::new);
        Box::new(Caller {
            name: given(&self.name),
            phone: given(&self.phone),
            email: given(&self.email),
            topic: given(&self.topic),
            recording_consent: self.recording_consent.map(|answer| answer == Consent::Yes),
            device: Some("warmline-agent".to_owned()),
            ..Caller::default()
        })
    }
}

pub(crate) async fn run(options: CustomerOptions) -> anyhow::Result<()> {
    let mut input = lines::read();
    let (customer, mut events) = Customer::start(Start {
        server: options.common.address()?,
        organisation: options.common.organisation()?,
        queue: options.queue.clone(),
        client_name: concat!("warmline-agent/", env!("CARGO_PKG_VERSION")).to_owned(),
        visitor: options.visitor.clone().map(Sensitive::new),
        media: options.common.media().await?,
    });
    let mut is_to_call = options.call;
    let mut has_input = true;
    loop {
        tokio::select! {
            event = events.recv() => {
                let Some(event) = event else { return Ok(()) };
                say(&event)?;
                match event {
                    CustomerEvent::Closed { hint, .. } => anyhow::bail!("the server said: {hint}"),
                    CustomerEvent::Stage { stage: CustomerStage::Idle | CustomerStage::Ended { .. } }
                        if is_to_call =>
                    {
                        is_to_call = false;
                        customer.wish(CustomerWish::Call { caller: options.caller() }).await;
                    }
                    _ => {}
                }
            }
            line = input.recv(), if has_input => match line {
                Some(line) if lines::split(&line).0 == "quit" => return Ok(()),
                Some(line) => match wish(&options, &line) {
                    Ok(Some(wish)) => {
                        customer.wish(wish).await;
                    }
                    Ok(None) => {}
                    Err(why) => say_error(&line, &why)?,
                },
                None if options.call => has_input = false,
                None => return Ok(()),
            },
        }
    }
}

fn wish(options: &CustomerOptions, line: &str) -> Result<Option<CustomerWish>, String> {
    let (word, rest) = lines::split(line);
    Ok(Some(match word {
        "" => return Ok(None),
        "call" => CustomerWish::Call {
            caller: options.caller(),
        },
        "come-back" => CustomerWish::ComeBack {
            caller: options.caller(),
        },
        "mute" => CustomerWish::SetMuted { is_muted: true },
        "unmute" => CustomerWish::SetMuted { is_muted: false },
        "hang-up" => CustomerWish::HangUp,
        "keep-my-place" => CustomerWish::KeepMyPlace,
        "wait-on-the-line" => CustomerWish::WaitOnTheLine,
        "answer" => CustomerWish::Answer,
        "not-now" => CustomerWish::NotNow,
        "rate" => {
            let stars = rest
                .parse()
                .map_err(|_| "rate needs a number from 1 to 5".to_owned())?;
            CustomerWish::Rate { stars }
        }
        other => return Err(format!("there is no line {other:?}; see --help")),
    }))
}
