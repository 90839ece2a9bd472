//! A ring of samples between one writer and one reader, of which one is an audio callback: it neither locks nor allocates.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

struct Shared {
    /// Bits of `f32`: atomics make the ring sound without unsafe code, at the cost of a plain load or store.
    cells: Box<[AtomicU32]>,
    /// Counts of samples ever written and read; their difference is the fill.
    written: AtomicUsize,
    read: AtomicUsize,
}

/// The end that puts samples in.
pub struct Writer(Arc<Shared>);

/// The end that takes samples out.
pub struct Reader(Arc<Shared>);

/// A ring that holds `capacity` samples.
#[must_use]
pub fn ring(capacity: usize) -> (Writer, Reader) {
    let cells = (0..capacity.max(1)).map(|_| AtomicU32::new(0)).collect();
    let shared = Arc::new(Shared {
        cells,
        written: AtomicUsize::new(0),
        read: AtomicUsize::new(0),
    });
    (Writer(Arc::clone(&shared)), Reader(shared))
}

impl Shared {
    fn fill(&self) -> usize {
        let read = self.read.load(Ordering::Acquire);
        self.written.load(Ordering::Acquire).wrapping_sub(read)
    }
}

impl Writer {
    /// Samples that wait to be read.
    #[must_use]
    pub fn fill(&self) -> usize {
        self.0.fill()
    }

    /// Writes what fits and gives the count; the rest is the caller's to drop.
    pub fn push(&mut self, samples: impl ExactSizeIterator<Item = f32>) -> usize {
        let shared = &*self.0;
        let count = samples.len().min(shared.cells.len() - shared.fill());
        let start = shared.written.load(Ordering::Relaxed);
        for (at, sample) in samples.take(count).enumerate() {
            let cell = &shared.cells[start.wrapping_add(at) % shared.cells.len()];
            cell.store(sample.to_bits(), Ordering::Relaxed);
        }
        shared
            .written
            .store(start.wrapping_add(count), Ordering::Release);
        count
    }
}

impl Reader {
    /// Samples that wait to be read.
    #[must_use]
    pub fn fill(&self) -> usize {
        self.0.fill()
    }

    /// Fills `out` as far as samples are there and gives the count; the rest of `out` is untouched.
    pub fn pop(&mut self, out: &mut [f32]) -> usize {
        let shared = &*self.0;
        let count = out.len().min(shared.fill());
        let start = shared.read.load(Ordering::Relaxed);
        for (at, sample) in out[..count].iter_mut().enumerate() {
            let cell = &shared.cells[start.wrapping_add(at) % shared.cells.len()];
            *sample = f32::from_bits(cell.load(Ordering::Relaxed));
        }
        shared
            .read
            .store(start.wrapping_add(count), Ordering::Release);
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_come_out_in_order_and_what_does_not_fit_is_refused() {
        let (mut writer, mut reader) = ring(5);
        let mut next_in = 0.0_f32;
        let mut next_out = 0.0_f32;
        let mut out = [0.0; 3];
        for round in 0..40 {
            let offered = 1 + round % 7;
            let fits = 5 - writer.fill();
            let taken = writer.push((0..offered).map(|n| next_in + n as f32));
            assert_eq!(taken, offered.min(fits));
            next_in += taken as f32;
            let got = reader.pop(&mut out);
            for sample in &out[..got] {
                assert_eq!(*sample, next_out);
                next_out += 1.0;
            }
        }
        assert!(next_out > 40.0);
    }
}
