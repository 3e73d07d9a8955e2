//! Commands, and those that a connection cannot have that many share.

use redis::{Cmd, Pipeline};

use super::reply::Becomes;

/// A command and what becomes of its answer.
#[derive(Clone)]
pub(crate) struct Command {
    name: String,
    packed: Cmd,
    pub(super) becomes: Becomes,
    is_blocking: bool,
}

/// Commands that are sent at once.
pub(crate) enum Sending {
    /// One, whose answer is the result.
    Alone(Command),
    /// Several, whose answers are a list; whether nothing of others comes in between.
    Together(Vec<Command>, bool),
}

/// What a connection says of itself, or waits for, from which all others that use it would suffer.
const OF_A_CONNECTION: [&str; 18] = [
    "ASKING",
    "AUTH",
    "DISCARD",
    "EXEC",
    "HELLO",
    "MONITOR",
    "MULTI",
    "PSUBSCRIBE",
    "PSYNC",
    "PUNSUBSCRIBE",
    "QUIT",
    "RESET",
    "SELECT",
    "SSUBSCRIBE",
    "SUBSCRIBE",
    "SUNSUBSCRIBE",
    "UNSUBSCRIBE",
    "SYNC",
];
const BLOCKING: [&str; 10] = [
    "BLMOVE",
    "BLMPOP",
    "BLPOP",
    "BRPOP",
    "BRPOPLPUSH",
    "BZMPOP",
    "BZPOPMAX",
    "BZPOPMIN",
    "WAIT",
    "WAITAOF",
];

impl Command {
    pub(crate) fn new(name: &str, becomes: Becomes) -> Command {
        let name = name.to_ascii_uppercase();
        let mut packed = Cmd::new();
        packed.arg(&name);
        Command {
            is_blocking: BLOCKING.contains(&name.as_str()),
            name,
            packed,
            becomes,
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Adds an argument.
    pub(crate) fn add(&mut self, argument: &[u8]) {
        let is_word = |word: &[u8]| argument.eq_ignore_ascii_case(word);
        self.is_blocking |= matches!(&*self.name, "XREAD" | "XREADGROUP") && is_word(b"BLOCK");
        if self.name == "CLIENT" && is_word(b"REPLY") {
            self.name.push_str(" REPLY");
        }
        self.packed.arg(argument);
    }

    /// Why it cannot be sent on a connection that all handlers of a worker use.
    pub(crate) fn refusal(&self) -> Option<String> {
        let name = &self.name;
        if self.is_blocking {
            return Some(format!(
                "`{name}` waits in the server, and with it all that use the worker's connection"
            ));
        }
        match name.as_str() {
            "MULTI" | "EXEC" | "DISCARD" => Some(format!(
                "`{name}` is of one connection, which all handlers of a worker use: redis:pipeline(fn, {{ atomic = true }})"
            )),
            "WATCH" | "UNWATCH" => Some(format!(
                "`{name}` is of one connection, which all handlers of a worker use: redis:eval(script, keys, args)"
            )),
            "CLIENT REPLY" => Some(format!(
                "`{name}` is of one connection, which all handlers of a worker use"
            )),
            _ if OF_A_CONNECTION.contains(&name.as_str()) => Some(format!(
                "`{name}` is of one connection, which all handlers of a worker use"
            )),
            _ => None,
        }
    }

    pub(super) fn packed(&self) -> &Cmd {
        &self.packed
    }
}

/// Commands as they are sent, and what becomes of each one's answer.
pub(super) fn pipeline(commands: &[Command], is_atomic: bool) -> Pipeline {
    let mut pipeline = redis::pipe();
    if is_atomic {
        pipeline.atomic();
    }
    for command in commands {
        pipeline.add_command(command.packed.clone());
    }
    pipeline
}

#[cfg(test)]
mod tests {
    use super::{Becomes, Command};

    fn refused(words: &[&str]) -> bool {
        let mut command = Command::new(words[0], Becomes::Plain);
        words[1..]
            .iter()
            .for_each(|word| command.add(word.as_bytes()));
        command.refusal().is_some()
    }

    #[test]
    fn what_others_would_suffer_from_is_refused() {
        assert!(refused(&["blpop", "k", "0"]));
        assert!(refused(&["xread", "block", "0", "streams", "s", "$"]));
        assert!(refused(&["Multi"]));
        assert!(refused(&["watch", "k"]));
        assert!(refused(&["client", "reply", "off"]));
        assert!(!refused(&["xread", "streams", "s", "$"]));
        assert!(!refused(&["set", "block", "reply"]));
        assert!(!refused(&["client", "list"]));
    }
}
