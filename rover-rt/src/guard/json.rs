//! A JSON text, read in one pass by what its schema asks for.

use rover_model::guard::{
    Checked, Field, Got, Kind, Length, Place, Schema, Text, Value, is_integer,
};

use super::names::Names;
use rover_model::json::{Kind as Token, Malformed, Reader};

/// Why a text was not laid out.
#[derive(Debug)]
pub(crate) enum Unread {
    Malformed(Malformed),
    /// There was no room for its value.
    Full,
}

impl From<Malformed> for Unread {
    fn from(malformed: Malformed) -> Self {
        Unread::Malformed(malformed)
    }
}

/// Lays out a JSON text. What the schema does not know is looked at and dropped. Gives
/// whether it is known already that nothing is wrong with what was laid out and that no
/// defaults are to be filled in, so that no check is needed.
///
/// The time that it takes grows with the text and with the slots, for which there is room or
/// not.
pub(crate) fn read_json<'r>(
    checked: &'r mut Checked,
    schema: &'r Schema,
    text: &[u8],
    scratch: &'r mut String,
) -> Result<bool, Unread> {
    let mut reader = Reading {
        checked,
        fits: true,
        text,
        scratch,
        reader: Reader::new(text),
        names: Names::default(),
    };
    reader.value(schema, To::Root)?;
    reader.reader.end()?;
    let fits = reader.fits;
    match reader.checked.is_full() {
        true => Err(Unread::Full),
        false => Ok(fits),
    }
}

struct Reading<'r, 'a> {
    checked: &'r mut Checked,
    fits: bool,
    text: &'a [u8],
    scratch: &'r mut String,
    reader: Reader<'a>,
    names: Names<'r>,
}

/// Where a value goes.
#[derive(Clone, Copy)]
enum To {
    Root,
    Slot(u32),
    /// The array that began last.
    Element,
}

impl<'r> Reading<'r, '_> {
    /// Each kind of value is put where it goes as soon as it is known: returned by
    /// reference, its parts would be written and read again in other widths, for which
    /// processors wait.
    fn value(&mut self, schema: &'r Schema, to: To) -> Result<(), Unread> {
        match (self.reader.peek()?, &schema.kind) {
            (Token::String, Kind::String(rules)) => {
                let text = self.string(|text| rules.surely_hold(text))?;
                self.put(to, Value::Text(text));
            }
            (Token::Number, Kind::Number(range)) => {
                let number = self.reader.number()?;
                self.fits &= range.holds(number);
                self.put(to, Value::Number(number));
            }
            (Token::Number, Kind::Integer(range)) => {
                let number = self.reader.number()?;
                self.fits &= range.holds(number) && is_integer(number);
                self.put(to, Value::Number(number));
            }
            (Token::Boolean, Kind::Boolean) => {
                let value = self.reader.boolean()?;
                self.put(to, Value::Boolean(value));
            }
            (Token::Array, Kind::Array(element, bounds)) => self.array(element, *bounds, to)?,
            (Token::Object, Kind::Object(fields)) => self.object(fields, to)?,
            (token, _) => self.other(token, schema, to)?,
        }
        Ok(())
    }

    #[inline]
    fn put(&mut self, to: To, value: Value) {
        match to {
            To::Root => self.checked.root = value,
            To::Slot(slot) => self.checked.set(slot, value),
            To::Element => self.checked.push(value),
        }
    }

    #[inline]
    fn string(&mut self, fits: impl FnOnce(&[u8]) -> bool) -> Result<Text, Malformed> {
        let from = self.reader.offset() + 1;
        let text = self.reader.string(self.scratch)?;
        self.fits = self.fits && fits(text.as_bytes());
        // One without escapes stands in the source as it is.
        let same = self.text.get(from..).map(<[u8]>::as_ptr) == Some(text.as_ptr());
        Ok(match same {
            true => Text {
                place: Place::Source,
                start: from as u32,
                length: text.len() as u32,
            },
            false => self.checked.text(text.as_bytes()),
        })
    }

    fn array(&mut self, element: &'r Schema, bounds: Length, to: To) -> Result<(), Unread> {
        let begin = self.checked.begin_array();
        let mut more = self.reader.begin_array()?;
        while more {
            self.value(element, To::Element)?;
            more = self.reader.next_element()?;
        }
        let (first, length) = self.checked.end_array(begin);
        self.fits &= bounds.holds(length as usize);
        self.put(to, Value::Array { first, length });
        Ok(())
    }

    fn object(&mut self, fields: &'r [Field], to: To) -> Result<(), Unread> {
        let first = self.checked.object(fields.len());
        if self.checked.is_full() {
            return Err(Unread::Full);
        }
        let mut more = self.reader.begin_object()?;
        // Most clients send fields in the order in which they are described.
        let mut expected = 0;
        while more {
            let found = match fields.get(expected) {
                Some(field) if field.plain && self.reader.is_key(&field.name) => Some(expected),
                _ => {
                    let key = self.reader.key(self.scratch)?;
                    self.names.find(fields, key)
                }
            };
            match found {
                Some(at) => {
                    // Of repeated fields the last one counts.
                    self.value(&fields[at].schema, To::Slot(first + at as u32))?;
                    expected = at + 1;
                }
                None => self.reader.skip()?,
            }
            more = self.reader.next_field()?;
        }
        self.fits = self.fits && self.is_complete(first, fields);
        self.put(to, Value::Object { first });
        Ok(())
    }

    /// Whether all is there that must be, or has a default.
    fn is_complete(&self, first: u32, fields: &[Field]) -> bool {
        (first..).zip(fields).all(|(slot, field)| {
            let Schema {
                required, default, ..
            } = &field.schema;
            self.checked.slot(slot) != Value::Absent || !(*required || default.is_some())
        })
    }

    /// Values of other kinds than the schema's, and those of schemas for any.
    fn other(&mut self, token: Token, schema: &Schema, to: To) -> Result<(), Unread> {
        let any = matches!(schema.kind, Kind::Any);
        let value = match token {
            Token::Null => {
                self.reader.null()?;
                // Else it is absent, or wrong.
                self.fits &= schema.nullable;
                self.put(to, Value::Null);
                return Ok(());
            }
            Token::String if any => Value::Text(self.string(|_| true)?),
            Token::Number if any => Value::Number(self.reader.number()?),
            Token::Boolean if any => Value::Boolean(self.reader.boolean()?),
            Token::Array | Token::Object if any => self.any()?,
            Token::Number => Value::Other(Got::number(self.reader.number()?)),
            token => {
                self.reader.skip()?;
                Value::Other(match token {
                    Token::String => Got::String,
                    Token::Boolean => Got::Boolean,
                    Token::Array => Got::Array,
                    _ => Got::Object,
                })
            }
        };
        self.fits &= any;
        self.put(to, value);
        Ok(())
    }

    /// A container of any kind stays as it is written.
    fn any(&mut self) -> Result<Value, Malformed> {
        let from = self.reader.offset();
        self.reader.skip()?;
        let number = self.checked.span(from, self.reader.offset());
        Ok(Value::Any(number))
    }
}

#[cfg(test)]
mod tests {
    use rover_model::guard::{Checked, Constant, Field, Kind, Length, Patterns, Range, Schema};
    use rover_model::guard::{Element, TextRules};

    use super::read_json;

    struct Nothing;

    impl Patterns for Nothing {
        fn found(&self, _: &str, _: &[u8]) -> bool {
            false
        }
    }

    fn schema() -> Schema {
        let required = |kind| Schema {
            required: true,
            ..Schema::new(kind)
        };
        let with_default = Schema {
            default: Some(Constant::Number(2.0)),
            ..Schema::new(Kind::Number(Range::default()))
        };
        let item = Kind::Object(
            vec![
                Field::new("name".into(), required(Kind::String(TextRules::default()))),
                Field::new("count".into(), with_default),
                Field::new("note".into(), Schema::new(Kind::Any)),
            ]
            .into(),
        );
        let least = Length { min: 1, max: None };
        let items = Kind::Array(Element::Made(Box::new(Schema::new(item))), least);
        Schema::new(Kind::Object(
            vec![
                Field::new("items".into(), required(items)),
                Field::new("a\"b".into(), Schema::new(Kind::Boolean)),
            ]
            .into(),
        ))
    }

    /// What needs no check is what a check leaves as it is.
    #[test]
    fn what_needs_no_check() {
        let schema = schema();
        for (text, expected) in [
            (r#"{"items":[{"name":"x","count":1}]}"#, Some(true)),
            (
                r#"{"items":[{"count":1,"note":[1],"name":"x"}],"a\"b":true}"#,
                Some(true),
            ),
            (
                r#"{"items":[{"name":"x","count":1,"more":{}}],"more":1}"#,
                Some(true),
            ),
            (r#"{"items":[{"name":"x"}]}"#, Some(false)),
            (
                r#"{"items":[{"name":"x","count":1,"note":null}]}"#,
                Some(false),
            ),
            (r#"{"items":[{"count":1}]}"#, Some(false)),
            (r#"{"items":[]}"#, Some(false)),
            (r#"{"items":[null]}"#, Some(false)),
            (
                r#"{"items":1,"items":[{"name":"x","count":1}]}"#,
                Some(false),
            ),
            (
                r#"{"items":[{"name":"x","count":1}],"items":null}"#,
                Some(false),
            ),
            ("{}", Some(false)),
            ("null", Some(false)),
            (r#"{"items":[{"name":"x","count":1}],"a"b":true}"#, None),
        ] {
            let mut checked = Checked::default();
            let fits = read_json(&mut checked, &schema, text.as_bytes(), &mut String::new());
            assert_eq!(fits.ok(), expected, "{text}");
            if expected == Some(true) {
                assert!(checked.stays(&schema, text.as_bytes(), &Nothing), "{text}");
            }
        }
    }
}
