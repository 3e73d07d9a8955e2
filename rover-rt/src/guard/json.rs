//! A JSON text, read in one pass by what its schema asks for.

use rover_model::guard::{Checked, Field, Got, Kind, Place, Schema, Text, Value};

use crate::json::{Kind as Token, Malformed, Reader};

/// Lays out a JSON text. What the schema does not know is looked at and dropped.
pub(crate) fn read_json(
    checked: &mut Checked,
    schema: &Schema,
    text: &[u8],
    scratch: &mut String,
) -> Result<(), Malformed> {
    let mut reader = Reading {
        checked,
        text,
        scratch,
        reader: Reader::new(text),
    };
    let value = reader.value(schema)?;
    reader.reader.end()?;
    checked.root = value;
    Ok(())
}

struct Reading<'r, 'a> {
    checked: &'r mut Checked,
    text: &'a [u8],
    scratch: &'r mut String,
    reader: Reader<'a>,
}

impl Reading<'_, '_> {
    fn value(&mut self, schema: &Schema) -> Result<Value, Malformed> {
        Ok(match (self.reader.peek()?, &schema.kind) {
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
        })
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
            let key = self.reader.key(self.scratch)?;
            let found = match fields.get(expected) {
                Some(field) if field.name == key => Some(expected),
                _ => fields.iter().position(|field| field.name == key),
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
