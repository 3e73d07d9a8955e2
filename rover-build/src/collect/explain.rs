//! What Lua's messages mean to somebody who writes a manifest.

use crate::vocabulary::{self, instead};

/// A message, said so that it helps.
pub(crate) struct Explained {
    pub(crate) message: String,
    pub(crate) label: String,
    pub(crate) help: Option<String>,
    /// Where in the line it is about, if that can be seen.
    pub(crate) column: Option<usize>,
}

/// What is said of a message, with the line of the program where it was raised, in the
/// manifest or in a module.
pub(crate) fn explain(message: &str, line: &str, in_module: bool) -> Explained {
    refused(message, line)
        .or_else(|| of_rover(message, line))
        .or_else(|| missing(message, line, in_module))
        .unwrap_or_else(|| Explained {
            message: "error while the routes were collected".to_owned(),
            label: message.to_owned(),
            help: None,
            column: about(message)
                .or_else(|| Some(("", message.split('`').nth(1)?)))
                .and_then(|(_, name)| column(line, name)),
        })
}

/// What is wrong with a call of `rover`'s own functions.
fn of_rover(message: &str, line: &str) -> Option<Explained> {
    let name = message.split_whitespace().next()?;
    if !name.starts_with("rover.") {
        return None;
    }
    let help = match message {
        _ if message.ends_with("called twice") => {
            "a program has one server: define all routes on it, and pass it to modules that define some"
        }
        _ if message.contains("takes a table of options") => "write `rover.server { port = 8080 }`",
        _ => return None,
    };
    Some(Explained {
        message: message.to_owned(),
        label: "called here".to_owned(),
        help: Some(help.to_owned()),
        column: column(line, name),
    })
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
    Some(Explained {
        message: vocabulary::unavailable(name),
        label: "called here".to_owned(),
        help: Some(help.to_owned()),
        column: column(line, name),
    })
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
    Some(Explained {
        message: "error while the routes were collected".to_owned(),
        label: format!("`{name}` is nil here: {}", plain(message)),
        help,
        column: column(line, name),
    })
}

/// `attempt to index global 'ngx' (a nil value)`, without what is said twice.
fn plain(message: &str) -> String {
    let done = message.split(' ').nth(2).unwrap_or_default();
    match done {
        "index" => "it has no fields".to_owned(),
        "call" => "it cannot be called".to_owned(),
        "concatenate" => "it cannot be joined with `..`".to_owned(),
        "perform" => "nothing can be calculated with it".to_owned(),
        _ => message.to_owned(),
    }
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
        assert_eq!(told.column, Some(13));
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
        assert_eq!(told.column, Some(4));
        assert_eq!(told.help, None);
    }
}
