//! A compiled program as plain constants: what the generated code holds.

pub use rover_model::{Escape, Limits, LogLevel, Method, Network, PerfectMap, Place, Rule, guard};

pub use crate::message::path::{MalformedPath, Param, Path};
pub use crate::message::request::Part;

/// Everything the compiler learned about a manifest.
#[derive(Debug)]
pub struct Program {
    /// The program's name: the `title` option, else the package's name.
    pub name: &'static str,
    /// The program's version: the `version` option, else the package's.
    pub version: &'static str,
    /// The options of `rover.server`, with defaults filled in.
    pub options: Options,
    /// The routes, as `GET /users/{id}`, and hooks whose functions the program reads while it
    /// loads.
    pub given: &'static [&'static str],
    /// The manifest (module name `""`) and its modules, as LuaJIT bytecode.
    pub chunks: &'static [Chunk],
    /// Every route, in order of definition.
    pub routes: &'static [Route],
    /// Paths without parameters, and their routes by method.
    pub static_paths: &'static PerfectMap<&'static [(Method, u16)]>,
    /// Finds the route of a path with parameters.
    pub dynamic: fn(Method, &Path<'_>) -> Option<u16>,
    /// Names of record fields, ordered as the program's constructors write them.
    pub key_order: &'static [&'static str],
    /// Responses whose shape the compiler knows, by the numbers in the bytecode, less one.
    pub templates: &'static [Template],
    /// What items of lists are made of.
    pub steps: &'static [Step],
    /// The schemas of `rover.guard` that are constant, by the numbers in the bytecode.
    pub guards: &'static [guard::Schema],
    /// What `/openapi.json` and `/docs` answer, unless the option `docs` is off.
    pub docs: Option<Docs>,
    /// The orders of constructors that contradict `key_order`.
    pub special_orders: &'static [&'static [&'static str]],
    /// Templates of HTML as LuaJIT bytecode, by the numbers in the program's, less one.
    pub pages: &'static [&'static [u8]],
    /// What those print.
    pub html_steps: &'static [HtmlStep],
}

/// The program's documentation.
#[derive(Clone, Copy, Debug)]
pub struct Docs {
    /// Its OpenAPI document.
    pub document: &'static str,
    /// The `Content-Security-Policy` of the page that shows it.
    pub policy: &'static str,
}

/// The options of `rover.server`.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Address or name to listen on.
    pub host: &'static str,
    /// TCP port; 0 takes any free one.
    pub port: u16,
    /// Number of workers; 0 means one per core.
    pub workers: usize,
    /// Level of the log.
    pub log_level: LogLevel,
    /// Whether `/healthz` and `/readyz` are served.
    pub health: bool,
    /// The proxies whose word is taken for who asks for what.
    pub trusted_proxies: &'static [Network],
    /// What bounds requests and connections.
    pub limits: Limits,
    /// Milliseconds of CPU time that a handler has; 0 for any.
    pub deadline: u32,
    /// Bytes that a VM may take; 0 for any.
    pub memory_limit: u64,
    /// They may be others at the start, which the program reads from the environment.
    pub from_start: bool,
    /// Those that are part of the compiled program, as texts.
    pub compiled_in: &'static [(&'static str, &'static str)],
}

/// One Lua file's bytecode.
#[derive(Clone, Copy, Debug)]
pub struct Chunk {
    /// The names `require` knows it by; empty for the manifest.
    pub modules: &'static [&'static str],
    /// What `string.dump` gave, with debug information.
    pub bytecode: &'static [u8],
}

/// One method on one path.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The request method.
    pub method: Method,
    /// The path as people write it: `/users/{id}`.
    pub pattern: &'static str,
    /// Where the parameters stand.
    pub params: &'static [Param],
    /// What must be prepared before the handler runs.
    pub needs: Needs,
    /// Lua file and line of the definition.
    pub source: &'static str,
    /// Milliseconds of CPU time that the handler has; 0 for any.
    pub deadline: u32,
    /// Largest request body in bytes; 0 for any.
    pub body_limit: u64,
    /// What the handler begins with checking, before it does anything else.
    pub first: Option<First>,
}

/// A part of the request that is checked against a constant schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct First {
    /// The part: 0 the body, 1 the query, 2 the parameters.
    pub source: u8,
    /// The schema's number.
    pub schema: usize,
    /// The number of the place where what was checked is held, if it is.
    pub holder: Option<i32>,
}

/// What a handler reads, as far as it must be known before it runs.
#[derive(Clone, Copy, Debug)]
pub struct Needs {
    /// The handler must be given a `ctx`.
    pub ctx: bool,
    /// The handler may read the body.
    pub body: bool,
    /// The answer is always the same: it is made once, when a worker starts.
    pub constant: bool,
}

/// A JSON response whose shape the compiler knows.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    /// The status; 0 where the program gives none.
    pub status: u16,
    /// What is written, in order.
    pub pieces: &'static [Piece],
}

/// A part of a template.
#[derive(Clone, Copy, Debug)]
pub enum Piece {
    /// JSON as it is.
    Text(&'static str),
    /// Fields as they are, after a comma unless they are their object's first.
    Fields(&'static str),
    /// A field whose value is the next argument, and that is absent where it is nil.
    Field {
        /// `"name":`
        key: &'static str,
        /// How many containers are around the value.
        depth: u8,
        /// The names that lead to it, for errors: `.rows.first`.
        path: &'static str,
    },
    /// A field whose value is a part of the request that was checked and is held; absent
    /// where it is.
    Held {
        /// `"name":`
        key: &'static str,
        /// The number of the checked value.
        holder: usize,
        /// The fields that lead to the part: each one's number and one more, from the low
        /// byte on.
        place: u32,
        /// As a field's.
        path: &'static str,
    },
    /// A field whose value is a text of the request; absent where that is.
    Part {
        /// `"name":`
        key: &'static str,
        /// The text.
        part: Part,
        /// As a field's.
        path: &'static str,
    },
    /// A field whose value is a list that was written already; without a key, the whole
    /// response.
    List {
        /// `"name":`
        key: &'static str,
        /// As a field's.
        depth: u8,
        /// As a field's.
        path: &'static str,
    },
}

/// A value in an item of a list that is written while it is built, with the constant text
/// around it.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// It is its item's first.
    pub first: bool,
    /// It is its item's last.
    pub last: bool,
    /// What `lead` begins with is a field, which needs a comma unless it is its object's
    /// first.
    pub comma: bool,
    /// Before the value, its field's name included.
    pub lead: &'static str,
    /// After the value.
    pub tail: &'static str,
    /// The bytes of `lead` that are the beginning of a string which the value is part of.
    pub prefix: usize,
    /// The bytes of `tail` that are its end.
    pub suffix: usize,
    /// What is written instead where the value is absent.
    pub absent: [Run; 2],
    /// How many containers are around the value, the list included.
    pub depth: u8,
    /// The names that lead to it from the item, for errors: `.first`.
    pub path: &'static str,
}

/// A value in a page, with the constant text around it.
#[derive(Clone, Copy, Debug)]
pub struct HtmlStep {
    /// Before the value.
    pub lead: &'static str,
    /// How the value is written.
    pub escape: Escape,
    /// After the value.
    pub tail: &'static str,
}

/// Constant JSON.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// The text.
    pub text: &'static str,
    /// It begins with a field: a comma comes first, unless it is its object's first.
    pub fields: bool,
}

impl Program {
    /// The route for a method and path: static paths first, then the matcher.
    pub fn find(&self, method: Method, path: &mut Path<'_>) -> Option<u16> {
        if let Some(table) = path.static_key().and_then(|key| self.static_paths.get(key))
            && let Some((_, route)) = table.iter().find(|(m, _)| *m == method)
        {
            return Some(*route);
        }
        path.split();
        (self.dynamic)(method, path)
    }

    /// The methods that answer on a path, HEAD and OPTIONS included where implied.
    pub fn allowed(&self, path: &mut Path<'_>) -> Vec<Method> {
        let mut has = |m| self.find(m, path).is_some();
        let mut methods: Vec<Method> = Method::ALL
            .into_iter()
            .filter(|&m| has(m) || (m == Method::Head && has(Method::Get)))
            .collect();
        if !methods.is_empty() && !methods.contains(&Method::Options) {
            methods.push(Method::Options);
        }
        methods
    }
}
