//! What Lua's messages mean to somebody who writes a manifest.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::options::not_a_table;
use crate::diagnostic::codes::program::{raised, server_twice};
use crate::diagnostic::codes::routes::admission;
use crate::diagnostic::codes::sql::given as database;
use crate::diagnostic::codes::state::{given as store, while_loading as store_while_loading};
use crate::diagnostic::codes::waiting::{given, while_loading};
use crate::diagnostic::codes::words::unavailable;
use crate::vocabulary::{self, instead};

/// What is said of an error, by the column in its line that it is about, if that can be seen.
type Explained = Diagnostic<Option<usize>>;

/// What is said of a message, with the line of the program where it was raised, in the
/// manifest or in a module.
pub(crate) fn explain(message: &str, line: &str, in_module: bool) -> Explained {
    waits(message, line)
        .or_else(|| of_store(message, line))
        .or_else(|| refused(message, line))
        .or_else(|| of_rover(message, line))
        .or_else(|| missing(message, line, in_module))
        .unwrap_or_else(|| {
            let named = about(message).or_else(|| Some(("", message.split('`').nth(1)?)));
            raised::error(named.and_then(|(_, name)| column(line, name)), message)
        })
}

/// What is wrong with a call of `rover`'s own functions.
fn of_rover(message: &str, line: &str) -> Option<Explained> {
    let name = message.split_whitespace().next()?;
    if !name.starts_with("rover.") {
        return None;
    }
    let column = column(line, name.trim_end_matches(':'));
    match name {
        "rover.server" if message.ends_with("called twice") => Some(server_twice::call(column)),
        "rover.server" if message.contains("takes a table of options") => {
            Some(not_a_table::options(column, message))
        }
        "rover.spawn" => Some(while_loading::spawned(column, message)),
        "rover.every" | "rover.cron" | "rover.on_start" | "rover.on_stop" | "rover.http.client" => {
            Some(given::wrong(column, message))
        }
        "rover.db" | "rover.db:" => Some(database::wrong(column, message)),
        "rover.rate_limit" | "rover.rate_limit:" | "rover.idempotent" | "rover.idempotent:" => {
            Some(admission::wrong(column, message))
        }
        "rover.shared" | "rover.shared:" | "rover.cache" | "rover.cache:" => {
            Some(store::wrong(column, message))
        }
        _ => None,
    }
}

/// `rover.sleep waits, which nothing can while the program loads`
fn waits(message: &str, line: &str) -> Option<Explained> {
    let (word, _) = message.split_once(" waits, which nothing can")?;
    let (owner, name) = word.rsplit_once(['.', ':'])?;
    let at = column(line, word).or_else(|| column(line, name));
    let instead = vocabulary::unless(owner, name).map(|(_, instead)| instead);
    Some(while_loading::word(at, word, instead))
}

/// `store:get is called while the program loads: the build has no store`
fn of_store(message: &str, line: &str) -> Option<Explained> {
    let (word, _) = message.split_once(" is called while the program loads")?;
    let (_, name) = word.split_once(':')?;
    Some(store_while_loading::called(column(line, name), word))
}

/// `io.open is not available`, or the call of a function that a library does not have.
fn refused(message: &str, line: &str) -> Option<Explained> {
    let name = match message.split_whitespace().next() {
        Some(first) if first.starts_with("io.") => first,
        _ => {
            let (_, name) = about(message).filter(|_| message.starts_with("attempt to call"))?;
            qualified(line, name)?
        }
    };
    let (library, _) = name.split_once('.')?;
    let help = vocabulary::library(library).and_then(|_| instead::word(name))?;
    Some(unavailable::in_chunk(column(line, name), name, help))
}

/// `attempt to index global 'ngx' (a nil value)`
fn missing(message: &str, line: &str, in_module: bool) -> Option<Explained> {
    let (what, name) = about(message)?;
    if !message.ends_with("(a nil value)") {
        return None;
    }
    let is_global = what == "global";
    let help = is_global
        .then(|| instead::global(name, in_module).unwrap_or_else(|| instead::undefined(name)));
    Some(raised::nil(column(line, name), name, message, help))
}

/// What a message names: `global` and `ngx`.
fn about(message: &str) -> Option<(&str, &str)> {
    let (before, rest) = message.split_once('\'')?;
    let (name, _) = rest.split_once('\'')?;
    let what = before.trim_end().rsplit(' ').next()?;
    Some((what, name))
}

/// The last name with the library in front: `os.execute`.
fn qualified<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    let end = places(line, name).next()? + name.len();
    let start = line[..end]
        .rfind(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
        .map_or(0, |at| at + 1);
    Some(&line[start..end])
}

/// Where a name stands in a line, in bytes.
fn places<'l>(line: &'l str, name: &'l str) -> impl Iterator<Item = usize> + 'l {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(name)
        .map(|(at, _)| at)
        .filter(move |at| {
            !line[..*at].ends_with(is_word) && !line[at + name.len()..].starts_with(is_word)
        })
}

/// The column, from 1, of the only place where a name stands, or of the first.
fn column(line: &str, name: &str) -> Option<usize> {
    let at = places(line, name).next()?;
    Some(line[..at].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_finds_its_place_in_the_line() {
        let told = explain(
            "attempt to index global 'ngx' (a nil value)",
            "  local a = ngx.say",
            false,
        );
        assert_eq!(told.labels[0].0, Some(13));
        assert!(told.help.is_some_and(|help| help.contains("OpenResty")));
        let told = explain(
            "attempt to call field 'exit' (a nil value)",
            "os.exit(1)",
            false,
        );
        assert_eq!(told.message, "`os.exit` is not available in this version");
        let told = explain(
            "attempt to call field 'exit' (a nil value)",
            "my.exit(1)",
            false,
        );
        assert_eq!(told.labels[0].0, Some(4));
        assert_eq!(told.help, None);
    }
}
