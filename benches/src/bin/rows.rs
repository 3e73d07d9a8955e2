//! What the comparison's rows of JSON cost without a socket: from a request's bytes to the
//! answer's, the best of some rounds.
//!
//! `cargo run --release -p rover-benches --bin rows 2> /dev/null`, with numbers of rows for others than
//! these.

use rover_benches::request_cost;

rover::app!(mod program = "compare/routes.lua");

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn std::error::Error>;

const ROUNDS: usize = 200;

fn main() -> Result<(), Failure> {
    let client = program::app().client()?;
    println!("rows  ns a request");
    let mut counts = std::env::args()
        .skip(1)
        .map(|count| count.parse())
        .collect::<Result<Vec<u32>, _>>()?;
    if counts.is_empty() {
        counts = vec![0, 1, 50, 1000];
    }
    for rows in counts {
        let nanos = request_cost(&client, &format!("/rows?count={rows}"), ROUNDS)?;
        println!("{rows:4}  {:12}", nanos);
    }
    Ok(())
}
