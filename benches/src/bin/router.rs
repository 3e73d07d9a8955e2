//! Nanoseconds for each match, beside matchit, and for each look-up of a static path, beside
//! phf: `cargo run --release -p rover-benches --bin router`. With `static` the second alone.
//!
//! Rover's match includes splitting the path and finding the method's route; matchit's
//! router knows one method.

use std::hash::Hasher;
use std::hint::black_box;

use phf_generator::ptrhash::{HashState, generate_hash};
use phf_shared::{PhfBorrow, PhfHash};
use rover::__private::{Method, Path};
use rover_benches::{fastest, routes};
use rover_model::{Layout, PerfectMap, layout};
use rustc_hash::FxHasher;

macro_rules! program {
    ($name:ident, $file:literal) => {
        #[allow(dead_code)]
        mod $name {
            include!(concat!(env!("OUT_DIR"), $file));

            pub(crate) fn find(path: &str) -> Option<u16> {
                PROGRAM.find(super::Method::Get, &mut super::Path::parse(path).ok()?)
            }
        }
    };
}

program!(ten, "/routes_10.rs");
program!(hundred, "/routes_100.rs");
program!(thousand, "/routes_1000.rs");

type Find = fn(&str) -> Option<u16>;

fn main() {
    let only_static = std::env::args().nth(1).is_some_and(|word| word == "static");
    if !only_static {
        matches();
    }
    static_paths();
}

fn matches() {
    println!("routes  kind     rover ns  matchit ns  ratio");
    let programs: [(usize, Find); 3] = [
        (10, ten::find),
        (100, hundred::find),
        (1000, thousand::find),
    ];
    for (count, find) in programs {
        let paths = routes::paths(count);
        let mut router = matchit::Router::new();
        for (at, path) in paths.iter().enumerate() {
            router.insert(path.as_str(), at).expect("no conflicts");
        }
        for (kind, dynamic) in [("static", false), ("dynamic", true)] {
            let asked: Vec<String> = paths
                .iter()
                .filter(|path| path.contains('{') == dynamic)
                .map(|path| path.replace("{id}", "4711").replace("{part}", "wheel"))
                .collect();
            for path in &asked {
                let same = find(path).map(usize::from) == router.at(path).ok().map(|m| *m.value);
                assert!(same, "{path}");
            }
            let ours = fastest(&asked, |path| {
                black_box(find(path));
            });
            let theirs = fastest(&asked, |path| {
                let _ = black_box(router.at(path));
            });
            let ratio = ours / theirs;
            println!("{count:<7} {kind:<8} {ours:>8.1}  {theirs:>10.1}  {ratio:>5.2}");
        }
    }
}

/// A path as phf's key: SipHash gets eight bytes of it, which is as short as that can be.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key<'a>(&'a [u8]);

impl PhfHash for Key<'_> {
    #[inline]
    fn phf_hash<H: Hasher>(&self, state: &mut H) {
        let mut hasher = FxHasher::default();
        hasher.write(self.0);
        state.write_u64(hasher.finish());
    }
}

impl<'a: 'b, 'b> PhfBorrow<Key<'b>> for Key<'a> {
    #[inline]
    fn borrow(&self) -> &Key<'b> {
        self
    }
}

// Callgrind counts what these take, by their names.
#[inline(never)]
fn look_up_in_rover(map: &PerfectMap<usize>, path: &[u8]) -> Option<usize> {
    map.get(path).copied()
}

#[inline(never)]
fn look_up_in_phf(map: &phf::Map<Key<'static>, usize>, path: &[u8]) -> Option<usize> {
    map.get(&Key(path)).copied()
}

fn rover_map(paths: &[&'static [u8]]) -> PerfectMap<usize> {
    let Layout { salt, seeds, order } = layout(paths);
    let entries: Vec<_> = order.iter().map(|&at| (paths[at], at)).collect();
    PerfectMap {
        salt,
        seeds: seeds.leak(),
        entries: entries.leak(),
    }
}

fn phf_map(paths: &[&'static [u8]]) -> phf::Map<Key<'static>, usize> {
    let keys: Vec<Key<'static>> = paths.iter().map(|path| Key(path)).collect();
    let HashState {
        seed,
        pilots,
        remap,
        map,
    } = generate_hash(&keys);
    let entries: Vec<_> = map.iter().map(|&at| (keys[at], at)).collect();
    phf::Map {
        key: seed,
        pilots: pilots.leak(),
        remap: remap.leak(),
        entries: entries.leak(),
    }
}

fn static_paths() {
    println!("paths            rover ns      phf ns  ratio");
    for count in [1, 10, 100, 1000] {
        let paths = routes::paths(count * 2);
        let paths = paths.into_iter().filter(|path| !path.contains('{'));
        let paths = paths.take(count).map(|path| &*path.into_bytes().leak());
        let paths: Vec<&'static [u8]> = paths.collect();
        let (ours, theirs) = (rover_map(&paths), phf_map(&paths));
        for (at, path) in paths.iter().enumerate() {
            let found = (look_up_in_rover(&ours, path), look_up_in_phf(&theirs, path));
            assert_eq!(found, (Some(at), Some(at)));
        }
        let ours = fastest(&paths, |path| {
            black_box(look_up_in_rover(&ours, path));
        });
        let theirs = fastest(&paths, |path| {
            black_box(look_up_in_phf(&theirs, path));
        });
        let ratio = ours / theirs;
        println!("{count:<16} {ours:>8.1}  {theirs:>10.1}  {ratio:>5.2}");
    }
}
