//! The rival of `rover.db` with PostgreSQL: tokio-postgres on hyper's event loop, pipelined on one connection.
//!
//! `DATABASE=postgres://... postgres_hyper <port>`, with tables that `database_rover` has made.

use std::collections::BTreeSet;
use std::rc::Rc;

use askama::Template;
use futures_util::future::try_join_all;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use rover_benches::hyper_worker::{Random, json_answer, serve_requests};
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use tokio_postgres::types::ToSql;
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
            let path = request.uri().path();
            let answer = database.answer(path).await;
            let body = answer.unwrap_or_else(|error| error.to_string());
            let mut response = json_answer(body);
            if path == "/fortunes" {
                let html = HeaderValue::from_static("text/html; charset=utf-8");
                response.headers_mut().insert(CONTENT_TYPE, html);
            }
            response
        }
    })
}

/// Sets twenty rows.
fn update() -> String {
    let places = (0..20).map(|at| format!("(${}::integer, ${}::integer)", at * 2 + 1, at * 2 + 2));
    let places: Vec<String> = places.collect();
    format!(
        "update world set random_number = new.column2 from (values {}) as new where world.id = new.column1",
        places.join(", ")
    )
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
    world: Statement,
    fortunes: Statement,
    update: Statement,
}

/// A row of a page.
struct Fortune {
    id: i32,
    message: String,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = "<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table><tr><th>id</th><th>message</th></tr>\
        {% for fortune in fortunes %}<tr><td>{{ fortune.id }}</td><td>{{ fortune.message }}</td></tr>{% endfor %}</table></body></html>"
)]
struct Fortunes {
    fortunes: Vec<Fortune>,
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
            world: client
                .prepare("select id, random_number from world where id = $1")
                .await?,
            fortunes: client.prepare("select id, message from fortune").await?,
            update: client.prepare(&update()).await?,
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
            "/queries" => self.worlds(connection).await?.into_iter().collect(),
            "/fortunes" => return self.fortunes(connection).await,
            "/updates" => {
                let mut worlds = self.worlds(connection).await?;
                let mut values = Vec::new();
                for world in &mut worlds {
                    let number = self.random.up_to(10_000) as i32;
                    world["random_number"] = number.into();
                    values.extend([world["id"].as_i64().unwrap_or(0) as i32, number]);
                }
                let values = values.iter().map(|value| value as &(dyn ToSql + Sync));
                let values: Vec<_> = values.collect();
                client.execute(&connection.update, &values).await?;
                worlds.into_iter().collect()
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

    /// Twenty rows by their numbers, whose queries are on their way at the same time.
    async fn worlds(&self, connection: &Connection) -> Result<Vec<Value>, tokio_postgres::Error> {
        let mut ids = BTreeSet::new();
        while ids.len() < 20 {
            ids.insert(self.random.up_to(10_000) as i32);
        }
        let rows = ids.iter().map(|id| async move {
            let row = connection
                .client
                .query_one(&connection.world, &[id])
                .await?;
            Ok(json!({ "id": row.get::<_, i32>(0), "random_number": row.get::<_, i32>(1) }))
        });
        try_join_all(rows).await
    }

    async fn fortunes(&self, connection: &Connection) -> Result<String, tokio_postgres::Error> {
        let rows = connection.client.query(&connection.fortunes, &[]).await?;
        let fortune = |row: &Row| Fortune {
            id: row.get(0),
            message: row.get(1),
        };
        let mut fortunes: Vec<Fortune> = rows.iter().map(fortune).collect();
        fortunes.push(Fortune {
            id: 0,
            message: "One more that is added for each request.".to_owned(),
        });
        fortunes.sort_unstable_by(|a, b| a.message.cmp(&b.message));
        let page = Fortunes { fortunes };
        Ok(page.render().unwrap_or_else(|error| error.to_string()))
    }
}
