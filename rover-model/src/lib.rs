//! What the compiler (`rover-build`) and the runtime (`rover-rt`) must agree on.
//!
//! It holds the vocabulary, the plan of a compiled program, the reader of JSON and the writer of
//! its numbers and strings, the rules of server options and of responses, the perfect hash of
//! literal paths, and the Lua text of the recording server, which runs once at build and once in
//! every worker.
//!
//! Without features the crate has no dependencies but those that write digits and Base64. `serde` lets the
//! compiler print a plan as Rust, `store` writes and reads one as bytes, `tls` speaks with servers that are believed.

pub mod admission;
pub mod coding;
pub mod cors;
pub mod cron;
pub mod database;
pub mod docs;
mod elsewhere;
mod escape;
pub mod guard;
pub mod json;
mod limits;
mod method;
mod network;
mod option_fields;
mod options;
mod perfect;
pub mod plan;
pub mod postgres;
pub mod redis;
mod response;
mod security_headers;
mod server_options;
pub mod sessions;
pub mod sql;
pub mod state;
pub mod tls;
mod vocabulary;

pub use elsewhere::StateOptions;
pub use escape::{Escape, Place, Rule};
pub use limits::{LEAST_HEARTBEAT, Limits, Unit};
pub use method::Method;
pub use network::{Network, NetworkError};
pub use option_fields::{FieldProblem, WrongField};
pub use options::{
    LIFETIME, LogLevel, OptionError, lifetime_of_seconds, parse_duration, parse_lifetime,
    parse_log_level, parse_size,
};
pub use perfect::{Layout, PerfectMap, layout};
pub use response::{is_final_status, refused_header};
pub use security_headers::SecurityHeaders;
pub use server_options::{OptionValue, ServerOptions, SetError, WrongItem};
pub use vocabulary::VOCABULARY;

/// The recording server: a chunk that returns `{ new = ..., routes = ... }`.
///
/// `new(options, builders)` makes a server table whose indexing grows route
/// paths and whose assignments are recorded; `seal(server)` ends recording and returns
/// the recorded entries in order.
pub const SERVER_LUA: &str = include_str!("../lua/server.lua");

/// `rover.json` and `rover.array`: a chunk that takes an encoder, a decoder and the
/// metatable of arrays, and returns `{ json = ..., array = ... }`.
pub const JSON_LUA: &str = include_str!("../lua/json.lua");

/// `require` and the libraries that programs get in part: a chunk that takes what its VM has
/// for that, and returns `{ require = ..., install = ..., lock = ... }`.
pub const MODULES_LUA: &str = include_str!("../lua/modules.lua");

/// What is said of error values that are no strings: a chunk that takes an encoder and the
/// value of `rover.null`, and returns `{ described = ..., run = ... }`.
pub const RAISED_LUA: &str = include_str!("../lua/raised.lua");

/// `rover.base64`, `rover.hex`, `rover.url` and `rover.crypto`: a chunk that is given natives, `raise`,
/// `is_loaded` and `charge`, and returns a table of them.
pub const CRYPTO_LUA: &str = include_str!("../lua/crypto.lua");

/// `rover.csrf`: a chunk that is given what checks a request and `raise`, and returns the hook.
pub const CSRF_LUA: &str = include_str!("../lua/csrf.lua");

/// `rover.env`: a chunk that is given `getenv`, `check`, `raise` and `is_loaded`, and returns
/// `rover.env`.
pub const ENV_LUA: &str = include_str!("../lua/env.lua");

/// What a program has of Lua's library, `rover` included: a name on each line, as
/// `string.rep`, printed from the vocabulary's rows by a test of the compiler's.
pub const LIBRARY: &str = include_str!("../lua/library.txt");

/// Functions directly on the server table that replace the built-in answers.
pub const HOOKS: [&str; 2] = ["on_error", "not_found"];

/// Keys of any path whose functions run before and after the handlers at the path and below.
pub const CHAINS: [&str; 2] = ["before", "after"];

/// What stands in every loop and function of a program: it counts the file's budget down,
/// and asks for another.
pub const BUDGET_CHECK: &str =
    " __budget = __budget - 1 if __budget < 0 then __budget = __rover.check() end ";

/// What a file's text stands in: `__rover` is what only compiled code calls. With
/// a number behind it, it is a local of such code.
pub const CHUNK_START: &str = "local __rover = ... local __budget = 1000 return function(...) ";

/// See [`CHUNK_START`].
pub const CHUNK_END: &str = "\nend";

/// Whether a name is one that compiled code uses.
pub fn is_reserved(name: &[u8]) -> bool {
    let rest = name.strip_prefix(b"__rover");
    rest.is_some_and(|rest| rest.iter().all(u8::is_ascii_digit)) || name == b"__budget"
}
