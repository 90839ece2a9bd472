//! The engine: commands in, events out, and the state that they make.

use crate::index::Index;
use crate::state::State;
use crate::turn::Turn;
use crate::{Command, Event, Refusal, apply};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use vocab::Millis;

/// One organisation's queues, agents and open interactions.
///
/// A snapshot (serde) holds what must be remembered; what is derived from it is built again when it is read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Center {
    pub(crate) state: State,
    pub(crate) index: Index,
}

impl Center {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Does what is asked at the moment `now` and says what happened; the events are applied already.
    ///
    /// Deadlines take effect only in [`Command::Tick`], so that an answer that comes before anybody saw the deadline
    /// pass still counts. When `now` is before the newest event, the newest event's moment is used; a clock that was
    /// set back is told by [`Command::ClockStepped`] first.
    ///
    /// # Errors
    /// A [`Refusal`] when the command does not fit; then nothing changed. Tell whoever asked.
    pub fn handle(&mut self, now: Millis, command: Command) -> Result<Vec<Event>, Refusal> {
        let mut turn = Turn::new(self, now);
        match command {
            Command::Enter {
                customer,
                queue,
                medium,
                wishes,
            } => turn.enter(customer, queue, medium, wishes)?,
            Command::CustomerConnected { interaction } => turn.customer_connected(interaction)?,
            Command::CustomerDisconnected { interaction } => {
                turn.customer_disconnected(interaction)?;
            }
            Command::CustomerHangsUp { interaction } => turn.customer_hangs_up(interaction)?,
            Command::RemoveFromLine { interaction, by } => {
                turn.remove_from_line(interaction, by)?
            }
            Command::KeepPlace { interaction } => turn.keep_place(interaction)?,
            Command::WaitOnLine { interaction } => turn.wait_on_line(interaction)?,
            Command::AnswerCallback { interaction } => turn.answer_callback(interaction)?,
            Command::DeclineCallback { interaction } => turn.decline_callback(interaction)?,
            Command::AgentConnected { agent } => turn.agent_connected(agent)?,
            Command::AgentDisconnected { agent } => turn.agent_disconnected(agent)?,
            Command::AgentSignsOut { agent } => turn.agent_signs_out(agent)?,
            Command::ChooseState { agent, state } => turn.choose_state(agent, state)?,
            Command::ReserveNextState { agent, state } => turn.reserve_next_state(agent, state)?,
            Command::ForceState { agent, state, by } => turn.force_state(agent, state, by)?,
            Command::AcceptOffer { agent, interaction } => turn.accept(agent, interaction)?,
            Command::DeclineOffer { agent, interaction } => turn.decline(agent, interaction)?,
            Command::Hold { agent, interaction } => turn.hold(agent, interaction)?,
            Command::Resume { agent, interaction } => turn.resume(agent, interaction)?,
            Command::AgentHangsUp { agent, interaction } => {
                turn.agent_hangs_up(agent, interaction)?;
            }
            Command::Transfer {
                agent,
                interaction,
                to,
            } => turn.transfer(agent, interaction, to)?,
            Command::Consult {
                agent,
                interaction,
                colleague,
            } => turn.consult(agent, interaction, colleague)?,
            Command::HandOver { agent, interaction } => turn.hand_over(agent, interaction)?,
            Command::JoinConsult { agent, interaction } => turn.join(agent, interaction)?,
            Command::StepAside { agent, interaction } => turn.step_aside(agent, interaction)?,
            Command::EndConsult { agent, interaction } => turn.end_consult(agent, interaction)?,
            Command::FinishWrapUp {
                agent,
                interaction,
                disposition,
            } => {
                turn.finish_wrap_up(agent, interaction, disposition)?;
            }
            Command::ExtendWrapUp { agent, interaction } => {
                turn.extend_wrap_up(agent, interaction)?;
            }
            Command::Configure { config } => turn.configure(&config)?,
            Command::ServerRestarted => turn.restart(),
            Command::ClockStepped { by_ms } => turn.clock_stepped(now, by_ms),
            Command::Tick => turn.tick(),
        }
        Ok(turn.finish())
    }

    /// Rebuilds: takes over what an event says, deciding nothing. An event about something unknown changes nothing.
    pub fn apply(&mut self, event: &Event) {
        // What becomes possible was decided on when the event was made.
        let mut fresh = apply::Fresh::default();
        apply::apply(&mut self.state, &mut self.index, event, &mut fresh);
    }

    /// The moment of the newest event, before which nothing happens any more unless the clock is set.
    #[must_use]
    pub fn newest(&self) -> Millis {
        self.state.last_at
    }

    /// By how much the wall clock was set so far, all steps added up. Less by this, times only grow.
    #[must_use]
    pub fn stepped_ms(&self) -> i64 {
        self.state.stepped_ms
    }

    /// When to call again with [`Command::Tick`], if nothing else happens before.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Millis> {
        self.index.deadlines.first().map(|(at, _)| *at)
    }
}

impl Serialize for Center {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.state.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Center {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let state = State::deserialize(deserializer)?;
        Ok(Self {
            index: Index::of(&state),
            state,
        })
    }
}
