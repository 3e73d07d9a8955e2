//! The parameters of `Content-Type` and `Content-Disposition`: `; name=value; name="value"`.

use std::borrow::Cow;

use super::error::FormError;

type Parameter<'a> = (&'a [u8], Cow<'a, [u8]>);

/// The parameters of a header, in order, from its first `;` on.
pub(super) fn parameters(
    mut rest: &[u8],
) -> impl Iterator<Item = Result<Parameter<'_>, FormError>> {
    std::iter::from_fn(move || {
        rest = rest.trim_ascii();
        if rest.is_empty() {
            return None;
        }
        let taken = parameter(rest);
        rest = taken.as_ref().map_or(&[], |(_, rest)| rest);
        Some(taken.map(|(parameter, _)| parameter))
    })
}

/// One parameter, and what follows it.
fn parameter(text: &[u8]) -> Result<(Parameter<'_>, &[u8]), FormError> {
    const MALFORMED: FormError = FormError::Malformed("a header's parameter is not name=value");
    let text = text.strip_prefix(b";").ok_or(MALFORMED)?.trim_ascii_start();
    // RFC 9110, section 5.6.6: a semicolon may stand alone.
    if text.is_empty() || text.starts_with(b";") {
        return Ok(((b"", Cow::Borrowed(b"")), text));
    }
    let equals = text.iter().position(|b| matches!(b, b'=' | b';'));
    let (name, rest) = text.split_at(equals.unwrap_or(text.len()));
    let value = rest.strip_prefix(b"=").ok_or(MALFORMED)?;
    if name.is_empty() || !name.iter().all(is_token) {
        return Err(MALFORMED);
    }
    if let Some(quoted) = value.strip_prefix(b"\"") {
        let (value, rest) = quoted_string(quoted)?;
        return Ok(((name, value), rest));
    }
    // A boundary often has characters here that a token has not.
    let end = value.iter().position(|b| *b == b';');
    let (value, rest) = value.split_at(end.unwrap_or(value.len()));
    let value = value.trim_ascii_end();
    match value.iter().any(|b| b.is_ascii_whitespace() || *b == b'"') {
        true => Err(MALFORMED),
        false => Ok(((name, Cow::Borrowed(value)), rest)),
    }
}

/// RFC 9110, section 5.6.2.
fn is_token(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte)
}

/// What stands before the closing quote, and what follows it. Only quotes and backslashes
/// are unescaped: there are browsers that send a backslash as it is.
fn quoted_string(text: &[u8]) -> Result<(Cow<'_, [u8]>, &[u8]), FormError> {
    let mut out: Option<Vec<u8>> = None;
    let (mut at, mut copied) = (0, 0);
    while let Some(byte) = text.get(at) {
        match (byte, text.get(at + 1)) {
            (b'"', _) => {
                let rest = &text[at + 1..];
                let value = match out {
                    None => Cow::Borrowed(&text[..at]),
                    Some(mut value) => {
                        value.extend_from_slice(&text[copied..at]);
                        Cow::Owned(value)
                    }
                };
                return Ok((value, rest));
            }
            (b'\\', Some(b'"' | b'\\')) => {
                let value = out.get_or_insert_default();
                value.extend_from_slice(&text[copied..at]);
                copied = at + 1;
                at += 2;
            }
            _ => at += 1,
        }
    }
    Err(FormError::Malformed("a quote is not closed"))
}
