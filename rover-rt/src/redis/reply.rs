//! What a server answers, as programs get it.

use redis::Value;

use super::error::{told, unreadable};
use crate::wait::error::WaitError;

/// What becomes of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Becomes {
    /// What it is.
    Plain,
    /// Whether something was done, or is there.
    Flag,
    /// A table of the names and values that it lists in turn.
    Pairs,
    /// A list of members with their scores, which it lists in turn.
    Scores,
}

/// An answer.
#[derive(Debug, PartialEq)]
pub(crate) enum Reply {
    Nil,
    Boolean(bool),
    Number(f64),
    Text(Vec<u8>),
    List(Vec<Reply>),
    Table(Vec<(Vec<u8>, Reply)>),
}

/// Integers up to this are numbers of Lua.
const EXACT: u64 = 1 << 53;
/// What a value takes in Lua beside its text.
const VALUE_BYTES: usize = 40;

impl Reply {
    /// # Errors
    /// When it is an error of the server's, or something else than the command answers.
    pub(super) fn new(value: Value, becomes: Becomes) -> Result<Reply, WaitError> {
        if let Value::ServerError(error) = value {
            return Err(told(error.code(), error.details()));
        }
        match becomes {
            Becomes::Plain => plain(value),
            Becomes::Flag => match value {
                Value::Nil => Ok(Reply::Boolean(false)),
                Value::Okay => Ok(Reply::Boolean(true)),
                Value::Int(number) => Ok(Reply::Boolean(number != 0)),
                // In a pipeline within a transaction of the server's.
                other => plain(other),
            },
            Becomes::Pairs => Ok(Reply::Table(pairs(value)?)),
            Becomes::Scores => {
                let scored = pairs(value)?.into_iter().map(|(member, score)| {
                    Reply::Table(vec![
                        (b"member".to_vec(), Reply::Text(member)),
                        (b"score".to_vec(), number(score)),
                    ])
                });
                Ok(Reply::List(scored.collect()))
            }
        }
    }

    /// About how many bytes it takes in Lua.
    pub(super) fn size(&self) -> usize {
        VALUE_BYTES
            + match self {
                Reply::Nil | Reply::Boolean(_) | Reply::Number(_) => 0,
                Reply::Text(text) => text.len(),
                Reply::List(list) => list.iter().map(Reply::size).sum(),
                Reply::Table(pairs) => pairs
                    .iter()
                    .map(|(name, value)| VALUE_BYTES + name.len() + value.size())
                    .sum(),
            }
    }
}

fn plain(value: Value) -> Result<Reply, WaitError> {
    Ok(match value {
        Value::Nil => Reply::Nil,
        Value::Int(number) if number.unsigned_abs() <= EXACT => Reply::Number(number as f64),
        Value::Int(number) => Reply::Text(number.to_string().into_bytes()),
        Value::BulkString(text) => Reply::Text(text),
        Value::SimpleString(text) | Value::VerbatimString { text, .. } => {
            Reply::Text(text.into_bytes())
        }
        Value::Okay => Reply::Text(b"OK".to_vec()),
        Value::Double(number) => Reply::Number(number),
        Value::Boolean(value) => Reply::Boolean(value),
        Value::Array(list) | Value::Set(list) => {
            let list = list
                .into_iter()
                .map(|value| Reply::new(value, Becomes::Plain));
            Reply::List(list.collect::<Result<_, _>>()?)
        }
        Value::ServerError(error) => return Err(told(error.code(), error.details())),
        Value::Map(_) => Reply::Table(pairs(value)?),
        _ => return Err(unreadable()),
    })
}

/// Names and values: a map, or in turn.
fn pairs(value: Value) -> Result<Vec<(Vec<u8>, Reply)>, WaitError> {
    let mut pairs = Vec::new();
    match value {
        Value::Map(map) => {
            for (name, value) in map {
                pairs.push((text(name)?, plain(value)?));
            }
        }
        Value::Array(list) => {
            let mut list = list.into_iter();
            while let (Some(name), Some(value)) = (list.next(), list.next()) {
                pairs.push((text(name)?, plain(value)?));
            }
        }
        _ => return Err(unreadable()),
    }
    Ok(pairs)
}

fn text(value: Value) -> Result<Vec<u8>, WaitError> {
    match plain(value)? {
        Reply::Text(text) => Ok(text),
        Reply::Number(number) => Ok(number.to_string().into_bytes()),
        _ => Err(unreadable()),
    }
}

/// A score, which is a text: `1.5`, `inf`.
fn number(score: Reply) -> Reply {
    let Reply::Text(text) = &score else {
        return score;
    };
    let number = std::str::from_utf8(text).ok();
    match number.and_then(|text| text.parse().ok()) {
        Some(number) => Reply::Number(number),
        None => score,
    }
}

#[cfg(test)]
mod tests {
    use super::{Becomes, Reply};
    use redis::Value;

    fn bulk(text: &str) -> Value {
        Value::BulkString(text.as_bytes().to_vec())
    }

    #[test]
    fn integers_stay_exact() {
        let of = |number| Reply::new(Value::Int(number), Becomes::Plain).expect("a value");
        assert_eq!(of(1 << 53), Reply::Number(9007199254740992.0));
        assert_eq!(of((1 << 53) + 1), Reply::Text(b"9007199254740993".to_vec()));
        assert_eq!(of(i64::MIN), Reply::Text(b"-9223372036854775808".to_vec()));
    }

    #[test]
    fn scores_are_numbers() {
        let list = Value::Array(vec![bulk("a"), bulk("1.5"), bulk("b"), bulk("-inf")]);
        let Ok(Reply::List(scored)) = Reply::new(list, Becomes::Scores) else {
            panic!("a list");
        };
        let score = |at: usize| match &scored[at] {
            Reply::Table(pairs) => &pairs[1].1,
            other => other,
        };
        assert_eq!(score(0), &Reply::Number(1.5));
        assert_eq!(score(1), &Reply::Number(f64::NEG_INFINITY));
    }
}
