//! What to write instead of a word that programs do not have: the sentences of
//! `rover-model/vocabulary/elsewhere.lua`, for every check and every error that comes upon the word.

use std::collections::HashMap;
use std::sync::LazyLock;

use rover_model::Method;

use super::known::{self, SERVER, words};
use super::word::{GLOBALS, Kind, MODULES, Missing, Word};

/// How a handler answers.
pub(crate) fn answer() -> &'static str {
    word("response").unwrap_or_default()
}

/// Where a route stands.
pub(crate) fn route() -> &'static str {
    said(&OF_SERVERS, "route").map_or("", |word| word.doc)
}

type Said = HashMap<String, &'static Word>;

static WORDS: LazyLock<Said> = LazyLock::new(|| {
    let of_class = |word: &Word| word.owner.starts_with("rover.");
    missing(|word| !matches!(word.owner, MODULES | SERVER) && !of_class(word))
});
static OF_MODULES: LazyLock<Said> = LazyLock::new(|| missing(|word| word.owner == MODULES));
static OF_SERVERS: LazyLock<Said> = LazyLock::new(|| missing(|word| word.owner == SERVER));

/// Words of which something is said, by what programs write; the beginning of all that a library
/// does not have ends with a dot.
fn missing(belongs: impl Fn(&Word) -> bool) -> Said {
    let says = |word: &&Word| {
        let why = [Missing::Absent, Missing::Refused].map(Kind::Missing);
        why.contains(&word.kind) && belongs(word)
    };
    let named = words().iter().filter(says).map(|word| {
        let name = match (word.owner, word.name) {
            (GLOBALS | MODULES | SERVER, name) => name.to_owned(),
            (owner, "*") => format!("{owner}."),
            (owner, name) => format!("{owner}.{name}"),
        };
        (name, word)
    });
    named.collect()
}

/// The longest of the known names that is the word, or stands before a dot or a colon in it.
fn said(known: &Said, word: &str) -> Option<&'static Word> {
    let ends = word.char_indices().rev();
    let shorter = ends.filter(|(_, letter)| matches!(letter, '.' | ':'));
    let mut names = std::iter::once(word).chain(shorter.flat_map(|(end, letter)| {
        let with_dot = &word[..end + 1];
        [Some(&word[..end]), (letter == '.').then_some(with_dot)]
            .into_iter()
            .flatten()
    }));
    names.find_map(|name| known.get(name).copied())
}

/// Of a member of a library: `os.execute`, `ngx.req.get_headers`.
pub(crate) fn word(word: &str) -> Option<&'static str> {
    said(&WORDS, word).map(|word| word.doc)
}

/// Of a member of a library that is of use only to programs that say another one too: the last
/// name of that one, and what to write instead where it is not said.
pub(crate) fn unless(library: &str, name: &str) -> Option<(&'static str, &'static str)> {
    let (other, instead) = known::word(library, name)?.tag("unless")?.split_once(' ')?;
    let (_, other) = other.rsplit_once('.')?;
    Some((other, instead))
}

/// Of a global that nothing defines.
pub(crate) fn global(name: &str, in_module: bool) -> Option<String> {
    let word = said(&WORDS, name)?;
    let text = match word.tag("in_module") {
        Some(text) if in_module => text,
        _ => word.doc,
    };
    Some(text.replace("NAME", name))
}

/// Of a global about which nothing is known.
pub(crate) fn undefined(name: &str) -> String {
    format!("declare it, `local {name} = ...`, or define it as a global outside of functions")
}

/// Of a module.
pub(crate) fn module(name: &str) -> Option<&'static str> {
    said(&OF_MODULES, name).map(|word| word.doc)
}

/// Of a function of the server.
pub(crate) fn of_server(name: &str) -> Option<&'static str> {
    let said = said(&OF_SERVERS, name).map(|word| word.doc);
    said.or_else(|| Method::from_key(name).map(|_| route()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_word_counts() {
        assert_eq!(word("ngx.req.get_headers"), word("ngx.req"));
        assert_ne!(word("ngx.req"), word("ngx"));
        assert_eq!(word("ngx.requests"), word("ngx"));
        assert_eq!(word("io.stdout:write"), word("io.stdout"));
        assert_eq!(word("io.anything"), word("io.open"));
        assert_eq!(word("string.upper"), None);
        assert_eq!(module("socket.http"), module("socket"));
        assert_eq!(module("sockets"), None);
    }

    #[test]
    fn a_module_is_given_the_server() {
        let text = |in_module| global("api", in_module).unwrap_or_default();
        assert!(text(false).contains("local api = rover.server {}"));
        assert!(text(true).contains("require \"module\" (api)"));
    }

    #[test]
    fn checks_have_their_sentences() {
        assert!(answer().starts_with("a handler returns"));
        assert!(route().starts_with("a route is"));
    }
}
