//! serde_json's, sonic-rs's and simd-json's parsing, through serde.

use std::fmt;
use std::hint::black_box;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::parsers::{Parser, Seen};

pub(crate) fn all() -> [(&'static str, Parser); 3] {
    [
        ("serde_json", |text| {
            let mut parser = serde_json::Deserializer::from_slice(text);
            let seen = run(&mut parser)?;
            parser.end().ok()?;
            Some(seen)
        }),
        ("sonic-rs", |text| {
            let mut parser = sonic_rs::Deserializer::from_slice(text);
            let seen = run(&mut parser)?;
            parser.end().ok()?;
            Some(seen)
        }),
        // It writes into the text that it reads, which a body's owner may not allow.
        ("simd-json", |text| {
            let mut text = text.to_vec();
            run(&mut simd_json::Deserializer::from_slice(&mut text).ok()?)
        }),
    ]
}

fn run<'de, D: Deserializer<'de>>(parser: D) -> Option<Seen> {
    let mut seen = Seen::default();
    Look(&mut seen).deserialize(parser).ok()?;
    Some(seen)
}

struct Look<'a>(&'a mut Seen);

impl<'de> DeserializeSeed<'de> for Look<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.values += 1;
        deserializer.deserialize_any(self)
    }
}

struct Key<'a>(&'a mut Seen);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(Look(self.0))
    }
}

impl<'de> Visitor<'de> for Look<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        black_box(value);
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.0.sum += value;
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.0.sum += value as f64;
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.0.sum += value as f64;
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.0.bytes += black_box(value).len();
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while elements.next_element_seed(Look(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        while fields.next_key_seed(Key(self.0))?.is_some() {
            fields.next_value_seed(Look(self.0))?;
        }
        Ok(())
    }
}
