//! Each offer is the one that the rules ask for, and the engine explains it as it was.

use crate::floor::{Broken, Floor};
use crate::model::Contact;
use acd::{Event, Explanation, Target, Verdict, What};
use vocab::{AgentId, ChosenState, InteractionId, Millis};

/// Looks at an event before it is followed. `rung` holds who is still to be rung together with the last offer.
pub(crate) fn event(
    floor: &Floor,
    before: Option<&Event>,
    event: &Event,
    rung: &mut Vec<AgentId>,
) -> Result<(), Broken> {
    if let What::OfferDeclined {
        agent,
        not_back_until,
        ..
    } = event.what
    {
        said_no(floor, agent, not_back_until)?;
    }
    let What::OfferMade {
        interaction,
        agent,
        deadline,
        ..
    } = event.what
    else {
        return all_rung(rung);
    };
    if deadline <= event.at {
        let rule = "no offer is without a deadline";
        return Err(Broken::new(rule, format!("{event:?}")));
    }
    let is_by_name = matches!(
        before.map(|event| &event.what),
        Some(What::Transferred { interaction: passed_on, to: Target::Agent { .. }, .. })
            if *passed_on == interaction
    );
    if is_by_name {
        return by_name(floor, interaction, agent);
    }
    if rung.first() == Some(&agent) {
        rung.remove(0);
        return Ok(());
    }
    all_rung(rung)?;
    let Some(one) = floor.model.open.get(&interaction) else {
        return Err(Broken::new(
            "who is rung for is there",
            format!("{event:?}"),
        ));
    };
    *rung = by_routing(floor, interaction, one, agent)?;
    explained(floor, interaction, one, event.at)
}

/// Who stays ready is spared this customer for a while; who has said no too often in a row does not stay ready.
fn said_no(floor: &Floor, agent: AgentId, not_back_until: Option<Millis>) -> Result<(), Broken> {
    let Some(person) = floor.model.agents.get(&agent) else {
        return Err(Broken::new("who declines is there", format!("a{agent}")));
    };
    let is_ready = person
        .online
        .is_some_and(|online| online.chosen == ChosenState::Ready);
    let stays = is_ready && person.declined + 1 < floor.model.patience.reject_limit;
    if stays == not_back_until.is_some() {
        return Ok(());
    }
    let rule = "who declines too often in a row takes a break";
    let detail = format!(
        "a{agent} declined {} before: {not_back_until:?}",
        person.declined
    );
    Err(Broken::new(rule, detail))
}

/// Nobody is left to be rung.
pub(crate) fn all_rung(rung: &[AgentId]) -> Result<(), Broken> {
    if rung.is_empty() {
        return Ok(());
    }
    let rule = "where all are rung, everybody who fits is";
    Err(Broken::new(rule, format!("not rung: {rung:?}")))
}

/// Somebody who is here and has room; ready or not.
fn by_name(floor: &Floor, interaction: InteractionId, agent: AgentId) -> Result<(), Broken> {
    let one = floor.model.open.get(&interaction);
    let lack = one.and_then(|one| floor.model.lack_of_room(agent, one));
    let person = floor.model.agents.get(&agent);
    let online = person.and_then(|person| person.online);
    if lack.is_none() && online.is_some_and(|online| online.away.is_none()) {
        return Ok(());
    }
    let rule = "a colleague who is rung by name is here and has room";
    Err(Broken::new(rule, format!("a{agent}: {lack:?}, {online:?}")))
}

/// The others who are rung with this one.
fn by_routing(
    floor: &Floor,
    interaction: InteractionId,
    one: &Contact,
    agent: AgentId,
) -> Result<Vec<AgentId>, Broken> {
    if !one.can_be_offered() {
        let rule = "only who waits and is there is offered";
        return Err(Broken::new(rule, format!("i{interaction}: {one:?}")));
    }
    if let Some(hindrance) = floor.model.hindrance(agent, one) {
        let rule = "only who fits is rung";
        let detail = format!("i{interaction} rings a{agent}, who {hindrance}");
        return Err(Broken::new(rule, detail));
    }
    if let Some(before) = floor.model.passed_over(agent, (one.key, interaction)) {
        let rule = "the order is kept within equal fit";
        let detail = format!("a{agent} is rung for i{interaction} before i{before}");
        return Err(Broken::new(rule, detail));
    }
    let mut should = floor.model.should_ring(one);
    if should.first() == Some(&agent) {
        should.remove(0);
        return Ok(should);
    }
    let rule = "the strategy's order is kept";
    let detail = format!("i{interaction} rings a{agent}, should ring {should:?}");
    Err(Broken::new(rule, detail))
}

/// `explain`, asked of the engine as it was just before, says the same and rules out whom the model rules out.
fn explained(
    floor: &Floor,
    interaction: InteractionId,
    one: &Contact,
    at: Millis,
) -> Result<(), Broken> {
    let broken = |detail: String| Broken::new("every decision is explained as it was", detail);
    let Some(told) = floor.replayed.explain(interaction, at) else {
        return Err(broken(format!("i{interaction} is not explained")));
    };
    let should_ring = floor.model.should_ring(one);
    if told.chosen != should_ring {
        let detail = format!(
            "i{interaction}: {:?}, should be {should_ring:?}",
            told.chosen
        );
        return Err(broken(detail));
    }
    let in_order = floor.model.in_order(one);
    let (ranked, ruled_out) = split(&told);
    if ranked != in_order {
        return Err(broken(format!(
            "i{interaction}: ranked {ranked:?}, should be {in_order:?}"
        )));
    }
    let serve = floor.model.agents.iter();
    let serve = serve.filter(|(_, person)| person.settings.queues.contains(&one.queue));
    let should: Vec<AgentId> = serve
        .map(|(id, _)| *id)
        .filter(|id| !in_order.contains(id))
        .collect();
    if ruled_out != should {
        return Err(broken(format!(
            "i{interaction}: out {ruled_out:?}, should be {should:?}"
        )));
    }
    Ok(())
}

/// Who is ranked, in order of place, and who is ruled out with a reason.
fn split(told: &Explanation) -> (Vec<AgentId>, Vec<AgentId>) {
    let (mut ranked, mut ruled_out) = (Vec::new(), Vec::new());
    for candidate in &told.candidates {
        match &candidate.verdict {
            Verdict::Ranked { place, by }
                if *place as usize == ranked.len() + 1 && !by.is_empty() =>
            {
                ranked.push(candidate.agent);
            }
            Verdict::RuledOut { by } if !by.is_empty() => ruled_out.push(candidate.agent),
            Verdict::Ranked { .. } | Verdict::RuledOut { .. } => {}
        }
    }
    (ranked, ruled_out)
}
