//! Transactions: kept, taken back, left.

use std::thread;

use serde_json::{Value, json};

use crate::base::{Base, answer, until};

fn set(balance: i32) -> Value {
    json!({"how": "exec", "sql": "update accounts set balance = $1 where name = 'a'", "values": [balance]})
}

fn balance(base: &Base) -> String {
    base.sql("select balance from accounts where name = 'a'")
}

#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn parts_are_taken_back_alone() {
    let base = Base::new();
    let program = base.start(&[]);
    let done = program.transaction(json!([
        set(1),
        {"steps": [set(2), {"steps": [set(3), {"fail": "no"}]}, set(4)]},
        {"steps": [set(5), {"how": "exec", "sql": "selec"}]},
        {"how": "value", "sql": "select balance from accounts where name = 'a'"},
    ]));
    assert!(done["failed"].is_null(), "{done}");
    assert_eq!(done["seen"][8], 4, "{done}");
    assert_eq!(balance(&base), "4");
    base.until_connections("state <> 'idle'", 0);
}

/// Wherever a transaction fails, nothing of it is kept and its connection is as before.
#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn an_error_at_every_statement_takes_all_back() {
    let base = Base::new();
    let program = base.start(&[("ROVER_TEST_MOST", "3")]);
    for place in 0..4 {
        for wrong in [
            json!({"fail": "no"}),
            json!({"how": "exec", "sql": "selec"}),
            set(-1),
            json!({"how": "value", "sql": "select $1::int", "values": ["x"]}),
        ] {
            let mut steps = vec![set(1), set(2), set(3)];
            steps.insert(place, wrong.clone());
            let done = program.transaction(steps.into());
            assert!(done["failed"].is_object(), "{place} {wrong}: {done}");
            assert_eq!(balance(&base), "100", "{place} {wrong}");
        }
    }
    // One that the program has caught, which the server does not forget.
    let caught = json!([set(1), {"how": "exec", "sql": "selec", "caught": true}]);
    let done = program.transaction(caught);
    assert_eq!(done["failed"]["kind"], "aborted", "{done}");
    assert_eq!(balance(&base), "100");
    // What is checked at the end fails at the end.
    base.sql("create table later (id int unique deferrable initially deferred)");
    let late = json!([set(1), {"how": "exec", "sql": "insert into later values (1), (1)"}]);
    let done = program.transaction(late);
    assert_eq!(done["failed"]["kind"], "unique", "{done}");
    assert_eq!(balance(&base), "100");
    base.until_connections("state <> 'idle'", 0);
    let done = program.transaction(json!([set(9)]));
    assert!(done["failed"].is_null(), "{done}");
    assert_eq!(balance(&base), "9");
}

#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn what_meets_another_is_done_again() {
    let base = Base::new();
    let program = base.start(&[]);
    let move_one = json!({"isolation": "serializable", "retry": 100, "steps": [
        {"how": "value", "sql": "select sum(balance) from accounts"},
        {"how": "exec", "sql": "update accounts set balance = balance - 1 where name = 'a'"},
        {"how": "exec", "sql": "update accounts set balance = balance + 1 where name = 'b'"},
    ]});
    let tries: u64 = thread::scope(|scope| {
        let workers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut tries = 0;
                    for _ in 0..10 {
                        let done = program.post("/transaction", &move_one);
                        assert!(done["failed"].is_null(), "{done}");
                        tries += done["tries"].as_u64().expect("a number");
                    }
                    tries
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|it| it.join().expect("no error"))
            .sum()
    });
    assert!(tries > 40, "none of them has met another");
    assert_eq!(
        base.sql("select string_agg(balance::text, ' ' order by name) from accounts"),
        "60 140"
    );
    // Without a second try it is an error.
    let once = json!({"isolation": "serializable", "steps": [
        {"how": "exec", "sql": "do $$ begin raise sqlstate '40001'; end $$"},
    ]});
    let done = program.post("/transaction", &once);
    assert_eq!(done["failed"]["kind"], "serialization", "{done}");
    assert_eq!(done["tries"], 1);
}

/// A client that leaves while a statement of its transaction runs, or between two.
#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn who_leaves_has_nothing_open() {
    let base = Base::new();
    let program = base.start(&[("ROVER_TEST_MOST", "4")]);
    let asleep = json!({"steps": [set(1), {"how": "value", "sql": "select pg_sleep(600)"}]});
    let between = json!({"steps": [set(1), {"sleep": 600}]});
    for (steps, state) in [
        (&asleep, "state = 'active' and query like '%pg_sleep%'"),
        (&between, "state = 'idle in transaction'"),
    ] {
        for _ in 0..6 {
            let client = program.send("/transaction", steps);
            base.until_connections(state, 1);
            drop(client);
            base.until_connections("state <> 'idle'", 0);
            assert_eq!(balance(&base), "100");
        }
    }
    // The row that they had changed is not locked, and there is a connection for the next.
    let done = program.transaction(json!([set(2)]));
    assert!(done["failed"].is_null(), "{done}");
    assert_eq!(balance(&base), "2");
}

/// A statement outside of the transaction sees nothing of it, and waits for none.
#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn others_go_on_beside_a_transaction() {
    let base = Base::new();
    let program = base.start(&[]);
    let held = base.holding("update accounts set balance = 1 where name = 'a'");
    let waiting = program.send("/transaction", &json!({"steps": [set(2)]}));
    until("it waits", || {
        base.connections("wait_event_type = 'Lock'") == 1
    });
    for _ in 0..20 {
        let seen = program.given(
            "value",
            "select balance from accounts where name = 'a'",
            json!([]),
        );
        assert_eq!(seen, 100);
    }
    drop(held);
    let done = answer(waiting);
    assert!(done["failed"].is_null(), "{done}");
    assert_eq!(balance(&base), "2");
}
