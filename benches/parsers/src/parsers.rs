//! Parsing alone: each value is looked at, none is kept.

use std::hint::black_box;

use rover_model::json::{Kind, Malformed, Reader};

/// What was seen of a document, which must be the same for every parser.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Seen {
    pub(crate) values: usize,
    pub(crate) bytes: usize,
    pub(crate) sum: f64,
}

pub(crate) type Parser = fn(&[u8]) -> Option<Seen>;

/// The reader of `rover-model`, then the others.
pub(crate) fn all() -> Vec<(&'static str, Parser)> {
    let mut all: Vec<(&str, Parser)> = vec![("rover", rover)];
    all.extend(crate::others::all());
    all
}

fn rover(text: &[u8]) -> Option<Seen> {
    let (mut reader, mut scratch, mut seen) = (Reader::new(text), String::new(), Seen::default());
    value(&mut reader, &mut scratch, &mut seen).ok()?;
    reader.end().ok()?;
    Some(seen)
}

fn value(reader: &mut Reader<'_>, scratch: &mut String, seen: &mut Seen) -> Result<(), Malformed> {
    seen.values += 1;
    match reader.peek()? {
        Kind::Null => reader.null(),
        Kind::Boolean => reader.boolean().map(|value| {
            black_box(value);
        }),
        Kind::Number => {
            seen.sum += reader.number()?;
            Ok(())
        }
        Kind::String => {
            seen.bytes += black_box(reader.string(scratch)?).len();
            Ok(())
        }
        Kind::Array => {
            let mut more = reader.begin_array()?;
            while more {
                value(reader, scratch, seen)?;
                more = reader.next_element()?;
            }
            Ok(())
        }
        Kind::Object => {
            let mut more = reader.begin_object()?;
            while more {
                seen.bytes += black_box(reader.key(scratch)?).len();
                value(reader, scratch, seen)?;
                more = reader.next_field()?;
            }
            Ok(())
        }
    }
}
