//! Values there and back.

use serde_json::{Value, json};

use crate::base::{Base, until};

#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn types_go_both_ways() {
    // Type, what is given, what comes back where that is another value.
    let cases: &[(&str, Value, Option<Value>)] = &[
        ("int2", json!(-32768), None),
        ("int4", json!(2147483647), None),
        ("int4", json!("17"), Some(json!(17))),
        ("int8", json!(9007199254740992_i64), None),
        (
            "int8",
            json!("9223372036854775807"),
            Some(json!("9223372036854775807")),
        ),
        ("oid", json!(4000000000_u32), None),
        ("float4", json!(0.1), None),
        ("float8", json!(1e300), None),
        ("float8", json!(3), None),
        ("numeric", json!(12.5), Some(json!("12.5"))),
        (
            "numeric",
            json!("123456789012345678901234567890.10"),
            Some(json!("123456789012345678901234567890.10")),
        ),
        ("numeric", json!(-0.0001), Some(json!("-0.0001"))),
        ("bool", json!(true), None),
        ("text", json!("ä'\"$1"), None),
        ("text", json!(7), Some(json!("7"))),
        ("varchar", json!(""), None),
        ("char(3)", json!("a"), Some(json!("a  "))),
        ("name", json!("n"), None),
        ("mood", json!("happy"), None),
        ("positive", json!(5), None),
        ("json", json!({"a": [1, null, {"b": "x"}]}), None),
        ("jsonb", json!([1, "two", false, null, [2.5]]), None),
        ("jsonb", json!(5), None),
        (
            "jsonb",
            json!("{\"raw\": true}"),
            Some(json!({"raw": true})),
        ),
        ("uuid", json!("6f9619ff-8b86-d011-b42d-00cf4fc964ff"), None),
        ("date", json!("2026-11-29"), None),
        ("date", json!("0044-03-15"), None),
        ("time", json!("19:00:00.5"), Some(json!("19:00:00.500"))),
        ("timetz", json!("19:00:00+02:30"), None),
        ("timestamp", json!("2026-11-29T19:00:00"), None),
        (
            "timestamptz",
            json!("2026-11-29T21:00:00.123+02:00"),
            Some(json!("2026-11-29T19:00:00.123Z")),
        ),
        ("timestamptz", json!("2026-11-29T19:00:00.123456Z"), None),
        ("timestamptz", json!("infinity"), None),
        ("interval", json!("1 year 2 mons 3 days 04:05:06.5"), None),
        ("inet", json!("10.0.0.0/8"), None),
        ("inet", json!("::1"), None),
        ("cidr", json!("10.0.0.0/8"), None),
        ("macaddr", json!("08:00:2b:01:02:03"), None),
        ("bit(3)", json!("101"), None),
        ("xml", json!("<a/>"), None),
        ("int4[]", json!([1, null, -3]), None),
        ("int4[]", json!([]), None),
        ("int4[]", json!([[1, 2], [3, 4]]), None),
        ("text[]", json!(["a", "b,\"c\\", "", "NULL", null]), None),
        ("float8[]", json!([1.5, 2]), None),
        ("bool[]", json!([true, false]), None),
        ("numeric[]", json!([1.5]), Some(json!(["1.5"]))),
        (
            "uuid[]",
            json!(["6f9619ff-8b86-d011-b42d-00cf4fc964ff"]),
            None,
        ),
        ("timestamptz[]", json!(["2026-11-29T19:00:00Z"]), None),
        ("mood[]", json!(["happy", "sad"]), None),
        ("jsonb[]", json!([{"a": 1}]), None),
        ("int8[]", json!(["9007199254740993"]), None),
    ];
    let base = Base::new();
    base.sql("create type mood as enum ('sad', 'happy'); create domain positive as int check (value > 0)");
    let program = base.start(&[]);
    for (number, (name, given, back)) in cases.iter().enumerate() {
        let sql = format!("select $1::{name}");
        let got = program.ask("value", &sql, json!([given]));
        let wanted = back.as_ref().unwrap_or(given);
        assert_eq!(got, json!({"ok": wanted}), "{name}");
        // As a column of a table, of which the type is known by the statement alone.
        base.sql(&format!("create table t{number} (c {name})"));
        let add = format!("insert into t{number} (c) values ($1) returning c");
        let got = program.ask("one", &add, json!([given]));
        assert_eq!(got, json!({"ok": {"c": wanted}}), "a column of {name}");
        let null = program.ask("one", &add, json!([null]));
        assert_eq!(null, json!({"ok": {"c": null}}), "null of {name}");
    }
    assert_eq!(program.get("/raw"), json!({"given": true, "made": true}));
}

#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn statements_without_names_have_the_same_values() {
    let base = Base::new();
    let program = base.start(&[("ROVER_TEST_PREPARE", "no")]);
    let given = |sql: &str, value: Value| program.given("value", sql, json!([value]));
    assert_eq!(given("select $1::int + 1", json!(1)), json!(2));
    assert_eq!(given("select $1::text", json!("a")), json!("a"));
    assert_eq!(given("select $1::bool", json!(true)), json!(true));
    assert_eq!(given("select $1::numeric", json!(1.5)), json!("1.5"));
    assert_eq!(given("select $1::jsonb", json!({"a": 1})), json!({"a": 1}));
    assert_eq!(
        given("select count(*) from unnest($1::int[])", json!([1, 2])),
        json!(2)
    );
    assert_eq!(given("select $1::int is null", json!(null)), json!(true));
    assert_eq!(program.get("/raw"), json!({"given": true, "made": true}));
    assert_eq!(
        program.given("all", "select 1 as a where false", json!([])),
        json!([])
    );
    assert_eq!(
        program.get("/each/0"),
        json!({"count": 100000, "sum": 5000050000_i64})
    );
    assert_eq!(program.get("/each/300")["count"], 300);
    let done = program.transaction(json!([
        {"how": "exec", "sql": "update accounts set balance = $1", "values": [7]},
        {"how": "value", "sql": "select sum(balance) from accounts"},
    ]));
    assert_eq!(done["seen"], json!([{"rows": 2}, 14]));
    let prepared = "select count(*) from pg_prepared_statements";
    assert_eq!(program.given("value", prepared, json!([])), json!(0));
}

#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn rows_that_are_walked_through_are_those_of_tables() {
    let base = Base::new();
    let told = base.start(&[]).get("/walked");
    assert_eq!(told["same"], true);
    assert!(told["length"].as_u64() > Some(20_000));
    let count = |name: &str| told[name].as_array().map(Vec::len);
    assert_eq!((count("kept"), count("rows")), (Some(200), Some(200)));
    assert_eq!(told["kept"], told["listed"]);
    assert_eq!(told["rows"], told["more"]);
    assert_eq!(
        told["kept"][2],
        json!({"n": 3, "r": 0.75, "even": false, "big": "9007199254740993", "data": [3, "</script>"]})
    );
}

#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn places_have_values() {
    let base = Base::new();
    let program = base.start(&[]);
    let named = json!({"how": "one", "sql": "select :b::int as b, :a::int as a, :b::int as c", "named": {"a": 1, "b": 2}});
    assert_eq!(
        program.post("/sql", &named)["ok"],
        json!({"b": 2, "a": 1, "c": 2})
    );
    let any = "select name from accounts where name = any($1) order by name";
    let found = program.given("all", any, json!([["b", "a", "x"]]));
    assert_eq!(found, json!([{"name": "a"}, {"name": "b"}]));
    let spread = "select name from accounts where name in ($1...) order by name";
    assert_eq!(
        program.given("all", spread, json!([["b"]])),
        json!([{"name": "b"}])
    );
    assert_eq!(program.given("all", spread, json!([[]])), json!([]));
    let texts = "select '$1 :a' as t, $1::int as n -- $2\n";
    assert_eq!(
        program.given("one", texts, json!([3])),
        json!({"t": "$1 :a", "n": 3})
    );
    assert_eq!(
        program.given("one", "select 1 as a where false", json!([])),
        json!(null)
    );
    assert_eq!(
        program
            .given("one", "select 2 as b, null as a, 1 as c", json!([]))
            .to_string(),
        r#"{"b":2,"a":null,"c":1}"#
    );
}

#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn rows_are_added_changed_and_removed() {
    let base = Base::new();
    let program = base.start(&[]);
    assert_eq!(
        program.get("/words"),
        json!({
            "inserted": [{"id": 1, "name": "a", "size": null}, {"id": 2, "name": "b", "size": 2}],
            "updated": [{"id": 1, "size": 7}],
            "upserted": {"id": 1, "name": "a", "size": 8},
            "null": {"rows": 1},
            "deleted": [{"id": 2}],
            "left": [{"id": 1, "name": "a", "size": 8}],
        })
    );
    let done = program.get("/insert");
    assert_eq!(done["rows"], 20000);
    assert_eq!(done["count"], 20000);
    assert_eq!(done["sum"], "200020000.0");
    assert_eq!(done["failed"]["failed"]["kind"], "unique");
    assert_eq!(base.sql("select count(*) from many"), "20000");
}

/// Tables change under statements that are prepared, on all connections.
#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn tables_may_change_under_statements() {
    let base = Base::new();
    base.sql("create table t (a int); insert into t values (1)");
    let program = base.start(&[]);
    let all = || program.given("all", "select * from t", json!([]));
    for round in 0..10 {
        // Both workers, and each more than once.
        for _ in 0..4 {
            let row = &all()[0];
            assert_eq!(row.as_object().expect("a row").len(), 1 + round);
        }
        base.sql(&format!(
            "alter table t add column c{round} int default {round}"
        ));
    }
    base.sql("alter table t alter column c3 type text");
    for _ in 0..4 {
        assert_eq!(all()[0]["c3"], "3");
    }
    // In a transaction the whole is done again.
    let steps = json!({"retry": 3, "steps": [{"how": "all", "sql": "select * from t"}]});
    for round in 0..3 {
        let done = program.post("/transaction", &steps);
        assert!(done["failed"].is_null(), "{round}: {done}");
        base.sql(&format!("alter table t drop column c{round}"));
    }
    // While statements run.
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            for _ in 0..200 {
                assert_eq!(all()[0]["a"], 1);
            }
        });
        for round in 0..10 {
            base.sql(&format!("alter table t add column d{round} int"));
        }
        reader.join().expect("no error");
    });
}

/// A place has the type that its column had when the statement was prepared, until that is noticed.
#[test]
#[ignore = "needs a PostgreSQL: .ci/postgres"]
fn columns_may_get_other_types() {
    let base = Base::new();
    let program = base.start(&[]);
    base.sql("create table t (c int)");
    let add = |value: Value| program.ask("exec", "insert into t (c) values ($1)", json!([value]));
    let taken = json!({"ok": {"rows": 1}});
    for _ in 0..4 {
        assert_eq!(add(json!(1)), taken);
    }
    for (ty, value) in [
        ("bigint", json!(5_000_000_000_i64)),
        ("text", json!("a")),
        ("bool", json!(true)),
    ] {
        base.sql(&format!(
            "delete from t; alter table t alter column c type {ty} using null"
        ));
        until(ty, || add(value.clone()) == taken);
    }
}
