//! The words that a program may use of what is not its own: one place for all checks. What is said
//! of others stands in `instead`. No program is known here.

pub(crate) mod instead;

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
pub(crate) const TABLES: [&str; 13] = [
    "_G",
    "_VERSION",
    "bit",
    "coroutine",
    "debug",
    "io",
    "jit",
    "math",
    "os",
    "package",
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
    ("debug", &["getinfo", "getmetatable", "traceback"]),
    // The others are there to be taken; to call one is an error.
    ("io", &["type"]),
    (
        "jit",
        &[
            "arch",
            "flush",
            "off",
            "on",
            "os",
            "status",
            "version",
            "version_num",
        ],
    ),
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

/// The methods of a response.
pub(crate) const RESPONSE_METHODS: [&str; 3] = ["header", "status", "cookie"];

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

/// Names of other Luas and of the places where Lua runs. Libraries ask for them to learn
/// where they are.
const ELSEWHERE: &[&str] = &[
    "arg", "bit32", "box", "cjson", "dofile", "ffi", "fengari", "js", "kong", "loadfile", "love",
    "lpeg", "minetest", "module", "mp", "newproxy", "ngx", "redis", "utf8", "vim", "warn",
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

/// The libraries that have a function of a name: `string` for `upper`. Nobody means those of
/// which hardly anything is used.
pub(crate) fn libraries_with(name: &str) -> Vec<&'static str> {
    let found = LIBRARIES.iter().filter(|(library, members)| {
        !matches!(*library, "jit" | "package") && members.contains(&name)
    });
    found.map(|(library, _)| *library).collect()
}

/// Whether a later version is to have a member of something.
pub(crate) fn is_planned(of: &str, name: &str) -> bool {
    PLANNED
        .iter()
        .any(|(owner, names)| *owner == of && names.contains(&name))
}

/// What is said of a word that this version does not have.
pub(crate) fn unavailable(word: &str) -> String {
    format!("`{word}` is not available in this version")
}
