//! What happens on a floor by chance: time, settings and commands, those that fit and those that do not.

use crate::dice::Dice;
use crate::floor::{Broken, Floor};
use crate::organisation::{self, Size};
use acd::{Back, Command, Config, Consult, Stage, Target, Wishes};
use vocab::{
    AgentId, ChosenState, CustomerId, InteractionId, MediumKind, Millis, NotReadyReason, QueueId,
};

const CUSTOMERS: u64 = 20;

/// The clock is set by up to a minute, eight hours, two hundred days, three years.
const CLOCK_STEPS_MS: [u64; 4] = [60_000, 28_800_000, 17_280_000_000, 94_608_000_000];

/// Beyond this nobody enters: more would only wait.
const MOST_OPEN: usize = 24;

const MEDIA: [MediumKind; 7] = [
    MediumKind::Voice,
    MediumKind::Video,
    MediumKind::Chat,
    MediumKind::Email,
    MediumKind::Sms,
    MediumKind::Social,
    MediumKind::Task,
];

#[derive(Debug)]
pub(crate) struct Chance {
    dice: Dice,
    size: Size,
    clock: u64,
    /// The last good one that was asked for.
    config: Config,
    entered: u64,
}

impl Chance {
    /// Opens the floor.
    pub(crate) fn begin(seed: u64, floor: &mut Floor) -> Result<Self, Broken> {
        let mut dice = Dice::new(seed);
        let size = Size::of(&mut dice);
        let config = organisation::organisation(&mut dice, size);
        let clock = dice.pick(&organisation::BEGINNINGS).unwrap_or_default();
        let mut chance = Self {
            dice,
            size,
            clock,
            config: config.clone(),
            entered: 0,
        };
        chance.gives(floor, Command::Configure { config })?;
        for agent in (1..=size.agents).map(AgentId) {
            chance.gives(floor, Command::AgentConnected { agent })?;
            let state = ChosenState::Ready;
            chance.gives(floor, Command::ChooseState { agent, state })?;
        }
        Ok(chance)
    }

    pub(crate) fn clock(&self) -> Millis {
        Millis(self.clock)
    }

    pub(crate) fn step(&mut self, floor: &mut Floor) -> Result<(), Broken> {
        self.time_passes(floor)?;
        let command = if self.dice.below(3) == 0 {
            self.something(floor)
        } else {
            self.something_fitting(floor)
        };
        self.gives(floor, command)
    }

    fn gives(&mut self, floor: &mut Floor, command: Command) -> Result<(), Broken> {
        let is_entry = matches!(command, Command::Enter { .. });
        let refusal = floor.does(Millis(self.clock), command)?;
        if is_entry && refusal.is_none() {
            self.entered += 1;
        }
        Ok(())
    }

    /// Mostly a little; sometimes to the next deadline or beyond; sometimes the clock is set.
    fn time_passes(&mut self, floor: &mut Floor) -> Result<(), Broken> {
        if self.dice.one_in(400) {
            return self.clock_is_set(floor);
        }
        match self.dice.below(200) {
            0 => self.clock = self.clock.saturating_sub(self.dice.below(60_000)),
            1 => self.clock += self.dice.below(90_000),
            2 if self.dice.one_in(4) => self.clock += self.dice.below(7_200_000),
            3..=12 => {
                // Hours may be far away: then the floor would only stand still.
                let soon = self.clock + 120_000;
                if let Some(Millis(at)) = floor.center.next_deadline()
                    && at < soon
                {
                    self.clock = self.clock.max(at);
                }
            }
            _ => self.clock += self.dice.below(700),
        }
        // A server looks at the clock often, but not always before a command arrives.
        if self.dice.one_in(3) {
            return Ok(());
        }
        self.gives(floor, Command::Tick)
    }

    /// By seconds or by years, forward or back; sometimes set right again at once.
    fn clock_is_set(&mut self, floor: &mut Floor) -> Result<(), Broken> {
        let most_ms = self.dice.pick(&CLOCK_STEPS_MS).unwrap_or_default();
        let by_ms = i64::try_from(2_000 + self.dice.below(most_ms)).unwrap_or_default();
        let by_ms = if self.dice.one_in(2) { by_ms } else { -by_ms };
        self.sets_clock(floor, by_ms)?;
        if self.dice.one_in(3) {
            self.clock += self.dice.below(30_000);
            self.sets_clock(floor, -by_ms)?;
        }
        Ok(())
    }

    fn sets_clock(&mut self, floor: &mut Floor, by_ms: i64) -> Result<(), Broken> {
        self.clock = self.clock.saturating_add_signed(by_ms);
        self.gives(floor, Command::ClockStepped { by_ms })
    }

    /// What somebody may well do next; pure chance would rarely get through a whole call.
    fn something_fitting(&mut self, floor: &Floor) -> Command {
        if floor.model.open.len() < MOST_OPEN && self.dice.one_in(4) {
            return self.enters();
        }
        let agent = self.some_agent();
        let own: Vec<InteractionId> = floor.center.work_of(agent).collect();
        let Some(interaction) = self.dice.pick(&own) else {
            return self.comes_to_work(floor, agent);
        };
        let Some(one) = floor.model.open.get(&interaction) else {
            return Command::Tick;
        };
        let first = self.dice.one_in(2);
        match &one.stage {
            Stage::Waiting => Command::Tick,
            Stage::Ringing { .. } => Command::AcceptOffer { agent, interaction },
            Stage::CallingBack { .. } if first => Command::AnswerCallback { interaction },
            Stage::CallingBack { .. } => Command::DeclineCallback { interaction },
            Stage::Consulting {
                agent: owner,
                consult,
                ..
            } => self.in_consult(*owner, agent, interaction, *consult),
            Stage::Talking { .. } if self.dice.one_in(3) => self.passes_on(agent, interaction),
            Stage::Talking { .. } if self.dice.one_in(4) => Command::Hold { agent, interaction },
            Stage::Talking { .. } => Command::AgentHangsUp { agent, interaction },
            Stage::Held { .. } if first => Command::Resume { agent, interaction },
            Stage::Held { .. } => self.passes_on(agent, interaction),
            Stage::WrapUp { .. } if first => Command::ExtendWrapUp { agent, interaction },
            Stage::WrapUp { .. } => finished(agent, interaction),
        }
    }

    fn comes_to_work(&mut self, floor: &Floor, agent: AgentId) -> Command {
        let person = floor.model.agents.get(&agent);
        let online = person.and_then(|person| person.online);
        if online.is_none_or(|online| online.away.is_some()) {
            return Command::AgentConnected { agent };
        }
        let state = ChosenState::Ready;
        Command::ChooseState { agent, state }
    }

    fn enters(&mut self) -> Command {
        let (dice, size, clock) = (&mut self.dice, self.size, self.clock);
        let customer = 1 + dice.below(CUSTOMERS);
        Command::Enter {
            customer: CustomerId(customer),
            queue: QueueId(1 + dice.number(size.queues)),
            medium: dice.pick(&MEDIA).unwrap_or(MediumKind::Voice),
            wishes: Wishes {
                language: organisation::some_language(dice),
                site: organisation::some_site(dice),
                is_vip: dice.one_in(5),
                last_agent: dice
                    .one_in(3)
                    .then(|| AgentId(1 + dice.number(size.agents + 1))),
                back: comes_back(customer, clock),
            },
        }
    }

    /// Anything at all, by anybody, about anything.
    fn something(&mut self, floor: &Floor) -> Command {
        let agent = self.some_agent();
        let interaction = self.some_interaction(floor, agent);
        match self.dice.below(100) {
            0..=5 => Command::KeepPlace { interaction },
            6 => Command::WaitOnLine { interaction },
            7 => Command::AnswerCallback { interaction },
            8..=13 => self.enters(),
            14..=21 => Command::CustomerDisconnected { interaction },
            22..=32 => Command::CustomerConnected { interaction },
            33 => Command::RemoveFromLine {
                interaction,
                by: AgentId(1),
            },
            34..=36 => Command::CustomerHangsUp { interaction },
            37..=41 => Command::AgentConnected { agent },
            42..=48 => Command::AgentDisconnected { agent },
            49..=50 => Command::AgentSignsOut { agent },
            51..=54 => Command::ChooseState {
                agent,
                state: self.some_state(),
            },
            55..=58 => Command::ReserveNextState {
                agent,
                state: (!self.dice.one_in(3)).then(|| self.some_state()),
            },
            59..=62 => Command::ForceState {
                agent,
                state: self.some_state(),
                by: AgentId(1),
            },
            63..=66 => Command::AcceptOffer { agent, interaction },
            67..=75 => Command::DeclineOffer { agent, interaction },
            76..=77 => self.passes_on(agent, interaction),
            78 => Command::Hold { agent, interaction },
            79 => Command::Resume { agent, interaction },
            80..=83 => Command::AgentHangsUp { agent, interaction },
            84..=85 => finished(agent, interaction),
            86 => Command::ExtendWrapUp { agent, interaction },
            87 => Command::HandOver { agent, interaction },
            88 => Command::JoinConsult { agent, interaction },
            89 => Command::EndConsult { agent, interaction },
            90 => Command::StepAside { agent, interaction },
            91 => Command::DeclineCallback { interaction },
            92 if self.dice.one_in(3) => Command::ServerRestarted,
            93..=94 => self.configures(),
            _ => Command::Tick,
        }
    }

    fn configures(&mut self) -> Command {
        let config = organisation::edited(&mut self.dice, self.size, &self.config);
        if self.dice.one_in(3) {
            let config = organisation::spoilt(&mut self.dice, config);
            return Command::Configure { config };
        }
        self.config = config.clone();
        Command::Configure { config }
    }

    fn passes_on(&mut self, agent: AgentId, interaction: InteractionId) -> Command {
        let colleague = self.some_agent();
        let queue = QueueId(1 + self.dice.number(self.size.queues));
        let to = if self.dice.one_in(2) {
            Target::Queue { queue }
        } else {
            Target::Agent { agent: colleague }
        };
        if self.dice.one_in(3) {
            return Command::Transfer {
                agent,
                interaction,
                to,
            };
        }
        Command::Consult {
            agent,
            interaction,
            colleague,
        }
    }

    /// Mostly what comes next in a consult that goes well: pure chance would hardly ever bring three together.
    fn in_consult(
        &mut self,
        owner: AgentId,
        agent: AgentId,
        interaction: InteractionId,
        consult: Consult,
    ) -> Command {
        match (self.dice.below(8), consult) {
            (0..=3, Consult::Ringing { .. }) => Command::AcceptOffer { agent, interaction },
            (4, Consult::Ringing { .. }) => Command::DeclineOffer { agent, interaction },
            (0..=2, Consult::Private { .. }) => Command::JoinConsult {
                agent: owner,
                interaction,
            },
            (0..=1, Consult::Together { .. }) => Command::StepAside {
                agent: owner,
                interaction,
            },
            (5, _) => Command::HandOver {
                agent: owner,
                interaction,
            },
            (6, _) => Command::EndConsult {
                agent: owner,
                interaction,
            },
            (_, _) => Command::AgentHangsUp { agent, interaction },
        }
    }

    fn some_agent(&mut self) -> AgentId {
        // One of them was never there.
        AgentId(1 + self.dice.number(self.size.agents + 1))
    }

    /// Mostly the agent's own work, else anything that is or was or never was.
    fn some_interaction(&mut self, floor: &Floor, agent: AgentId) -> InteractionId {
        let own: Vec<InteractionId> = floor.center.work_of(agent).collect();
        if let Some(own) = self.dice.pick(&own)
            && !self.dice.one_in(3)
        {
            return own;
        }
        let open: Vec<InteractionId> = floor.model.open.keys().copied().collect();
        match self.dice.pick(&open) {
            Some(open) if !self.dice.one_in(8) => open,
            Some(_) | None => InteractionId(1 + self.dice.below(self.entered + 1)),
        }
    }

    fn some_state(&mut self) -> ChosenState {
        let reason = match self.dice.below(8) {
            0 => NotReadyReason::Lunch,
            1 => NotReadyReason::Missed,
            2 => NotReadyReason::Break,
            _ => return ChosenState::Ready,
        };
        ChosenState::NotReady { reason }
    }
}

fn finished(agent: AgentId, interaction: InteractionId) -> Command {
    Command::FinishWrapUp {
        agent,
        interaction,
        disposition: None,
    }
}

/// Mostly a newcomer; the last two customers always come back, out of a conversation and out of the line.
fn comes_back(customer: u64, clock: u64) -> Option<Back> {
    match customer {
        CUSTOMERS => Some(Back::Served),
        one if one + 1 == CUSTOMERS => {
            let since = Millis(clock.saturating_sub(60_000));
            Some(Back::Waiting { since })
        }
        _ => None,
    }
}
