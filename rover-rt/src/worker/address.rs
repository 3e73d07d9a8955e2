//! How many connections each address has.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Whom an address belongs to: an IPv4 address, or a network of 64 bits in IPv6, which is
/// what a single customer gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Owner(u64);

impl Owner {
    pub(crate) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            // No peer has an address in this network: it is a group's (RFC 4291).
            IpAddr::V4(address) => Owner(0xffff_ffff << 32 | u64::from(address.to_bits())),
            IpAddr::V6(address) => Owner((address.to_bits() >> 64) as u64),
        }
    }
}

/// The open connections of all workers. They meet here when one begins and when it ends.
#[derive(Debug)]
pub(crate) struct Owners {
    /// 0 for any number.
    most: u64,
    counts: Mutex<HashMap<Owner, u64>>,
}

impl Owners {
    pub(crate) fn new(most: u64) -> Self {
        Owners {
            most,
            counts: Mutex::default(),
        }
    }

    /// A connection begins.
    pub(crate) fn enter(&self, owner: Owner) {
        if self.most > 0 {
            let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            *counts.entry(owner).or_default() += 1;
        }
    }

    /// A connection has ended.
    pub(crate) fn leave(&self, owner: Owner) {
        if self.most > 0 {
            let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            match counts.get_mut(&owner) {
                Some(count) if *count > 1 => *count -= 1,
                _ => drop(counts.remove(&owner)),
            }
        }
    }

    /// How many an address has; nothing where addresses are not told apart.
    pub(crate) fn count(&self, owner: Owner) -> Option<u64> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        (self.most > 0).then(|| counts.get(&owner).copied().unwrap_or_default())
    }

    /// Whether an address has all it may have.
    pub(crate) fn is_full(&self, owner: Owner) -> bool {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        self.most > 0 && counts.get(&owner).is_some_and(|count| *count >= self.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners() {
        let of = |text: &str| Owner::of(text.parse().unwrap());
        assert_eq!(of("10.0.0.1"), of("::ffff:10.0.0.1"));
        assert_ne!(of("10.0.0.1"), of("10.0.0.2"));
        assert_eq!(of("2001:db8::1"), of("2001:db8:0:0:ffff::2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        let owners = Owners::new(2);
        owners.enter(of("10.0.0.1"));
        assert!(!owners.is_full(of("10.0.0.1")));
        owners.enter(of("10.0.0.1"));
        assert!(owners.is_full(of("10.0.0.1")));
        assert!(!owners.is_full(of("10.0.0.2")));
        assert_eq!(owners.count(of("10.0.0.1")), Some(2));
        assert_eq!(Owners::new(0).count(of("10.0.0.1")), None);
        owners.leave(of("10.0.0.1"));
        owners.leave(of("10.0.0.1"));
        assert!(owners.counts.lock().unwrap().is_empty());
    }
}
