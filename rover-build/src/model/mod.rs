//! The program as plain data (`app`), from what was recorded and what the text shows; and
//! everything that is wrong with it, of which `check` looks for what needs the trees.
//!
//! A program that comes out of here builds: later phases report nothing.

pub(crate) mod app;
pub(crate) mod chains;
pub(crate) mod check;
pub(crate) mod conflict;
pub(crate) mod constant;
mod cors;
pub(crate) mod doc_comment;
pub(crate) mod elsewhere;
pub(crate) mod environment;
pub(crate) mod facts;
pub(crate) mod option_places;
mod options;
pub(crate) mod own_hooks;
pub(crate) mod route;
pub(crate) mod token;
pub(crate) mod uncollected;

use crate::analyse::globals::undeclared;
use crate::collect::Collected;
use crate::diagnostic::{Diagnostic, Failure};
use crate::model::app::{App, Route};
use crate::model::check::{CtxFields, check};
use crate::model::conflict::Paths;
use crate::model::cors::policies;
use crate::model::facts::Facts;
use crate::model::options::{options, session_cookie, set_by_route};
use crate::model::route::{Defined, define, reads, returns, waits};

pub(crate) fn model(
    facts: &Facts<'_>,
    collected: &Collected,
    mut diagnostics: Vec<Diagnostic>,
) -> Result<App, Failure> {
    let sources = facts.sources;
    let mut app = App {
        options: options(facts.names, collected, &mut diagnostics),
        routes: Vec::new(),
        hooks: Vec::new(),
        path_hooks: Vec::new(),
        ctx_fields: Vec::new(),
        hooks_wait: false,
        on_error: Vec::new(),
        session_cookie: session_cookie(collected),
        given: Vec::new(),
        reads_environment: !collected.asked.is_empty(),
        environment: environment::variables(facts, collected),
    };
    let mut paths = Paths::default();
    for entry in &collected.entries {
        match define(facts, entry) {
            Ok(Defined::Route(route)) => match paths.add(&route) {
                Err(problem) => diagnostics.push(*problem),
                Ok(()) => {
                    let name = || format!("{} {}", route.method, route.pattern());
                    app.given.extend(entry.given.then(name));
                    app.routes.push(Route {
                        deadline: app.options.deadline,
                        timeout: app.options.timeout,
                        body_limit: app.options.limits.body_limit,
                        ..*route
                    });
                }
            },
            Ok(Defined::Hook(name, place)) => {
                app.hooks.retain(|(other, _)| *other != name);
                if name == "on_error" {
                    app.on_error = returns(facts, &place);
                }
                app.given.extend(entry.given.then(|| name.clone()));
                app.hooks.push((name, place));
            }
            Ok(Defined::PathHook(hook)) => app.path_hooks.push(*hook),
            Err(diagnostic) => diagnostics.push(*diagnostic),
        }
    }
    let on_error = app.hooks.iter().find(|(name, _)| name == "on_error");
    let on_error = on_error.map(|(_, place)| reads(facts, place));
    chains::put_together(&mut app, &on_error.unwrap_or_default());
    diagnostics.extend(chains::defined_twice(&app.path_hooks));
    policies(facts, collected, &mut app.options, &mut diagnostics);
    app.hooks_wait = app.hooks.iter().any(|(_, place)| waits(facts, place));
    set_by_route(facts.names, &mut app, &mut diagnostics);
    diagnostics.extend(environment::mistakes(facts, collected));
    let fields = CtxFields::find(facts, &app);
    diagnostics.extend(check(facts, &app, &fields));
    app.ctx_fields = fields.known();
    diagnostics.extend_from_slice(&facts.guards.diagnostics);
    if app.options.strict_globals {
        diagnostics.extend(undeclared(sources));
    }
    if diagnostics.is_empty() {
        Ok(app)
    } else {
        Err(sources.failure(diagnostics))
    }
}
