//! A checked program as plain data.

use rover_model::guard::Schema;
use rover_model::plan::{Needs, Variable};
use rover_model::{Method, ServerOptions};

use crate::analyse::types::{Headers, ReturnType};
use crate::collect::OwnHook;
use crate::diagnostic::Position;
use crate::front::function_place::FunctionPlace;
use crate::model::own_hooks::Refusal;
use crate::model::token::Scheme;

/// A checked program.
#[derive(Clone, Debug, PartialEq)]
pub struct App {
    /// The options of `rover.server`.
    pub options: ServerOptions,
    /// The routes, in order of definition.
    pub routes: Vec<Route>,
    /// The functions that replace built-in answers, by name: `on_error`, `not_found`.
    pub hooks: Vec<(String, FunctionPlace)>,
    /// The hooks of paths, in order of definition.
    pub path_hooks: Vec<PathHook>,
    /// The names that the program sets on `ctx`.
    pub ctx_fields: Vec<String>,
    /// One of `hooks` may wait for something outside.
    pub hooks_wait: bool,
    /// What `on_error` returns, if there is one.
    pub on_error: Vec<ReturnType>,
    /// The name of the cookie of `ctx:session()`.
    pub session_cookie: String,
    /// The routes, as `GET /users/{id}`, and hooks whose functions the program reads while it
    /// loads.
    pub given: Vec<String>,
    /// The program asks for variables of the environment while it loads: its options may be
    /// others at the start.
    pub reads_environment: bool,
    /// The variables of the environment that it reads, while it loads or later.
    pub environment: Vec<Variable>,
}

impl App {
    /// Every function that is called with a `ctx`.
    pub(crate) fn functions(&self) -> impl Iterator<Item = &FunctionPlace> {
        let handlers = self.routes.iter().map(|route| &route.handler);
        let hooks = self.hooks.iter().map(|(_, place)| place);
        let of_paths = self.path_hooks.iter().filter(|hook| hook.own.is_none());
        let of_paths = of_paths.map(|hook| &hook.function);
        handlers.chain(hooks).chain(of_paths)
    }

    /// The program has given the option `sessions`.
    pub(crate) fn keeps_sessions(&self) -> bool {
        self.path_hooks.iter().any(PathHook::saves_sessions)
    }

    /// Every function that is called with a `ctx` for requests of several paths.
    pub(crate) fn hook_functions(&self) -> impl Iterator<Item = &FunctionPlace> {
        let hooks = self.hooks.iter().map(|(_, place)| place);
        hooks.chain(self.path_hooks.iter().map(|hook| &hook.function))
    }

    /// The names of each path's parameters.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = Vec<&String>> {
        let paths = self.routes.iter().map(|route| &route.path);
        paths.map(|path| path.iter().filter_map(Segment::parameter).collect())
    }
}

/// One method on one path.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    /// The request method.
    pub method: Method,
    /// The path.
    pub path: Vec<Segment>,
    /// Where it is defined: the key that is its method.
    pub position: Position,
    /// Where each segment is written.
    pub(crate) places: Vec<Position>,
    /// The handler.
    pub handler: FunctionPlace,
    /// What must be prepared before the handler and its hooks run.
    pub needs: Needs,
    /// What they read of the request.
    pub reads: Reads,
    /// The schemas that they check the request against.
    pub expects: Expects,
    /// What the comment above it says.
    pub about: About,
    /// What the handler and its hooks return, each type once.
    pub returns: Vec<ReturnType>,
    /// Milliseconds of CPU time that the handler has; 0 for any.
    pub deadline: u32,
    /// Milliseconds that the handler has, waiting included; 0 for any.
    pub timeout: u32,
    /// The largest body in bytes; 0 for any.
    pub body_limit: u64,
    /// The scheme of the token that they read from `Authorization`, if they do.
    pub token: Option<Scheme>,
    /// Who shows none is answered with 401.
    pub needs_token: bool,
    /// What the runtime's own hooks answer instead of the handler.
    pub refusals: Vec<Refusal>,
    /// The headers that its hooks give to answers which the runtime makes where the handler would.
    pub added: Headers,
    /// The headers without which those refuse a request, in lower case.
    pub required_headers: Vec<&'static str>,
    /// The hooks that run before the handler, by their numbers, in that order.
    pub before: Vec<usize>,
    /// Those that run for its answer.
    pub after: Vec<usize>,
}

/// When a hook of a path runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chain {
    /// Before the handler: what it returns, if not nil, is the answer.
    Before,
    /// After the handler: it may change the answer or return another.
    After,
}

impl Chain {
    /// The key that it is assigned to.
    pub fn key(self) -> &'static str {
        match self {
            Chain::Before => "before",
            Chain::After => "after",
        }
    }

    pub(crate) fn from_key(key: &str) -> Option<Chain> {
        [Chain::Before, Chain::After]
            .into_iter()
            .find(|chain| chain.key() == key)
    }
}

/// A function that runs before or after the handlers at a path and below.
#[derive(Clone, Debug, PartialEq)]
pub struct PathHook {
    /// When it runs.
    pub chain: Chain,
    /// The path.
    pub path: Vec<Segment>,
    /// Its name, or nothing: `auth` in `api.before.auth`.
    pub name: String,
    /// The assignment that it is of, which may give several hooks.
    pub(crate) assignment: usize,
    /// It is the other half of a value that was assigned to the other chain: after hooks of this
    /// kind run in reverse order, after the path's others.
    pub is_half: bool,
    /// Where it is defined.
    pub position: Position,
    /// The function.
    pub function: FunctionPlace,
    /// What is known of it where the runtime has it.
    pub own: Option<OwnHook>,
    /// What must be prepared before it runs.
    pub needs: Needs,
    /// What it reads of the request.
    pub(crate) reads: Reads,
    /// What it checks the request against.
    pub(crate) expects: Expects,
    /// What it answers, each type once.
    pub returns: Vec<ReturnType>,
    /// The headers that it gives to the answer that it is given.
    pub added: Headers,
    /// The scheme of the token that it reads from `Authorization`, if it does.
    pub token: Option<Scheme>,
    /// Who shows none is answered with 401.
    pub(crate) needs_token: bool,
}

impl PathHook {
    /// It is the one of the option `sessions`.
    pub(crate) fn saves_sessions(&self) -> bool {
        let own = self.own.as_ref();
        own.is_some_and(|own| own.word == "sessions")
    }

    /// The path as people write it.
    pub fn pattern(&self) -> String {
        pattern(&self.path)
    }

    /// What it is assigned to, for people: `before of /admin: auth`.
    pub fn shown(&self) -> String {
        let of = format!("{} of {}", self.chain.key(), pattern(&self.path));
        match self.name.as_str() {
            "" => of,
            name => format!("{of}: {name}"),
        }
    }
}

/// What the comment above a handler says: `--- Summary`, lines of description, `@tag name`,
/// `@deprecated`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The first line.
    pub summary: String,
    /// The others, in Markdown.
    pub description: String,
    /// Groups that it belongs to.
    pub tags: Vec<String>,
    /// It should not be used any more.
    pub deprecated: bool,
}

/// What a handler reads of the request, as far as the text shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// Path parameters by name.
    pub params: Vec<String>,
    /// Query values by name.
    pub query: Vec<String>,
    /// Headers by name.
    pub headers: Vec<String>,
    /// Cookies by name.
    pub cookies: Vec<String>,
    /// The methods that are called on the body.
    pub body: Vec<String>,
    /// Other members of `ctx`: `path`, `set`, or a table that is used whole.
    pub members: Vec<String>,
    /// `ctx` is passed on or kept: anything may be read.
    pub escapes: bool,
}

/// The schemas that a handler checks its request against, where they are constant in the
/// source: `ctx:body():expect(schema)`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expects {
    /// Of the body.
    pub body: Option<Schema>,
    /// Of the query.
    pub query: Option<Schema>,
    /// Of the path's parameters.
    pub params: Option<Schema>,
}

/// One part of a route's path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Segment {
    /// Matches itself.
    Literal(String),
    /// Matches one segment.
    Param(String),
    /// Matches all that remains.
    Rest(String),
}

impl Segment {
    /// The name of a parameter.
    pub fn parameter(&self) -> Option<&String> {
        match self {
            Segment::Literal(_) => None,
            Segment::Param(name) | Segment::Rest(name) => Some(name),
        }
    }
}

impl Route {
    /// The path as people write it: `/users/{id}`.
    pub fn pattern(&self) -> String {
        pattern(&self.path)
    }
}

/// A path as people write it.
pub(crate) fn pattern(path: &[Segment]) -> String {
    if path.is_empty() {
        return "/".to_owned();
    }
    let parts = path.iter().map(|segment| match segment {
        Segment::Literal(text) => format!("/{text}"),
        Segment::Param(name) => format!("/{{{name}}}"),
        Segment::Rest(name) => format!("/{{{name}...}}"),
    });
    parts.collect()
}
