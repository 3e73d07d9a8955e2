//! Parameters as PostgreSQL takes them, by the type that the statement has in their place. Types
//! without a form of ours are sent as text, which the server reads.

use std::error::Error;

use bytes::{BufMut as _, BytesMut};
use rover_model::json::write;
use tokio_postgres::types::{Format, IsNull, Kind, ToSql, Type};

use crate::database::parameter::Parameter;

/// A parameter in its place. What is shown of it is never the value.
pub(crate) struct Bound<'q>(pub(crate) &'q Parameter);

impl std::fmt::Debug for Bound<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value")
    }
}

/// A value that the type of its place does not have.
#[derive(Debug, thiserror::Error)]
#[error("{wanted} is expected, got {given}")]
pub(crate) struct Unfit {
    wanted: String,
    given: &'static str,
}

type Written = Result<(), Unfit>;

impl ToSql for Bound<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        if *self.0 == Parameter::Null {
            return Ok(IsNull::Yes);
        }
        write(self.0, base(ty), out)?;
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        self.to_sql(ty, out)
    }

    fn encode_format(&self, ty: &Type) -> Format {
        match Form::of(base(ty)) {
            Form::Text | Form::Json | Form::Decimal | Form::List | Form::Any | Form::Unknown => {
                Format::Text
            }
            _ => Format::Binary,
        }
    }
}

/// The type below domains.
fn base(ty: &Type) -> &Type {
    match ty.kind() {
        Kind::Domain(inner) => base(inner),
        _ => ty,
    }
}

/// How a type's values are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Boolean,
    /// An integer of so many bytes.
    Integer(u8),
    /// The number of an object: four bytes without a sign.
    Object,
    Single,
    Double,
    Bytes,
    Text,
    Json,
    Decimal,
    List,
    /// The statement does not say which type it is: the server reads a text.
    Unknown,
    /// Others, which the server reads from a text.
    Any,
}

impl Form {
    fn of(ty: &Type) -> Form {
        match *ty {
            Type::BOOL => Form::Boolean,
            Type::INT2 => Form::Integer(2),
            Type::INT4 => Form::Integer(4),
            Type::INT8 => Form::Integer(8),
            Type::OID => Form::Object,
            Type::FLOAT4 => Form::Single,
            Type::FLOAT8 => Form::Double,
            Type::BYTEA => Form::Bytes,
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME => Form::Text,
            Type::JSON | Type::JSONB => Form::Json,
            Type::NUMERIC => Form::Decimal,
            Type::UNKNOWN => Form::Unknown,
            _ => match ty.kind() {
                Kind::Array(_) => Form::List,
                _ => Form::Any,
            },
        }
    }
}

fn name_of(value: &Parameter) -> &'static str {
    match value {
        Parameter::Null => "null",
        Parameter::Boolean(_) => "a boolean",
        Parameter::Integer(_) => "a number",
        Parameter::Real(_) => "a number with a fraction",
        Parameter::Text(_) => "a text",
        Parameter::Json(_) => "a table",
        Parameter::List(_) => "a list",
    }
}

fn unfit<T>(wanted: impl Into<String>, value: &Parameter) -> Result<T, Unfit> {
    Err(Unfit {
        wanted: wanted.into(),
        given: name_of(value),
    })
}

fn write(value: &Parameter, ty: &Type, out: &mut BytesMut) -> Written {
    match Form::of(ty) {
        Form::Boolean => out.put_u8(boolean(value)?.into()),
        Form::Integer(bytes) => {
            let number = integer(value, ty)?;
            let range = "a number out of its range";
            let wanted = || format!("a value of the type {}", ty.name());
            let unfit = || Unfit {
                wanted: wanted(),
                given: range,
            };
            match bytes {
                2 => out.put_i16(i16::try_from(number).map_err(|_| unfit())?),
                4 => out.put_i32(i32::try_from(number).map_err(|_| unfit())?),
                _ => out.put_i64(number),
            }
        }
        Form::Object => match u32::try_from(integer(value, ty)?) {
            Ok(number) => out.put_u32(number),
            Err(_) => return unfit("an object's number", value),
        },
        Form::Single => out.put_f32(real(value)? as f32),
        Form::Double => out.put_f64(real(value)?),
        Form::Bytes => match value {
            Parameter::Text(bytes) => out.put_slice(bytes),
            _ => return unfit("a text with the bytes", value),
        },
        Form::Text => plain(value, out)?,
        Form::Decimal => match value {
            Parameter::Integer(_) | Parameter::Real(_) => number(value, out),
            Parameter::Text(text) => out.put_slice(utf8(text)?),
            _ => return unfit("a number", value),
        },
        Form::Json => {
            let mut text = Vec::new();
            match value {
                // It is JSON already, as it is in a statement.
                Parameter::Text(given) => out.put_slice(utf8(given)?),
                _ => {
                    json(value, &mut text);
                    out.put_slice(&text);
                }
            }
        }
        Form::List => list(value, ty, out)?,
        Form::Unknown => unknown(value, out)?,
        Form::Any => match value {
            Parameter::Boolean(_) | Parameter::List(_) => {
                return unfit(format!("a text for the type {}", ty.name()), value);
            }
            _ => plain(value, out)?,
        },
    }
    Ok(())
}

fn boolean(value: &Parameter) -> Result<bool, Unfit> {
    match value {
        Parameter::Boolean(value) => Ok(*value),
        Parameter::Text(text) if text == b"true" => Ok(true),
        Parameter::Text(text) if text == b"false" => Ok(false),
        _ => unfit("a boolean", value),
    }
}

/// A number without a fraction; a form's text may be one.
fn integer(value: &Parameter, ty: &Type) -> Result<i64, Unfit> {
    let read = match value {
        Parameter::Integer(number) => return Ok(*number),
        Parameter::Text(text) => std::str::from_utf8(text)
            .ok()
            .and_then(|it| it.trim().parse().ok()),
        _ => None,
    };
    match (read, value) {
        (Some(number), _) => Ok(number),
        (None, Parameter::Text(_)) => Err(Unfit {
            wanted: format!("a value of the type {}", ty.name()),
            given: "a text that is none",
        }),
        (None, _) => unfit(format!("a value of the type {}", ty.name()), value),
    }
}

fn real(value: &Parameter) -> Result<f64, Unfit> {
    match value {
        Parameter::Integer(number) => Ok(*number as f64),
        Parameter::Real(number) => Ok(*number),
        Parameter::Text(text) => {
            let read = std::str::from_utf8(text)
                .ok()
                .and_then(|it| it.trim().parse().ok());
            let none = Unfit {
                wanted: "a number".to_owned(),
                given: "a text that is none",
            };
            read.ok_or(none)
        }
        _ => unfit("a number", value),
    }
}

fn utf8(text: &[u8]) -> Result<&[u8], Unfit> {
    if text.contains(&0) {
        return Err(Unfit {
            wanted: "a text".to_owned(),
            given: "one with a zero byte, which only bytea has",
        });
    }
    match std::str::from_utf8(text) {
        Ok(_) => Ok(text),
        Err(_) => Err(Unfit {
            wanted: "a text".to_owned(),
            given: "one that is not UTF-8, which only bytea has",
        }),
    }
}

fn number(value: &Parameter, out: &mut BytesMut) {
    match value {
        Parameter::Integer(number) => out.put_slice(itoa::Buffer::new().format(*number).as_bytes()),
        Parameter::Real(number) if number.is_nan() => out.put_slice(b"NaN"),
        Parameter::Real(number) if number.is_infinite() => {
            let text: &[u8] = if *number > 0.0 {
                b"Infinity"
            } else {
                b"-Infinity"
            };
            out.put_slice(text);
        }
        Parameter::Real(number) => out.put_slice(write::NumberText::new().of(*number).as_bytes()),
        _ => {}
    }
}

/// A value as a text.
fn plain(value: &Parameter, out: &mut BytesMut) -> Written {
    match value {
        Parameter::Text(text) => out.put_slice(utf8(text)?),
        Parameter::Integer(_) | Parameter::Real(_) => number(value, out),
        Parameter::Json(text) => out.put_slice(text),
        _ => return unfit("a text", value),
    }
    Ok(())
}

/// A value whose type only the server knows.
fn unknown(value: &Parameter, out: &mut BytesMut) -> Written {
    match value {
        Parameter::Boolean(value) => out.put_slice(if *value { b"true" } else { b"false" }),
        Parameter::Text(text) if std::str::from_utf8(text).is_err() => hexadecimal(text, out),
        Parameter::List(_) => array(value, &Type::UNKNOWN, out)?,
        _ => plain(value, out)?,
    }
    Ok(())
}

fn hexadecimal(bytes: &[u8], out: &mut BytesMut) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.put_slice(b"\\x");
    for byte in bytes {
        out.put_u8(DIGITS[usize::from(byte >> 4)]);
        out.put_u8(DIGITS[usize::from(byte & 15)]);
    }
}

fn json(value: &Parameter, out: &mut Vec<u8>) {
    match value {
        Parameter::Null => out.extend_from_slice(b"null"),
        Parameter::Boolean(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
        Parameter::Integer(number) => {
            out.extend_from_slice(itoa::Buffer::new().format(*number).as_bytes());
        }
        Parameter::Real(number) => {
            out.extend_from_slice(write::NumberText::new().of(*number).as_bytes());
        }
        Parameter::Text(text) => write::string(text, out),
        Parameter::Json(text) => out.extend_from_slice(text),
        Parameter::List(list) => {
            out.push(b'[');
            for (index, element) in list.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                json(element, out);
            }
            out.push(b']');
        }
    }
}

/// A value for an array: a list, or a text in PostgreSQL's own form.
fn list(value: &Parameter, ty: &Type, out: &mut BytesMut) -> Written {
    let element = match ty.kind() {
        Kind::Array(element) => base(element),
        _ => &Type::UNKNOWN,
    };
    match value {
        Parameter::List(_) => array(value, element, out),
        // A table without anything in it is no list either.
        Parameter::Json(text) if text == b"{}" => {
            out.put_slice(text);
            Ok(())
        }
        Parameter::Text(text) => {
            out.put_slice(utf8(text)?);
            Ok(())
        }
        _ => unfit("a list", value),
    }
}

/// An array's text: `{1,2,"a \"b\"",NULL}`.
fn array(value: &Parameter, element: &Type, out: &mut BytesMut) -> Written {
    match value {
        Parameter::List(list) => nested(list, element, out)?,
        Parameter::Null => out.put_slice(b"NULL"),
        Parameter::Boolean(value) => out.put_slice(if *value { b"true" } else { b"false" }),
        Parameter::Integer(_) | Parameter::Real(_) => number(value, out),
        Parameter::Text(text)
            if Form::of(element) == Form::Bytes || std::str::from_utf8(text).is_err() =>
        {
            let mut bytes = BytesMut::new();
            hexadecimal(text, &mut bytes);
            quoted(&bytes, out);
        }
        Parameter::Text(text) => quoted(utf8(text)?, out),
        Parameter::Json(text) => quoted(text, out),
    }
    Ok(())
}

fn nested(list: &[Parameter], element: &Type, out: &mut BytesMut) -> Written {
    out.put_u8(b'{');
    for (index, value) in list.iter().enumerate() {
        if index > 0 {
            out.put_u8(b',');
        }
        array(value, element, out)?;
    }
    out.put_u8(b'}');
    Ok(())
}

fn quoted(text: &[u8], out: &mut BytesMut) {
    out.put_u8(b'"');
    for byte in text {
        if matches!(byte, b'"' | b'\\') {
            out.put_u8(b'\\');
        }
        out.put_u8(*byte);
    }
    out.put_u8(b'"');
}

#[cfg(test)]
mod tests {
    use super::{Bound, Parameter};
    use bytes::BytesMut;
    use tokio_postgres::types::{ToSql, Type};

    fn sent(value: &Parameter, ty: &Type) -> Result<Vec<u8>, String> {
        let mut out = BytesMut::new();
        let done = Bound(value).to_sql(ty, &mut out);
        done.map(|_| out.to_vec())
            .map_err(|error| error.to_string())
    }

    fn text(text: &str) -> Parameter {
        Parameter::Text(text.as_bytes().to_vec())
    }

    #[test]
    fn numbers_have_their_range() {
        assert_eq!(sent(&Parameter::Integer(7), &Type::INT2), Ok(vec![0, 7]));
        assert_eq!(sent(&text(" 7 "), &Type::INT4), Ok(vec![0, 0, 0, 7]));
        let told = |value: &Parameter, ty| sent(value, &ty).unwrap_err();
        assert_eq!(
            told(&Parameter::Integer(70_000), Type::INT2),
            "a value of the type int2 is expected, got a number out of its range"
        );
        assert_eq!(
            told(&Parameter::Real(1.5), Type::INT4),
            "a value of the type int4 is expected, got a number with a fraction"
        );
        let secret = told(&text("secret"), Type::INT8);
        assert_eq!(
            secret,
            "a value of the type int8 is expected, got a text that is none"
        );
        assert!(told(&Parameter::Integer(1), Type::BOOL).contains("a boolean is expected"));
    }

    #[test]
    fn lists_are_arrays_or_json() {
        let list = Parameter::List(vec![
            text("a \"b\" \\"),
            Parameter::Null,
            Parameter::Integer(1),
            Parameter::List(vec![Parameter::Boolean(true)]),
        ]);
        let array = sent(&list, &Type::TEXT_ARRAY).expect("is sent");
        assert_eq!(array, br#"{"a \"b\" \\",NULL,1,{true}}"#);
        let json = sent(&list, &Type::JSONB).expect("is sent");
        assert_eq!(json, br#"["a \"b\" \\",null,1,[true]]"#);
        let bytes = Parameter::List(vec![Parameter::Text(vec![0, 255])]);
        assert_eq!(
            sent(&bytes, &Type::BYTEA_ARRAY),
            Ok(br#"{"\\x00ff"}"#.to_vec())
        );
        assert!(sent(&list, &Type::TEXT).is_err());
    }

    #[test]
    fn texts_are_texts() {
        assert!(sent(&Parameter::Text(vec![b'a', 0]), &Type::TEXT).is_err());
        assert!(sent(&Parameter::Text(vec![255]), &Type::TEXT).is_err());
        assert_eq!(
            sent(&Parameter::Text(vec![255, 0]), &Type::BYTEA),
            Ok(vec![255, 0])
        );
        assert_eq!(
            sent(&Parameter::Real(1.5), &Type::NUMERIC),
            Ok(b"1.5".to_vec())
        );
    }
}
