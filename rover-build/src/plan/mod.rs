//! The plan of a program: what the phases before have found, put together as plain data.
//!
//! Nothing is decided here, and nothing refused.

use rover_model::ServerOptions;
use rover_model::plan::{
    Chunk, Docs, List, MigrationFolder, Options, Page, Param, PathHook, Plan, Precheck, Route, Text,
};

use crate::analyse::constructors::Orders;
use crate::analyse::schemas::Guards;
use crate::front::function_place::FunctionPlace;
use crate::front::load::Sources;
use crate::html::Templates;
use crate::lower::lowered::Lowered;
use crate::model::app::{self, App, Segment};
use crate::package::Package;

/// The program as LuaJIT reads it.
pub(crate) struct Bytecode {
    /// In the order of `Sources`.
    pub(crate) files: Vec<Vec<u8>>,
    /// Templates, by number.
    pub(crate) templates: Vec<Vec<u8>>,
}

/// What a plan is made of.
pub(crate) struct Parts<'a> {
    pub(crate) package: &'a Package,
    pub(crate) app: &'a App,
    pub(crate) bytecode: Bytecode,
    pub(crate) lowered: &'a Lowered,
    pub(crate) orders: Orders,
    pub(crate) guards: &'a Guards,
    pub(crate) html: &'a Templates<'a>,
    pub(crate) sources: &'a Sources,
    pub(crate) migrations: Vec<MigrationFolder>,
    pub(crate) docs: Option<Docs>,
}

pub(crate) fn plan(parts: Parts<'_>) -> Plan {
    let Parts {
        package,
        app,
        bytecode,
        lowered,
        orders,
        guards,
        html,
        sources,
        migrations,
        docs,
    } = parts;
    let files = sources.files.iter().zip(bytecode.files);
    let chunks = files.map(|(file, bytecode)| Chunk {
        modules: texts(file.modules.clone()),
        bytecode: bytecode.into(),
    });
    let pages = bytecode.templates.into_iter().map(|bytecode| Page {
        bytecode: bytecode.into(),
    });
    let routes = app.routes.iter().zip(&lowered.prechecks);
    Plan {
        name: package.name.clone().into(),
        version: package.version.clone().into(),
        options: options(app),
        given: texts(app.given.clone()),
        chunks: chunks.collect(),
        routes: routes.map(|(one, first)| route(one, *first)).collect(),
        path_hooks: app.path_hooks.iter().map(path_hook).collect(),
        ctx_fields: texts(app.ctx_fields.clone()),
        hooks_wait: app.hooks_wait,
        key_order: texts(orders.common),
        special_orders: orders.special.into_iter().map(texts).collect(),
        templates: lowered.templates.clone().into(),
        steps: lowered.steps.clone().into(),
        guards: guards.schemas.clone().into(),
        pages: pages.collect(),
        html_steps: html.steps.all.clone().into(),
        environment: app.environment.clone().into(),
        migrations: migrations.into(),
        docs,
    }
}

fn texts(texts: Vec<String>) -> List<Text> {
    texts.into_iter().map(Into::into).collect()
}

fn options(app: &App) -> Options {
    let ServerOptions {
        host,
        port,
        workers,
        log_level,
        health,
        trusted_proxies,
        cors,
        security_headers,
        state,
        limits,
        deadline,
        timeout,
        memory_limit,
        max_background,
        files,
        ..
    } = app.options.clone();
    let compiled_in = app.options.compiled_in().into_iter();
    Options {
        host: host.into(),
        port,
        workers,
        log_level,
        health,
        trusted_proxies: trusted_proxies.into(),
        cors: cors.into(),
        security_headers,
        state,
        limits,
        deadline,
        timeout,
        memory_limit,
        max_background,
        files: texts(files),
        from_start: app.reads_environment,
        compiled_in: compiled_in
            .map(|(name, text)| (name.into(), text.into()))
            .collect(),
    }
}

fn route(route: &app::Route, precheck: Option<Precheck>) -> Route {
    let segments = route.path.iter().enumerate();
    let params = segments.filter_map(|(segment, kind)| {
        let (name, rest) = match kind {
            Segment::Literal(_) => return None,
            Segment::Param(name) => (name, false),
            Segment::Rest(name) => (name, true),
        };
        Some(Param {
            name: name.clone().into(),
            segment,
            rest,
        })
    });
    Route {
        method: route.method,
        pattern: route.pattern().into(),
        params: params.collect(),
        needs: route.needs,
        source: format!("{}:{}", route.position.file, route.position.line).into(),
        handler: written_at(&route.handler),
        deadline: route.deadline,
        timeout: route.timeout,
        body_limit: route.body_limit,
        precheck,
        before: numbers(&route.before),
        after: numbers(&route.after),
    }
}

/// A program has fewer hooks than can be counted here: each is a function of its own text.
fn numbers(hooks: &[usize]) -> List<u16> {
    hooks.iter().map(|number| *number as u16).collect()
}

fn path_hook(hook: &app::PathHook) -> PathHook {
    PathHook {
        name: hook.shown().into(),
        function: written_at(&hook.function),
        ctx: hook.needs.ctx,
        waits: hook.needs.waits,
    }
}

/// Where a function of the program's text begins.
fn written_at(function: &FunctionPlace) -> Text {
    match function.written {
        Some(_) => format!("{}:{}", function.file, function.line).into(),
        None => "".into(),
    }
}
