//! A JSON text, read in one pass by what its schema asks for.

use rover_model::guard::{Checked, Field, Got, Kind, Place, Schema, Text, Value};

use crate::json::{Kind as Token, Malformed, Reader};

/// Lays out a JSON text. What the schema does not know is looked at and dropped. Gives
/// whether it is known already that nothing is wrong with what was laid out and that no
/// defaults are to be filled in, so that no check is needed.
pub(crate) fn read_json(
    checked: &mut Checked,
    schema: &Schema,
    text: &[u8],
    scratch: &mut String,
) -> Result<bool, Malformed> {
    let mut reader = Reading {
        checked,
        fits: true,
        text,
        scratch,
        reader: Reader::new(text),
    };
    let value = reader.value(schema)?;
    reader.reader.end()?;
    let fits = reader.fits;
    checked.root = value;
    Ok(fits)
}

struct Reading<'r, 'a> {
    checked: &'r mut Checked,
    fits: bool,
    text: &'a [u8],
    scratch: &'r mut String,
    reader: Reader<'a>,
}

impl Reading<'_, '_> {
    fn value(&mut self, schema: &Schema) -> Result<Value, Malformed> {
        let value = match (self.reader.peek()?, &schema.kind) {
            (Token::String, Kind::String(_) | Kind::Any) => self.string()?,
            (Token::Number, Kind::Number(_) | Kind::Integer(_) | Kind::Any) => {
                Value::Number(self.reader.number()?)
            }
            (Token::Boolean, Kind::Boolean | Kind::Any) => Value::Boolean(self.reader.boolean()?),
            (Token::Null, _) => {
                self.reader.null()?;
                Value::Null
            }
            (Token::Array, Kind::Array(element, _)) => self.array(element)?,
            (Token::Object, Kind::Object(fields)) => self.object(fields)?,
            (_, Kind::Any) => self.any()?,
            (Token::Number, _) => Value::Other(Got::number(self.reader.number()?)),
            (token, _) => {
                self.reader.skip()?;
                Value::Other(match token {
                    Token::String => Got::String,
                    Token::Boolean => Got::Boolean,
                    Token::Array => Got::Array,
                    _ => Got::Object,
                })
            }
        };
        self.fits = self.fits && self.checked.surely_fits(schema, value, self.text);
        Ok(value)
    }

    fn string(&mut self) -> Result<Value, Malformed> {
        let from = self.reader.offset() + 1;
        let text = self.reader.string(self.scratch)?;
        // One without escapes stands in the source as it is.
        let same = self.text.get(from..).map(<[u8]>::as_ptr) == Some(text.as_ptr());
        Ok(match same {
            true => Value::Text(Text {
                place: Place::Source,
                start: from as u32,
                length: text.len() as u32,
            }),
            false => self.checked.text(text.as_bytes()),
        })
    }

    fn array(&mut self, element: &Schema) -> Result<Value, Malformed> {
        let begin = self.checked.begin_array();
        let mut more = self.reader.begin_array()?;
        while more {
            let value = self.value(element)?;
            self.checked.push(value);
            more = self.reader.next_element()?;
        }
        Ok(self.checked.end_array(begin))
    }

    fn object(&mut self, fields: &[Field]) -> Result<Value, Malformed> {
        let first = self.checked.object(fields.len());
        let mut more = self.reader.begin_object()?;
        // Most clients send fields in the order in which they are described.
        let mut expected = 0;
        while more {
            let found = match fields.get(expected) {
                Some(field) if field.plain && self.reader.is_key(&field.name) => Some(expected),
                _ => {
                    let key = self.reader.key(self.scratch)?;
                    fields.iter().position(|field| field.name == key)
                }
            };
            match found {
                Some(at) => {
                    let value = self.value(&fields[at].schema)?;
                    // Of repeated fields the last one counts.
                    self.checked.set(first + at as u32, value);
                    expected = at + 1;
                }
                None => self.reader.skip()?,
            }
            more = self.reader.next_field()?;
        }
        Ok(Value::Object { first })
    }

    /// A container of any kind stays as it is written.
    fn any(&mut self) -> Result<Value, Malformed> {
        let from = self.reader.offset();
        self.reader.skip()?;
        let spans = &mut self.checked.spans;
        spans.push((from as u32, self.reader.offset() as u32));
        Ok(Value::Any(spans.len() as u32 - 1))
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
