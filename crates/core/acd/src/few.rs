//! A short list that lies where it is kept. Most lists that a decision makes have one or two entries; fetching memory
//! for each of them took a good part of the decision.

/// The first `N` entries in place, others on the heap.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Few<T, const N: usize> {
    in_place: [Option<T>; N],
    more: Vec<T>,
}

impl<T: Copy, const N: usize> Default for Few<T, N> {
    fn default() -> Self {
        Self {
            in_place: [None; N],
            more: Vec::new(),
        }
    }
}

impl<T: Copy + PartialEq, const N: usize> Few<T, N> {
    pub(crate) fn push(&mut self, one: T) {
        match self.in_place.iter_mut().find(|place| place.is_none()) {
            Some(place) => *place = Some(one),
            None => self.more.push(one),
        }
    }

    /// Unless it is there already.
    pub(crate) fn add(&mut self, one: T) {
        if !self.iter().any(|other| other == one) {
            self.push(one);
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = T> + '_ {
        let in_place = self.in_place.iter().flatten();
        in_place.chain(&self.more).copied()
    }
}

impl<T: Copy + PartialEq, const N: usize> FromIterator<T> for Few<T, N> {
    fn from_iter<I: IntoIterator<Item = T>>(all: I) -> Self {
        let mut few = Self::default();
        all.into_iter().for_each(|one| few.push(one));
        few
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_are_kept_in_order_as_few_are() {
        let few: Few<u32, 2> = (1..=5).collect();
        assert_eq!(few.iter().collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        assert_ne!(few, (1..=4).collect());
    }

    #[test]
    fn what_is_there_is_not_added_again() {
        let mut few = Few::<u32, 1>::default();
        [7, 8, 7, 8].into_iter().for_each(|one| few.add(one));
        assert_eq!(few, [7, 8].into_iter().collect());
    }
}
