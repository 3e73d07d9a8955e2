//! A compiled program: its plan, and the router that belongs to it.

use std::ops::Deref;

pub use std::borrow::Cow::Borrowed;

pub use rover_model::cors::{CorsPolicy, CorsRule};
pub use rover_model::guard::{
    Constant, Element, Field, Format, Kind, Length, Range, Schema, TextRules,
};
pub use rover_model::plan::{
    Chunk, Docs, HtmlStep, Migration, MigrationFolder, Needs, Options, Page, Param, Part, PathHook,
    Piece, Plan, Precheck, Route, Run, Step, Template, Variable,
};
pub use rover_model::{
    Escape, Limits, LogLevel, Method, Network, PerfectMap, Place, Rule, SecurityHeaders,
    StateOptions,
};

pub use crate::message::path::{MalformedPath, Path};
pub use crate::router::Router;

/// Everything the compiler learned about a manifest, with a way from paths to its routes.
#[derive(Debug)]
pub struct Program {
    /// What the compiler learned.
    pub plan: Plan,
    /// Finds routes.
    pub router: Router,
}

impl Deref for Program {
    type Target = Plan;

    #[inline]
    fn deref(&self) -> &Plan {
        &self.plan
    }
}

impl From<Plan> for Program {
    /// A program whose router is a table.
    fn from(plan: Plan) -> Self {
        Program {
            router: Router::table(&plan.routes),
            plan,
        }
    }
}

impl Program {
    /// The route for a method and path.
    #[inline]
    pub fn find(&self, method: Method, path: &mut Path<'_>) -> Option<u16> {
        self.router.find(method, path)
    }

    /// One without anything in it, for tests.
    #[cfg(test)]
    pub(crate) fn empty() -> Self {
        Program::from(Plan {
            name: Borrowed(""),
            version: Borrowed(""),
            options: Options {
                host: Borrowed(""),
                port: 0,
                workers: 1,
                log_level: LogLevel::Off,
                health: false,
                trusted_proxies: Borrowed(&[]),
                cors: Borrowed(&[]),
                security_headers: SecurityHeaders::OFF,
                state: None,
                limits: Limits::DEFAULT,
                deadline: 0,
                timeout: 0,
                memory_limit: 0,
                max_background: 1000,
                files: Borrowed(&[]),
                from_start: false,
                compiled_in: Borrowed(&[]),
            },
            given: Borrowed(&[]),
            chunks: Borrowed(&[]),
            routes: Borrowed(&[]),
            path_hooks: Borrowed(&[]),
            ctx_fields: Borrowed(&[]),
            hooks_wait: false,
            key_order: Borrowed(&[]),
            special_orders: Borrowed(&[]),
            templates: Borrowed(&[]),
            steps: Borrowed(&[]),
            guards: Borrowed(&[]),
            pages: Borrowed(&[]),
            html_steps: Borrowed(&[]),
            environment: Borrowed(&[]),
            migrations: Borrowed(&[]),
            docs: None,
        })
    }

    /// The methods that answer on a path, HEAD and OPTIONS included where implied.
    pub(crate) fn allowed(&self, path: &mut Path<'_>) -> Vec<Method> {
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
