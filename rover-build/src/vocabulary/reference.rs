//! The reference page, `docs/reference.md`: every word, printed from its row.

use std::fmt::Write;

use super::known::words;
use super::word::{GLOBALS, Kind, MODULES, Missing, Word};

const HEAD: &str = "# Reference

Every word that programs may say. It is printed from `rover-model/vocabulary/`, which editors read too, and what the words mean
together is told in [lua.md](lua.md). A `?` behind a name says that it may be left out, behind a type that it may be `nil`; what
stands behind a colon is a method: `:params()` of `rover.Ctx` is called as `ctx:params()`.
";

/// The page's text.
pub fn reference() -> String {
    let mut page = HEAD.to_owned();
    let mut globals_told = false;
    for word in words() {
        match word.kind {
            Kind::Class | Kind::Table => section(&mut page, word),
            Kind::Function | Kind::Value if word.owner == GLOBALS && !globals_told => {
                globals_told = true;
                page += "\n## Globals\n\n| | |\n|---|---|\n";
                rows(&mut page, GLOBALS);
            }
            _ => {}
        }
    }
    page +=
        "\n## Later\n\nWords of later versions; to use one is a build error.\n\n| | |\n|---|---|\n";
    missing(&mut page, &[Missing::Planned]);
    page += "\n## Elsewhere\n\nWords of other languages, of other servers and of modules that programs do not have, and what is said of them.\n\
             \n| | |\n|---|---|\n";
    missing(&mut page, &[Missing::Absent, Missing::Refused]);
    page
}

/// A class or a library with what it has.
fn section(page: &mut String, word: &Word) {
    let path = match word.kind {
        Kind::Class => word.name.to_owned(),
        _ => word.path(),
    };
    let _ = write!(page, "\n## `{path}`\n\n{}", word.doc);
    if word.kind == Kind::Class && !word.of_type.is_empty() {
        let _ = write!(page, " It has what `{}` has, too.", word.of_type);
    }
    page.push('\n');
    let of_it = |member: &&Word| member.owner == path && member.is_there();
    if words().iter().any(|member| of_it(&member)) {
        page.push_str("\n| | |\n|---|---|\n");
        rows(page, &path);
    }
}

fn rows(page: &mut String, owner: &str) {
    let members = words()
        .iter()
        .filter(|word| word.owner == owner && word.is_there());
    // Libraries have sections of their own.
    for word in members.filter(|word| word.kind != Kind::Table) {
        let said = signature(word).replace('|', "\\|");
        let _ = writeln!(page, "| `{said}` | {} |", about(word));
    }
}

/// A word as a program writes it, with its types.
fn signature(word: &Word) -> String {
    let parameters = word
        .parameters
        .iter()
        .map(|parameter| match parameter.optional {
            true => format!("{}?: {}", parameter.name, parameter.of_type),
            false => format!("{}: {}", parameter.name, parameter.of_type),
        });
    let parameters = parameters.collect::<Vec<_>>().join(", ");
    let results = word.results.iter().map(|result| match result.name {
        "..." => format!("{}...", result.of_type),
        _ => result.of_type.to_owned(),
    });
    let results = results.collect::<Vec<_>>().join(", ");
    let results = match results.is_empty() {
        true => results,
        false => format!(": {results}"),
    };
    match word.kind {
        Kind::Method => format!(":{}({parameters}){results}", word.name),
        Kind::Call => format!("({parameters}){results}"),
        Kind::Function => format!("{}({parameters}){results}", word.path()),
        Kind::AnyField => format!("[string]: {}", word.of_type),
        _ if word.owner.starts_with("rover.") => format!("{}: {}", word.name, word.of_type),
        _ => format!("{}: {}", word.path(), word.of_type),
    }
}

/// The sentence, and what the tags say to somebody who uses the word.
fn about(word: &Word) -> String {
    let mut about = match word.kind {
        Kind::Call => "What a call gives.".to_owned(),
        Kind::AnyField => "Any name.".to_owned(),
        _ => word.doc.to_owned(),
    };
    if let Some(default) = word.tag("default") {
        let literal = default.starts_with('"') || default.bytes().all(|b| b.is_ascii_digit());
        let _ = match literal || matches!(default, "true" | "false") {
            true => write!(about, " Default: `{default}`."),
            false => write!(about, " Default: {default}."),
        };
    }
    if word.tag("waits").is_some() {
        about += " It waits.";
    }
    // Of stores and caches that is said once.
    if word.tag("state") == Some("sessions") {
        about += " It waits where sessions are in a database, or in state that may be elsewhere (the option `state`).";
    }
    if let Some(capability) = word.tag("needs") {
        let _ = write!(about, " It needs `{capability}`.");
    }
    about
}

/// Missing words, those of one sentence in one row.
fn missing(page: &mut String, why: &[Missing]) {
    let is_one = |word: &&Word| why.iter().any(|why| word.kind == Kind::Missing(*why));
    let mut told: Vec<(&str, Vec<String>)> = Vec::new();
    for word in words().iter().filter(is_one) {
        let name = match word.owner {
            MODULES => format!("`require \"{}\"`", word.name),
            _ => format!("`{}`", word.path()),
        };
        match told.iter_mut().find(|(doc, _)| *doc == word.doc) {
            Some((_, names)) => names.push(name),
            None => told.push((word.doc, vec![name])),
        }
    }
    for (doc, names) in told {
        let _ = writeln!(page, "| {} | {doc} |", names.join(" "));
    }
}
