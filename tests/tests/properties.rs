//! What must hold for any input: the compiled router against a naive one, JSON against
//! serde_json.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use rover_tests::programs::{RANDOM, json_in};
use rover_tests::router::naive;
use serde_json::Value;

fn cases(count: u32) -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(count)
    }
}

#[test]
fn the_router_agrees_with_a_naive_one() {
    let segment = prop::sample::select(vec!["a", "b", "c", "d", "", "%61", "x%2Fy"]);
    let paths = prop::collection::vec(segment, 0..5);
    let methods = prop::sample::select(vec!["get", "post", "put"]);
    for (app, routes) in RANDOM {
        let client = app().log_level(rover::LogLevel::Off).client().unwrap();
        proptest!(cases(600), |(raw in &paths, method in &methods)| {
            let path = format!("/{}", raw.join("/"));
            let decoded: Vec<String> = match path.as_str() {
                "/" => Vec::new(),
                _ => raw.iter().map(|s| s.replace("%61", "a").replace("%2F", "/")).collect(),
            };
            let response = client.request(&method.to_uppercase(), &path).send().unwrap();
            let found = (response.status() == 200).then(|| response.text());
            let expected = naive(routes, method, &decoded);
            prop_assert_eq!(found.as_deref(), expected, "{} {}", method, path);
        });
    }
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<f64>()
            .prop_filter("JSON has no others", |n| n.is_finite())
            .prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(".*", inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// As Lua holds it: every number a double, no null in an object.
fn in_lua(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::from(number.as_f64().unwrap()),
        Value::Array(items) => items.into_iter().map(in_lua).collect(),
        Value::Object(map) => {
            let fields = map.into_iter().filter(|(_, value)| !value.is_null());
            fields.map(|(key, value)| (key, in_lua(value))).collect()
        }
        other => other,
    }
}

#[test]
fn json_goes_through_unchanged() {
    let client = json_in::app()
        .log_level(rover::LogLevel::Off)
        .client()
        .unwrap();
    proptest!(cases(1000), |(value in json())| {
        let request = serde_json::to_string(&value).unwrap();
        let response = client.post("/echo").json_text(&request).send().unwrap();
        prop_assert_eq!(response.status(), 200, "{}", response.text());
        let answer: Value = serde_json::from_slice(response.bytes()).unwrap();
        let expected = in_lua(serde_json::json!({ "value": value }));
        // `null` itself is `rover.null`, which a constructor keeps.
        let expected = match value {
            Value::Null => serde_json::json!({ "value": null }),
            _ => expected,
        };
        prop_assert_eq!(in_lua_numbers(answer), expected);
    });
}

fn in_lua_numbers(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::from(number.as_f64().unwrap()),
        Value::Array(items) => items.into_iter().map(in_lua_numbers).collect(),
        Value::Object(map) => map
            .into_iter()
            .map(|(k, v)| (k, in_lua_numbers(v)))
            .collect(),
        other => other,
    }
}
