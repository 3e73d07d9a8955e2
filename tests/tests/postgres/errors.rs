//! What went wrong, without a value.

use serde_json::{Value, json};

use crate::base::Base;

#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn errors_have_kinds() {
    let base = Base::new();
    let program = base.start(&[]);
    base.sql("insert into entries (account, note) values ('a', 'there')");
    let add = "insert into entries (account, note) values ($1, $2)";
    let cases = [
        (add, json!(["a", "there"]), "unique", "23505"),
        (add, json!(["secret", "x"]), "foreign_key", "23503"),
        (add, json!([null, "x"]), "not_null", "23502"),
        (add, json!(["a", "secret-secret"]), "check", "23514"),
        ("selec 1", json!([]), "syntax", "42601"),
        ("select * from no_table", json!([]), "syntax", "42P01"),
        ("select 1 / $1::int", json!([0]), "value", "22012"),
        ("select $1::text::int", json!(["secret"]), "value", "22P02"),
        (
            "select $1::text::smallint",
            json!(["99999"]),
            "value",
            "22003",
        ),
        (
            "do $$ begin raise sqlstate '40001'; end $$",
            json!([]),
            "serialization",
            "40001",
        ),
        (
            "do $$ begin raise sqlstate '40P01'; end $$",
            json!([]),
            "serialization",
            "40P01",
        ),
    ];
    for (sql, values, kind, code) in cases {
        let failed = program.failed("exec", sql, values);
        assert_eq!(failed["kind"], kind, "{sql}: {failed}");
        assert_eq!(failed["code"], code, "{sql}: {failed}");
        assert_eq!(
            failed["retryable"],
            kind == "serialization",
            "{sql}: {failed}"
        );
        let text = failed.to_string();
        assert!(
            !text.contains("secret") && !text.contains("99999"),
            "{text}"
        );
    }
    let unique = program.failed("exec", add, json!(["a", "there"]));
    assert_eq!(unique["constraint"], "entries_note");
    assert_eq!(unique["table"], "entries");
    let null = program.failed("exec", add, json!([null, "x"]));
    assert_eq!(null["column"], "account");
    assert_eq!(program.get("/alive"), json!({"alive": true}));
}

/// Values have the names that the program gives them, and those of columns.
#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn values_are_called_as_the_program_calls_them() {
    let base = Base::new();
    let program = base.start(&[]);
    let expected = "a value of the type int4 is expected, got a text that is none";
    let said = |asked: Value| program.post("/sql", &asked)["failed"]["raised"].to_string();
    let named = json!({"how": "all", "sql": "select :a::int, :b::int, :a::int", "named": {"a": 1, "b": "x"}});
    let told = said(named);
    assert!(told.contains(&format!("db:all: :b: {expected}")), "{told}");
    let spread = json!({"how": "one", "sql": "select 1 where $2::text = 'a' and 1 in ($1...)", "values": [[1, "x"], "a"]});
    let told = said(spread);
    assert!(
        told.contains(&format!("db:one: $1, item 2: {expected}")),
        "{told}"
    );
    let each = json!({"how": "value", "sql": "select :id::uuid", "named": {"id": "secret"}});
    let told = said(each);
    assert!(
        told.contains(":id: invalid input syntax for type uuid"),
        "{told}"
    );
    let unfit = program.get("/unfit");
    let told = |what: &str| unfit[what]["failed"]["raised"].to_string();
    assert!(
        told("inserted").contains(&format!("db:insert: `size`: {expected}")),
        "{unfit}"
    );
    assert!(
        told("updated").contains("db:update: `size`: a value of the type int4"),
        "{unfit}"
    );
    assert!(
        told("listed").contains(&format!("db:delete: `id`, item 2: {expected}")),
        "{unfit}"
    );
}

/// A value that its place does not take is the program's own error, and names the place.
#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn values_fit_their_places() {
    let base = Base::new();
    let program = base.start(&[]);
    let cases = [
        (
            "select $1::int",
            json!(["secret"]),
            "$1: a value of the type int4 is expected, got a text that is none",
        ),
        (
            "select $1::int",
            json!([1.5]),
            "$1: a value of the type int4 is expected, got a number with a fraction",
        ),
        (
            "select 1, $1::int2",
            json!([70000]),
            "$1: a value of the type int2 is expected, got a number out of its range",
        ),
        (
            "select $1::int, $2::bool",
            json!([1, 1]),
            "$2: a boolean is expected, got a number",
        ),
        (
            "select $1::text",
            json!([true]),
            "$1: a text is expected, got a boolean",
        ),
        (
            "select $1::int[]",
            json!([1]),
            "$1: a list is expected, got a number",
        ),
        (
            "select $1::text",
            json!([[1]]),
            "$1: a text is expected, got a list",
        ),
        (
            "select $1::text",
            json!(["a\u{0}"]),
            "$1: a text is expected, got one with a zero byte, which only bytea has",
        ),
        (
            "select $1::uuid",
            json!(["secret"]),
            "$1: invalid input syntax for type uuid",
        ),
        (
            "select $1::jsonb",
            json!(["{secret"]),
            "$1: invalid input syntax for type json",
        ),
        (
            "select $1::timestamptz",
            json!(["secret"]),
            "$1: invalid input syntax for type timestamp with time zone",
        ),
        (
            "select '1'::money as m",
            json!([]),
            "the column `m` has the type `money`, which has no value in Lua: `m::text` is its text",
        ),
    ];
    for (sql, values, wanted) in cases {
        let failed = program.failed("value", sql, values);
        let raised = failed["raised"]
            .as_str()
            .unwrap_or_else(|| panic!("{sql}: {failed}"));
        assert!(raised.ends_with(wanted), "{sql}: {raised}");
        assert!(!raised.contains("secret"), "{raised}");
    }
}

#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn statements_have_their_time() {
    for prepare in ["yes", "no"] {
        let base = Base::new();
        let program = base.start(&[
            ("ROVER_TEST_STATEMENT_TIMEOUT", "0.2"),
            ("ROVER_TEST_PREPARE", prepare),
        ]);
        let failed = program.failed("value", "select pg_sleep(60)", json!([]));
        assert_eq!(failed["kind"], "timeout", "{failed}");
        let steps = json!([{"how": "value", "sql": "select pg_sleep(60)"}]);
        let failed = program.transaction(steps);
        assert_eq!(failed["failed"]["kind"], "timeout", "{failed}");
        base.until_connections("state <> 'idle'", 0);
        assert_eq!(program.given("value", "select 1", json!([])), 1);
    }
}
