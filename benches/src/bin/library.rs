//! Lua's own library: what the functions that Rover puts in place of LuaJIT's cost, in loops
//! that are compiled.
//!
//! `cargo run --release -p rover-benches --bin library`

use std::time::{Duration, Instant};

use mlua::{Function, Lua, Table};

rover::app!(mod program = "library/routes.lua");

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn std::error::Error>;

const CASES: &str = include_str!("../../library/cases.lua");
/// Each with the rounds that take some milliseconds.
const NAMES: [(&str, u32); 13] = [
    ("find_plain", 100_000),
    ("find_literal", 100_000),
    ("find_plain_far", 50_000),
    ("find_class", 50_000),
    ("match_captures", 20_000),
    ("gmatch_words", 200),
    ("gsub_text", 20_000),
    ("gsub_function", 200),
    ("format", 20_000),
    ("insert", 200_000),
    ("insert_first", 50_000),
    ("concat", 10_000),
    ("sort", 500),
];
const ROUNDS: usize = 9;

fn main() -> Result<(), Failure> {
    let client = program::app().client()?;
    let lua = Lua::new();
    let cases: Table = lua.load(CASES).set_name("cases").eval()?;
    println!("{:<16} {:>10} {:>10} ratio", "ns a call", "LuaJIT", "Rover");
    for (name, rounds) in NAMES {
        let function: Function = cases.get(name)?;
        let (mut plain, mut ours) = (Duration::MAX, Duration::MAX);
        for _ in 0..ROUNDS {
            let start = Instant::now();
            let value: f64 = function.call(rounds)?;
            plain = plain.min(start.elapsed());
            let request = client.get(&format!("/{name}/{rounds}"));
            let start = Instant::now();
            let answer = request.send()?;
            ours = ours.min(start.elapsed());
            let given: serde_json::Value = serde_json::from_str(&answer.text())?;
            if given["value"].as_f64() != Some(value) {
                return Err(format!("{name}: {} instead of {value}", answer.text()).into());
            }
        }
        let each = |time: Duration| time.as_secs_f64() * 1e9 / f64::from(rounds);
        let (plain, ours) = (each(plain), each(ours));
        println!(
            "{name:<16} {plain:>10.1} {ours:>10.1} {:>5.2}",
            ours / plain
        );
    }
    Ok(())
}
