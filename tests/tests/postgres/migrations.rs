//! Migrations of processes that start together.

use std::process::Output;
use std::thread;

use crate::base::{Base, Program};
use serde_json::json;

#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn processes_that_start_together_apply_them_once() {
    let base = Base::new();
    let programs: Vec<Program> = thread::scope(|scope| {
        let starts: Vec<_> = (0..4).map(|_| scope.spawn(|| base.start(&[]))).collect();
        starts
            .into_iter()
            .map(|it| it.join().expect("it starts"))
            .collect()
    });
    for program in &programs {
        assert_eq!(
            program.given("value", "select count(*) from accounts", json!([])),
            2
        );
    }
    let applied = base.sql("select number, name from _rover_migrations order by number");
    assert_eq!(
        applied,
        "1|0001_accounts.sql\n2|0002_entries.sql\n3|0003_index.sql"
    );
    assert_eq!(
        base.sql("select count(*) from pg_index where not indisvalid"),
        "0"
    );
    // Other tests have locks of their own in their databases.
    let locks = "select count(*) from pg_locks join pg_database on pg_database.oid = database \
                 where locktype = 'advisory' and datname = current_database()";
    assert_eq!(base.sql(locks), "0");
    let says = |arguments: &[&str]| {
        let output = base.command(&[]).args(arguments).output();
        let Output {
            stdout,
            stderr,
            status,
        } = output.expect("an end");
        (
            status.success(),
            String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned(),
        )
    };
    let (is_well, states) = says(&["--migrations"]);
    assert!(is_well && states.contains("0002_entries.sql"), "{states}");
    // One that was changed after it was applied is refused.
    base.sql("update _rover_migrations set checksum = 'x' where number = 2");
    let (is_well, told) = says(&["--migrate"]);
    assert!(!is_well, "{told}");
    assert!(
        told.contains("`0002_entries.sql` was changed after it was applied"),
        "{told}"
    );
}

#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn one_that_fails_leaves_nothing() {
    let base = Base::new();
    // The second file's table is there already.
    base.sql("create table entries (id int)");
    let output = base.command(&[]).output().expect("an end");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success());
    assert!(
        told.contains("the migration `0002_entries.sql`: relation \"entries\" already exists"),
        "{told}"
    );
    assert_eq!(base.sql("select count(*) from _rover_migrations"), "1");
    base.sql("drop table entries");
    let program = base.start(&[]);
    assert_eq!(program.get("/alive"), json!({"alive": true}));
}
