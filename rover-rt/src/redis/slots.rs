//! Which part of a cluster has a key: its slot (Redis cluster specification, "Key distribution model").

use redis::Arg;

use super::command::Command;

/// How many there are.
const SLOTS: u16 = 16_384;

/// Commands without a key, which any node answers.
const WITHOUT: [&str; 23] = [
    "CLIENT",
    "CLUSTER",
    "COMMAND",
    "CONFIG",
    "DBSIZE",
    "ECHO",
    "FLUSHALL",
    "FLUSHDB",
    "FUNCTION",
    "INFO",
    "KEYS",
    "LASTSAVE",
    "LATENCY",
    "PING",
    "PUBLISH",
    "PUBSUB",
    "RANDOMKEY",
    "ROLE",
    "SAVE",
    "SCAN",
    "SCRIPT",
    "SLOWLOG",
    "TIME",
];

impl Command {
    /// The slot of its first key, as far as its name says where that stands. A wrong one costs a question to the wrong
    /// node, which names the right one.
    pub(super) fn slot(&self) -> Option<u16> {
        let name = self.name();
        if WITHOUT.contains(&name) {
            return None;
        }
        let mut arguments = self.packed().args_iter().skip(1);
        let key = match name {
            // A script, and how many keys there are.
            "EVAL" | "EVALSHA" | "EVAL_RO" | "EVALSHA_RO" | "FCALL" | "FCALL_RO" => {
                arguments.nth(2)
            }
            "BITOP" | "OBJECT" | "XGROUP" | "XINFO" | "ZDIFF" | "ZINTER" | "ZUNION"
            | "SINTERCARD" | "LMPOP" | "ZMPOP" | "MEMORY" => arguments.nth(1),
            "XREAD" | "XREADGROUP" => {
                let is_word = |argument: &Arg<&[u8]>| matches!(argument, Arg::Simple(word) if word.eq_ignore_ascii_case(b"STREAMS"));
                arguments.by_ref().find(is_word)?;
                arguments.next()
            }
            _ => arguments.next(),
        };
        match key? {
            Arg::Simple(key) => Some(slot(key)),
            _ => None,
        }
    }
}

/// The slot of a key: of what stands between its first braces, if that is something.
fn slot(key: &[u8]) -> u16 {
    let inner = key.iter().position(|b| *b == b'{').and_then(|open| {
        let rest = &key[open + 1..];
        let close = rest.iter().position(|b| *b == b'}')?;
        (close > 0).then_some(&rest[..close])
    });
    crc16(inner.unwrap_or(key)) % SLOTS
}

/// CRC-16/XMODEM.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum, byte| {
        let sum = sum ^ (u16::from(*byte) << 8);
        (0..8).fold(sum, |sum, _| match sum & 0x8000 {
            0 => sum << 1,
            _ => (sum << 1) ^ 0x1021,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{crc16, slot};
    use crate::redis::command::Command;
    use crate::redis::reply::Becomes;

    #[test]
    fn keys_have_the_slots_of_the_specification() {
        assert_eq!(crc16(b"123456789"), 0x31c3);
        assert_eq!(slot(b"foo"), 12182);
        assert_eq!(slot(b"{user1000}.following"), slot(b"user1000"));
        assert_eq!(slot(b"foo{{bar}}zap"), slot(b"{bar"));
        assert_eq!(slot(b"foo{bar}{zap}"), slot(b"bar"));
        assert_ne!(slot(b"foo{}{bar}"), slot(b"bar"));
    }

    #[test]
    fn the_first_key_counts() {
        let of = |words: &[&str]| {
            let mut command = Command::new(words[0], Becomes::Plain);
            words[1..]
                .iter()
                .for_each(|word| command.add(word.as_bytes()));
            command.slot()
        };
        let foo = Some(slot(b"foo"));
        assert_eq!(of(&["get", "foo"]), foo);
        assert_eq!(of(&["eval", "return 1", "1", "foo", "x"]), foo);
        assert_eq!(of(&["xread", "count", "1", "streams", "foo", "0"]), foo);
        assert_eq!(of(&["bitop", "and", "foo", "bar"]), foo);
        assert_eq!(of(&["publish", "foo", "x"]), None);
        assert_eq!(of(&["ping"]), None);
        assert_eq!(of(&["get"]), None);
    }
}
