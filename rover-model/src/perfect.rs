//! Perfect hash maps: the compiler lays them out, the runtime asks them. Both must hash
//! alike, so the hash stands here.
//!
//! Hash and displace (Belazzougui, Botelho, Dietzfelbinger, 2009): a key's hash chooses a
//! bucket, and the bucket's seed the only place where the key can be. The keys are the
//! program's own, so nobody can choose them to collide: a fast hash will do. The crate phf
//! does the same with SipHash; what that would cost is in `docs/performance.md`, "Router".

/// A map from the byte strings that were known at build.
#[derive(Debug)]
pub struct PerfectMap<V: 'static> {
    /// What is mixed into every hash.
    pub salt: u64,
    /// By bucket.
    pub seeds: &'static [u32],
    /// As many as there are keys.
    pub entries: &'static [(&'static [u8], V)],
}

/// Where the keys of a [`PerfectMap`] go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// See [`PerfectMap::salt`].
    pub salt: u64,
    /// See [`PerfectMap::seeds`].
    pub seeds: Vec<u32>,
    /// The number of the key at each place.
    pub order: Vec<usize>,
}

impl<V> PerfectMap<V> {
    /// The value of a key.
    #[inline]
    pub fn get(&self, key: &[u8]) -> Option<&'static V> {
        if self.entries.is_empty() {
            return None;
        }
        let hash = hash(key, self.salt);
        let seed = self.seeds[bucket(hash, self.seeds.len())];
        let (known, value) = &self.entries[place(hash, seed, self.entries.len())];
        (*known == key).then_some(value)
    }
}

/// Lays out keys, each of which occurs once.
pub fn layout(keys: &[&[u8]]) -> Layout {
    // Another salt is needed only where two keys have one hash of 64 bits.
    let mut salts = 0..;
    let found = salts.find_map(|salt| try_layout(keys, salt));
    found.unwrap_or(Layout {
        salt: 0,
        seeds: Vec::new(),
        order: Vec::new(),
    })
}

/// Seeds that are tried for one bucket, some hundred times what a thousand keys need.
const MAX_SEED: u32 = 1 << 20;

fn try_layout(keys: &[&[u8]], salt: u64) -> Option<Layout> {
    let count = keys.len();
    // Three keys to a bucket: the tables are small and seeds are still found at once.
    let mut buckets: Vec<(usize, Vec<(usize, u64)>)> =
        (0..count.div_ceil(3)).map(|b| (b, Vec::new())).collect();
    for (number, key) in keys.iter().enumerate() {
        let hash = hash(key, salt);
        let bucket = bucket(hash, buckets.len());
        buckets[bucket].1.push((number, hash));
    }
    let mut seeds = vec![0; buckets.len()];
    let mut order = vec![None; count];
    // The full ones first, while there is room.
    buckets.sort_by_key(|(_, members)| std::cmp::Reverse(members.len()));
    for (bucket, members) in &buckets {
        let (seed, places) = (0..MAX_SEED).find_map(|seed| {
            let places: Vec<usize> = members
                .iter()
                .map(|(_, h)| place(*h, seed, count))
                .collect();
            let free = places
                .iter()
                .enumerate()
                .all(|(at, p)| order[*p].is_none() && !places[..at].contains(p));
            free.then_some((seed, places))
        })?;
        seeds[*bucket] = seed;
        for ((number, _), place) in members.iter().zip(places) {
            order[place] = Some(*number);
        }
    }
    Some(Layout {
        salt,
        seeds,
        order: order.into_iter().flatten().collect(),
    })
}

const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

/// Both halves of the product: every bit of the input reaches the upper half's.
#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

#[inline]
fn hash(key: &[u8], salt: u64) -> u64 {
    let word = |at: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&key[at..at + 8]);
        u64::from_le_bytes(bytes)
    };
    let length = key.len();
    let mut hash = salt ^ (length as u64).wrapping_mul(MULTIPLIER);
    if length < 8 {
        let short = key
            .iter()
            .fold(0, |word, byte| word << 8 | u64::from(*byte));
        return fold(hash ^ short, MULTIPLIER);
    }
    let mut at = 0;
    while at + 8 < length {
        hash = fold(hash ^ word(at), MULTIPLIER);
        at += 8;
    }
    // The last eight, some of which were seen already.
    fold(hash ^ word(length - 8), MULTIPLIER)
}

/// A number below `count` from the hash's upper half.
#[inline]
fn bucket(hash: u64, count: usize) -> usize {
    (((hash >> 32) * count as u64) >> 32) as usize
}

#[inline]
fn place(hash: u64, seed: u32, count: usize) -> usize {
    bucket(
        fold(hash ^ u64::from(seed), MULTIPLIER.rotate_left(17)),
        count,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(keys: &[String]) -> PerfectMap<usize> {
        let bytes: Vec<&[u8]> = keys.iter().map(|key| key.as_bytes()).collect();
        let Layout { salt, seeds, order } = layout(&bytes);
        let entries: Vec<(&'static [u8], usize)> = order
            .iter()
            .map(|&number| (&*keys[number].clone().into_bytes().leak(), number))
            .collect();
        PerfectMap {
            salt,
            seeds: seeds.leak(),
            entries: entries.leak(),
        }
    }

    #[test]
    fn every_key_is_found_and_nothing_else() {
        for count in [0, 1, 2, 3, 7, 100, 5000] {
            let keys: Vec<String> = (0..count).map(|n| format!("/a{n}/{}", n % 7)).collect();
            let map = map(&keys);
            for (number, key) in keys.iter().enumerate() {
                assert_eq!(map.get(key.as_bytes()), Some(&number));
                assert_eq!(map.get(format!("{key}x").as_bytes()), None);
            }
            assert_eq!(map.get(b""), None);
        }
    }

    #[test]
    fn keys_that_differ_in_little() {
        let mut keys: Vec<String> = (0..20).map(|n| "a".repeat(n)).collect();
        keys.extend((0..20).map(|n| format!("{}b{}", "a".repeat(n), "a".repeat(19 - n))));
        let map = map(&keys);
        for (number, key) in keys.iter().enumerate() {
            assert_eq!(map.get(key.as_bytes()), Some(&number));
        }
    }
}
