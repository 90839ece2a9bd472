//! Reads how many tests passed and failed from what Cargo's and Vitest's runners print.

use std::ops::AddAssign;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl Count {
    /// What one line says: libtest's `test result:` or Vitest's `Tests` line; nothing for any other.
    pub(crate) fn of_line(line: &str) -> Self {
        let plain = plain(line);
        let plain = plain.trim_start();
        // "test result: ok. 3 passed; 0 failed; 1 ignored; ..." and "Tests  1 failed | 11 passed (12)".
        let is_result = plain.starts_with("test result: ")
            || plain
                .strip_prefix("Tests")
                .is_some_and(|rest| rest.starts_with("  "));
        if !is_result {
            return Self::default();
        }
        let words: Vec<&str> = plain
            .split([' ', ';', '|'])
            .filter(|w| !w.is_empty())
            .collect();
        let number_before = |name: &str| {
            let pairs = words.windows(2).filter(|pair| pair[1] == name);
            pairs.filter_map(|pair| pair[0].parse::<u32>().ok()).sum()
        };
        Self {
            passed: number_before("passed"),
            failed: number_before("failed"),
        }
    }
}

/// The text without the escape sequences that colour it.
pub(crate) fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            // A control sequence ends with its first letter.
            chars.by_ref().find(char::is_ascii_alphabetic);
        } else {
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, passed: u32, failed: u32) {
        assert_eq!(Count::of_line(line), Count { passed, failed }, "{line}");
    }

    #[test]
    fn the_runners_result_lines_are_counted() {
        check(
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out",
            3,
            0,
        );
        check(
            "test result: \u{1b}[31mFAILED\u{1b}[m. 3 passed; 2 failed; 0 ignored",
            3,
            2,
        );
        check("      Tests  12 passed (12)", 12, 0);
        check(
            "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[31m1 failed\u{1b}[39m | 11 passed (12)",
            11,
            1,
        );
    }

    #[test]
    fn other_lines_count_nothing() {
        check(" Test Files  3 passed (3)", 0, 0);
        check("test it_says_3 passed ... ok", 0, 0);
        check("Tests are 5 passed", 0, 0);
    }
}
