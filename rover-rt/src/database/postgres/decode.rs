//! PostgreSQL's binary values into rows.

use std::error::Error;

use rover_model::json::write;
use tokio_postgres::types::{FromSql, Kind, Type};
use tokio_postgres::{Column, Row};

use super::error::PostgresError;
use super::text;
use crate::database::rows::{Cell, Columns, Rows, TooLarge};
use std::sync::Arc;

/// A result's columns, and how each is read.
pub(crate) struct Shape {
    pub(crate) columns: Arc<Columns>,
    reads: Box<[Read]>,
    /// The types, by which a shape is known again.
    types: Box<[u32]>,
}

/// How a type's bytes are read.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Read {
    /// It has no value: what a function gives that gives nothing.
    Nothing,
    Boolean,
    /// An integer of so many bytes.
    Integer(u8),
    Object,
    Single,
    Double,
    Numeric,
    /// A text, or what has the same bytes.
    Text,
    /// A text behind one byte, the version of its form.
    Versioned,
    Bytes,
    Json,
    /// The same, behind a byte with its version.
    VersionedJson,
    Uuid,
    Date,
    Time,
    TimeWithZone,
    Timestamp,
    TimestampWithZone,
    Interval,
    Address,
    HardwareAddress,
    Bits,
    Array(Box<Read>),
}

impl Read {
    fn of(ty: &Type) -> Option<Read> {
        Some(match *ty {
            Type::VOID => Read::Nothing,
            Type::BOOL => Read::Boolean,
            Type::INT2 => Read::Integer(2),
            Type::INT4 => Read::Integer(4),
            Type::INT8 => Read::Integer(8),
            Type::OID => Read::Object,
            Type::FLOAT4 => Read::Single,
            Type::FLOAT8 => Read::Double,
            Type::NUMERIC => Read::Numeric,
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN => Read::Text,
            Type::CHAR | Type::XML | Type::CSTRING | Type::REFCURSOR => Read::Text,
            Type::JSONPATH => Read::Versioned,
            Type::BYTEA => Read::Bytes,
            Type::JSON => Read::Json,
            Type::JSONB => Read::VersionedJson,
            Type::UUID => Read::Uuid,
            Type::DATE => Read::Date,
            Type::TIME => Read::Time,
            Type::TIMETZ => Read::TimeWithZone,
            Type::TIMESTAMP => Read::Timestamp,
            Type::TIMESTAMPTZ => Read::TimestampWithZone,
            Type::INTERVAL => Read::Interval,
            Type::INET | Type::CIDR => Read::Address,
            Type::MACADDR | Type::MACADDR8 => Read::HardwareAddress,
            Type::BIT | Type::VARBIT => Read::Bits,
            _ => match ty.kind() {
                Kind::Enum(_) => Read::Text,
                Kind::Domain(inner) => Read::of(inner)?,
                Kind::Array(element) => Read::Array(Box::new(Read::of(element)?)),
                Kind::Simple if ty.name() == "citext" => Read::Text,
                _ => return None,
            },
        })
    }
}

impl Shape {
    /// # Errors
    /// When a column has a type that is not read.
    pub(crate) fn new(columns: &[Column]) -> Result<Shape, PostgresError> {
        let read = |column: &Column| {
            Read::of(column.type_()).ok_or_else(|| PostgresError::Unread {
                column: column.name().to_owned(),
                kind: column.type_().name().to_owned(),
            })
        };
        Ok(Shape {
            columns: Arc::new(Columns::new(columns.iter().map(Column::name))),
            reads: columns.iter().map(read).collect::<Result<_, _>>()?,
            types: columns.iter().map(|column| column.type_().oid()).collect(),
        })
    }

    /// Whether these columns have this shape.
    pub(crate) fn is_of(&self, columns: &[Column]) -> bool {
        let names = self.columns.names.iter();
        let known = names.zip(&self.types);
        self.types.len() == columns.len()
            && known
                .zip(columns)
                .all(|((name, ty), column)| **name == *column.name() && *ty == column.type_().oid())
    }

    /// Adds a row.
    pub(crate) fn push(
        &self,
        row: &Row,
        rows: &mut Rows,
        scratch: &mut Vec<u8>,
    ) -> Result<(), PostgresError> {
        for (index, read) in self.reads.iter().enumerate() {
            let Raw(raw) = row.try_get(index)?;
            scratch.clear();
            match push(rows, read, raw, scratch)? {
                Some(()) => {}
                None => {
                    let name = self.columns.names[index].to_string();
                    return Err(PostgresError::Malformed(name));
                }
            }
        }
        Ok(())
    }
}

/// A value's bytes.
struct Raw<'r>(Option<&'r [u8]>);

impl<'r> FromSql<'r> for Raw<'r> {
    fn from_sql(_: &Type, raw: &'r [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Raw(Some(raw)))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Raw(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Adds a value; nothing where the bytes are none of its type.
fn push(
    rows: &mut Rows,
    read: &Read,
    raw: Option<&[u8]>,
    scratch: &mut Vec<u8>,
) -> Result<Option<()>, TooLarge> {
    let Some(raw) = raw else {
        rows.push(Cell::Null)?;
        return Ok(Some(()));
    };
    match read {
        Read::Text | Read::Bytes => rows.push_text(raw)?,
        Read::Json => rows.push_json(raw)?,
        Read::VersionedJson => match raw {
            [1, text @ ..] => rows.push_json(text)?,
            _ => return Ok(None),
        },
        Read::Array(element) => {
            if array(element, raw, scratch).is_none() {
                return Ok(None);
            }
            rows.push_json(scratch)?;
        }
        _ => match cell(read, raw) {
            Some(cell) => rows.push(cell)?,
            None => {
                if as_text(read, raw, scratch).is_none() {
                    return Ok(None);
                }
                rows.push_text(scratch)?;
            }
        },
    }
    Ok(Some(()))
}

/// A value that is no text; nothing where it is one, or the bytes are none of its type.
fn cell(read: &Read, raw: &[u8]) -> Option<Cell> {
    Some(match read {
        Read::Nothing => Cell::Null,
        Read::Boolean => Cell::Boolean(*raw.first()? != 0),
        Read::Integer(_) => Cell::Integer(integer(raw)?),
        Read::Object => Cell::Integer(u32::from_be_bytes(raw.try_into().ok()?).into()),
        Read::Single => Cell::Real(single(raw)?),
        Read::Double => Cell::Real(f64::from_be_bytes(raw.try_into().ok()?)),
        _ => return None,
    })
}

fn integer(raw: &[u8]) -> Option<i64> {
    Some(match raw.len() {
        2 => i16::from_be_bytes(raw.try_into().ok()?).into(),
        4 => i32::from_be_bytes(raw.try_into().ok()?).into(),
        _ => i64::from_be_bytes(raw.try_into().ok()?),
    })
}

/// The number whose text is the same: 0.1 is not 0.10000000149.
fn single(raw: &[u8]) -> Option<f64> {
    let value = f32::from_be_bytes(raw.try_into().ok()?);
    let is_exact = value.fract() == 0.0 || !value.is_finite();
    match is_exact {
        true => Some(value.into()),
        false => value.to_string().parse().ok(),
    }
}

/// Writes a value's text.
fn as_text(read: &Read, raw: &[u8], out: &mut Vec<u8>) -> Option<()> {
    match read {
        Read::Numeric => text::numeric(raw, out),
        Read::Versioned => {
            out.extend_from_slice(raw.get(1..)?);
            Some(())
        }
        Read::Uuid => text::uuid(raw, out),
        Read::Date => text::date(raw, out),
        Read::Time => text::time(raw, out),
        Read::TimeWithZone => text::time_with_zone(raw, out),
        Read::Timestamp => text::timestamp(raw, false, out),
        Read::TimestampWithZone => text::timestamp(raw, true, out),
        Read::Interval => text::interval(raw, out),
        Read::Address => text::address(raw, out),
        Read::HardwareAddress => {
            text::hardware_address(raw, out);
            Some(())
        }
        Read::Bits => text::bits(raw, out),
        Read::Text => {
            out.extend_from_slice(raw);
            Some(())
        }
        Read::Bytes => {
            text::hexadecimal(raw, out);
            Some(())
        }
        _ => None,
    }
}

/// Dimensions that an array has at most (`MAXDIM` of PostgreSQL).
const DIMENSIONS: usize = 6;

/// Writes an array as a list of JSON; those with several dimensions are lists of lists.
fn array(element: &Read, mut raw: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let bytes = &mut raw;
    let dimensions = usize::try_from(text::i32(bytes)?).ok()?;
    let _has_null = text::i32(bytes)?;
    let _element = text::i32(bytes)?;
    if dimensions == 0 {
        out.extend_from_slice(b"[]");
        return Some(());
    }
    if dimensions > DIMENSIONS {
        return None;
    }
    let mut lengths = [0; DIMENSIONS];
    for length in &mut lengths[..dimensions] {
        *length = usize::try_from(text::i32(bytes)?).ok()?;
        let _first = text::i32(bytes)?;
    }
    nested(element, &lengths[..dimensions], bytes, out)
}

fn nested(element: &Read, lengths: &[usize], bytes: &mut &[u8], out: &mut Vec<u8>) -> Option<()> {
    let [length, inner @ ..] = lengths else {
        return value(element, bytes, out);
    };
    out.push(b'[');
    for index in 0..*length {
        if index > 0 {
            out.push(b',');
        }
        nested(element, inner, bytes, out)?;
    }
    out.push(b']');
    Some(())
}

/// Writes an element, whose length stands before it.
fn value(element: &Read, bytes: &mut &[u8], out: &mut Vec<u8>) -> Option<()> {
    const EXACT: u64 = 1 << 53;
    let length = text::i32(bytes)?;
    let Ok(length) = usize::try_from(length) else {
        out.extend_from_slice(b"null");
        return Some(());
    };
    let (raw, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    match element {
        Read::Json => {
            out.extend_from_slice(raw);
            return Some(());
        }
        Read::VersionedJson => {
            out.extend_from_slice(raw.get(1..)?);
            return Some(());
        }
        Read::Array(inner) => return array(inner, raw, out),
        _ => {}
    }
    match cell(element, raw) {
        Some(Cell::Boolean(value)) => {
            out.extend_from_slice(if value { b"true" } else { b"false" });
        }
        Some(Cell::Integer(value)) => {
            let mut digits = itoa::Buffer::new();
            let digits = digits.format(value).as_bytes();
            match value.unsigned_abs() <= EXACT {
                true => out.extend_from_slice(digits),
                false => write::string(digits, out),
            }
        }
        Some(Cell::Real(value)) => {
            out.extend_from_slice(write::NumberText::new().of(value).as_bytes());
        }
        Some(_) => out.extend_from_slice(b"null"),
        None => {
            let mut text = Vec::new();
            as_text(element, raw, &mut text)?;
            write::string(&text, out);
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::{Read, array, single};

    #[test]
    fn arrays_are_lists() {
        let numbers = |numbers: &[i32]| -> Vec<u8> {
            numbers.iter().flat_map(|it| it.to_be_bytes()).collect()
        };
        let mut out = Vec::new();
        let list = numbers(&[1, 1, 23, 3, 1, 4, 7, -1, 4, -5]);
        array(&Read::Integer(4), &list, &mut out).expect("is read");
        assert_eq!(out, b"[7,null,-5]");
        out.clear();
        let grid = numbers(&[2, 0, 23, 2, 1, 1, 1, 4, 1, 4, 2]);
        array(&Read::Integer(4), &grid, &mut out).expect("is read");
        assert_eq!(out, b"[[1],[2]]");
        out.clear();
        array(&Read::Text, &numbers(&[0, 0, 25]), &mut out).expect("is read");
        assert_eq!(out, b"[]");
        assert_eq!(
            array(&Read::Text, &numbers(&[1, 0, 25, 9, 1]), &mut out),
            None
        );
    }

    #[test]
    fn short_numbers_stay_short() {
        assert_eq!(single(&0.1_f32.to_be_bytes()), Some(0.1));
        assert_eq!(single(&16_777_216_f32.to_be_bytes()), Some(16_777_216.0));
    }
}
