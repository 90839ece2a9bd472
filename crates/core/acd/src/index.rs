//! What is derived from the state so that nothing needs a scan: who is ready, who waits, what is due.

mod due;
mod footprint;
mod row;

pub(crate) use due::{Due, is_rung};
pub(crate) use footprint::{Footprint, is_offerable};
pub(crate) use row::{Removed, Row};

use crate::config::{Queue, Strategy};
use crate::fit::{Demand, Rank, Room, Service, Standing, Supply, score};
use crate::state::{Agent, State};
use std::collections::{BTreeMap, BTreeSet};
use vocab::{AgentId, CustomerId, InteractionId, Language, Millis, QueueId};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Index {
    pub(crate) queues: BTreeMap<QueueId, QueueIndex>,
    pub(crate) people: BTreeMap<AgentId, Person>,
    /// Customers' interactions that are not over for them.
    customers: BTreeSet<(CustomerId, InteractionId)>,
    /// Those who can be offered now and wait for one agent, by key.
    pub(crate) kept: BTreeSet<(AgentId, i64, InteractionId)>,
    /// What the agents speak, sorted; a language's place is its bit.
    pub(crate) spoken: Vec<Language>,
    pub(crate) deadlines: BTreeSet<(Millis, Due)>,
    due_of_hours: Vec<(Millis, Due)>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct QueueIndex {
    /// Everybody without an answer, by key: those ringing and those away keep their places.
    pub(crate) line: BTreeSet<(i64, InteractionId)>,
    /// Those who can be offered now, by class and key; those kept for one agent are not among them.
    pub(crate) waiting: BTreeMap<Demand, Row<(i64, InteractionId)>>,
    /// Those in line who are to be called back.
    pub(crate) callbacks: BTreeSet<InteractionId>,
    /// When each one in line entered, to tell the longest wait.
    pub(crate) entered: BTreeSet<(Millis, InteractionId)>,
    /// Agents who can be rung now, by class and rank.
    pub(crate) ready: BTreeMap<Supply, Row<(Rank, AgentId)>>,
    pub(crate) ready_count: u32,
    /// Agents who are ready or at work.
    pub(crate) staffed: u32,
}

/// What an agent is to the queues, and where the index has put them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Person {
    pub(crate) serves: Vec<Serves>,
    /// What they are rung for, talk in or wrap up, oldest first.
    work: Vec<InteractionId>,
    /// Absent while nothing can be offered.
    pub(crate) place: Option<Place>,
    is_staffed: bool,
    due: Vec<(Millis, Due)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Serves {
    pub(crate) queue: QueueId,
    pub(crate) service: Service,
    pub(crate) score: u32,
    strategy: Strategy,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Place {
    pub(crate) room: Room,
    pub(crate) standing: Standing,
}

impl Index {
    pub(crate) fn of(state: &State) -> Self {
        let mut index = Self::default();
        let languages = state.agents.values().flat_map(|a| &a.settings.languages);
        let languages: BTreeSet<Language> = languages.copied().collect();
        index.spoken = languages.into_iter().collect();
        for queue in state.queues.keys() {
            index.queues.insert(*queue, QueueIndex::default());
        }
        for (id, agent) in &state.agents {
            index.know_person(*id, agent, state);
        }
        for id in state.interactions.keys() {
            let footprint = Footprint::of(state, &index.spoken, *id);
            index.move_interaction(*id, None, footprint.as_ref());
        }
        for id in state.agents.keys() {
            index.settle_agent(*id, state);
        }
        index.settle_hours(state);
        index
    }

    /// When hours change next.
    pub(crate) fn settle_hours(&mut self, state: &State) {
        for due in &self.due_of_hours {
            self.deadlines.remove(due);
        }
        let doors = state.schedules.iter();
        let due = doors.filter_map(|(id, door)| Some((door.until?, Due::Hours(*id))));
        self.due_of_hours = due.collect();
        self.deadlines.extend(&self.due_of_hours);
    }

    pub(crate) fn work_of(&self, agent: AgentId) -> impl Iterator<Item = InteractionId> + '_ {
        let person = self.people.get(&agent).into_iter();
        person.flat_map(|person| person.work.iter().copied())
    }

    pub(crate) fn is_idle(&self, agent: AgentId) -> bool {
        let person = self.people.get(&agent);
        person.is_none_or(|person| person.work.is_empty())
    }

    /// Those of a customer that are not over for them, oldest first.
    pub(crate) fn of_customer(
        &self,
        customer: CustomerId,
    ) -> impl DoubleEndedIterator<Item = InteractionId> + '_ {
        let all = (customer, InteractionId(0))..=(customer, InteractionId(u64::MAX));
        self.customers.range(all).map(|(_, id)| *id)
    }

    /// Everybody's interactions that are not over for them.
    pub(crate) fn with_customer(&self) -> impl Iterator<Item = InteractionId> + '_ {
        self.customers.iter().map(|(_, interaction)| *interaction)
    }

    /// Whether it can be offered to somebody to whom it could not be offered before.
    pub(crate) fn move_interaction(
        &mut self,
        id: InteractionId,
        before: Option<&Footprint>,
        after: Option<&Footprint>,
    ) -> bool {
        let nowhere = Footprint::default();
        let (old, new) = (before.unwrap_or(&nowhere), after.unwrap_or(&nowhere));
        self.move_in_line(id, old, new);
        if old.people != new.people {
            for agent in old.people.iter() {
                if let Some(person) = self.people.get_mut(&agent) {
                    person.work.retain(|work| *work != id);
                }
            }
            for agent in new.people.iter() {
                if let Some(person) = self.people.get_mut(&agent)
                    && let Err(place) = person.work.binary_search(&id)
                {
                    person.work.insert(place, id);
                }
            }
        }
        if old.customer != new.customer {
            old.customer
                .map(|customer| self.customers.remove(&(customer, id)));
            self.customers
                .extend(new.customer.map(|customer| (customer, id)));
        }
        if old.due != new.due {
            for due in old.due.iter() {
                self.deadlines.remove(&due);
            }
            self.deadlines.extend(new.due.iter());
        }
        new.offer.is_some() && (old.offer != new.offer || old.line != new.line)
    }

    fn move_in_line(&mut self, id: InteractionId, old: &Footprint, new: &Footprint) {
        let has_moved = old.line != new.line;
        if has_moved || old.offer != new.offer {
            self.withdraw(id, old);
        }
        if has_moved {
            if let Some(line) = old.line
                && let Some(queue) = self.queues.get_mut(&line.queue)
            {
                queue.line.remove(&(line.key, id));
                queue.entered.remove(&(line.entered_at, id));
                queue.callbacks.remove(&id);
            }
            if let Some(line) = new.line
                && let Some(queue) = self.queues.get_mut(&line.queue)
            {
                queue.line.insert((line.key, id));
                queue.entered.insert((line.entered_at, id));
                if line.is_for_callback {
                    queue.callbacks.insert(id);
                }
            }
        }
        if has_moved || old.offer != new.offer {
            self.put_up(id, new);
        }
    }

    /// It cannot be offered as it could before.
    fn withdraw(&mut self, id: InteractionId, old: &Footprint) {
        let (Some(line), Some(offer)) = (old.line, &old.offer) else {
            return;
        };
        if let Some(agent) = offer.kept_for {
            self.kept.remove(&(agent, line.key, id));
        } else if let Some(queue) = self.queues.get_mut(&line.queue)
            && let Some(waiting) = queue.waiting.get_mut(&offer.demand)
            && waiting.remove((line.key, id)) == Removed::Last
        {
            queue.waiting.remove(&offer.demand);
        }
    }

    fn put_up(&mut self, id: InteractionId, new: &Footprint) {
        let (Some(line), Some(offer)) = (new.line, &new.offer) else {
            return;
        };
        if let Some(agent) = offer.kept_for {
            self.kept.insert((agent, line.key, id));
        } else if let Some(queue) = self.queues.get_mut(&line.queue) {
            let one = (line.key, id);
            let waiting = queue.waiting.entry(offer.demand);
            waiting
                .and_modify(|row| row.insert(one))
                .or_insert_with(|| Row::new(one));
        }
    }

    /// An agent who is new or whose settings changed; their work stays theirs.
    pub(crate) fn change_person(&mut self, id: AgentId, agent: &Agent, state: &State) {
        let before = self.remove_person(id);
        self.know_person(id, agent, state);
        if let (Some(before), Some(person)) = (before, self.people.get_mut(&id)) {
            person.work = before.work;
        }
        self.settle_agent(id, state);
    }

    /// What the agent is to the queues; not where they stand in them.
    fn know_person(&mut self, id: AgentId, agent: &Agent, state: &State) {
        let serves = agent.settings.queues.iter().filter_map(|queue| {
            let settings = state.queues.get(queue)?;
            Some(Serves::new(agent, settings, &self.spoken))
        });
        let person = Person {
            serves: serves.collect(),
            ..Person::default()
        };
        self.people.insert(id, person);
    }

    pub(crate) fn remove_person(&mut self, id: AgentId) -> Option<Person> {
        let person = self.people.remove(&id)?;
        put(&mut self.queues, id, &person, None);
        staff(&mut self.queues, &person, false);
        for due in &person.due {
            self.deadlines.remove(due);
        }
        Some(person)
    }

    /// Puts the agent where they belong now; whether they can be offered what they could not before.
    pub(crate) fn settle_agent(&mut self, id: AgentId, state: &State) -> bool {
        let Some(agent) = state.agents.get(&id) else {
            self.remove_person(id);
            return false;
        };
        let load = Load::of(self, state, id);
        let place = load.place(agent);
        let due = due::of_agent(self, id, agent, state);
        let is_staffed = agent.is_reachable_and_ready() || (agent.is_online() && load.is_any);
        let Some(person) = self.people.get_mut(&id) else {
            return false;
        };
        let before = person.place.map_or_else(Room::default, |place| place.room);
        let has_more = place.is_some_and(|place| place.room.exceeds(before));
        if person.place != place {
            put(&mut self.queues, id, person, place);
            person.place = place;
        }
        if person.is_staffed != is_staffed {
            staff(&mut self.queues, person, is_staffed);
            person.is_staffed = is_staffed;
        }
        if person.due != due {
            for old in &person.due {
                self.deadlines.remove(old);
            }
            self.deadlines.extend(&due);
            person.due = due;
        }
        has_more
    }
}

type Queues = BTreeMap<QueueId, QueueIndex>;

/// From where the agent stood in the queues to where they belong.
fn put(queues: &mut Queues, id: AgentId, person: &Person, to: Option<Place>) {
    for serves in person
        .serves
        .iter()
        .filter(|one| one.service.ring != crate::fit::NO_RING)
    {
        let Some(queue) = queues.get_mut(&serves.queue) else {
            continue;
        };
        if let Some(place) = person.place {
            queue.remove_ready(serves.supply(place), serves.rank(place), id);
        }
        if let Some(place) = to {
            queue.add_ready(serves.supply(place), serves.rank(place), id);
        }
    }
}

fn staff(queues: &mut Queues, person: &Person, is_staffed: bool) {
    if person.is_staffed == is_staffed {
        return;
    }
    for serves in &person.serves {
        if let Some(queue) = queues.get_mut(&serves.queue) {
            queue.staffed = if is_staffed {
                queue.staffed + 1
            } else {
                queue.staffed.saturating_sub(1)
            };
        }
    }
}

impl Serves {
    fn new(agent: &Agent, queue: &Queue, spoken: &[Language]) -> Self {
        Self {
            queue: queue.id,
            service: Service::new(&agent.settings, queue, spoken),
            score: score(&agent.settings, queue),
            strategy: queue.strategy,
        }
    }

    fn supply(&self, place: Place) -> Supply {
        Supply {
            room: place.room,
            service: self.service,
        }
    }

    pub(crate) fn rank(&self, place: Place) -> Rank {
        Rank::new(self.strategy, place.standing, self.score)
    }
}

impl QueueIndex {
    fn add_ready(&mut self, supply: Supply, rank: Rank, agent: AgentId) {
        let one = (rank, agent);
        let ready = self.ready.entry(supply);
        ready
            .and_modify(|row| row.insert(one))
            .or_insert_with(|| Row::new(one));
        self.ready_count += 1;
    }

    fn remove_ready(&mut self, supply: Supply, rank: Rank, agent: AgentId) {
        let ready = self.ready.get_mut(&supply);
        match ready.map_or(Removed::Nothing, |row| row.remove((rank, agent))) {
            Removed::Nothing => return,
            Removed::One => {}
            Removed::Last => {
                self.ready.remove(&supply);
            }
        }
        self.ready_count = self.ready_count.saturating_sub(1);
    }
}

/// What an agent has to do at this moment.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Load {
    pub(crate) is_any: bool,
    pub(crate) has_live: bool,
    /// Asynchronous work that live work must not interrupt.
    pub(crate) has_firm: bool,
    pub(crate) units: u8,
}

impl Load {
    pub(crate) fn of(index: &Index, state: &State, agent: AgentId) -> Self {
        let mut load = Self::default();
        for id in index.work_of(agent) {
            let Some(open) = state.interactions.get(&id) else {
                continue;
            };
            load.is_any = true;
            if open.medium.is_live() {
                load.has_live = true;
            } else if let Some(queue) = state.queues.get(&open.queue) {
                load.units = load.units.saturating_add(queue.weight);
                load.has_firm |= !queue.is_interruptible;
            }
        }
        load
    }

    pub(crate) fn room(self, agent: &Agent) -> Room {
        if self.has_live {
            return Room::default();
        }
        Room {
            for_live: !self.has_firm,
            units: agent.settings.capacity.saturating_sub(self.units),
        }
    }

    fn place(self, agent: &Agent) -> Option<Place> {
        let crate::state::Presence::Online { since, .. } = agent.presence else {
            return None;
        };
        let room = self.room(agent);
        (agent.takes_work() && !room.is_none()).then_some(Place {
            room,
            standing: Standing {
                load: self.units,
                idle_since: since,
                handled: agent.handled,
            },
        })
    }
}
