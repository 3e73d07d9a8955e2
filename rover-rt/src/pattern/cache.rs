//! Patterns that were read already.

use std::cell::RefCell;
use std::rc::Rc;

use super::compile::Compiled;

/// So many patterns are kept, each in its own place.
const PLACES: usize = 64;
/// Longer ones share a place with all others that are.
const SHORT: usize = 128;

/// The patterns of a VM. A pattern is found by its address first of all: equal strings of
/// Lua's are one string.
#[derive(Default)]
pub(crate) struct Cache {
    places: RefCell<Vec<Option<Place>>>,
}

struct Place {
    pattern: Box<[u8]>,
    anchors: bool,
    compiled: Rc<Compiled>,
}

impl Cache {
    /// A pattern, in which `^` at the start is an anchor or not.
    pub(crate) fn get(&self, pattern: &[u8], anchors: bool) -> Rc<Compiled> {
        let index = match pattern.len() <= SHORT {
            // Strings are aligned to 8 bytes, and have a head of 24.
            true => 1 + (pattern.as_ptr().addr() / 32 % PLACES) * 2 + usize::from(anchors),
            false => 0,
        };
        let mut places = self.places.borrow_mut();
        if let Some(Some(place)) = places.get(index)
            && *place.pattern == *pattern
            && place.anchors == anchors
        {
            return Rc::clone(&place.compiled);
        }
        let compiled = Rc::new(match anchors {
            true => Compiled::new(pattern),
            false => Compiled::unanchored(pattern),
        });
        if places.is_empty() {
            places.resize_with(1 + PLACES * 2, || None);
        }
        places[index] = Some(Place {
            pattern: pattern.into(),
            anchors,
            compiled: Rc::clone(&compiled),
        });
        compiled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_read_once_and_as_what_it_is() {
        let cache = Cache::default();
        let pattern = b"^%a+".to_vec();
        let first = cache.get(&pattern, true);
        assert!(Rc::ptr_eq(&first, &cache.get(&pattern, true)));
        assert!(first.anchored);
        assert!(!cache.get(&pattern, false).anchored);
        // Another text at the same address.
        let other = cache.get(&pattern[..2], true);
        assert!(!Rc::ptr_eq(&first, &other));
        assert!(!Rc::ptr_eq(&first, &cache.get(&pattern, true)));
    }

    #[test]
    fn it_does_not_grow() {
        let cache = Cache::default();
        for length in 0..1000 {
            cache.get(&vec![b'a'; length], true);
        }
        let places = cache.places.borrow();
        assert_eq!(places.len(), 1 + PLACES * 2);
        let long = places.iter().flatten().filter(|p| p.pattern.len() > SHORT);
        assert_eq!(long.count(), 1);
    }
}
