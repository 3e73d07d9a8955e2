//! PgBouncer in between, which gives each transaction another of its few connections.

use std::thread;

use serde_json::{Value, json};

use crate::base::{Base, Program};

/// More clients at once than the pooler has connections, in statements, transactions and cursors.
fn many(program: &Program) {
    thread::scope(|scope| {
        for client in 0..8_i64 {
            scope.spawn(move || {
                for round in 0..15_i64 {
                    let number = client * 100 + round;
                    let sum = program.given("value", "select $1::int + $2::int", json!([number, 1]));
                    assert_eq!(sum, number + 1);
                    let row = program.given("one", "select $1::text as a, $2::bigint[] as b", json!(["x", [number]]));
                    assert_eq!(row, json!({"a": "x", "b": [number]}));
                    let steps = json!({"steps": [
                        {"how": "exec", "sql": "update accounts set balance = balance + 1 where name = $1", "values": ["a"]},
                        {"how": "exec", "sql": "update accounts set balance = balance - 1 where name = $1", "values": ["b"]},
                    ]});
                    let done = program.post("/transaction", &steps);
                    assert!(done["failed"].is_null(), "{done}");
                }
            });
        }
    });
}

fn balances(base: &Base) -> Vec<i64> {
    let told = base.sql("select balance from accounts where name in ('a', 'b') order by name");
    told.lines()
        .map(|line| line.parse().expect("a number"))
        .collect()
}

fn through(environment: &[(&str, &str)]) {
    let base = Base::new();
    let Some(url) = base.pooled() else {
        return;
    };
    let mut all = vec![("ROVER_TEST_DATABASE", url.as_str())];
    all.extend(environment);
    let program = base.start(&all);
    base.sql("update accounts set balance = 1000");
    let before = balances(&base);
    many(&program);
    let after = balances(&base);
    assert_eq!((after[0] - before[0], after[1] - before[1]), (120, -120));
    // What fails is an error of its own, and leaves nothing behind for the next.
    let failed = program.failed(
        "exec",
        "insert into entries (account, note) values ($1, $2)",
        json!(["nobody", "x"]),
    );
    assert_eq!(failed["kind"], "foreign_key", "{failed}");
    let taken_back = json!({"steps": [
        {"how": "exec", "sql": "update accounts set balance = 0"},
        {"fail": "stop"},
    ]});
    let done = program.post("/transaction", &taken_back);
    assert_eq!(done["failed"]["raised"], "stop", "{done}");
    assert_eq!(balances(&base), after);
    let rows: Value = program.given(
        "all",
        "select g as n from generate_series(1, $1::int) g",
        json!([3]),
    );
    assert_eq!(rows, json!([{"n": 1}, {"n": 2}, {"n": 3}]));
    // A table that changes.
    base.sql("create table changing (a int); insert into changing values (1)");
    assert_eq!(
        program.given("one", "select * from changing", json!([])),
        json!({"a": 1})
    );
    base.sql("alter table changing add b text default 'x'");
    assert_eq!(
        program.given("one", "select * from changing", json!([])),
        json!({"a": 1, "b": "x"})
    );
}

#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn statements_go_through_a_pooler() {
    through(&[("ROVER_TEST_PREPARE", "no")]);
}

/// Newer ones know prepared statements.
#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn prepared_statements_go_through_a_pooler_that_knows_them() {
    if std::env::var_os("ROVER_TEST_PGBOUNCER_PREPARES").is_none() {
        eprintln!("left out: this PgBouncer does not know prepared statements");
        return;
    }
    through(&[]);
}
