//! What a worker's connection does by itself.

use rover_model::database::DatabaseOptions;
use rover_model::sql::Verb;

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
