//! The compiler: from a Lua route manifest to the Rust items of a server.
//!
//! Each folder is a phase, and imports only those before it: `front` reads and parses the
//! manifest and its modules and resolves names, `analyse` finds what the text shows of handlers,
//! schemas and answers, `collect` runs the chunk against the recording server, `sql` reads
//! migrations, `html` compiles
//! templates, `model` makes routes and options of all that and looks for mistakes, `lower`
//! rewrites the program's text, `explain` tells what became of it, `openapi` describes the
//! routes, `plan` puts all that together as plain data, `emit` writes that as Rust. `form`,
//! `features`, `vocabulary` and `diagnostic` stand
//! below all of them.

mod analyse;
mod build_script;
mod collect;
mod diagnostic;
pub mod dotenv;
mod emit;
mod explain;
mod features;
mod form;
mod front;
mod html;
mod lower;
mod model;
mod openapi;
mod package;
mod plan;
mod sql;
pub mod vocabulary;

use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;

use proc_macro2::TokenStream;
use rover_model::{CHUNK_END, CHUNK_START};

pub use analyse::types::{BodyType, ReturnType, ValueType};
pub use build_script::{compile, compile_form_to, compile_to};
pub use collect::OwnHook;
pub use diagnostic::{Code, Diagnostic, Failure, Position, Severity, Style, Texts, Warnings};
pub use emit::warnings;
pub use explain::{Became, Called, Explained, ExplainedStatement, Explanation};
pub use features::{Feature, Features};
pub use form::Form;
pub use front::function_place::FunctionPlace;
pub use model::app::{About, App, Chain, Expects, PathHook, Reads, Route, Segment};
pub use model::token::Scheme;
pub use package::Package;
pub use rover_model::ServerOptions;
pub use rover_model::guard::Schema;
pub use rover_model::plan::{Docs, Needs, Plan};
pub use sql::Checking;

/// A compiled manifest.
#[derive(Debug)]
pub struct Compiled {
    /// What the compiler knows about the program.
    pub app: App,
    /// All that the runtime needs.
    pub plan: Plan,
    /// What may be a mistake.
    pub warnings: Warnings,
    /// The Lua that became bytecode, in the order of `dependencies`.
    pub lowered: Vec<String>,
    /// The templates as Lua, by the numbers in that, less one; empty where there is none in it.
    pub pages: Vec<String>,
    /// What became of each route's handler, in the order of the routes; empty where nobody asks.
    pub explained: Vec<Explained>,
    /// Every Lua file that was read.
    pub dependencies: Vec<PathBuf>,
    /// `.env`, where it may name a database that the build asks.
    pub environment: Option<PathBuf>,
    /// What the crate `rover` must have for the program.
    pub needs: Features,
}

impl Compiled {
    /// The items of the generated module.
    pub fn tokens(&self) -> TokenStream {
        emit::rust(&self.plan, self.dependencies.iter().map(PathBuf::as_path))
    }
}

/// Compiles a manifest.
///
/// # Errors
/// With every mistake found in the Lua files.
pub fn compile_file(manifest: &Path) -> Result<Compiled, Failure> {
    compile_form(manifest, Form::from_environment())
}

/// Compiles a manifest in one of its forms.
///
/// # Errors
/// As [`compile_file`].
pub fn compile_form(manifest: &Path, form: Form) -> Result<Compiled, Failure> {
    compile_package(manifest, form, Package::from_environment())
}

/// Compiles a manifest for a crate `rover` with these features.
///
/// # Errors
/// As [`compile_file`], and where the program says a word of another feature.
pub fn compile_with(manifest: &Path, features: Features) -> Result<Compiled, Failure> {
    let (form, package) = (Form::from_environment(), Package::from_environment());
    on_deep_stack(|| compile_here(manifest, form, features, package.clone(), false))
}

/// Compiles a manifest that is called so where it does not say itself.
///
/// # Errors
/// As [`compile_file`].
pub fn compile_package(manifest: &Path, form: Form, package: Package) -> Result<Compiled, Failure> {
    on_deep_stack(|| compile_here(manifest, form, Features::ALL, package.clone(), false))
}

/// As [`compile_package`], and tells what became of each handler.
///
/// # Errors
/// As [`compile_file`].
pub fn explain_package(manifest: &Path, form: Form, package: Package) -> Result<Compiled, Failure> {
    on_deep_stack(|| compile_here(manifest, form, Features::ALL, package.clone(), true))
}

fn on_deep_stack(
    compile: impl Fn() -> Result<Compiled, Failure> + Sync,
) -> Result<Compiled, Failure> {
    thread::scope(|scope| {
        let spawned = thread::Builder::new()
            .name("rover-compiler".to_owned())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, &compile);
        match spawned {
            Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
            // The caller's own stack will do for most programs.
            Err(_) => compile(),
        }
    })
}

/// For expressions that are as deep as Lua takes them, whatever the caller's thread has.
const STACK_BYTES: usize = 64 << 20;

fn compile_here(
    manifest: &Path,
    form: Form,
    features: Features,
    package: Package,
    explained: bool,
) -> Result<Compiled, Failure> {
    let (mut sources, run) = collect::load_and_run(manifest)?;
    let beside = manifest.parent().unwrap_or(Path::new(""));
    let databases = run.as_ref().map_or(&[][..], |run| &run.databases);
    let mut migrations = sql::migrations::Migrations::read(&sources, beside, databases);
    sources.others = migrations.shown();
    let names = analyse::names::names(&sources);
    let guards = analyse::schemas::Guards::find(&names);
    let collected = run.map_err(|why| {
        let servers = analyse::servers::ServerVars::find(&names);
        model::uncollected::failure(&names, &guards, &servers, form, why)
    })?;
    let handlers = analyse::handlers::Handlers::analyse(
        &names,
        &guards,
        &collected.given,
        &collected.follow_each_other(),
        collected.keeps_library,
    );
    let statements = match collected.databases.is_empty() {
        true => analyse::statements::Statements::default(),
        false => analyse::statements::Statements::find(&names),
    };
    let databases = &collected.databases;
    let asked = sql::BuildDatabase::find(beside, databases, features);
    let sql::Checked {
        diagnostics: wrong_sql,
        warnings: sql_warnings,
        rows,
        calls: checked_sql,
    } = sql::check(
        &names,
        &statements,
        databases,
        &migrations,
        features,
        &asked,
    );
    let called = collected.called();
    let return_types =
        analyse::return_type::ReturnTypes::new(&names, &handlers, &guards, &rows, &called);
    let elsewhere = model::elsewhere::elsewhere(&collected);
    let waits = analyse::waits::Waits::find(&names, &handlers, elsewhere);
    let mut diagnostics = analyse::globals::reserved(&sources);
    diagnostics.extend(handlers.missing_modules(&sources));
    diagnostics.append(&mut migrations.diagnostics);
    diagnostics.extend(wrong_sql);
    let components = &collected.components;
    let html = html::templates(
        &names,
        &handlers.servers,
        Some(components),
        form,
        &mut diagnostics,
    );
    let facts = model::facts::Facts {
        sources: &sources,
        names: &names,
        guards: &guards,
        handlers: &handlers,
        waits: &waits,
        return_types: &return_types,
        html: &html,
        databases,
        statements: &statements,
        checked_sql: &checked_sql,
        form,
        features,
        elsewhere,
    };
    let app = model::model(&facts, &collected, diagnostics).map_err(|mut failure| {
        failure.warnings = sources.warnings(analyse::globals::undeclared(&sources));
        failure
    })?;
    let orders = analyse::constructors::orders(&sources, app.parameters(), &guards);
    let lowered = lower::lower(&facts, &app, &orders);
    let explained = match explained {
        true => explain::explain(&facts, &app, &lowered),
        false => Vec::new(),
    };
    let files = sources.files.iter().map(|file| file.name.as_str());
    let chunk = |text: &String| format!("{CHUNK_START}{text}{CHUNK_END}");
    let texts: Vec<String> = lowered.texts.iter().map(chunk).collect();
    let texts = sources.files.iter().zip(&texts);
    let texts = texts.map(|(file, text)| file.encoded(text));
    let pages: Vec<(&str, &str)> = html.texts(&lowered.pages).collect();
    let named = pages.iter();
    let named = named.map(|(file, text)| (*file, text.as_bytes().into()));
    let bytecode = plan::Bytecode {
        files: collect::bytecode(&sources, files.zip(texts))?,
        templates: collect::bytecode(&sources, named)?,
    };
    let package = package.with(&app.options);
    let docs = app.options.docs.then(|| openapi::docs(&app, &package));
    let plan = plan::plan(plan::Parts {
        package: &package,
        app: &app,
        bytecode,
        lowered: &lowered,
        orders,
        guards: &guards,
        html: &html,
        sources: &sources,
        migrations: migrations.folders,
        docs,
    });
    let dependencies = sources.paths().cloned().chain(migrations.paths).collect();
    let mut warnings = analyse::globals::undeclared(&sources);
    warnings.extend(model::environment::warnings(&facts, &collected));
    warnings.extend(model::check::warnings(&facts, &app));
    warnings.extend(sql_warnings);
    let mut needs = model::check::features_needed(&facts, &app);
    if asked.may_encrypt() {
        needs.add(Feature::BuildTls);
    }
    Ok(Compiled {
        needs,
        app,
        warnings: sources.warnings(warnings),
        plan,
        lowered: lowered.texts,
        explained,
        pages: pages.iter().map(|(_, text)| (*text).to_owned()).collect(),
        dependencies,
        environment: asked.file,
    })
}
