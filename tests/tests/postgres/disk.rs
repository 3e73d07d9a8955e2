//! A disk that is full.

use std::process::Command;

use rover_tests::SmallDisk;
use serde_json::{Value, json};

use crate::base::{Base, psql};

/// A place for tables on a small disk, which goes when no database uses it any more.
struct Tables(SmallDisk);

impl Drop for Tables {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            psql("postgres", "drop tablespace small");
        }
    }
}

#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn a_full_disk_is_an_error_of_its_own() {
    let Some(disk) = SmallDisk::new("postgres", 6) else {
        return;
    };
    let owned = Command::new("chown")
        .arg("postgres:")
        .arg(disk.path())
        .status();
    assert!(owned.is_ok_and(|status| status.success()));
    psql(
        "postgres",
        &format!(
            "create tablespace small location '{}'",
            disk.path().display()
        ),
    );
    let tables = Tables(disk);
    let base = Base::new();
    let program = base.start(&[]);
    base.sql("create table large (note text) tablespace small; alter table large alter note set storage external");
    let add = "insert into large select string_agg(md5(random()::text), '') from generate_series(1, 3000)";
    let mut kept = 0;
    let full = loop {
        let told = program.ask("exec", add, json!([]));
        match &told["failed"] {
            Value::Null => kept += 1,
            failed => break failed.clone(),
        }
        assert!(kept < 200, "it is never full");
    };
    assert_eq!(
        (&full["kind"], &full["code"]),
        (&json!("storage"), &json!("53100")),
        "{full}"
    );
    let count = || program.given("value", "select count(*) from large", json!([]));
    assert_eq!(count(), kept);
    // A transaction that meets it is taken back as a whole.
    let both = json!({"steps": [
        {"how": "exec", "sql": "update accounts set balance = 1 where name = 'a'"},
        {"how": "exec", "sql": add},
    ]});
    let done = program.post("/transaction", &both);
    assert_eq!(done["failed"]["kind"], "storage", "{done}");
    assert_eq!(
        base.sql("select balance from accounts where name = 'a'"),
        "100"
    );
    tables.0.grow(64);
    assert!(program.post("/transaction", &both)["failed"].is_null());
    assert_eq!(count(), kept + 1);
    assert_eq!(
        base.sql("select balance from accounts where name = 'a'"),
        "1"
    );
}
