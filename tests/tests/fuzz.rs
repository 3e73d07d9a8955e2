//! The fuzz targets, given the kept corpora and random changes of them. The long run is
//! `cargo fuzz` (see CONTRIBUTING.md).

use std::fs;
use std::path::Path;

use rover_tests::fuzz::TARGETS;

const CHANGES: usize = 300;
const BYTES: &[u8] = b"\0\xff%[](){}\"',:;=-.*+?^$\r\n 01aA";

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.max(1) as u64) as usize
    }
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fuzz/corpus")
        .join(name);
    let files = fs::read_dir(&folder).expect("every target has a corpus");
    let mut paths: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{name}");
    paths
        .iter()
        .map(|path| fs::read(path).expect("a file"))
        .collect()
}

fn changed(random: &mut Random, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut input = corpus[random.below(corpus.len())].clone();
    for _ in 0..=random.below(4) {
        let at = random.below(input.len());
        match random.below(5) {
            0 if !input.is_empty() => input[at] = random.below(256) as u8,
            1 => input.insert(at, BYTES[random.below(BYTES.len())]),
            2 if !input.is_empty() => {
                drop(input.drain(at..(at + random.below(8)).min(input.len())))
            }
            3 => {
                let other = &corpus[random.below(corpus.len())];
                let from = random.below(other.len());
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            _ => {
                let end = (at + random.below(16)).min(input.len());
                let piece = input[at..end].to_vec();
                input.splice(at..at, piece);
            }
        }
    }
    input.truncate(16 << 10);
    input
}

#[test]
fn targets_hold_for_the_corpora_and_changes_of_them() {
    for (name, target) in TARGETS {
        let corpus = corpus(name);
        corpus.iter().for_each(|input| target(input));
        let mut random = Random(0x2545_f491_4f6c_dd1d);
        // A manifest is compiled for each.
        let count = if name == "manifest" {
            CHANGES / 3
        } else {
            CHANGES
        };
        for _ in 0..count {
            target(&changed(&mut random, &corpus));
        }
    }
}
