//! The house's rules about who may know whom, read from what Cargo resolves and from the sources themselves.

#[cfg(test)]
mod dependencies;
#[cfg(test)]
mod manifests;
#[cfg(test)]
mod plan;
#[cfg(test)]
mod sources;
