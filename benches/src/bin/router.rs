//! Nanoseconds for each match, beside matchit: `cargo run --release -p rover-benches --bin router`.
//!
//! Rover's time includes splitting the path and finding the method's route; matchit's
//! router knows one method.

use std::hint::black_box;

use rover::__private::{Method, Path};
use rover_benches::{fastest, routes};

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
