//! Forms: `application/x-www-form-urlencoded` (WHATWG URL, section 5.1) and
//! `multipart/form-data` (RFC 7578).

mod error;
mod field;
mod multipart;
mod parameters;

use std::borrow::Cow;

use rover_model::json::Reader;

use super::decode::form_pairs;
pub(crate) use error::FormError;
pub(crate) use field::{Field, File, Value};
use field::{LONG_NAME, MAX_FIELDS, MAX_NAME, TOO_MANY};
use parameters::parameters;

const URLENCODED: &[u8] = b"application/x-www-form-urlencoded";
const MULTIPART: &[u8] = b"multipart/form-data";

/// Whether a content type is that of a form.
pub(crate) fn is_form(content_type: Option<&[u8]>) -> bool {
    let (essence, _) = split(content_type);
    essence.eq_ignore_ascii_case(URLENCODED) || essence.eq_ignore_ascii_case(MULTIPART)
}

/// A content type without its parameters, and these.
fn split(content_type: Option<&[u8]>) -> (&[u8], &[u8]) {
    let content_type = content_type.unwrap_or_default();
    let end = content_type.iter().position(|b| *b == b';');
    let (essence, rest) = content_type.split_at(end.unwrap_or(content_type.len()));
    (essence.trim_ascii(), rest)
}

/// The fields of a form, in order: the one way in which bodies are read as forms. Of
/// repeated names the last one counts, as in a query.
pub(crate) fn read<'a>(
    content_type: Option<&[u8]>,
    body: &'a [u8],
) -> Result<Vec<Field<'a>>, FormError> {
    let (essence, rest) = split(content_type);
    if essence.eq_ignore_ascii_case(URLENCODED) {
        urlencoded(body)
    } else if essence.eq_ignore_ascii_case(MULTIPART) {
        multipart::read(&boundary(rest)?, body)
    } else {
        Err(FormError::ContentType)
    }
}

fn urlencoded(body: &[u8]) -> Result<Vec<Field<'_>>, FormError> {
    if is_json(body) {
        return Err(FormError::Json);
    }
    let mut fields = Vec::new();
    for (name, value) in form_pairs(body) {
        if fields.len() == MAX_FIELDS {
            return Err(TOO_MANY);
        }
        if name.len() > MAX_NAME {
            return Err(LONG_NAME);
        }
        let value = Value::Text(value);
        fields.push(Field { name, value });
    }
    Ok(fields)
}

/// Whether a body is an object or an array of JSON, for which `curl -d` and others give a form's
/// content type. No form is one: its braces and brackets are percent-encoded.
fn is_json(body: &[u8]) -> bool {
    let first = body.trim_ascii_start().first();
    let read = || {
        let mut reader = Reader::new(body);
        reader.skip()?;
        reader.end()
    };
    matches!(first, Some(b'{' | b'[')) && read().is_ok()
}

/// The boundary among a content type's parameters (RFC 2046, section 5.1.1).
fn boundary(text: &[u8]) -> Result<Cow<'_, [u8]>, FormError> {
    let mut found = None;
    for parameter in parameters(text) {
        let (name, value) = parameter?;
        if name.eq_ignore_ascii_case(b"boundary") && found.replace(value).is_some() {
            return Err(FormError::Malformed("two boundaries in the content type"));
        }
    }
    let boundary = found.ok_or(FormError::Malformed("no boundary in the content type"))?;
    let allowed = |b: &u8| b.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(b);
    match (1..=70).contains(&boundary.len())
        && boundary.iter().all(allowed)
        && !boundary.ends_with(b" ")
    {
        true => Ok(boundary),
        false => Err(FormError::Malformed(
            "the boundary is not 1 to 70 of the characters it may have",
        )),
    }
}

#[cfg(test)]
mod tests;
