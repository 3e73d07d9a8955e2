//! The example `benchmark` keeps the rules of the works that it does.

use std::collections::HashMap;

use rover::{LogLevel, TestClient};
use rover_tests::IN_MEMORY;
use rover_tests::programs::EXAMPLES;

/// The example in both forms.
fn clients() -> [TestClient; 2] {
    let found = EXAMPLES.iter().find(|(name, ..)| *name == "benchmark");
    let (_, app, reference) = found.expect("it is an example");
    [app, reference].map(|program| {
        let app = program().environment(IN_MEMORY).log_level(LogLevel::Off);
        app.client().expect("it starts")
    })
}

/// The numbers of rows by their ids.
fn rows(client: &TestClient, path: &str) -> HashMap<u64, u64> {
    let answer = client.get(path).send().expect("an answer");
    assert_eq!(answer.status(), 200, "{path}");
    let list: Vec<HashMap<String, u64>> =
        serde_json::from_str(&answer.text()).expect("a list of rows");
    let count = list.len();
    let numbers = list.into_iter().map(|row| (row["id"], row["randomNumber"]));
    let numbers: HashMap<_, _> = numbers.collect();
    assert_eq!(numbers.len(), count, "{path}: a row comes twice");
    let in_range = |number: &u64| (1..=10_000).contains(number);
    for (id, number) in &numbers {
        assert!(in_range(id) && in_range(number), "{path}: {id}: {number}");
    }
    numbers
}

#[test]
fn queries_are_from_1_to_500() {
    for client in clients() {
        for work in ["/queries", "/updates"] {
            for (query, count) in [
                ("", 1),
                ("?queries", 1),
                ("?queries=", 1),
                ("?queries=foo", 1),
                ("?queries=0", 1),
                ("?queries=-1", 1),
                ("?queries=1.5", 1),
                ("?queries=1", 1),
                ("?queries=20", 20),
                ("?queries=500", 500),
                ("?queries=501", 500),
                ("?queries=99999999999999999999", 500),
            ] {
                let path = format!("{work}{query}");
                assert_eq!(rows(&client, &path).len(), count, "{path}");
            }
        }
    }
}

#[test]
fn updates_are_kept() {
    for client in clients() {
        let mut kept = HashMap::new();
        // All rows are there, and so many updates reach some of them twice.
        for _ in 0..40 {
            kept.extend(rows(&client, "/updates?queries=500"));
        }
        let mut seen = 0;
        for (id, number) in rows(&client, "/queries?queries=500") {
            if let Some(last) = kept.get(&id) {
                assert_eq!(number, *last, "row {id}");
                seen += 1;
            }
        }
        assert!(seen > 100, "only {seen} rows of 500 were updated");
    }
}
