//! JSON in, MB/s: into Lua tables, beside lua-cjson in the same LuaJIT and in nginx. What parsers do
//! alone is measured by `benches/parsers`.

mod documents;
mod lua;
mod nginx;

use std::time::Duration;

use lua::Decoder;

type Failure = Box<dyn std::error::Error>;

const ROUNDS: usize = 9;
/// Bytes that are parsed in a round.
const BYTES: usize = 20_000_000;

fn main() -> Result<(), Failure> {
    let documents = documents::all();
    let rounds = |text: &str| (BYTES / text.len()).max(3) as u32;

    println!("Into Lua tables, MB/s");
    heading(&documents);
    let decoders = [
        ("rover", lua::rover()),
        ("lua-cjson", lua::cjson()),
        ("in nginx", nginx::cjson()),
    ];
    for (name, decoder) in decoders {
        match decoder {
            Ok(mut decode) => row(name, &documents, |text| {
                speed(&mut decode, text, rounds(text) / 4 + 1)
            })?,
            Err(error) => println!("{name:<12} left out: {error}"),
        }
    }

    Ok(())
}

fn heading(documents: &[(&str, String)]) {
    print!("{:<12}", "");
    for (name, text) in documents {
        print!(" {:>18}", format!("{name} {}", text.len()));
    }
    println!();
}

fn row(
    name: &str,
    documents: &[(&str, String)],
    mut measure: impl FnMut(&str) -> Result<f64, Failure>,
) -> Result<(), Failure> {
    print!("{name:<12}");
    for (_, text) in documents {
        print!(" {:>18.0}", measure(text)?);
    }
    println!();
    Ok(())
}

/// The fastest of some rounds: what disturbs a machine only ever adds time.
fn speed(decode: &mut Decoder, text: &str, rounds: u32) -> Result<f64, Failure> {
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        best = best.min(decode(text, rounds)?);
    }
    Ok(text.len() as f64 * f64::from(rounds) / best.as_secs_f64() / 1e6)
}
