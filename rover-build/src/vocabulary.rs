//! The words that a program may use of what is not its own, and what is said of those that
//! it may not: one place for all checks.

/// The global functions.
pub(crate) const FUNCTIONS: [&str; 26] = [
    "assert",
    "collectgarbage",
    "error",
    "gcinfo",
    "getfenv",
    "getmetatable",
    "ipairs",
    "load",
    "loadstring",
    "next",
    "pairs",
    "pcall",
    "print",
    "rawequal",
    "rawget",
    "rawlen",
    "rawset",
    "require",
    "select",
    "setfenv",
    "setmetatable",
    "tonumber",
    "tostring",
    "type",
    "unpack",
    "xpcall",
];

/// The global tables and values.
pub(crate) const TABLES: [&str; 10] = [
    "_G",
    "_VERSION",
    "bit",
    "coroutine",
    "io",
    "math",
    "os",
    "rover",
    "string",
    "table",
];

/// What the libraries have whose every member is known.
const LIBRARIES: &[(&str, &[&str])] = &[
    (
        "bit",
        &[
            "arshift", "band", "bnot", "bor", "bswap", "bxor", "lshift", "rol", "ror", "rshift",
            "tobit", "tohex",
        ],
    ),
    (
        "coroutine",
        &[
            "create",
            "isyieldable",
            "resume",
            "running",
            "status",
            "wrap",
            "yield",
        ],
    ),
    ("debug", &["getinfo", "traceback"]),
    ("io", &[]),
    (
        "math",
        &[
            "abs",
            "acos",
            "asin",
            "atan",
            "atan2",
            "ceil",
            "cos",
            "cosh",
            "deg",
            "exp",
            "floor",
            "fmod",
            "frexp",
            "huge",
            "ldexp",
            "log",
            "log10",
            "max",
            "min",
            "mod",
            "modf",
            "pi",
            "pow",
            "rad",
            "random",
            "randomseed",
            "sin",
            "sinh",
            "sqrt",
            "tan",
            "tanh",
        ],
    ),
    ("os", &["clock", "date", "difftime", "getenv", "time"]),
    (
        "package",
        &[
            "config",
            "cpath",
            "loaded",
            "loaders",
            "path",
            "preload",
            "searchers",
        ],
    ),
    (
        "rover",
        &[
            "array", "guard", "html", "json", "log", "null", "server", "template",
        ],
    ),
    ("rover.json", &["decode", "encode"]),
    ("rover.log", &["debug", "error", "info", "warn"]),
    (
        "string",
        &[
            "byte", "char", "find", "format", "gfind", "gmatch", "gsub", "len", "lower", "match",
            "rep", "reverse", "sub", "upper",
        ],
    ),
    (
        "table",
        &[
            "clear", "concat", "foreach", "foreachi", "getn", "insert", "maxn", "move", "new",
            "pack", "remove", "setn", "sort", "unpack",
        ],
    ),
];

/// What a later version is to have.
const PLANNED: &[(&str, &[&str])] = &[
    (
        "rover",
        &[
            "all",
            "asset",
            "assets",
            "base64",
            "cache",
            "cron",
            "crypto",
            "csrf",
            "db",
            "env",
            "every",
            "files",
            "fs",
            "hex",
            "http",
            "idempotent",
            "jwt",
            "on_start",
            "on_stop",
            "password",
            "publish",
            "race",
            "random",
            "rate_limit",
            "redis",
            "session",
            "sessions",
            "shared",
            "sleep",
            "spawn",
            "state",
            "stream",
            "subscribe",
            "try",
            "url",
            "ws",
        ],
    ),
    (
        "ctx",
        &[
            "csrf",
            "host",
            "last_event_id",
            "scheme",
            "session",
            "url",
            "user",
        ],
    ),
    ("api", &["stream"]),
    ("route", &["after", "assets", "before", "cors"]),
    (
        "option",
        &[
            "compress",
            "cors",
            "files",
            "max_background",
            "security_headers",
            "sessions",
            "slow_query",
            "state",
            "timeout",
            "timeouts",
            "trusted_proxies",
            "ws_buffer",
            "ws_message_limit",
        ],
    ),
];

/// What to write instead of words that a server does not have, or that belong to another
/// server. Of several that fit, the longest counts.
const INSTEAD: &[(&str, &str)] = &[
    ("bit32", "the library of bits is `bit`"),
    ("debug", "of `debug` there are `traceback` and `getinfo`"),
    (
        "dofile",
        "the program is bundled at build: use `require \"name\"`",
    ),
    ("ffi", "C libraries cannot be called from a program"),
    (
        "io",
        "files cannot be read or written; what belongs to the program goes into a module",
    ),
    ("io.popen", "a handler cannot start another program"),
    (
        "io.read",
        "there is no standard input; the request's body is `ctx:body()`",
    ),
    ("io.stderr", "write to the log: `rover.log.error(message)`"),
    (
        "io.stdin",
        "there is no standard input; the request's body is `ctx:body()`",
    ),
    ("io.stdout", "write to the log: `print(message)`"),
    (
        "io.write",
        "write to the log: `print(message)`; what a handler returns is the answer",
    ),
    ("jit", "the compiler of LuaJIT is the server's own"),
    (
        "loadfile",
        "the program is bundled at build: use `require \"name\"`",
    ),
    ("math.ifloor", "write `math.floor(x)`"),
    ("math.round", "write `math.floor(x + 0.5)`"),
    ("math.tointeger", "it is Lua 5.3's: write `math.floor(x)`"),
    ("math.type", "it is Lua 5.3's: all numbers are doubles here"),
    ("module", "return a table at the end of the file"),
    ("os.execute", "a handler cannot start another program"),
    (
        "os.exit",
        "a handler cannot end the server; to end the request, `return`",
    ),
    ("os.remove", "files cannot be changed"),
    ("os.rename", "files cannot be changed"),
    ("os.setlocale", "the locale is always \"C\""),
    ("os.tmpname", "files cannot be written"),
    ("package.loadlib", "C libraries cannot be loaded"),
    ("string.dump", "bytecode cannot be made or loaded"),
    ("utf8", "it is a library of Lua 5.3; texts are bytes here"),
    // Other servers' words.
    (
        "app",
        "the server is what `rover.server` gives: `local api = rover.server {}`, `function api.path.get(ctx) ... end`",
    ),
    (
        "lapis",
        "routes are functions of the server: `function api.path.get(ctx) ... end`",
    ),
    (
        "ngx",
        "it belongs to OpenResty; see docs/lua.md for what `ctx` and `api` have",
    ),
    (
        "ngx.ctx",
        "values of a request: `ctx:set(key, value)`, `ctx:get(key)`",
    ),
    (
        "ngx.exit",
        "return the answer: `return api.error(status, message)`",
    ),
    ("ngx.header", "`return api.text(text):header(name, value)`"),
    ("ngx.log", "write to the log: `rover.log.error(message)`"),
    ("ngx.null", "it is `rover.null`"),
    ("ngx.print", "return the text: `return text`"),
    ("ngx.redirect", "`return api.redirect(url)`"),
    (
        "ngx.req",
        "the request is `ctx`: `ctx:body()`, `ctx:headers()`, `ctx:query()`",
    ),
    ("ngx.say", "return the text: `return text`"),
    ("ngx.status", "`return api.text:status(code, text)`"),
    (
        "ngx.var",
        "the request is `ctx`: `ctx.path`, `ctx.method`, `ctx.client_ip`",
    ),
    (
        "req",
        "the request is the handler's parameter: `function api.path.get(ctx) ... end`",
    ),
    (
        "request",
        "the request is the handler's parameter: `function api.path.get(ctx) ... end`",
    ),
    (
        "res",
        "what a handler returns is the answer: `return api.json(value)`",
    ),
    (
        "response",
        "what a handler returns is the answer: `return api.json(value)`",
    ),
];

/// Names of other Luas and of the places where Lua runs. Libraries ask for them to learn
/// where they are.
const ELSEWHERE: &[&str] = &[
    "arg", "bit32", "box", "cjson", "debug", "dofile", "ffi", "fengari", "js", "jit", "kong",
    "loadfile", "love", "lpeg", "minetest", "module", "mp", "newproxy", "ngx", "package", "redis",
    "utf8", "vim", "warn",
];

/// Whether a global is there, or is one that careful programs ask for.
pub(crate) fn is_global(name: &str) -> bool {
    FUNCTIONS.contains(&name) || TABLES.contains(&name) || ELSEWHERE.contains(&name)
}

/// What a library has, if all of that is known.
pub(crate) fn members(library: &str) -> Option<&'static [&'static str]> {
    let mut libraries = LIBRARIES.iter();
    libraries
        .find(|(name, _)| *name == library)
        .map(|(_, members)| *members)
}

/// The libraries that have a function of a name: `string` for `upper`.
pub(crate) fn libraries_with(name: &str) -> Vec<&'static str> {
    let found = LIBRARIES
        .iter()
        .filter(|(_, members)| members.contains(&name));
    found.map(|(library, _)| *library).collect()
}

/// Whether a later version is to have a member of something.
pub(crate) fn is_planned(of: &str, name: &str) -> bool {
    PLANNED
        .iter()
        .any(|(owner, names)| *owner == of && names.contains(&name))
}

/// What to write instead of a word: `ngx.req` for `ngx.req.get_headers`.
pub(crate) fn instead(word: &str) -> Option<&'static str> {
    let fits = |known: &str| {
        let rest = word.strip_prefix(known);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let found = INSTEAD.iter().filter(|(known, _)| fits(known));
    found
        .max_by_key(|(known, _)| known.len())
        .map(|(_, text)| *text)
}

/// What is said of a word that this version does not have.
pub(crate) fn unavailable(word: &str) -> String {
    format!("`{word}` is not available in this version")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_word_counts() {
        assert_eq!(instead("ngx.req.get_headers"), instead("ngx.req"));
        assert_ne!(instead("ngx.req"), instead("ngx"));
        assert_eq!(instead("ngx.requests"), instead("ngx"));
        assert_eq!(instead("string.upper"), None);
    }
}
