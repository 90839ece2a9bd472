//! What happens on a floor by chance: time, settings and commands, those that fit and those that do not.

use super::{AGENTS, CUSTOMERS, Floor, QUEUES};
use acd::{Agent, Command, Config, Patience, Queue, Stage};
use vocab::{
    AgentId, ChosenState, CustomerId, InteractionId, MediumKind, Millis, NotReadyReason, QueueId,
};

impl Floor {
    /// Mostly a little; sometimes to the next deadline or beyond; sometimes the clock is set.
    pub(super) fn time_passes(&mut self) {
        match self.dice.below(100) {
            0 => self.now = self.now.saturating_sub(self.dice.below(60_000)),
            1 => self.now += self.dice.below(90_000),
            2..=6 => {
                if let Some(Millis(at)) = self.center.next_deadline() {
                    self.now = self.now.max(at);
                }
            }
            _ => self.now += self.dice.below(800),
        }
        // A server looks at the clock often, but not always before a command arrives.
        if self.dice.below(3) > 0 {
            self.does(Command::Tick);
        }
    }

    /// What an agent at work may well do next; pure chance would rarely get through a whole call.
    pub(super) fn something_fitting(&mut self) -> Command {
        let agent = AgentId(1 + self.pick(u64::from(AGENTS)));
        let Some(interaction) = self.center.work_of(agent).next() else {
            return Command::AgentConnected { agent };
        };
        let view = self.center.interaction(interaction).expect("it is work");
        let first = self.dice.below(2) == 0;
        match view.stage {
            Stage::Waiting => Command::Tick,
            Stage::Ringing { .. } => Command::AcceptOffer { agent, interaction },
            Stage::CallingBack { .. } if first => Command::AnswerCallback { interaction },
            Stage::CallingBack { .. } => Command::DeclineCallback { interaction },
            Stage::Consulting { .. } => self.something_in_consult(agent, interaction),
            Stage::Talking { .. } if self.dice.below(3) == 0 => self.passes_on(agent, interaction),
            Stage::Talking { .. } if first => Command::Hold { agent, interaction },
            Stage::Talking { .. } => Command::AgentHangsUp { agent, interaction },
            Stage::Held { .. } if first => Command::Resume { agent, interaction },
            Stage::Held { .. } => Command::CustomerConnected { interaction },
            Stage::WrapUp { .. } if first => Command::ExtendWrapUp { agent, interaction },
            Stage::WrapUp { .. } => Command::FinishWrapUp {
                agent,
                interaction,
                disposition: None,
            },
        }
    }

    pub(super) fn something(&mut self) -> Command {
        let agent = AgentId(1 + self.pick(u64::from(AGENTS)));
        let interaction = self.some_interaction(agent);
        let customer = CustomerId(1 + self.dice.below(CUSTOMERS));
        let queue = QueueId(1 + self.pick(u64::from(QUEUES)));
        match self.dice.below(100) {
            0..=2 => Command::KeepPlace { interaction },
            3 => Command::WaitOnLine { interaction },
            4 => Command::AnswerCallback { interaction },
            5..=20 => Command::Enter {
                customer,
                queue,
                medium: MediumKind::Voice,
            },
            21..=23 => Command::CustomerDisconnected { interaction },
            24..=31 => Command::CustomerConnected { interaction },
            32..=35 => Command::CustomerHangsUp { interaction },
            36..=43 => Command::AgentConnected { agent },
            44..=47 => Command::AgentDisconnected { agent },
            48 => Command::AgentSignsOut { agent },
            49..=60 => Command::ChooseState {
                agent,
                state: self.some_state(),
            },
            61..=63 => {
                let state = (self.dice.below(3) > 0).then(|| self.some_state());
                Command::ReserveNextState { agent, state }
            }
            64..=76 => Command::AcceptOffer { agent, interaction },
            77..=79 => Command::DeclineOffer { agent, interaction },
            80 => self.passes_on(agent, interaction),
            81 => self.something_in_consult(agent, interaction),
            82 => Command::Hold { agent, interaction },
            83..=85 => Command::Resume { agent, interaction },
            86..=90 => Command::AgentHangsUp { agent, interaction },
            91..=94 => {
                let disposition = (self.dice.below(2) > 0).then(|| "solved".to_owned());
                Command::FinishWrapUp {
                    agent,
                    interaction,
                    disposition,
                }
            }
            95..=96 => Command::ExtendWrapUp { agent, interaction },
            97 => Command::ServerRestarted,
            98 => Command::Configure {
                config: self.config(false),
            },
            _ => Command::Tick,
        }
    }

    /// Mostly the agent's own work, else anything that is or was or never was.
    fn some_interaction(&mut self, agent: AgentId) -> InteractionId {
        let own = self.center.work_of(agent).next();
        match own {
            Some(own) if self.dice.below(4) > 0 => own,
            Some(_) | None => InteractionId(1 + self.dice.below(self.entered.len() as u64 + 1)),
        }
    }

    fn some_state(&mut self) -> ChosenState {
        match self.dice.below(8) {
            0 => ChosenState::NotReady {
                reason: NotReadyReason::Lunch,
            },
            1 => ChosenState::NotReady {
                reason: NotReadyReason::Missed,
            },
            _ => ChosenState::Ready,
        }
    }

    /// `is_whole`: every queue has agents and every agent is there; else some are left out.
    pub(super) fn config(&mut self, is_whole: bool) -> Config {
        let is_closed = !is_whole && self.dice.below(4) == 0;
        let queues = (1..=QUEUES).map(|id| Queue {
            id: QueueId(id),
            name: format!("Queue {id}"),
            priority: u8::try_from(id).expect("small"),
            ring_ms: 5_000 * u64::from(id),
            wrap_up_ms: 10_000 * u64::from(id - 1),
            max_waiting: 4,
            is_closed: is_closed && id == 1,
            callback_keeps_ms: 60_000 * u64::from(id - 1),
        });
        let queues: Vec<_> = queues.collect();
        let mut agents = Vec::new();
        for id in 1..=AGENTS {
            if !is_whole && self.dice.below(5) == 0 {
                continue;
            }
            let served = (1..=QUEUES).filter(|queue| {
                (is_whole && (id + queue) % 3 != 0) || (!is_whole && self.dice.below(2) == 0)
            });
            agents.push(Agent {
                id: AgentId(id),
                queues: served.map(QueueId).collect(),
            });
        }
        Config {
            queues,
            agents,
            patience: Patience::default(),
        }
    }

    pub(super) fn pick(&mut self, limit: u64) -> u32 {
        u32::try_from(self.dice.below(limit)).expect("small")
    }
}
