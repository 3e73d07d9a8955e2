use proptest::prelude::*;
use serde_json::Value;

use super::{Kind, Malformed, Reader};

fn read(text: &[u8]) -> Result<Value, Malformed> {
    let mut reader = Reader::new(text);
    let value = value(&mut reader)?;
    reader.end()?;
    Ok(value)
}

fn value(reader: &mut Reader<'_>) -> Result<Value, Malformed> {
    let mut scratch = String::new();
    Ok(match reader.peek()? {
        Kind::Null => reader.null().map(|()| Value::Null)?,
        Kind::Boolean => reader.boolean()?.into(),
        Kind::Number => reader.number()?.into(),
        Kind::String => reader.string(&mut scratch)?.into(),
        Kind::Array => {
            let mut items = Vec::new();
            let mut more = reader.begin_array()?;
            while more {
                items.push(value(reader)?);
                more = reader.next_element()?;
            }
            items.into()
        }
        Kind::Object => {
            let mut fields = serde_json::Map::new();
            let mut more = reader.begin_object()?;
            while more {
                let key = reader.key(&mut scratch)?.to_owned();
                fields.insert(key, value(reader)?);
                more = reader.next_field()?;
            }
            fields.into()
        }
    })
}

fn skip(text: &[u8]) -> Result<(), Malformed> {
    let mut reader = Reader::new(text);
    reader.skip()?;
    reader.end()
}

/// Every number a double.
fn doubles(value: Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().into(),
        Value::Array(items) => items.into_iter().map(doubles).collect(),
        Value::Object(map) => map.into_iter().map(|(k, v)| (k, doubles(v))).collect(),
        other => other,
    }
}

fn serde(text: &[u8]) -> Option<Value> {
    serde_json::from_slice(text).ok().map(doubles)
}

fn agree(text: &[u8]) -> Result<(), TestCaseError> {
    let shown = String::from_utf8_lossy(text);
    let (ours, theirs) = (read(text), serde(text));
    prop_assert_eq!(ours.as_ref().ok(), theirs.as_ref(), "{}: {:?}", shown, ours);
    prop_assert_eq!(skip(text), ours.map(drop), "skipped: {}", shown);
    Ok(())
}

/// Documents as people and libraries write them, with blanks and escapes that none needs.
fn documents() -> impl Strategy<Value = String> {
    let blank = || prop::sample::select(vec!["", "", "", " ", "\n", "\r\n\t", "\n          "]);
    let number = prop_oneof![
        any::<i32>().prop_map(|n| n.to_string()),
        any::<i64>().prop_map(|n| n.to_string()),
        any::<f64>()
            .prop_filter("JSON has no others", |n| n.is_finite())
            .prop_map(|n| Value::from(n).to_string()),
        "-?(0|[1-9][0-9]{0,22})(\\.[0-9]{1,25})?([eE][+-]?[0-9]{1,2})?",
    ];
    let part = prop_oneof![
        "[a-zé\u{4e00}-\u{4eff}😀 ]{0,12}",
        "\\\\[\"\\\\/bfnrt]",
        "\\\\u[0-9a-cA-C][0-9a-fA-F]{3}",
        Just("\\ud83d\\ude00".to_owned()),
    ];
    let string =
        prop::collection::vec(part, 0..4).prop_map(|parts| format!("\"{}\"", parts.concat()));
    let word = prop::sample::select(vec!["null", "true", "false"]).prop_map(str::to_owned);
    let leaf = prop_oneof![number, string.clone(), word];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        let element = (blank(), inner.clone(), blank()).prop_map(|(a, v, b)| format!("{a}{v}{b}"));
        let field = (blank(), string.clone(), blank(), inner, blank())
            .prop_map(|(a, k, b, v, c)| format!("{a}{k}{b}:{b}{v}{c}"));
        prop_oneof![
            prop::collection::vec(element, 0..6).prop_map(|e| format!("[{}]", e.join(","))),
            prop::collection::vec(field, 0..6).prop_map(|f| format!("{{{}}}", f.join(","))),
        ]
    })
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases)
    }
}

#[test]
fn documents_are_read_as_serde_json_reads_them() {
    proptest!(config(800), |(text in documents())| {
        prop_assert!(read(text.as_bytes()).is_ok(), "{}", text);
        agree(text.as_bytes())?;
    });
}

#[test]
fn changed_documents_are_judged_as_serde_json_judges_them() {
    let insert =
        prop::sample::select(b"{}[],:\"\\u09-+.eE \n\x00\x1f\x7f\x80\xc3\xe4\xffntfa".to_vec());
    let changes = prop::collection::vec((any::<prop::sample::Index>(), 0..4_u8, insert), 1..4);
    proptest!(config(3000), |(text in documents(), changes in changes)| {
        let mut text = text.into_bytes();
        for (place, kind, byte) in changes {
            let at = place.index(text.len() + 1);
            match kind {
                0 => text.insert(at, byte),
                1 => text.truncate(at.max(1)),
                _ if at == text.len() => text.push(byte),
                2 => text[at] = byte,
                _ => drop(text.remove(at)),
            }
        }
        agree(&text)?;
    });
}

#[test]
fn numbers_are_the_nearest_doubles() {
    proptest!(config(8000), |(text in "-?(0|[1-9][0-9]{0,22})(\\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?")| {
        let expected: f64 = text.parse().unwrap();
        let mut reader = Reader::new(text.as_bytes());
        match reader.number() {
            Ok(value) => {
                prop_assert_eq!(value.to_bits(), expected.to_bits(), "{}", text);
                prop_assert!(reader.end().is_ok());
            }
            Err(_) => prop_assert!(expected.is_infinite(), "{}", text),
        }
    });
}

#[test]
fn expected_keys() {
    for (text, name, found) in [
        (r#"{"a":1}"#, "a", true),
        (r#"{ "ab": 1}"#, "ab", true),
        (r#"{"":1}"#, "", true),
        (r#"{"ab":1}"#, "a", false),
        (r#"{"a":1}"#, "ab", false),
        (r#"{"a" :1}"#, "a", false),
        (r#"{"\u0061":1}"#, "a", false),
        (r#"{"a""#, "a", false),
        (r#"{"#, "a", false),
        (r#"{a:1}"#, "a", false),
    ] {
        let mut reader = Reader::new(text.as_bytes());
        reader.peek().unwrap();
        assert!(reader.begin_object().unwrap(), "{text}");
        assert_eq!(reader.is_key(name), found, "{text}");
        if found {
            assert_eq!(reader.peek(), Ok(Kind::Number), "{text}");
            assert_eq!(reader.number(), Ok(1.0), "{text}");
        } else if let Ok(key) = reader.key(&mut String::new()) {
            // Nothing was read.
            assert!(key.starts_with('a'), "{text}");
        }
    }
}

#[test]
fn depth() {
    let nested = |levels| "[".repeat(levels) + &"]".repeat(levels);
    assert!(read(nested(128).as_bytes()).is_ok());
    let message = "nesting beyond 128 levels at line 1 column 129";
    assert_eq!(
        read(nested(129).as_bytes()).unwrap_err().to_string(),
        message
    );
    assert_eq!(
        skip(nested(100_000).as_bytes()).unwrap_err().to_string(),
        message
    );
    // Beside each other they do not add up.
    let many = format!("[{}{{\"a\":[]}}]", "[{}],".repeat(1000));
    assert!(read(many.as_bytes()).is_ok());
}

#[test]
fn what_is_wrong_and_where() {
    let cases: &[(&[u8], &str)] = &[
        (
            b"",
            "the text ends where a value is expected at line 1 column 1",
        ),
        (
            b" \n ",
            "the text ends where a value is expected at line 2 column 2",
        ),
        (b"[1,\n x]", "expected a value at line 2 column 2"),
        (b"[1,]", "expected a value at line 1 column 4"),
        (b"[1 2]", "expected `,` or `]` at line 1 column 4"),
        (b"[1", "the text ends inside an array at line 1 column 3"),
        (b"{\"a\":1,}", "trailing comma at line 1 column 8"),
        (b"{\"a\" 1}", "expected `:` at line 1 column 6"),
        (b"{\"a\":1 \"b\"}", "expected `,` or `}` at line 1 column 8"),
        (b"{a:1}", "a key must be a string at line 1 column 2"),
        (b"{", "the text ends inside an object at line 1 column 2"),
        (
            b"{\"a\":",
            "the text ends where a value is expected at line 1 column 6",
        ),
        (b"1 2", "trailing characters at line 1 column 3"),
        (b"truth", "expected a value at line 1 column 4"),
        (
            b"nul",
            "the text ends where a value is expected at line 1 column 4",
        ),
        (b"01", "invalid number at line 1 column 2"),
        (
            b"-",
            "the text ends where a value is expected at line 1 column 2",
        ),
        (b"[-a]", "invalid number at line 1 column 3"),
        (b"[1.]", "invalid number at line 1 column 4"),
        (b"1e400", "a number out of range at line 1 column 1"),
        (b"\"a", "the text ends inside a string at line 1 column 3"),
        (
            b"\"a\nb\"",
            "a control character in a string at line 1 column 3",
        ),
        (b"\"\\x\"", "invalid escape at line 1 column 3"),
        (b"\"\\u12g4\"", "invalid escape at line 1 column 6"),
        (b"\"\\udc00\"", "half a surrogate pair at line 1 column 2"),
        (b"[\"a\xff\"]", "not UTF-8 at line 1 column 4"),
        (b"[1]\xff", "not UTF-8 at line 1 column 4"),
        (b"[1,x\xff", "expected a value at line 1 column 4"),
        (b"\xef\xbb\xbf{}", "expected a value at line 1 column 1"),
    ];
    for (text, message) in cases {
        let shown = String::from_utf8_lossy(text);
        assert_eq!(read(text).unwrap_err().to_string(), *message, "{shown}");
        assert_eq!(skip(text).unwrap_err().to_string(), *message, "{shown}");
    }
}
