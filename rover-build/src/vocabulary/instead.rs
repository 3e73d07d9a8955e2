//! What to write instead of a word that programs do not have: each sentence once, for every check
//! and every error that comes upon the word.

use rover_model::Method;

const JSON: &str = "JSON is built in: `rover.json.encode(value)` and `rover.json.decode(text)`; a table that a handler returns is JSON";
const FILES: &str = "programs cannot read or write files in this version: put data into a module (`return { ... }`) and `require` it; a page into `rover.template \"page.html\"`";
const PROCESSES: &str =
    "a program cannot start another one: do that in Rust, beside the server, or in a service";
const STANDARD_INPUT: &str = "a server has no standard input: a request's body is `ctx:body()`";
const LOG: &str = "write to the log: `print(message)`, `rover.log.error(message)`";
const BUNDLED: &str = "the program's files are bundled in the build: use `require \"name\"`";
const MODULE: &str = "a module ends with `return`, and is loaded with `require \"name\"`";
const FFI: &str = "programs cannot reach memory or C libraries";
const IN_C: &str = "it is written in C, which programs cannot load";
const REQUEST: &str =
    "the request is the handler's parameter: `function api.users.p_id.get(ctx) ... end`";
/// How a handler answers.
pub(crate) const ANSWER: &str = "a handler returns its answer: a table, a text, or `api.json(...)`, `api.text(...)`, `api.html(...)`";
/// Where a route stands.
pub(crate) const ROUTE: &str =
    "a route is a function in its path's place: `function api.users.p_id.get(ctx) ... end`";
const OPTIONS: &str = "options are given where the server is made: `rover.server { port = 8080 }`";
const SERVER: &str = "a server is made first: `local NAME = rover.server {}`";
const SERVER_IN_MODULE: &str = "a module does not see the manifest's locals: write `return function(NAME) ... end` around its routes, and `require \"module\" (NAME)` in the manifest";
const NGX: &str =
    "it is OpenResty's: here a request is `ctx`, and the answer is what a handler returns";

/// Words and their beginnings: `io` is one of `io.open`, too. The longest counts.
const WORDS: &[(&[&str], &str)] = &[
    // What Lua has elsewhere.
    (&["bit32"], "the library of bits is `bit`"),
    (
        &["debug"],
        "of `debug` there are `traceback`, `getinfo` and `getmetatable`",
    ),
    (&["dofile", "loadfile"], BUNDLED),
    (&["ffi", "package.loadlib"], FFI),
    (&["io", "os.remove", "os.rename", "os.tmpname"], FILES),
    (&["io.popen", "os.execute"], PROCESSES),
    (&["io.read", "io.input", "io.stdin"], STANDARD_INPUT),
    (&["io.output", "io.flush", "io.stdout", "io.stderr"], LOG),
    (
        &["io.write"],
        "write to the log: `print(message)`; what a handler returns is the answer",
    ),
    (&["math.ifloor"], "write `math.floor(x)`"),
    (&["math.round"], "write `math.floor(x + 0.5)`"),
    (
        &["math.type", "math.tointeger"],
        "numbers have one kind in Lua 5.1: `x % 1 == 0` asks for an integer",
    ),
    (&["module", "exports"], MODULE),
    (
        &["os.exit"],
        "a server runs until it is told to stop: `return` ends a request, `error(\"why\")` at the top level the start",
    ),
    (
        &["os.setlocale"],
        "texts and numbers are the same in every locale here",
    ),
    (&["string.dump"], "bytecode cannot be made or loaded"),
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
    (
        &["utf8"],
        "it is a library of Lua 5.3; this is Lua 5.1, where texts are bytes",
    ),
    // Other languages' words.
    (
        &["null", "NULL", "None", "undefined", "Nil", "nill"],
        "nothing is `nil` in Lua, and `null` in JSON is `rover.null`",
    ),
    (&["console"], LOG),
    (
        &["this", "self"],
        "`self` is there in functions that are defined with a colon: `function name:method()`",
    ),
    (&["JSON", "json", "cjson"], JSON),
    // Other servers' words.
    (
        &["app", "router", "server", "api", "application", "routes"],
        SERVER,
    ),
    (
        &["express", "lapis", "Flask", "flask", "fastify"],
        "a server is made with `rover.server {}`",
    ),
    (&["req", "request"], REQUEST),
    (&["res", "response"], ANSWER),
    (&["ngx"], NGX),
    (
        &["ngx.ctx"],
        "values of a request: `ctx:set(key, value)`, `ctx:get(key)`",
    ),
    (
        &["ngx.exit"],
        "return the answer: `return api.error(status, message)`",
    ),
    (
        &["ngx.header"],
        "`return api.text(text):header(name, value)`",
    ),
    (&["ngx.log"], LOG),
    (&["ngx.null"], "it is `rover.null`"),
    (&["ngx.print", "ngx.say"], "return the text: `return text`"),
    (&["ngx.redirect"], "`return api.redirect(url)`"),
    (
        &["ngx.req"],
        "the request is `ctx`: `ctx:body()`, `ctx:headers()`, `ctx:query()`",
    ),
    (&["ngx.status"], "`return api.text:status(code, text)`"),
    (
        &["ngx.var"],
        "the request is `ctx`: `ctx.path`, `ctx.method`, `ctx.client_ip`",
    ),
];

/// Modules of LuaRocks and of other servers that people know: `socket` is one of `socket.http`, too.
const MODULES: &[(&[&str], &str)] = &[
    (
        &[
            "cjson",
            "dkjson",
            "json",
            "lunajson",
            "rapidjson",
            "rxi.json",
        ],
        JSON,
    ),
    (
        &["socket", "ssl", "http.request", "requests", "luasocket"],
        "programs cannot open connections in this version",
    ),
    (&["lfs", "posix", "luv", "uv"], FILES),
    (&["ffi"], FFI),
    (
        &["lpeg", "rex_pcre", "rex_pcre2", "lpeglabel"],
        "it is written in C, which programs cannot load: use Lua's patterns, or a module in plain Lua",
    ),
    (
        &[
            "luasql",
            "pgmoon",
            "lsqlite3",
            "lsqlite3complete",
            "redis",
            "mongo",
            "mongorover",
        ],
        "there are no databases in this version",
    ),
    (&["resty", "ngx"], NGX),
    (
        &[
            "lapis", "sailor", "turbo", "pegasus", "orbit", "milua", "lor",
        ],
        ROUTE,
    ),
    (
        &["etlua", "mustache", "lustache"],
        "templates are built in: `api.html(data) [[ ... {{ name }} ... ]]`; or put the module's file beside the manifest",
    ),
    (
        &["openssl", "bcrypt", "argon2", "luaossl", "md5", "sha1"],
        IN_C,
    ),
    (
        &[
            "zlib", "lua-zlib", "brotli", "mime", "struct", "cmsgpack", "yaml", "lyaml",
        ],
        "it is written in C, which programs cannot load: use a module in plain Lua, beside the manifest",
    ),
    (
        &[
            "pl",
            "inspect",
            "middleclass",
            "classic",
            "lume",
            "penlight",
            "luaunit",
            "busted",
            "uuid",
            "date",
            "base64",
        ],
        "put the module's files beside the manifest: modules of LuaRocks are not looked for",
    ),
];

/// Functions of other servers: `app.listen`.
const OF_SERVERS: &[(&[&str], &str)] = &[
    (
        &["listen", "run", "start", "serve", "bind"],
        "the server starts by itself when the program runs; its port is an option: `rover.server { port = 8080 }`",
    ),
    (
        &["use", "before", "before_filter", "middleware", "after"],
        "there are no middlewares in this version: call a function of yours in the handlers",
    ),
    (
        &[
            "route",
            "match",
            "all",
            "any",
            "add_route",
            "handle",
            "ws",
            "sse",
            "websocket",
        ],
        ROUTE,
    ),
    (
        &["send", "render", "write", "respond", "say", "html_file"],
        ANSWER,
    ),
    (&["set", "configure", "enable"], OPTIONS),
];

/// What is said of the longest of the known names that is the word, or stands before a dot or a
/// colon in it.
fn longest(known: &[(&[&str], &'static str)], word: &str) -> Option<&'static str> {
    let fits = |name: &&str| {
        let rest = word.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', ':']))
    };
    let all = known
        .iter()
        .flat_map(|(names, text)| names.iter().map(move |name| (*name, *text)));
    all.filter(|(name, _)| fits(name))
        .max_by_key(|(name, _)| name.len())
        .map(|(_, text)| text)
}

/// Of a member of a library: `os.execute`, `ngx.req.get_headers`.
pub(crate) fn word(word: &str) -> Option<&'static str> {
    longest(WORDS, word)
}

/// Of a global that nothing defines.
pub(crate) fn global(name: &str, in_module: bool) -> Option<String> {
    let text = word(name)?;
    let text = match text == SERVER && in_module {
        true => SERVER_IN_MODULE,
        false => text,
    };
    Some(text.replace("NAME", name))
}

/// Of a global about which nothing is known.
pub(crate) fn undefined(name: &str) -> String {
    format!("declare it, `local {name} = ...`, or define it as a global outside of functions")
}

/// Of a module.
pub(crate) fn module(name: &str) -> Option<&'static str> {
    longest(MODULES, name)
}

/// Of a function of the server.
pub(crate) fn of_server(name: &str) -> Option<&'static str> {
    longest(OF_SERVERS, name).or_else(|| Method::from_key(name).map(|_| ROUTE))
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
}
