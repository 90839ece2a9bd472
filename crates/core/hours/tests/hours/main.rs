//! Hours and wall clocks as their users meet them: stories, faults, days of reports, and years in small steps.

#[cfg(test)]
mod faults;
#[cfg(test)]
mod given;
#[cfg(test)]
mod midnights;
#[cfg(test)]
mod openings;
#[cfg(test)]
mod stepping;
