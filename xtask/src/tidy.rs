//! The house's rules that no linter knows: how long a file is, which words must not stand in one, how it opens.

use crate::house::House;
use crate::{run, say};
use anyhow::{Result, bail};

const MAX_LINES: usize = 500;

/// Source that a person writes and reads.
const SOURCES: [&str; 8] = ["rs", "ts", "js", "svelte", "css", "html", "sql", "sh"];

/// Words that must not be committed, split so that this file does not hold them itself.
const FORBIDDEN: [(&str, &str, &str); 12] = [
    ("TO", "DO", "write it, or file an issue"),
    ("FIX", "ME", "mend it, or file an issue"),
    ("XX", "X", "say what is meant"),
    ("todo", "!(", "write it, or leave the feature out"),
    ("unimple", "mented!(", "write it, or leave the feature out"),
    ("#[igno", "re]", "a test that does not run proves nothing"),
    ("it.sk", "ip(", "a test that does not run proves nothing"),
    ("test.sk", "ip(", "a test that does not run proves nothing"),
    (
        "describe.sk",
        "ip(",
        "a test that does not run proves nothing",
    ),
    ("it.on", "ly(", "it keeps the other tests from running"),
    ("@ts-ig", "nore", "mend the type"),
    ("<<<<", "<<< ", "finish the merge"),
];

/// The one reason for which a test may be left out of a run: another test starts it in a process of its own.
const CHILD: &str = "only as the child of ";

pub(crate) fn run(house: &House) -> Result<()> {
    let list = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let files = run::read(house.command("git").args(list))?;
    let mut faults = Vec::new();
    let mut looked_at = 0;
    for path in files.lines().filter(|path| is_ours(path)) {
        // Listed but removed from the work tree: the next commit takes it away.
        let Ok(text) = std::fs::read_to_string(house.root.join(path)) else {
            continue;
        };
        looked_at += 1;
        faults.extend(faults_of(path, &text));
    }
    if looked_at == 0 {
        bail!("no source was found; is this a git checkout?");
    }
    if !faults.is_empty() {
        faults.sort();
        bail!("{} to tidy:\n{}", faults.len(), faults.join("\n"));
    }
    say::line(&format!("{looked_at} files are tidy"))
}

fn is_ours(path: &str) -> bool {
    let is_generated = path.starts_with("ui/protocol/src/") && !path.ends_with("index.ts");
    let extension = path.rsplit('.').next().unwrap_or_default();
    SOURCES.contains(&extension) && !is_generated
}

fn faults_of(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let lines = text.lines().count();
    if lines > MAX_LINES {
        faults.push(format!(
            "{path}: {lines} lines; split it by concept (at most {MAX_LINES})"
        ));
    }
    if path.ends_with(".rs") && !opens_with_purpose(text) {
        faults.push(format!(
            "{path}:1: open it with a `//!` sentence of what it is for"
        ));
    }
    for (number, line) in text.lines().enumerate() {
        let reason = line.trim().strip_prefix(concat!("#[igno", "re = \""));
        if reason.is_some_and(|reason| !reason.starts_with(CHILD)) {
            faults.push(format!(
                "{path}:{}: a test that does not run proves nothing",
                number + 1
            ));
        }
        for (head, tail, advice) in FORBIDDEN {
            if holds(line, &format!("{head}{tail}")) {
                faults.push(format!("{path}:{}: `{head}{tail}`: {advice}", number + 1));
            }
        }
    }
    faults
}

/// The first line that is neither empty nor an attribute says what the file is for.
fn opens_with_purpose(text: &str) -> bool {
    let mut lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("#!["));
    lines
        .next()
        .is_some_and(|line| line.len() > "//! ".len() && line.starts_with("//! "))
}

/// Whether `word` stands in `line`, not merely inside a longer word.
fn holds(line: &str, word: &str) -> bool {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let starts_a_word = !word.starts_with(char::is_alphanumeric) || !is_part(before);
        let ends_a_word = !word.ends_with(char::is_alphanumeric) || !is_part(after);
        starts_a_word && ends_a_word
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, expect: usize) {
        let faults = faults_of(path, text);
        assert_eq!(faults.len(), expect, "{path}: {faults:?}");
    }

    #[test]
    fn a_long_file_is_named() {
        check("a.ts", &"x\n".repeat(MAX_LINES), 0);
        check("a.ts", &"x\n".repeat(MAX_LINES + 1), 1);
    }

    #[test]
    fn a_file_opens_with_its_purpose() {
        check("a.rs", "//! Counts sheep.\nfn a() {}\n", 0);
        check("a.rs", "#![allow(x)]\n//! Counts sheep.\n", 0);
        check("a.rs", "//!\nfn a() {}\n", 1);
        check("a.rs", "fn a() {}\n", 1);
    }

    #[test]
    fn forbidden_words_are_found_as_words() {
        check("a.ts", concat!("// TO", "DO later\n"), 1);
        check("a.ts", "const TODOS = 1; // a list of them\n", 0);
        check("a.ts", concat!("it.sk", "ip('x')\n"), 1);
        check("a.rs", concat!("//! A.\n#[igno", "re]\nfn x() {}\n"), 1);
        check(
            "a.rs",
            concat!("//! A.\n#[igno", "re = \"slow\"]\nfn x() {}\n"),
            1,
        );
        check(
            "a.rs",
            concat!(
                "//! A.\n#[igno",
                "re = \"only as the child of y\"]\nfn x() {}\n"
            ),
            0,
        );
    }

    #[test]
    fn generated_files_are_left_alone() {
        assert!(!is_ours("ui/protocol/src/link.ts"));
        assert!(is_ours("ui/protocol/src/index.ts"));
        assert!(!is_ours("icons/icon.png"));
    }
}
