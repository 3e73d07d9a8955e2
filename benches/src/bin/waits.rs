//! What a wait costs without a socket: a handler that cannot wait, one that may and does not, and one that waits for the
//! others' turn. From a request's bytes to the answer's, the best of some rounds.
//!
//! `cargo run --release -p rover-benches --bin waits 2> /dev/null`

use rover_benches::request_cost;

rover::app!(mod program = "waiting/routes.lua");

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn std::error::Error>;

const ROUNDS: usize = 300;

fn main() -> Result<(), Failure> {
    let client = program::app().log_level(rover::LogLevel::Off).client()?;
    println!("handler  ns a request");
    for path in ["plain", "ready", "turn"] {
        let nanos = request_cost(&client, &format!("/{path}"), ROUNDS)?;
        println!("{path:7}  {:12}", nanos);
    }
    Ok(())
}
