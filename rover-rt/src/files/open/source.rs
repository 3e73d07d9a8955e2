//! Where bytes are read from, one format after the other.

use rustix::io::Errno;

use super::format::{Format, Value};
use super::number::NumberText;

/// Why reading stopped.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The buffer does not have enough of it: the system must be asked.
    Waits,
    /// There is no room for more.
    TooLarge,
    System(Errno),
}

impl From<Errno> for Stop {
    fn from(error: Errno) -> Self {
        Stop::System(error)
    }
}

/// Bytes in order.
pub(crate) trait Source {
    /// The next ones, as many as are at hand; none at the end of the file.
    fn peek(&mut self) -> Result<&[u8], Stop>;

    /// Goes past the first of those.
    fn take(&mut self, count: usize);

    /// Adds the next `count` bytes to `bytes`, or as many as there are.
    fn read_full(&mut self, bytes: &mut Vec<u8>, count: usize) -> Result<(), Stop>;

    /// Adds all that is left.
    fn read_rest(&mut self, bytes: &mut Vec<u8>, limit: usize) -> Result<(), Stop>;
}

/// Reads by formats until one finds nothing, which is the last value then. All values together
/// have at most `limit` bytes.
pub(crate) fn read(
    source: &mut impl Source,
    formats: &[Format],
    limit: usize,
) -> Result<Vec<Value>, Stop> {
    let formats = match formats {
        [] => &[Format::Line],
        formats => formats,
    };
    let mut values = Vec::with_capacity(formats.len());
    let mut left = limit;
    for format in formats {
        let value = read_one(source, *format, left)?;
        if let Value::Bytes(bytes) = &value {
            left = left.saturating_sub(bytes.len());
        }
        let is_last = value == Value::Nothing;
        values.push(value);
        if is_last {
            break;
        }
    }
    Ok(values)
}

fn read_one(source: &mut impl Source, format: Format, limit: usize) -> Result<Value, Stop> {
    match format {
        Format::Line => read_line(source, limit, false),
        Format::WholeLine => read_line(source, limit, true),
        Format::All => {
            let mut bytes = Vec::new();
            source.read_rest(&mut bytes, limit)?;
            Ok(Value::Bytes(bytes))
        }
        Format::Number => read_number(source, limit),
        Format::Bytes(0) => match source.peek()? {
            [] => Ok(Value::Nothing),
            _ => Ok(Value::Bytes(Vec::new())),
        },
        Format::Bytes(count) => read_bytes(source, count as usize, limit),
    }
}

fn read_bytes(source: &mut impl Source, count: usize, limit: usize) -> Result<Value, Stop> {
    let mut bytes = Vec::new();
    source.read_full(&mut bytes, count.min(limit.saturating_add(1)))?;
    match bytes.len() {
        0 => Ok(Value::Nothing),
        read if read > limit => Err(Stop::TooLarge),
        _ => Ok(Value::Bytes(bytes)),
    }
}

/// A line may have zero bytes; LuaJIT loses what follows them.
fn read_line(source: &mut impl Source, limit: usize, keeps_end: bool) -> Result<Value, Stop> {
    let mut line = Vec::new();
    let mut is_first = true;
    loop {
        let next = source.peek()?;
        if next.is_empty() {
            return Ok(match is_first {
                true => Value::Nothing,
                false => Value::Bytes(line),
            });
        }
        is_first = false;
        let end = memchr::memchr(b'\n', next);
        let wanted = end.map_or(next.len(), |end| end + usize::from(keeps_end));
        let taken = end.map_or(next.len(), |end| end + 1);
        if line.len() + wanted > limit {
            return Err(Stop::TooLarge);
        }
        line.extend_from_slice(&next[..wanted]);
        source.take(taken);
        if end.is_some() {
            return Ok(Value::Bytes(line));
        }
    }
}

fn read_number(source: &mut impl Source, limit: usize) -> Result<Value, Stop> {
    let mut text = NumberText::default();
    while let Some(&byte) = source.peek()?.first() {
        if text.len() >= limit {
            return Err(Stop::TooLarge);
        }
        let step = text.add(byte);
        if step.takes() {
            source.take(1);
        }
        if step.ends() {
            break;
        }
    }
    Ok(text.value().map_or(Value::Nothing, Value::Number))
}
