//! Signs of life. A worker gives one when its event loop comes round and when a handler looks
//! at its clock, which every loop and function of a program does (see `budget` in the
//! compiler): a handler that has its time, however much, is no worker that stands still.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// In the time after which a worker counts as one that stands still, it is looked at so often.
pub(crate) const LOOKS: u32 = 8;

/// A worker's count of signs. Apart from those of the others.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(crate) struct Pulse(AtomicU64);

impl Pulse {
    pub(crate) fn beat(&self) {
        // Only its worker writes it, for which a load and a store cost less.
        let count = self.0.load(Ordering::Relaxed);
        self.0.store(count.wrapping_add(1), Ordering::Relaxed);
    }
}

/// One for each worker.
pub(crate) fn pulses(workers: usize) -> Vec<Arc<Pulse>> {
    (0..workers).map(|_| Arc::default()).collect()
}

/// Who looks at them. It counts its own looks and not the time: where the machine itself was
/// stopped for a while, nobody has stood still.
pub(crate) struct Watch {
    pulses: Vec<Arc<Pulse>>,
    /// What each was, and for how many looks.
    seen: Vec<(u64, u32)>,
}

impl Watch {
    pub(crate) fn new(pulses: Vec<Arc<Pulse>>) -> Self {
        let seen = vec![(u64::MAX, 0); pulses.len()];
        Watch { pulses, seen }
    }

    /// Looks at all; one that stands still, if there is any.
    pub(crate) fn look(&mut self) -> Option<usize> {
        let mut still = None;
        for (worker, (pulse, seen)) in self.pulses.iter().zip(&mut self.seen).enumerate() {
            let count = pulse.0.load(Ordering::Relaxed);
            *seen = match count == seen.0 {
                true => (count, seen.1.saturating_add(1)),
                false => (count, 0),
            };
            if seen.1 >= LOOKS {
                still = Some(worker);
            }
        }
        still
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_stands_still_is_found() {
        let pulses = pulses(2);
        let mut watch = Watch::new(pulses.clone());
        for _ in 0..2 * LOOKS {
            pulses.iter().for_each(|pulse| pulse.beat());
            assert_eq!(watch.look(), None);
        }
        for _ in 1..LOOKS {
            pulses[0].beat();
            assert_eq!(watch.look(), None);
        }
        assert_eq!(watch.look(), Some(1));
        pulses[1].beat();
        assert_eq!(watch.look(), None);
    }
}
