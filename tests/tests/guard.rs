//! `rover.guard`: one table of values, asked of every schema of `contract/guard` three times:
//! a schema that the compiler sees, one that the VM makes, and `rover.guard` on a Lua value.
//! All of it in both forms of the program.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use rover::{LogLevel, TestClient};
use rover_tests::programs::PROGRAMS;

/// A route, what is sent as `v`, and what comes: the JSON of `v`, or what is wrong.
type Case = (
    &'static str,
    &'static str,
    Result<&'static str, &'static [Wrong]>,
);
/// The field behind `v`, the message, the type.
type Wrong = (&'static str, &'static str, &'static str);

/// Stands for a field that is absent.
const ABSENT: &str = "";

const CASES: &[Case] = &[
    ("string", "\"x\"", Ok("\"x\"")),
    ("string", "\"\"", Ok("\"\"")),
    ("string", "\"a\\u0000\\n\\\"é\"", Ok("\"a\\u0000\\n\\\"é\"")),
    (
        "string",
        "1",
        Err(&[("", "Must be a string, got integer", "type")]),
    ),
    (
        "string",
        "1.5",
        Err(&[("", "Must be a string, got number", "type")]),
    ),
    (
        "string",
        "true",
        Err(&[("", "Must be a string, got boolean", "type")]),
    ),
    (
        "string",
        "[]",
        Err(&[("", "Must be a string, got array", "type")]),
    ),
    (
        "string",
        "[1]",
        Err(&[("", "Must be a string, got array", "type")]),
    ),
    (
        "string",
        "{\"a\":1}",
        Err(&[("", "Must be a string, got object", "type")]),
    ),
    ("string", "null", Ok(ABSENT)),
    ("string", ABSENT, Ok(ABSENT)),
    ("number", "-1.5e2", Ok("-150")),
    ("number", "0", Ok("0")),
    (
        "number",
        "\"1\"",
        Err(&[("", "Must be a number, got string", "type")]),
    ),
    ("integer", "3", Ok("3")),
    ("integer", "3.0", Ok("3")),
    ("integer", "-1e3", Ok("-1000")),
    (
        "integer",
        "3.5",
        Err(&[("", "Must be an integer, got number", "type")]),
    ),
    (
        "integer",
        "\"3\"",
        Err(&[("", "Must be an integer, got string", "type")]),
    ),
    ("boolean", "false", Ok("false")),
    (
        "boolean",
        "\"true\"",
        Err(&[("", "Must be a boolean, got string", "type")]),
    ),
    (
        "boolean",
        "0",
        Err(&[("", "Must be a boolean, got integer", "type")]),
    ),
    (
        "any",
        "[1,{\"a\":[],\"b\":[null]},\"x\"]",
        Ok("[1,{\"a\":[],\"b\":[null]},\"x\"]"),
    ),
    ("any", "{\"a\":null,\"b\":{}}", Ok("{\"b\":{}}")),
    ("any", "\"x\\ty\"", Ok("\"x\\ty\"")),
    ("any", "null", Ok(ABSENT)),
    ("list", "[1,2]", Ok("[1,2]")),
    ("list", "[]", Ok("[]")),
    (
        "list",
        "3",
        Err(&[("", "Must be an array, got integer", "type")]),
    ),
    (
        "list",
        "{\"a\":1}",
        Err(&[("", "Must be an array, got object", "type")]),
    ),
    (
        "list",
        "[1,\"2\",null,2.5]",
        Err(&[
            ("[2]", "Must be an integer, got string", "type"),
            ("[3]", "Must be an integer, got null", "type"),
            ("[4]", "Must be an integer, got number", "type"),
        ]),
    ),
    (
        "lists",
        "[[\"a\"],[],[\"b\",\"c\"]]",
        Ok("[[\"a\"],[],[\"b\",\"c\"]]"),
    ),
    (
        "lists",
        "[[\"a\",1],2]",
        Err(&[
            ("[1][2]", "Must be a string, got integer", "type"),
            ("[2]", "Must be an array, got integer", "type"),
        ]),
    ),
    (
        "record",
        "{\"b\":1,\"a\":\"x\",\"c\":2}",
        Ok("{\"a\":\"x\",\"b\":1}"),
    ),
    ("record", "{\"a\":\"x\"}", Ok("{\"a\":\"x\",\"b\":7}")),
    (
        "record",
        "{\"a\":\"x\",\"b\":null}",
        Ok("{\"a\":\"x\",\"b\":7}"),
    ),
    ("record", ABSENT, Ok(ABSENT)),
    (
        "record",
        "[1]",
        Err(&[("", "Must be an object, got array", "type")]),
    ),
    (
        "record",
        "{\"b\":\"x\"}",
        Err(&[
            (".a", "Field 'v.a' is required", "required"),
            (".b", "Must be an integer, got string", "type"),
        ]),
    ),
    ("required", "\"\"", Ok("\"\"")),
    (
        "required",
        ABSENT,
        Err(&[("", "Field 'v' is required", "required")]),
    ),
    (
        "required",
        "null",
        Err(&[("", "Field 'v' is required", "required")]),
    ),
    (
        "required",
        "1",
        Err(&[("", "Must be a string, got integer", "type")]),
    ),
    ("message", ABSENT, Err(&[("", "Say something", "required")])),
    (
        "message",
        "1",
        Err(&[("", "Must be a string, got integer", "type")]),
    ),
    ("default", ABSENT, Ok("\"d\"")),
    ("default", "null", Ok("\"d\"")),
    ("default", "\"e\"", Ok("\"e\"")),
    ("default_list", ABSENT, Ok("[\"x\",\"y\"]")),
    ("default_list", "[]", Ok("[]")),
    ("default_record", ABSENT, Ok("{\"a\":\"inner\"}")),
    ("default_record", "{}", Ok("{\"a\":\"inner\"}")),
    ("default_any", ABSENT, Ok("{\"a\":[1,2],\"b\":null}")),
    ("enum", "\"b\"", Ok("\"b\"")),
    (
        "enum",
        "\"c\"",
        Err(&[("", "Must be one of: a, b. Got: 'c'", "enum")]),
    ),
    (
        "enum",
        "1",
        Err(&[("", "Must be a string, got integer", "type")]),
    ),
    ("min", "1.5", Ok("1.5")),
    (
        "min",
        "1",
        Err(&[("", "Must be at least 1.5, got 1", "range")]),
    ),
    ("max", "3", Ok("3")),
    (
        "max",
        "4",
        Err(&[("", "Must be at most 3, got 4", "range")]),
    ),
    (
        "max",
        "3.5",
        Err(&[("", "Must be an integer, got number", "type")]),
    ),
    ("range", "1", Ok("1")),
    ("range", "5", Ok("5")),
    (
        "range",
        "0",
        Err(&[("", "Must be at least 1, got 0", "range")]),
    ),
    (
        "range",
        "6",
        Err(&[("", "Must be at most 5, got 6", "range")]),
    ),
    ("len", "\"éé\"", Ok("\"éé\"")),
    ("len", "\"\\ud83d\\ude00bcd\"", Ok("\"😀bcd\"")),
    (
        "len",
        "\"é\"",
        Err(&[("", "Must have at least 2 characters, got 1", "length")]),
    ),
    (
        "len",
        "\"abcde\"",
        Err(&[("", "Must have at most 4 characters, got 5", "length")]),
    ),
    ("exact", "\"abc\"", Ok("\"abc\"")),
    (
        "exact",
        "\"ab\"",
        Err(&[("", "Must have exactly 3 characters, got 2", "length")]),
    ),
    (
        "shortest",
        "\"a\"",
        Err(&[("", "Must have at least 2 characters, got 1", "length")]),
    ),
    (
        "longest",
        "\"ab\"",
        Err(&[("", "Must have at most 1 character, got 2", "length")]),
    ),
    ("items", "[1,\"x\"]", Ok("[1,\"x\"]")),
    (
        "items",
        "[]",
        Err(&[("", "Must have at least 1 item, got 0", "length")]),
    ),
    (
        "items",
        "[1,2,3]",
        Err(&[("", "Must have at most 2 items, got 3", "length")]),
    ),
    ("pattern", "\"Abc\"", Ok("\"Abc\"")),
    (
        "pattern",
        "\"abc\"",
        Err(&[("", "Must match the pattern '^%u%l+$'", "pattern")]),
    ),
    ("email", "\"a@b.c\"", Ok("\"a@b.c\"")),
    (
        "email",
        "\"a@\"",
        Err(&[("", "Must be an email address", "format")]),
    ),
    (
        "uuid",
        "\"2eb8aa08-aa98-11ea-b4aa-73b441d16380\"",
        Ok("\"2eb8aa08-aa98-11ea-b4aa-73b441d16380\""),
    ),
    ("uuid", "\"1\"", Err(&[("", "Must be a UUID", "format")])),
    (
        "date_time",
        "\"2024-02-29T10:00:00Z\"",
        Ok("\"2024-02-29T10:00:00Z\""),
    ),
    (
        "date_time",
        "\"2023-02-29T10:00:00Z\"",
        Err(&[(
            "",
            "Must be a date and time like 2024-12-31T23:59:59Z",
            "format",
        )]),
    ),
    ("uri", "\"http://a/b?c\"", Ok("\"http://a/b?c\"")),
    ("uri", "\"/b\"", Err(&[("", "Must be a URI", "format")])),
    ("nullable", "null", Ok("null")),
    ("nullable", ABSENT, Ok(ABSENT)),
    ("nullable", "\"x\"", Ok("\"x\"")),
    (
        "nullable",
        "1",
        Err(&[("", "Must be a string, got integer", "type")]),
    ),
    ("nullable_required", "null", Ok("null")),
    (
        "nullable_required",
        ABSENT,
        Err(&[("", "Field 'v' is required", "required")]),
    ),
    ("nullable_items", "[1,null,2]", Ok("[1,null,2]")),
    (
        "many",
        "\"a\"",
        Err(&[
            ("", "Must have at least 3 characters, got 1", "length"),
            ("", "Must match the pattern '^%d+$'", "pattern"),
            ("", "Must be an email address", "format"),
        ]),
    ),
    ("plain", "\"q\"", Ok("\"q\"")),
    (
        "plain",
        ABSENT,
        Err(&[("", "Field 'v' is required", "required")]),
    ),
    (
        "plain",
        "\"r\"",
        Err(&[("", "Must be one of: p, q. Got: 'r'", "enum")]),
    ),
    ("plain_list", ABSENT, Ok("[]")),
    (
        "plain_list",
        "[1,-1,2]",
        Err(&[
            ("", "Must have at most 2 items, got 3", "length"),
            ("[2]", "Must be at least 0, got -1", "range"),
        ]),
    ),
    ("plain_record", "{\"a\":true,\"b\":1}", Ok("{\"a\":true}")),
    (
        "plain_record",
        "{}",
        Err(&[(".a", "a is missing", "required")]),
    ),
    ("fields", "{\"type\":\"t\",\"b\":1}", Ok("{\"type\":\"t\"}")),
    (
        "fields",
        "{\"type\":1}",
        Err(&[(".type", "Must be a string, got integer", "type")]),
    ),
];

/// Where a schema that the compiler sees is asked, one that it does not see, and Lua values.
const WAYS: [&str; 3] = ["", "/made", "/guarded"];

#[test]
fn schemas_judge_alike_at_build_and_at_run_time() {
    let (_, specialised, reference) = PROGRAMS.iter().find(|(name, ..)| *name == "guard").unwrap();
    for program in [specialised, reference] {
        let client = program().log_level(LogLevel::Off).client().unwrap();
        for case in CASES {
            WAYS.iter().for_each(|way| ask(&client, way, case));
        }
    }
}

fn ask(client: &TestClient, way: &str, (route, sent, expected): &Case) {
    // What `ctx:body():json()` gives has no such field any more.
    if way == "/guarded" && *sent == "null" && route.starts_with("nullable") {
        return;
    }
    let body = match *sent {
        ABSENT => "{\"w\":1}".to_owned(),
        sent => format!("{{\"w\":[{{}}],\"v\":{sent}}}"),
    };
    let answer = client
        .request("POST", &format!("{way}/{route}"))
        .body(body.clone());
    let answer = answer.send().unwrap();
    let given = (answer.status(), answer.text());
    let wanted = match expected {
        Ok(ABSENT) => (200, "{}".to_owned()),
        Ok(value) => (200, format!("{{\"v\":{value}}}")),
        Err(wrong) => {
            let wrong: Vec<String> = wrong
                .iter()
                .map(|(field, message, kind)| {
                    let message = serde_json::to_string(message).unwrap();
                    format!("{{\"field\":\"v{field}\",\"message\":{message},\"type\":\"{kind}\"}}")
                })
                .collect();
            (400, format!("{{\"errors\":[{}]}}", wrong.join(",")))
        }
    };
    assert_eq!(given, wanted, "{way}/{route} {body}");
}

#[test]
fn every_schema_of_the_program_is_asked() {
    let text = include_str!("../contract/guard/routes.lua");
    let routes = text.lines().filter_map(|line| {
        let rest = line
            .strip_prefix("function api.")
            .or(line.strip_prefix("api."))?;
        rest.split('.').next()
    });
    let routes: BTreeSet<&str> = routes.collect();
    let asked: BTreeSet<&str> = CASES.iter().map(|(route, ..)| *route).collect();
    assert_eq!(routes, asked);
}

#[test]
fn an_answer_tells_of_at_most_a_hundred_mistakes() {
    let (_, program, _) = PROGRAMS
        .iter()
        .find(|(name, ..)| *name == "guard_errors")
        .unwrap();
    let client = program().log_level(LogLevel::Off).client().unwrap();
    let body = format!("{{\"v\":[{}1]}}", "1,".repeat(100_000));
    let answer = client
        .request("POST", "/many")
        .body(body.clone())
        .send()
        .unwrap();
    let json: serde_json::Value = serde_json::from_slice(answer.bytes()).unwrap();
    assert_eq!(json["errors"].as_array().unwrap().len(), 100);
    assert_eq!(json["errors"][99]["field"], "v[100]");
}

/// Few bytes of JSON may need much memory: fields that are absent, tables, defaults.
#[test]
fn what_needs_more_memory_than_there_is_is_too_large() {
    const TOLD: &str = "Request too large: reading it needs more memory than there is";
    let (_, specialised, reference) = PROGRAMS
        .iter()
        .find(|(name, ..)| *name == "guard_large")
        .unwrap();
    let objects = format!("[{}{{}}]", "{},".repeat(340_000));
    let lists = format!("[{}[]]", "[],".repeat(340_000));
    for program in [specialised, reference] {
        let client = program().log_level(LogLevel::Off).client().unwrap();
        let post = |way: &str, body: &str| {
            let request = client.request("POST", &format!("/{way}"));
            let answer = request.body(body.to_owned()).send().unwrap();
            (answer.status(), answer.text())
        };
        let refused = (413, format!("{{\"error\":\"{TOLD}\"}}"));
        for way in ["first", "asked", "held", "made", "filled"] {
            assert_eq!(post(way, &objects), refused, "{way}");
        }
        for way in ["tables", "whole", "passed"] {
            assert_eq!(post(way, &lists), refused, "{way}");
        }
        let caught = format!("{{\"status\":413,\"kind\":\"request\",\"message\":\"{TOLD}\"}}");
        assert_eq!(post("caught", &objects), (200, caught));
        // Others have all the memory.
        let some = format!("[{}{{}}]", "{},".repeat(4_999));
        let counted = (200, r#"{"count":5000}"#.to_owned());
        for way in [
            "asked", "made", "tables", "filled", "whole", "passed", "caught",
        ] {
            assert_eq!(post(way, &some), counted, "{way}");
        }
    }
}
