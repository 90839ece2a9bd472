//! Decisions about customers' links: losing them, coming back, leaving.

use crate::Refusal;
use crate::event::{What, WithdrawnBecause};
use crate::stage::Stage;
use crate::turn::Turn;
use vocab::{AgentId, EndedBy, InteractionId, PeerLink};

impl Turn<'_> {
    pub(crate) fn customer_connected(&mut self, interaction: InteractionId) -> Result<(), Refusal> {
        match self.customer_link(interaction)? {
            PeerLink::Away { .. } => self.emit(What::CustomerBack { interaction }),
            PeerLink::Connected => {}
        }
        let open = self.open(interaction)?;
        if let Some((agent, _)) = open.kept_for
            && !self.is_coming(agent, open.queue)
        {
            self.emit(What::OfferableToAll { interaction });
        }
        Ok(())
    }

    /// An offer goes on ringing meanwhile: a page that reloads is back before an agent has looked up. So does a page
    /// that is called back and reloads.
    pub(crate) fn customer_disconnected(
        &mut self,
        interaction: InteractionId,
    ) -> Result<(), Refusal> {
        match self.customer_link(interaction)? {
            PeerLink::Connected => self.start_customer_grace(interaction),
            PeerLink::Away { .. } => {}
        }
        Ok(())
    }

    pub(crate) fn start_customer_grace(&mut self, interaction: InteractionId) {
        let Ok(open) = self.open(interaction) else {
            return;
        };
        let (stage, is_for_callback) = (open.stage.clone(), open.waits.is_for_callback());
        let grace_ms = if is_for_callback {
            self.callback_keeps_ms(interaction)
        } else {
            self.center.state.patience.customer_grace_ms
        };
        let until = self.now.plus(grace_ms);
        self.emit(What::CustomerAway { interaction, until });
        // Nobody would hear the page ring: the agent is free for those who are there.
        if let Stage::Ringing { agents, .. } = stage
            && is_for_callback
        {
            self.withdraw_all(&agents, interaction, WithdrawnBecause::CustomerAway);
        }
    }

    pub(crate) fn customer_hangs_up(&mut self, interaction: InteractionId) -> Result<(), Refusal> {
        self.customer_link(interaction)?;
        self.customer_leaves(interaction, EndedBy::Customer);
        Ok(())
    }

    pub(crate) fn customer_leaves(&mut self, interaction: InteractionId, by: EndedBy) {
        let Ok(open) = self.open(interaction) else {
            return;
        };
        match open.stage {
            Stage::Waiting | Stage::Ringing { .. } | Stage::CallingBack { .. } => {
                let why = WithdrawnBecause::CustomerLeft;
                self.leaves_line(interaction, why, What::Abandoned { interaction, by });
            }
            Stage::Talking { agent, .. }
            | Stage::Held { agent, .. }
            | Stage::Consulting { agent, .. } => {
                self.end(agent, interaction, by);
            }
            Stage::WrapUp { .. } => {}
        }
    }

    /// Only somebody who still waits: a conversation is the agent's to end.
    pub(crate) fn remove_from_line(
        &mut self,
        interaction: InteractionId,
        by: AgentId,
    ) -> Result<(), Refusal> {
        let open = self.open(interaction)?;
        if !open.has_customer() {
            return Err(Refusal::UnknownInteraction);
        }
        if !open.is_in_line() {
            return Err(Refusal::NotNow);
        }
        let why = WithdrawnBecause::RemovedFromLine;
        self.leaves_line(interaction, why, What::RemovedFromLine { interaction, by });
        Ok(())
    }

    /// Those who are rung for it are free before `end` is said, and get other work after it.
    fn leaves_line(&mut self, interaction: InteractionId, because: WithdrawnBecause, end: What) {
        let stage = self.open(interaction).map(|open| open.stage.clone());
        let rung: Vec<AgentId> = stage.iter().flat_map(Stage::people).collect();
        for agent in &rung {
            self.emit(What::OfferWithdrawn {
                interaction,
                agent: *agent,
                because,
            });
        }
        self.emit(end);
        rung.iter().for_each(|agent| self.work_is_over(*agent));
    }

    /// For the customer an interaction is over when its wrap-up begins.
    fn customer_link(&self, interaction: InteractionId) -> Result<PeerLink, Refusal> {
        let open = self.open(interaction)?;
        if open.has_customer() {
            Ok(open.customer_link)
        } else {
            Err(Refusal::UnknownInteraction)
        }
    }
}
