//! Golden JSON: the wire as other programs see it. A change here is a change of the link's version.

use crate::link::{ClientFrame, ServerFrame};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;

/// Each line of the file must read as `T` and write itself back the same.
fn check<T: Serialize + DeserializeOwned + Debug>(lines: &str) {
    let mut frames = 0;
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        let given: serde_json::Value = serde_json::from_str(line).expect(line);
        let frame: T = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(
            serde_json::to_value(&frame).expect(line),
            given,
            "{frame:?}"
        );
        frames += 1;
    }
    assert!(frames > 0, "a golden file without frames proves nothing");
}

#[test]
fn client_frames_are_as_published() {
    check::<ClientFrame>(include_str!("../golden/client.jsonl"));
}

#[test]
fn server_frames_are_as_published() {
    check::<ServerFrame>(include_str!("../golden/server.jsonl"));
}
