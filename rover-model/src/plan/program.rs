//! A program as a whole: its options, its bytecode, and the lists of what it is made of.

use std::borrow::Cow;

use super::answer::{HtmlStep, Step, Template};
use super::hook::PathHook;
use super::migration::MigrationFolder;
use super::route::Route;
use super::value::{List, Text};
use super::variable::Variable;
use crate::cors::CorsRule;
use crate::guard::Schema;
use crate::{Limits, LogLevel, Network, SecurityHeaders, StateOptions};

/// A compiled program.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Plan {
    /// The program's name: the `title` option, else the package's name.
    pub name: Text,
    /// The program's version: the `version` option, else the package's.
    pub version: Text,
    /// The options of `rover.server`, with defaults filled in.
    pub options: Options,
    /// The routes, as `GET /users/{id}`, and hooks whose functions the program reads while it
    /// loads.
    pub given: List<Text>,
    /// The manifest (module name `""`) and its modules, as LuaJIT bytecode.
    pub chunks: List<Chunk>,
    /// Every route, in order of definition.
    pub routes: List<Route>,
    /// The hooks of paths, in order of definition.
    pub path_hooks: List<PathHook>,
    /// The names that the program sets on `ctx`.
    pub ctx_fields: List<Text>,
    /// Whether `on_error` or `not_found` may wait for something outside.
    pub hooks_wait: bool,
    /// Names of record fields, ordered as the program's constructors write them.
    pub key_order: List<Text>,
    /// The orders of constructors that contradict `key_order`.
    pub special_orders: List<List<Text>>,
    /// Responses whose shape the compiler knows, by the numbers in the bytecode, less one.
    pub templates: List<Template>,
    /// What items of lists are made of.
    pub steps: List<Step>,
    /// The schemas of `rover.guard` that are constant, by the numbers in the bytecode.
    pub guards: List<Schema>,
    /// Templates of HTML, by the numbers in the bytecode, less one.
    pub pages: List<Page>,
    /// What those print.
    pub html_steps: List<HtmlStep>,
    /// The variables of the environment that the program reads.
    pub environment: List<Variable>,
    /// The folders of migrations that `rover.db` names.
    pub migrations: List<MigrationFolder>,
    /// What `/openapi.json` and `/docs` answer, unless the option `docs` is off.
    pub docs: Option<Docs>,
}

/// The options of `rover.server` that the runtime asks.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Options {
    /// Address or name to listen on.
    pub host: Text,
    /// TCP port; 0 takes any free one.
    pub port: u16,
    /// Number of workers; 0 means one per core.
    pub workers: usize,
    /// Level of the log.
    pub log_level: LogLevel,
    /// Whether `/healthz` and `/readyz` are served.
    pub health: bool,
    /// The proxies whose word is taken for who asks for what.
    pub trusted_proxies: List<Network>,
    /// What pages of other sites may ask, for paths and all below them.
    pub cors: List<CorsRule>,
    /// What protects pages.
    pub security_headers: SecurityHeaders,
    /// Where the state is that all workers have in common; nothing where it can be in the memory of the process alone.
    pub state: Option<StateOptions>,
    /// What bounds requests and connections.
    pub limits: Limits,
    /// Milliseconds of CPU time that a handler has; 0 for any.
    pub deadline: u32,
    /// Milliseconds that a handler has, waiting included; 0 for any.
    pub timeout: u32,
    /// Bytes that a VM may take; 0 for any.
    pub memory_limit: u64,
    /// Functions that run in the background of a worker at one time.
    pub max_background: u32,
    /// The folders that the program may read and write.
    pub files: List<Text>,
    /// They may be others at the start, which the program reads from the environment.
    pub from_start: bool,
    /// Those that are part of the compiled program, as texts.
    pub compiled_in: List<(Text, Text)>,
}

/// The program's documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Docs {
    /// Its OpenAPI document.
    pub document: Text,
    /// The `Content-Security-Policy` of the page that shows it: it may do what it needs, and
    /// nothing else.
    pub policy: Text,
}

/// One Lua file's bytecode.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Chunk {
    /// The names `require` knows it by; empty for the manifest.
    pub modules: List<Text>,
    /// What `string.dump` gave, with debug information.
    #[cfg_attr(feature = "serde", serde(with = "crate::plan::value::bytes"))]
    pub bytecode: Cow<'static, [u8]>,
}

/// A template of HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Page {
    /// The function that renders it, as a chunk's.
    #[cfg_attr(feature = "serde", serde(with = "crate::plan::value::bytes"))]
    pub bytecode: Cow<'static, [u8]>,
}
