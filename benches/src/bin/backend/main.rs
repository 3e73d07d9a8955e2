//! What the parts of a back end cost, beside others that have them:
//!
//! - `tokens`: a hook that checks a JSON Web Token, beside Hono's on Bun
//! - `shared`: words of `rover.shared`, beside `ngx.shared`
//! - `articles`: the list of articles of `examples/conduit`, beside the same on Hono and Bun
//! - `logins`: how long a plain route takes while 20 clients log in
//!
//! `cargo build --release -p rover-benches && target/release/backend [part...] [--rounds N] [--seconds N]`
//!
//! Bun and Hono are installed by npm into the target folder, nginx with Lua by apt-get.

mod articles;
mod logins;
mod rivals;
mod shared;
mod tokens;

use lexopt::{Arg, Parser, ValueExt};

use rover_benches::Failure;

/// How often and how long each is asked.
#[derive(Clone, Copy)]
struct Effort {
    rounds: u32,
    seconds: u32,
}

type Part = (&'static str, fn(Effort) -> Result<(), Failure>);

const PARTS: [Part; 4] = [
    ("tokens", tokens::measure),
    ("shared", shared::measure),
    ("articles", articles::measure),
    ("logins", logins::measure),
];

fn main() -> Result<(), Failure> {
    let mut effort = Effort {
        rounds: 3,
        seconds: 3,
    };
    let mut wanted = Vec::new();
    let mut parser = Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("rounds") => effort.rounds = parser.value()?.parse()?,
            Arg::Long("seconds") => effort.seconds = parser.value()?.parse()?,
            Arg::Value(name) => wanted.push(name.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    if let Some(unknown) = wanted
        .iter()
        .find(|name| !PARTS.iter().any(|(part, _)| part == name))
    {
        return Err(format!("no part is called `{unknown}`").into());
    }
    for (name, measure) in PARTS {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            println!("{name}");
            measure(effort)?;
        }
    }
    Ok(())
}
