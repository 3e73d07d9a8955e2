//! Modules of LuaRocks and OpenResty that people know, and what programs have instead.

/// Beginnings of names, and what to use.
const KNOWN: [(&[&str], &str); 12] = [
    (
        &[
            "cjson",
            "dkjson",
            "json",
            "lunajson",
            "rapidjson",
            "rxi.json",
        ],
        "JSON is built in: `rover.json.encode(value)` and `rover.json.decode(text)`; a table that a handler returns is JSON",
    ),
    (
        &["socket", "ssl", "http.request", "requests", "luasocket"],
        "programs cannot open connections in this version",
    ),
    (
        &["lfs", "posix", "luv", "uv"],
        "programs cannot read or write files in this version: put data into a module (`return { ... }`)",
    ),
    (
        &["ffi"],
        "programs cannot reach memory or C libraries: `ffi` is not available",
    ),
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
    (
        &["resty", "ngx"],
        "it is OpenResty's: a request is `ctx`, and the answer is what a handler returns",
    ),
    (
        &[
            "lapis", "sailor", "turbo", "pegasus", "orbit", "milua", "lor",
        ],
        "it is another web framework: routes are `function api.users.p_id.get(ctx) ... end`",
    ),
    (
        &["etlua", "mustache", "lustache"],
        "templates are built in: `api.html(data) [[ ... {{ name }} ... ]]`; or put the module's file beside the manifest",
    ),
    (
        &["openssl", "bcrypt", "argon2", "luaossl", "md5", "sha1"],
        "it is written in C, which programs cannot load",
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

/// What stands in a module's place, if it is a known one.
pub(crate) fn instead(module: &str) -> Option<&'static str> {
    let is = |known: &&str| {
        module
            .strip_prefix(*known)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let found = KNOWN.iter().find(|(names, _)| names.iter().any(is));
    found.map(|(_, instead)| *instead)
}
