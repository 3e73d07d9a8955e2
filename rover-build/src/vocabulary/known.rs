//! The words, parsed once, and where each is found.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use rover_model::VOCABULARY;

use super::parse::{ANY_NAME, parse};
use super::word::{GLOBALS, Kind, Missing, Word};

/// What a handler is given.
pub(crate) const CTX: &str = "rover.Ctx";
/// What `ctx:body()` gives.
pub(crate) const BODY: &str = "rover.Body";
/// What a handler returns.
pub(crate) const RESPONSE: &str = "rover.Response";
/// What `rover.server` gives.
pub(crate) const SERVER: &str = "rover.Server";
/// A part of a path.
pub(crate) const NODE: &str = "rover.Node";
/// What `rover.server` takes.
pub(crate) const OPTIONS: &str = "rover.Options";
/// What a response's `cookie` takes.
pub(crate) const COOKIE_OPTIONS: &str = "rover.CookieOptions";

/// All words, and where they are found.
struct Vocabulary {
    words: Vec<Word>,
    /// Words by owner and name. A word that is there goes before one that is not.
    places: HashMap<(&'static str, &'static str), usize>,
    /// The names of what an owner has, in the order of the file.
    members: HashMap<&'static str, Vec<&'static str>>,
    /// The same for libraries, in the order of letters.
    libraries: HashMap<&'static str, Vec<&'static str>>,
    builders: Vec<&'static str>,
    /// Our names by what other servers and languages call them.
    synonyms: HashMap<&'static str, Vec<&'static str>>,
}

static ALL: LazyLock<Vocabulary> = LazyLock::new(|| {
    let (words, _) = parse(&VOCABULARY);
    Vocabulary::new(words)
});

impl Vocabulary {
    fn new(words: Vec<Word>) -> Self {
        let mut places = HashMap::new();
        let mut members: HashMap<_, Vec<_>> = HashMap::new();
        for (at, word) in words.iter().enumerate() {
            let known = places.entry((word.owner, word.name)).or_insert(at);
            if word.is_there() {
                *known = at;
                if !matches!(word.kind, Kind::Call | Kind::AnyField) {
                    members.entry(word.owner).or_default().push(word.name);
                }
            }
        }
        let tables = words.iter().filter(|word| word.kind == Kind::Table);
        let libraries = tables.filter_map(|table| {
            let path = table.path();
            let (owner, names) = members.get_key_value(path.as_str())?;
            let mut names = names.clone();
            names.sort_unstable();
            Some((*owner, names))
        });
        let of_server = |word: &&Word| word.owner == SERVER && word.is_there();
        let builders = words.iter().filter(of_server);
        let builders = builders.filter(|w| w.tag("hook").is_none() && w.tag("reserved").is_none());
        let mut synonyms: HashMap<_, Vec<_>> = HashMap::new();
        for word in &words {
            for theirs in word.tag("also").unwrap_or_default().split_whitespace() {
                synonyms.entry(theirs).or_default().push(word.name);
            }
        }
        Vocabulary {
            libraries: libraries.collect(),
            builders: builders.map(|word| word.name).collect(),
            places,
            members,
            synonyms,
            words,
        }
    }
}

/// All words, in the order of the files.
pub fn words() -> &'static [Word] {
    &ALL.words
}

/// What is wrong with the files, as `file:line: message`.
pub fn faults() -> Vec<String> {
    let (_, faults) = parse(&VOCABULARY);
    faults.iter().map(ToString::to_string).collect()
}

fn find(owner: &str, name: &str) -> Option<&'static Word> {
    // The keys live as long as the program, and so does what is looked for among them.
    ALL.places.get(&(owner, name)).map(|at| &ALL.words[*at])
}

/// A word that programs can use.
pub(crate) fn word(owner: &str, name: &str) -> Option<&'static Word> {
    find(owner, name).filter(|word| word.is_there())
}

/// What a class has by any name, if it does.
pub(crate) fn any_field(class: &str) -> Option<&'static Word> {
    word(class, ANY_NAME)
}

/// Whether what a method of `ctx` gives can be checked by a schema: `ctx:body():expect(schema)`.
pub(crate) fn is_checked(method: &str) -> bool {
    let result = word(CTX, method).and_then(|word| word.results.first());
    result.is_some_and(|result| word(result.of_type.trim_end_matches('?'), "expect").is_some())
}

/// What a value of a class does when it is called.
pub(crate) fn call(class: &str) -> Option<&'static Word> {
    word(class, "")
}

/// The names of what a class or a table has.
pub(crate) fn members(owner: &str) -> &'static [&'static str] {
    ALL.members.get(owner).map_or(&[], Vec::as_slice)
}

/// The names of what a class has of one kind.
pub(crate) fn members_of_kind(owner: &str, kind: Kind) -> impl Iterator<Item = &'static str> {
    let members = members(owner).iter().copied();
    members.filter(move |name| word(owner, name).is_some_and(|word| word.kind == kind))
}

/// What a library has, in the order of letters.
pub(crate) fn library(path: &str) -> Option<&'static [&'static str]> {
    ALL.libraries.get(path).map(Vec::as_slice)
}

/// The libraries that have a function of a name: `string` for `upper`. Nobody means those of
/// which hardly anything is used.
pub(crate) fn libraries_with(name: &str) -> Vec<&'static str> {
    let libraries = ALL.libraries.iter();
    let found = libraries.filter(|(library, names)| {
        !matches!(**library, "jit" | "package") && names.contains(&name)
    });
    let mut found: Vec<_> = found.map(|(library, _)| *library).collect();
    found.sort_unstable();
    found
}

/// Whether a global is there, or is one that careful programs ask for.
pub(crate) fn is_global(name: &str) -> bool {
    find(GLOBALS, name).is_some_and(|word| match word.kind {
        Kind::Missing(Missing::Elsewhere) => true,
        Kind::Missing(_) => word.tag("probed").is_some(),
        _ => true,
    })
}

/// Whether a member of something is one that other Luas have: libraries ask for it.
pub(crate) fn is_elsewhere(owner: &str, name: &str) -> bool {
    is_missing(owner, name, Missing::Elsewhere)
}

/// Whether a later version is to have a member of something.
pub(crate) fn is_planned(owner: &str, name: &str) -> bool {
    is_missing(owner, name, Missing::Planned)
}

fn is_missing(owner: &str, name: &str, why: Missing) -> bool {
    find(owner, name).is_some_and(|word| word.kind == Kind::Missing(why))
}

/// The functions that a program calls on its server to make a response.
pub(crate) fn builders() -> &'static [&'static str] {
    &ALL.builders
}

/// Whether the server makes a response by a function of this name.
pub(crate) fn is_builder(name: &str) -> bool {
    builders().contains(&name)
}

/// What we call something that other servers and languages call so.
pub(super) fn synonyms(theirs: &str) -> &'static [&'static str] {
    ALL.synonyms.get(theirs).map_or(&[], Vec::as_slice)
}

/// Whether a name of the server is one that no path begins with.
pub(crate) fn is_reserved(name: &str) -> bool {
    let word = word(SERVER, name);
    is_builder(name) || word.is_some_and(|word| word.tag("reserved").is_some())
}

/// Whether a response has a method of this name.
pub(crate) fn is_of_response(name: &str) -> bool {
    word(RESPONSE, name).is_some()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;

/// What a program has of Lua's library, `rover` included, as it names it: `string.rep`.
pub fn library_names() -> BTreeSet<String> {
    let classes = words().iter().filter(|word| word.kind == Kind::Class);
    let classes: BTreeSet<&str> = classes.map(|word| word.name).collect();
    let outside = |word: &&Word| !word.owner.is_empty() && !classes.contains(word.owner);
    let there = words().iter().filter(outside).filter(|word| {
        matches!(
            word.kind,
            Kind::Function | Kind::Value | Kind::Table | Kind::Missing(Missing::Refused)
        )
    });
    there.map(Word::path).collect()
}
