//! The rival of `rover.db` with PostgreSQL: tokio-postgres on hyper's event loop, pipelined on one connection.
//!
//! `DATABASE=postgres://... postgres_hyper <port>`, with tables that `database_rover` has made.

use std::rc::Rc;

use rover_benches::hyper_worker::{Random, json_answer, serve_requests};
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls, Row, Statement};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let port = std::env::args()
        .nth(1)
        .ok_or("usage: postgres_hyper <port>")?;
    let database = Rc::new(Database {
        url: std::env::var("DATABASE")?,
        connection: OnceCell::new(),
        random: Random::default(),
    });
    serve_requests(port.parse()?, move |request| {
        let database = Rc::clone(&database);
        async move {
            let answer = database.answer(request.uri().path()).await;
            let body = answer.unwrap_or_else(|error| error.to_string());
            json_answer(body)
        }
    })
}

struct Database {
    url: String,
    connection: OnceCell<Connection>,
    random: Random,
}

struct Connection {
    client: Client,
    one: Statement,
    fifty: Statement,
    add: Statement,
}

impl Connection {
    async fn open(url: &str) -> Result<Self, tokio_postgres::Error> {
        let (client, driven) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(driven);
        let one = "select id, random_number, name from world where id = $1";
        let fifty = "select id, random_number, name from world where id between $1 and $1 + 49";
        let add = "insert into log (at, text) values ($1, $2)";
        Ok(Connection {
            one: client.prepare(one).await?,
            fifty: client.prepare(fifty).await?,
            add: client.prepare(add).await?,
            client,
        })
    }
}

impl Database {
    async fn answer(&self, path: &str) -> Result<String, tokio_postgres::Error> {
        let connection = self
            .connection
            .get_or_try_init(|| Connection::open(&self.url))
            .await?;
        let Connection { client, .. } = connection;
        let row = |row: &Row| {
            json!({
                "id": row.get::<_, i32>(0),
                "random_number": row.get::<_, i32>(1),
                "name": row.get::<_, &str>(2),
            })
        };
        let value = match path {
            "/one" => row(&client
                .query_one(&connection.one, &[&(self.random.up_to(10_000) as i32)])
                .await?),
            "/add" => {
                let values = (self.random.up_to(10_000) as i32, "Hello, World!");
                let rows = client
                    .execute(&connection.add, &[&values.0, &values.1])
                    .await?;
                json!({ "rows": rows, "last_id": null })
            }
            _ => {
                let rows = client
                    .query(&connection.fifty, &[&(self.random.up_to(9_900) as i32)])
                    .await?;
                Value::Array(rows.iter().map(row).collect())
            }
        };
        Ok(value.to_string())
    }
}
