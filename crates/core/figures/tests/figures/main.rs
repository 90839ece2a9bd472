//! Figures of real engines: stories with every number worked out by hand, and floors at random.

#[cfg(test)]
mod agents;
#[cfg(test)]
mod ahead;
#[cfg(test)]
mod chance;
#[cfg(test)]
mod floor;
#[cfg(test)]
mod intervals;
#[cfg(test)]
mod queues;
#[cfg(test)]
mod seeded;
#[cfg(test)]
mod story;
#[cfg(test)]
mod told;
