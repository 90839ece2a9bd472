//! What a customer may want, and the command that says it at the stage they are in.

use protocol::customer::{Caller, CustomerCommand, CustomerStage};
use vocab::InteractionId;

#[derive(Clone, Debug, PartialEq)]
pub enum CustomerWish {
    Call {
        caller: Box<Caller>,
    },
    SetMuted {
        is_muted: bool,
    },
    /// After the connection broke off.
    ComeBack {
        caller: Box<Caller>,
    },
    HangUp,
    /// Keeps the place in line to be called back.
    KeepMyPlace,
    WaitOnTheLine,
    /// Answers the callback that rings.
    Answer,
    /// Not now: another try comes later.
    NotNow,
    Rate {
        stars: u8,
    },
}

impl CustomerWish {
    /// # Errors
    /// With what there is not, when the stage has no place for it.
    pub(super) fn command(self, stage: &CustomerStage) -> Result<CustomerCommand, &'static str> {
        let here = interaction(stage);
        match self {
            Self::Call { caller } => Ok(CustomerCommand::Call { caller: *caller }),
            Self::ComeBack { caller } => match *stage {
                CustomerStage::Ended {
                    interaction,
                    broken_off: Some(_),
                    ..
                } => Ok(CustomerCommand::ComeBack {
                    interaction,
                    caller: *caller,
                }),
                _ => Err("nothing has broken off"),
            },
            Self::SetMuted { .. } => Err("the server knows nothing of muting"),
            Self::HangUp => here
                .map(|interaction| CustomerCommand::HangUp { interaction })
                .ok_or("there is nothing to hang up"),
            Self::KeepMyPlace => here
                .map(|interaction| CustomerCommand::KeepMyPlace { interaction })
                .ok_or("there is no place to keep"),
            Self::WaitOnTheLine => here
                .map(|interaction| CustomerCommand::WaitOnTheLine { interaction })
                .ok_or("there is no place in line"),
            Self::Answer => here
                .map(|interaction| CustomerCommand::AnswerCallback { interaction })
                .ok_or("nobody is calling back"),
            Self::NotNow => here
                .map(|interaction| CustomerCommand::DeclineCallback { interaction })
                .ok_or("nobody is calling back"),
            Self::Rate { stars } => match *stage {
                CustomerStage::Ended { interaction, .. } => {
                    Ok(CustomerCommand::Rate { interaction, stars })
                }
                CustomerStage::Idle
                | CustomerStage::Waiting { .. }
                | CustomerStage::CalledBack { .. }
                | CustomerStage::Talking { .. } => Err("there is nothing to rate"),
            },
        }
    }
}

fn interaction(stage: &CustomerStage) -> Option<InteractionId> {
    match stage {
        CustomerStage::Waiting { interaction, .. }
        | CustomerStage::CalledBack { interaction, .. }
        | CustomerStage::Talking { interaction, .. } => Some(*interaction),
        CustomerStage::Idle | CustomerStage::Ended { .. } => None,
    }
}
