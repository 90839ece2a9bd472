//! The members of one class in order. The first lies beside the class itself: whoever looks through hundreds of classes
//! for the best first one follows no pointer, and a class of one, as most are, needs no memory of its own.

use std::collections::BTreeSet;

/// Never empty.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row<T> {
    first: T,
    rest: BTreeSet<T>,
}

impl<T: Ord + Copy> Row<T> {
    pub(crate) fn new(first: T) -> Self {
        let rest = BTreeSet::new();
        Self { first, rest }
    }

    pub(crate) fn first(&self) -> T {
        self.first
    }

    pub(crate) fn len(&self) -> usize {
        1 + self.rest.len()
    }

    pub(crate) fn insert(&mut self, one: T) {
        if one < self.first {
            self.rest.insert(self.first);
            self.first = one;
        } else if one > self.first {
            self.rest.insert(one);
        }
    }

    pub(crate) fn remove(&mut self, one: T) -> Removed {
        if one != self.first {
            return if self.rest.remove(&one) {
                Removed::One
            } else {
                Removed::Nothing
            };
        }
        match self.rest.pop_first() {
            Some(next) => {
                self.first = next;
                Removed::One
            }
            None => Removed::Last,
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = T> + '_ {
        std::iter::once(self.first).chain(self.rest.iter().copied())
    }

    /// From this one on, or from where it would stand.
    pub(crate) fn from(&self, one: T) -> impl Iterator<Item = T> + '_ {
        let first = Some(self.first).filter(|first| *first >= one);
        first.into_iter().chain(self.rest.range(one..).copied())
    }
}

/// What came of taking one out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Removed {
    Nothing,
    One,
    /// It was the only one: the row is to be given up.
    Last,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stay_in_order_whatever_comes_and_goes() {
        let mut row = Row::new(5);
        for one in [7, 3, 5, 9, 1, 3] {
            row.insert(one);
        }
        assert_eq!(row.iter().collect::<Vec<_>>(), [1, 3, 5, 7, 9]);
        assert_eq!((row.first(), row.len()), (1, 5));
        assert_eq!(row.from(4).collect::<Vec<_>>(), [5, 7, 9]);
        assert_eq!(row.from(1).collect::<Vec<_>>(), [1, 3, 5, 7, 9]);
        assert_eq!(row.remove(4), Removed::Nothing);
        for one in [1, 9, 3, 7] {
            assert_eq!(row.remove(one), Removed::One);
        }
        assert_eq!(row, Row::new(5));
        assert_eq!(row.remove(5), Removed::Last);
    }
}
