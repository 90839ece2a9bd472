//! Whether the place where the window was left can still be reached: screens are unplugged, and windows pushed aside.

use std::path::Path;

/// So much of the window's upper edge, in pixels, must be on a screen for a hand to take hold of it.
const HANDLE_WIDTH: i64 = 160;

/// A rectangle of pixels, of a window or of a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) width: i64,
    pub(super) height: i64,
}

impl Area {
    /// The same window in the middle of `screen`, no larger than it.
    pub(super) fn centred_on(self, screen: Self) -> Self {
        let (width, height) = (self.width.min(screen.width), self.height.min(screen.height));
        Self {
            x: screen.x + (screen.width - width) / 2,
            y: screen.y + (screen.height - height) / 2,
            width,
            height,
        }
    }

    /// True when the window can be taken hold of on one of `screens`.
    pub(super) fn is_reachable(self, screens: &[Self]) -> bool {
        screens.iter().any(|screen| {
            let left = self.x.max(screen.x);
            let right = (self.x + self.width).min(screen.x + screen.width);
            let top = screen.y..screen.y + screen.height - HANDLE_WIDTH.min(screen.height);
            right - left >= HANDLE_WIDTH && top.contains(&self.y)
        })
    }
}

/// Where the window was left, as the file of the last run says. `None` when there is no such file, or another one.
pub(super) fn left_in(file: &Path, label: &str) -> Option<Area> {
    let state: serde_json::Value = serde_json::from_slice(&std::fs::read(file).ok()?).ok()?;
    let number = |name: &str| state[label][name].as_i64();
    // A window that was maximised is restored to its place before that.
    let is_maximized = state[label]["maximized"].as_bool().unwrap_or(false);
    let (x, y) = if is_maximized {
        ("prev_x", "prev_y")
    } else {
        ("x", "y")
    };
    Some(Area {
        x: number(x)?,
        y: number(y)?,
        width: number("width")?,
        height: number("height")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_reachable_where_a_hand_can_take_its_upper_edge() {
        let area = |x, y, width, height| Area {
            x,
            y,
            width,
            height,
        };
        let screens = [area(0, 0, 1920, 1080), area(1920, -200, 2560, 1440)];
        let check = |x, y, expect| {
            let window = area(x, y, 1280, 800);
            assert_eq!(window.is_reachable(&screens), expect, "{x}, {y}");
        };
        check(300, 200, true);
        check(1800, 100, true);
        check(2000, -150, true);
        check(4000, 3000, false);
        check(-1200, 300, false);
        check(300, -50, false);
        check(300, 1070, false);
        assert!(!area(0, 0, 1280, 800).is_reachable(&[]));
        let lost = area(9000, 0, 1280, 1600);
        assert_eq!(lost.centred_on(screens[1]), area(2560, -200, 1280, 1440));
    }
}
