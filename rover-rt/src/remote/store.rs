//! What `rover.shared` keeps on the server.
//!
//! A value is what the VMs make of it, whose first byte says what it is. A number is a text behind
//! [`NUMBER`], so that the server can add to it.

use std::collections::BTreeSet;

use super::names::beginning_with;
use super::script::Script;
use super::{Remote, milliseconds, number, text, unreadable};
use crate::redis::reply::Reply;
use crate::stores::write::Lifetime;
use crate::wait::error::WaitError;

/// What the value of a number begins with.
pub(crate) const NUMBER: u8 = b'#';

/// So many keys are looked at before it is others' turn.
const AT_ONCE: &[u8] = b"1000";

/// The sum as it is kept, or what the value is that has none.
static INCR: Script = Script::new(
    "local value, sum = redis.call('GET', KEYS[1]), tonumber(ARGV[1])
if value then
  local kind = string.sub(value, 1, 1)
  if kind ~= '#' then return kind end
  sum = sum + tonumber(string.sub(value, 2))
end
local text = '#' .. string.format('%.17g', sum)
if value then
  redis.call('SET', KEYS[1], text, 'KEEPTTL')
elseif ARGV[2] == '' then
  redis.call('SET', KEYS[1], text)
else
  redis.call('SET', KEYS[1], text, 'PX', ARGV[2])
end
return text",
);

/// Whether the value was this one, and is another now.
static SWAP: Script = Script::new(
    "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[3] == '' then
  redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
else
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
return 1",
);

/// Whether the value was this one, and is gone.
static DELETE: Script = Script::new(
    "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])",
);

/// When a value is written.
pub(crate) enum When {
    Always,
    /// Where there is none.
    Absent,
    /// Where it is this one.
    Same(Vec<u8>),
}

/// What has come of counting.
pub(crate) enum Counted {
    Sum(f64),
    /// The value is none that can be counted; its first byte.
    NotANumber(u8),
}

/// A key of the server's.
pub(crate) struct Key(pub(super) Vec<u8>);

impl Remote {
    /// The key of a key of a store of `rover.shared`.
    pub(crate) fn key_of(&self, store: &str, key: &[u8]) -> Key {
        Key(self.names().shared(store, key))
    }

    /// The key of a session.
    #[cfg(feature = "crypto")]
    pub(crate) fn key_of_session(&self, id: &[u8]) -> Key {
        Key(self.names().session(id))
    }

    /// A value, of so many bytes at most.
    pub(crate) async fn get(self, key: Key, room: usize) -> Result<Option<Vec<u8>>, WaitError> {
        text(self.ask(&[b"GET", &key.0], room).await?)
    }

    /// Gives a key a value. Whether the condition was met.
    pub(crate) async fn set(
        self,
        key: Key,
        value: Vec<u8>,
        lifetime: Lifetime,
        when: When,
    ) -> Result<bool, WaitError> {
        let time = match lifetime {
            Lifetime::Milliseconds(time) => Some(milliseconds(time)),
            Lifetime::Kept | Lifetime::Forever => None,
        };
        if let When::Same(before) = when {
            let time = time.unwrap_or_default();
            let arguments: [&[u8]; 3] = [&before, &value, time.as_bytes()];
            let swapped = self.script(&SWAP, &[&key.0], &arguments, super::SMALL);
            return Ok(number(&swapped.await?)? != 0.0);
        }
        let mut words: Vec<&[u8]> = vec![b"SET", &key.0, &value];
        if let Some(time) = &time {
            words.extend([&b"PX"[..], time.as_bytes()]);
        }
        if matches!(when, When::Absent) {
            words.push(b"NX");
        }
        match self.ask(&words, super::SMALL).await? {
            Reply::Nil => Ok(false),
            Reply::Text(_) => Ok(true),
            _ => Err(unreadable()),
        }
    }

    /// Adds to a number, which is 0 where there is none. A lifetime counts from when it begins.
    pub(crate) async fn incr(
        self,
        key: Key,
        by: f64,
        lifetime: Lifetime,
    ) -> Result<Counted, WaitError> {
        let time = match lifetime {
            Lifetime::Milliseconds(time) => milliseconds(time),
            Lifetime::Kept | Lifetime::Forever => String::new(),
        };
        let by = by.to_string();
        let arguments = [by.as_bytes(), time.as_bytes()];
        let counted = self.script(&INCR, &[&key.0], &arguments, super::SMALL);
        let counted = text(counted.await?)?.unwrap_or_default();
        match counted.split_first() {
            Some((&NUMBER, digits)) => match parse_number(digits) {
                Some(sum) => Ok(Counted::Sum(sum)),
                None => Err(unreadable()),
            },
            Some((kind, [])) => Ok(Counted::NotANumber(*kind)),
            _ => Err(unreadable()),
        }
    }

    /// Removes a key, whatever it has or where it has this value; whether it was there.
    pub(crate) async fn delete(self, key: Key, same: Option<Vec<u8>>) -> Result<bool, WaitError> {
        let gone = match &same {
            None => self.ask(&[b"DEL", &key.0], super::SMALL).await?,
            Some(value) => {
                let gone = self.script(&DELETE, &[&key.0], &[value], super::SMALL);
                gone.await?
            }
        };
        Ok(number(&gone)? != 0.0)
    }

    /// The keys of a store that begin with some bytes, in the order of their bytes, of so many bytes at most.
    pub(crate) async fn keys(
        self,
        store: String,
        prefix: Vec<u8>,
        room: usize,
    ) -> Result<Vec<Vec<u8>>, WaitError> {
        let space = self.names().shared(&store, b"").len();
        let first = self.names().shared(&store, &prefix);
        let mut found = BTreeSet::new();
        let mut bytes = 0;
        let mut pages = Pages::of(&first);
        while let Some(page) = pages.next(&self).await? {
            for mut key in page {
                let key = key.split_off(space.min(key.len()));
                bytes += KEY_BYTES + key.len();
                found.insert(key);
            }
            if bytes > room {
                let message = "state: the keys take more memory than there is";
                return Err(WaitError::new("too_large", message));
            }
        }
        Ok(found.into_iter().collect())
    }

    /// How many keys a store has.
    pub(crate) async fn size(self, store: String) -> Result<usize, WaitError> {
        // A key may be given twice.
        let mut found = std::collections::HashSet::new();
        let mut pages = Pages::of(&self.names().shared(&store, b""));
        while let Some(page) = pages.next(&self).await? {
            found.extend(page);
        }
        Ok(found.len())
    }

    /// Removes all keys of a store.
    pub(crate) async fn clear(self, store: String) -> Result<(), WaitError> {
        let space = self.names().shared(&store, b"");
        self.remove_all(&space).await
    }

    /// Removes all keys that begin with some bytes.
    pub(super) async fn remove_all(&self, space: &[u8]) -> Result<(), WaitError> {
        let mut pages = Pages::of(space);
        while let Some(page) = pages.next(self).await? {
            if page.is_empty() {
                continue;
            }
            let mut words: Vec<&[u8]> = vec![b"UNLINK"];
            words.extend(page.iter().map(Vec::as_slice));
            self.ask(&words, super::SMALL).await?;
        }
        Ok(())
    }
}

/// What a key takes in a list beside its text.
const KEY_BYTES: usize = 40;
/// A page of keys is no larger.
const PAGE_BYTES: usize = 64 << 20;

/// The server's keys that begin with some bytes, some at a time: whatever it has, nobody waits for long.
struct Pages {
    pattern: Vec<u8>,
    /// Where the next page begins; nothing behind the last.
    cursor: Option<Vec<u8>>,
}

impl Pages {
    fn of(space: &[u8]) -> Self {
        Pages {
            pattern: beginning_with(space),
            cursor: Some(b"0".to_vec()),
        }
    }

    async fn next(&mut self, remote: &Remote) -> Result<Option<Vec<Vec<u8>>>, WaitError> {
        let Some(cursor) = self.cursor.take() else {
            return Ok(None);
        };
        let words: [&[u8]; 6] = [b"SCAN", &cursor, b"MATCH", &self.pattern, b"COUNT", AT_ONCE];
        let Reply::List(page) = remote.ask(&words, PAGE_BYTES).await? else {
            return Err(unreadable());
        };
        let mut page = page.into_iter();
        let (Some(Reply::Text(cursor)), Some(Reply::List(keys))) = (page.next(), page.next())
        else {
            return Err(unreadable());
        };
        self.cursor = (cursor != b"0").then_some(cursor);
        let keys = keys.into_iter().map(|key| match key {
            Reply::Text(key) => Ok(key),
            _ => Err(unreadable()),
        });
        keys.collect::<Result<_, _>>().map(Some)
    }
}

/// A number as it is kept, without its first byte.
pub(crate) fn parse_number(digits: &[u8]) -> Option<f64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// What a value is, by its first byte, for messages.
pub(crate) fn kind(first: u8) -> &'static str {
    match first {
        b'n' => "null",
        b't' | b'f' => "a boolean",
        b's' => "a string",
        b'a' | b'o' => "a table",
        _ => "something that others have written",
    }
}

#[cfg(test)]
mod tests {
    use super::parse_number;

    #[test]
    fn numbers_are_read_as_the_server_writes_them() {
        for (digits, number) in [
            ("42", 42.0),
            ("0.10000000000000001", 0.1),
            ("1e+300", 1e300),
            ("-inf", f64::NEG_INFINITY),
        ] {
            assert_eq!(parse_number(digits.as_bytes()), Some(number));
        }
        assert!(parse_number(b"-nan").is_some_and(f64::is_nan));
        assert_eq!(parse_number(b"x"), None);
    }
}
