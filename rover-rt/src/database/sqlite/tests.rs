//! What a worker's connection does by itself.

use rover_model::database::DatabaseOptions;
use rover_model::sql::Verb;

use super::connection::{Connection, Purpose};
use super::local::Local;
use super::shared::Shared;
use crate::database::driver::Began;
use crate::database::parameter::{Parameter, Query, Want};
use crate::database::registry::DatabaseSettings;
use crate::database::rows::{Cell, Rows};

/// Counts to a number.
const COUNTS: &str = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?1) \
                      SELECT count(*) FROM numbers";

fn database() -> Local {
    let settings = DatabaseSettings {
        url: "sqlite::memory:".to_owned(),
        options: DatabaseOptions::default(),
    };
    Local::new(Shared::new(&settings).expect("a database"))
}

fn query(text: &str, values: Vec<Parameter>) -> Query {
    Query {
        text: text.into(),
        values,
        want: Want::All,
        verb: Verb::Other,
        inside: false,
        room: 1 << 20,
    }
}

fn count(to: i64) -> Query {
    query(COUNTS, vec![Parameter::Integer(to)])
}

/// The rows, and whether they were there at once.
async fn run(database: &Local, query: Query) -> (Rows, bool) {
    match database.begin(query) {
        Began::Ready(rows) => (rows.expect("rows"), true),
        Began::Later(rows) => (rows.await.expect("rows"), false),
    }
}

#[tokio::test]
async fn a_query_that_was_long_comes_back_when_it_is_short() {
    let database = database();
    assert!(run(&database, count(10)).await.1);
    let (rows, at_once) = run(&database, count(1_000_000)).await;
    assert!(!at_once);
    assert_eq!(rows.row(0), [Cell::Integer(1_000_000)]);
    let mut beside = 0;
    while !run(&database, count(10)).await.1 {
        beside += 1;
        assert!(beside <= 16, "it stays beside the worker");
    }
    assert_eq!(beside, 16);
}

#[tokio::test]
async fn columns_are_those_that_a_table_has_now() {
    let database = database();
    run(&database, query("CREATE TABLE things (id INTEGER)", vec![])).await;
    run(&database, query("INSERT INTO things VALUES (1)", vec![])).await;
    let all = || query("SELECT * FROM things", vec![]);
    let (rows, at_once) = run(&database, all()).await;
    assert!(at_once && rows.columns.names.len() == 1);
    let (again, _) = run(&database, all()).await;
    assert!(std::sync::Arc::ptr_eq(&rows.columns, &again.columns));
    let text = "ALTER TABLE things ADD COLUMN done BOOLEAN DEFAULT 1";
    run(&database, query(text, vec![])).await;
    for _ in 0..2 {
        let (rows, _) = run(&database, all()).await;
        assert_eq!(&*rows.columns.names[1], "done");
        assert_eq!(rows.row(0), [Cell::Integer(1), Cell::Boolean(true)]);
    }
}

/// Rows of a statement that is run here.
fn rows(connection: &mut Connection, query: &Query) -> Vec<Vec<u8>> {
    let mut texts = Vec::new();
    let step = |rows: Rows, is_end: bool| {
        if !is_end && let Some(Cell::Text(start, length)) = rows.row(0).last() {
            texts.push(rows.text(*start, *length).to_vec());
        }
        Some(Rows::new(rows.columns, 1 << 20))
    };
    connection.step(query, step).expect("rows");
    texts
}

#[test]
fn a_plan_is_kept_for_all_values_unless_a_pattern_is_one() {
    let settings = DatabaseSettings {
        url: "sqlite::memory:".to_owned(),
        options: DatabaseOptions::default(),
    };
    let shared = Shared::new(&settings).expect("a database");
    let mut connection = Connection::open(&shared.target, Purpose::Writes).expect("opened");
    let tables = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE);
                  CREATE INDEX users_name ON users (name);
                  INSERT INTO users (name) VALUES ('Ann'), ('Bob')";
    connection.batch(tables).expect("tables");
    let text = "SELECT name FROM users WHERE (?1 IS NULL OR name = ?1) LIMIT ?2";
    for value in [
        Parameter::Null,
        Parameter::Text(b"Ann".to_vec()),
        Parameter::Text(b"Bob".to_vec()),
        Parameter::Null,
    ] {
        let expected = if value == Parameter::Null { 2 } else { 1 };
        let found = rows(
            &mut connection,
            &query(text, vec![value, Parameter::Integer(9)]),
        );
        assert_eq!(found.len(), expected);
    }
    assert_eq!(connection.prepared_again(text), Some(0));
    let explained = "EXPLAIN QUERY PLAN SELECT id FROM users WHERE name Like ?1";
    let prefix = vec![Parameter::Text(b"an%".to_vec())];
    let plan = rows(&mut connection, &query(explained, prefix)).concat();
    let plan = String::from_utf8_lossy(&plan);
    assert!(plan.contains("SEARCH"), "{plan}");
}
