//! What a database's rows cost that stay as the driver has left them, beside the same rows as tables, without a
//! socket: SQLite in memory, from a request's bytes to the answer's, the best of some rounds.
//!
//! `cargo run --release -p rover-benches --bin walked 2> /dev/null`

use rover_benches::request_cost;

rover::app!(mod program = "walked/routes.lua");

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn std::error::Error>;

const ROUNDS: usize = 50;

fn main() -> Result<(), Failure> {
    let client = program::app().client()?;
    println!("ns a request       rows    as they are      as tables");
    for rows in [1, 50, 500] {
        let query = request_cost(&client, &format!("/query/{rows}"), ROUNDS)?;
        println!("{:<15} {rows:7}  {query:13}", "the query");
        for what in ["returned", "page", "list", "read"] {
            let [kept, tables] = ["kept", "tables"]
                .map(|how| request_cost(&client, &format!("/{what}/{how}/{rows}"), ROUNDS));
            println!("{what:<15} {rows:7}  {:13}  {:13}", kept?, tables?);
        }
    }
    Ok(())
}
