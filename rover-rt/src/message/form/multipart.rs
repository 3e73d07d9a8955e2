//! `multipart/form-data` (RFC 7578): a whole body to its parts, without copying data.

use std::borrow::Cow;

use httparse::Header;
use memchr::memmem;

use super::error::FormError;
use super::field::{
    Field, File, LONG_NAME, MAX_FIELDS, MAX_NAME, MAX_PART_HEAD, MAX_PART_HEADERS, TOO_MANY, Value,
};
use super::parameters::parameters;
use crate::message::decode::percent_decode;

pub(super) fn read<'a>(boundary: &[u8], body: &'a [u8]) -> Result<Vec<Field<'a>>, FormError> {
    let delimiter = [b"\r\n--", boundary].concat();
    let finder = memmem::Finder::new(&delimiter);
    let find = |from: usize| Delimiter::find(&finder, body, from);
    // The first delimiter needs no line end before it.
    let first = match body.starts_with(&delimiter[2..]) {
        true => Delimiter::after(body, 0, delimiter.len() - 2),
        false => None,
    };
    let mut delimiter = first
        .or_else(|| find(0))
        .ok_or(FormError::Malformed("the boundary does not occur"))?;
    let mut fields = Vec::new();
    for part in 0.. {
        if delimiter.last {
            break;
        }
        if part == MAX_FIELDS {
            return Err(TOO_MANY);
        }
        let next = find(delimiter.end).ok_or(FormError::Malformed("no final boundary"))?;
        fields.extend(field(body, delimiter.end, next.start)?);
        delimiter = next;
    }
    Ok(fields)
}

/// A line that separates parts.
struct Delimiter {
    /// Where its line end before begins.
    start: usize,
    /// After its own line end.
    end: usize,
    last: bool,
}

impl Delimiter {
    fn find(finder: &memmem::Finder<'_>, body: &[u8], mut from: usize) -> Option<Self> {
        loop {
            let start = from + finder.find(&body[from..])?;
            let end = start + finder.needle().len();
            let found = Delimiter::after(body, start, end);
            if found.is_some() {
                return found;
            }
            // A line that only begins like it.
            from = end;
        }
    }

    /// What follows a boundary makes it a delimiter: `--` where it is the last, spaces, the
    /// end of the line (RFC 2046, section 5.1.1).
    fn after(body: &[u8], start: usize, mut end: usize) -> Option<Self> {
        let last = body[end..].starts_with(b"--");
        end += 2 * usize::from(last);
        let padding = body[end..].iter().take_while(|b| matches!(b, b' ' | b'\t'));
        end += padding.count();
        if body[end..].starts_with(b"\r\n") {
            end += 2;
        } else if !(last && end == body.len()) {
            return None;
        }
        Some(Delimiter { start, end, last })
    }
}

/// Reads a part; nothing where it stands for a file that was not chosen.
fn field(body: &[u8], start: usize, end: usize) -> Result<Option<Field<'_>>, FormError> {
    let mut space = [httparse::EMPTY_HEADER; MAX_PART_HEADERS];
    // The line end before the delimiter may be the one that ends the head.
    let (length, headers) = head(&body[start..end + 2], &mut space)?;
    let data = &body[(start + length).min(end)..end];
    let value = |wanted: &str| {
        let mut values = headers
            .iter()
            .filter(|h| h.name.eq_ignore_ascii_case(wanted));
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(FormError::Malformed("a part repeats a header")),
            (header, None) => Ok(header.map(|h| h.value)),
        }
    };
    let disposition = value("content-disposition")?.ok_or(FormError::Malformed(
        "a part has no content-disposition header",
    ))?;
    // RFC 7578, section 4.7: deprecated, and undone nowhere.
    if let Some(coding) = value("content-transfer-encoding")?
        && !["binary", "8bit", "7bit"]
            .iter()
            .any(|known| coding.eq_ignore_ascii_case(known.as_bytes()))
    {
        return Err(FormError::Malformed(
            "a part has a content-transfer-encoding",
        ));
    }
    let content_type = value("content-type")?.map(String::from_utf8_lossy);
    let Disposition { name, filename } = Disposition::read(disposition)?;
    let value = match filename {
        None => Value::Text(String::from_utf8_lossy(data)),
        Some(name) if name.is_empty() && data.is_empty() => return Ok(None),
        Some(filename) => Value::File(File {
            filename,
            content_type,
            data,
        }),
    };
    Ok(Some(Field { name, value }))
}

/// A part's headers, and the bytes they take with the empty line.
fn head<'a, 'h>(
    part: &'a [u8],
    space: &'h mut [Header<'a>],
) -> Result<(usize, &'h [Header<'a>]), FormError> {
    let most = part.len().min(MAX_PART_HEAD);
    match httparse::parse_headers(&part[..most], space) {
        Ok(httparse::Status::Complete((length, headers))) => {
            let text = &part[..length];
            let ends = memchr::memchr_iter(b'\n', text);
            match { ends }.all(|at| at > 0 && text[at - 1] == b'\r') {
                true => Ok((length, headers)),
                false => Err(FormError::Malformed(
                    "a line of a part's headers ends without CR",
                )),
            }
        }
        Ok(httparse::Status::Partial) if most == MAX_PART_HEAD => {
            Err(FormError::TooLarge("a part's headers of more than 8 KiB"))
        }
        Ok(httparse::Status::Partial) => Err(FormError::Malformed("a part's headers have no end")),
        Err(httparse::Error::TooManyHeaders) => {
            Err(FormError::TooLarge("a part of more than 16 headers"))
        }
        Err(_) => Err(FormError::Malformed("a part's headers")),
    }
}

/// What `Content-Disposition: form-data` says.
struct Disposition<'a> {
    name: Cow<'a, str>,
    filename: Option<Cow<'a, str>>,
}

impl<'a> Disposition<'a> {
    fn read(text: &'a [u8]) -> Result<Self, FormError> {
        let end = text.iter().position(|b| *b == b';').unwrap_or(text.len());
        if !text[..end].trim_ascii().eq_ignore_ascii_case(b"form-data") {
            return Err(FormError::Malformed("a part is not form-data"));
        }
        let (mut name, mut filename, mut extended) = (None, None, None);
        for parameter in parameters(&text[end..]) {
            let (key, value) = parameter?;
            let slot = match key.to_ascii_lowercase().as_slice() {
                b"name" => &mut name,
                b"filename" => &mut filename,
                b"filename*" => &mut extended,
                _ => continue,
            };
            if slot.replace(value).is_some() {
                return Err(FormError::Malformed("a part has two names of a kind"));
            }
        }
        let name = name.ok_or(FormError::Malformed("a part has no name"))?;
        // RFC 7578, section 4.2: clients must not send `filename*`. Those that do without a
        // `filename` are understood.
        let filename = match (filename, extended) {
            (None, Some(extended)) => Some(extended_value(&extended)?),
            (filename, _) => filename.map(text_of),
        };
        let long = |name: &str| name.len() > MAX_NAME;
        let name = text_of(name);
        if long(&name) || filename.as_deref().is_some_and(long) {
            return Err(LONG_NAME);
        }
        let filename = filename.map(last_segment);
        Ok(Disposition { name, filename })
    }
}

/// A name as HTML's forms write it (WHATWG HTML, "multipart/form-data encoding algorithm"):
/// quotes and line ends are percent-encoded, nothing else is.
fn text_of(value: Cow<'_, [u8]>) -> Cow<'_, str> {
    let text = match value {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    };
    if !text.contains('%') {
        return text;
    }
    Cow::Owned(
        text.replace("%22", "\"")
            .replace("%0D", "\r")
            .replace("%0A", "\n"),
    )
}

/// `UTF-8''na%C3%AFve.txt` (RFC 8187, section 3.2).
fn extended_value(value: &[u8]) -> Result<Cow<'static, str>, FormError> {
    const MALFORMED: FormError = FormError::Malformed("filename* is not UTF-8 text");
    let mut parts = value.splitn(3, |b| *b == b'\'');
    let (Some(charset), Some(_), Some(text)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(MALFORMED);
    };
    let mut out = Vec::new();
    if !charset.eq_ignore_ascii_case(b"utf-8") {
        return Err(MALFORMED);
    }
    percent_decode(text, &mut out).ok_or(MALFORMED)?;
    String::from_utf8(out)
        .map(Cow::Owned)
        .map_err(|_| MALFORMED)
}

/// A file's name without the folders before it, which no server should follow.
fn last_segment(name: Cow<'_, str>) -> Cow<'_, str> {
    let Some(at) = name.rfind(['/', '\\']) else {
        return name;
    };
    match name {
        Cow::Borrowed(name) => Cow::Borrowed(&name[at + 1..]),
        Cow::Owned(name) => Cow::Owned(name[at + 1..].to_owned()),
    }
}
