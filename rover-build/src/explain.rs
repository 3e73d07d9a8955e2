//! What Lua's messages mean to somebody who writes a manifest.

/// A message, said so that it helps.
pub(crate) struct Explained {
    pub(crate) message: String,
    pub(crate) label: String,
    pub(crate) help: Option<String>,
    /// Where in the line it is about, if that can be seen.
    pub(crate) column: Option<usize>,
}

/// Names of other programs, servers and languages that Lua takes for globals.
const GLOBALS: [(&[&str], &str); 9] = [
    (
        &["ngx"],
        "`ngx` is OpenResty's: here a request is `ctx`, and the answer is what the handler returns",
    ),
    (
        &["app", "router", "server", "api", "application", "routes"],
        "a server is made first: `local NAME = rover.server {}`",
    ),
    (
        &["null", "NULL", "None", "undefined", "Nil", "nill"],
        "nothing is `nil` in Lua, and `null` in JSON is `rover.null`",
    ),
    (&["console"], "write `print(...)` or `rover.log.info(...)`"),
    (
        &["module", "exports"],
        "a module ends with `return`, and is loaded with `require \"name\"`",
    ),
    (
        &["express", "lapis", "Flask", "flask", "fastify"],
        "a server is made with `rover.server {}`",
    ),
    (
        &["JSON", "json", "cjson"],
        "JSON is `rover.json.encode(value)` and `rover.json.decode(text)`",
    ),
    (
        &["this", "self"],
        "a function gets `self` where it is defined and called with a colon",
    ),
    (
        &["utf8"],
        "the library `utf8` is of Lua 5.3; this is Lua 5.1",
    ),
];

const MODULE: &str = "a module does not see the manifest's locals: write `return function(NAME) ... end` around \
                      its routes, and `require \"module\" (NAME)` in the manifest";
const NO_FILES: &str = "programs cannot read or write files in this version: put data into a module \
                        (`return { ... }`) and `require` it; a page into `rover.template \"page.html\"`";
const NO_PROCESSES: &str = "a program cannot start another one: ask a service over the network, or do it in Rust beside the server";
const NO_TERMINAL: &str =
    "a server has no terminal: `print(...)` and `rover.log.info(...)` write to the log";

/// Functions of Lua that programs do not have, and what stands in their place.
const FUNCTIONS: [(&[&str], &str); 9] = [
    (
        &[
            "io.open",
            "io.lines",
            "io.tmpfile",
            "io.close",
            "io.type",
            "os.remove",
            "os.rename",
            "os.tmpname",
            "dofile",
            "loadfile",
        ],
        NO_FILES,
    ),
    (&["io.popen", "os.execute"], NO_PROCESSES),
    (
        &[
            "io.read",
            "io.write",
            "io.input",
            "io.output",
            "io.flush",
            "io.stdout",
            "io.stderr",
            "io.stdin",
        ],
        NO_TERMINAL,
    ),
    (
        &["os.exit"],
        "a server runs until it is told to stop; `error(\"why\")` at the top level ends its start",
    ),
    (
        &["os.setlocale"],
        "texts and numbers are the same in every locale here",
    ),
    (&["table.unpack"], "it is called `unpack` in Lua 5.1"),
    (&["table.pack"], "write `{ n = select(\"#\", ...), ... }`"),
    (
        &["math.type", "math.tointeger"],
        "numbers have one kind in Lua 5.1: `x % 1 == 0` asks for an integer",
    ),
    (
        &[
            "string.split",
            "string.trim",
            "string.startswith",
            "string.starts_with",
            "string.contains",
            "string.replace",
        ],
        "Lua's strings have `find`, `match`, `gmatch`, `gsub` and `sub`",
    ),
];

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

/// `io.open is not available`, or the call of a function that is not there.
fn refused(message: &str, line: &str) -> Option<Explained> {
    let name = match message.split_whitespace().next() {
        Some(first) if first.starts_with("io.") || first.starts_with("os.") => first,
        _ => {
            let (_, name) = about(message).filter(|_| message.starts_with("attempt to call"))?;
            qualified(line, name)?
        }
    };
    let (_, help) = FUNCTIONS.iter().find(|(names, _)| names.contains(&name))?;
    Some(Explained {
        message: format!("`{name}` is not available to programs"),
        label: "called here".to_owned(),
        help: Some((*help).to_owned()),
        column: column(line, name),
    })
}

/// `attempt to index global 'ngx' (a nil value)`
fn missing(message: &str, line: &str, in_module: bool) -> Option<Explained> {
    let (what, name) = about(message)?;
    if !message.ends_with("(a nil value)") {
        return None;
    }
    let global = GLOBALS
        .iter()
        .find(|(names, _)| what == "global" && names.contains(&name));
    Some(Explained {
        message: "error while the routes were collected".to_owned(),
        label: format!("`{name}` is nil here: {}", plain(message)),
        help: match global {
            Some((names, _)) if in_module && names.contains(&"api") => {
                Some(MODULE.replace("NAME", name))
            }
            Some((_, help)) => Some(help.replace("NAME", name)),
            None if what == "global" => Some(format!(
                "nothing gives the global `{name}` a value: declare it above (`local {name} = ...`), or look how it is spelled"
            )),
            None => None,
        },
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
        assert_eq!(told.message, "`os.exit` is not available to programs");
        let told = explain(
            "attempt to call field 'exit' (a nil value)",
            "my.exit(1)",
            false,
        );
        assert_eq!(told.column, Some(4));
        assert_eq!(told.help, None);
    }
}
