//! The rival of `rover.db` with SQLite: rusqlite called on hyper's event loop.
//!
//! `DATABASE=sqlite:bench.db sqlite_hyper <port>`, with a file that `database_rover` has made.

use std::rc::Rc;

use rover_benches::hyper_worker::{Random, json_answer, serve_requests};
use rusqlite::Connection;
use serde_json::{Value, json};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let port = std::env::args()
        .nth(1)
        .ok_or("usage: sqlite_hyper <port>")?;
    let url = std::env::var("DATABASE")?;
    let file = url.trim_start_matches("sqlite:");
    let (file, synchronous) = file.split_once("?synchronous=").unwrap_or((file, "normal"));
    let connection = Connection::open(file)?;
    connection.pragma_update(None, "synchronous", synchronous)?;
    let database = Rc::new(Database {
        connection,
        random: Random::default(),
    });
    serve_requests(port.parse()?, move |request| {
        let answer = database.answer(request.uri().path());
        let body = answer.unwrap_or_else(|error| error.to_string());
        let response = json_answer(body);
        async move { response }
    })
}

struct Database {
    connection: Connection,
    random: Random,
}

impl Database {
    fn answer(&self, path: &str) -> Result<String, rusqlite::Error> {
        let row = |row: &rusqlite::Row<'_>| {
            Ok(json!({
                "id": row.get::<_, i64>(0)?,
                "random_number": row.get::<_, i64>(1)?,
                "name": row.get::<_, String>(2)?,
            }))
        };
        let value = match path {
            "/one" => {
                let text = "select id, random_number, name from world where id = ?1";
                let mut statement = self.connection.prepare_cached(text)?;
                statement.query_row([self.random.up_to(10_000)], row)?
            }
            "/add" => {
                let text = "insert into log (at, text) values (?1, ?2)";
                let mut statement = self.connection.prepare_cached(text)?;
                let rows = statement.execute((self.random.up_to(10_000), "Hello, World!"))?;
                json!({ "rows": rows, "last_id": self.connection.last_insert_rowid() })
            }
            _ => {
                let text =
                    "select id, random_number, name from world where id between ?1 and ?1 + 49";
                let mut statement = self.connection.prepare_cached(text)?;
                let rows = statement.query_map([self.random.up_to(9_900)], row)?;
                Value::Array(rows.collect::<Result<_, _>>()?)
            }
        };
        Ok(value.to_string())
    }
}
