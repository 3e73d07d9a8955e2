//! The compiler: from a Lua route manifest to the Rust items of a server.
//!
//! Each folder is a phase, and imports only those before it: `front` reads and parses the
//! manifest and its modules and resolves names, `analyse` finds what the text shows of handlers,
//! schemas and answers, `collect` runs the chunk against the recording server, `html` compiles
//! templates, `model` makes routes and options of all that and looks for mistakes, `lower`
//! rewrites the program's text, `emit` writes tokens. `form`, `diagnostic` and `vocabulary` stand
//! below all of them.

mod analyse;
mod build_script;
mod collect;
mod diagnostic;
mod emit;
mod form;
mod front;
mod html;
mod lower;
mod model;
pub mod vocabulary;

use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use rover_model::{CHUNK_END, CHUNK_START};

pub use analyse::shape::{Body, Returned, Shape};
pub use build_script::{compile, compile_form_to, compile_to};
pub use diagnostic::{Diagnostic, Failure, Position};
pub use emit::openapi::Docs;
pub use emit::warnings;
pub use form::Form;
pub use front::function_place::FunctionPlace;
pub use model::app::{About, App, Expects, Needs, Reads, Route, Segment};
pub use rover_model::ServerOptions;
pub use rover_model::guard::Schema;

/// A compiled manifest.
#[derive(Debug)]
pub struct Compiled {
    /// What the compiler knows about the program.
    pub app: App,
    /// Its OpenAPI document and the page that shows it, unless `docs` is off.
    pub docs: Option<Docs>,
    /// What may be a mistake: one line each, with file, line and column.
    pub warnings: Vec<String>,
    /// The items of the generated module.
    pub tokens: TokenStream,
    /// The Lua that became bytecode, in the order of `dependencies`.
    pub lowered: Vec<String>,
    /// The templates as Lua, by the numbers in that, less one; empty where there is none in it.
    pub pages: Vec<String>,
    /// Every Lua file that was read.
    pub dependencies: Vec<PathBuf>,
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
    let (sources, run) = collect::load_and_run(manifest)?;
    let guards = analyse::schemas::Guards::find(&sources);
    let collected = run.map_err(|why| {
        let servers = analyse::servers::ServerVars::find(&sources);
        model::uncollected::failure(&sources, &guards, &servers, form, why)
    })?;
    let handlers = analyse::handlers::Handlers::analyse(
        &sources,
        &guards,
        &collected.given,
        collected.keeps_library,
    );
    let infer = analyse::return_type::Infer::new(&sources, &handlers, &guards);
    let mut diagnostics = analyse::globals::reserved(&sources);
    diagnostics.extend(handlers.missing_modules(&sources));
    let components = &collected.components;
    let html = html::templates(
        &sources,
        &handlers.servers,
        Some(components),
        form,
        &mut diagnostics,
    );
    let program = model::program::Program {
        sources: &sources,
        guards: &guards,
        handlers: &handlers,
        infer: &infer,
        html: &html,
        form,
    };
    let app = model::model(&program, &collected, diagnostics)?;
    let orders = analyse::constructors::orders(&sources, app.parameters(), &guards);
    let lowered = lower::lower(&program, &app, &orders);
    let files = sources.files.iter().map(|file| file.name.as_str());
    let chunk = |text: &String| format!("{CHUNK_START}{text}{CHUNK_END}");
    let texts: Vec<String> = lowered.texts.iter().map(chunk).collect();
    let texts = sources.files.iter().zip(&texts);
    let texts = texts.map(|(file, text)| file.encoded(text));
    let pages: Vec<(&str, &str)> = html.texts(&lowered.pages).collect();
    let named = pages.iter();
    let named = named.map(|(file, text)| (*file, text.as_bytes().into()));
    let bytecode = emit::Bytecode {
        files: collect::bytecode(&sources, files.zip(texts))?,
        templates: collect::bytecode(&sources, named)?,
    };
    let docs = app.options.docs.then(|| emit::openapi::docs(&app));
    let tokens = emit::emit(&emit::Parts {
        app: &app,
        bytecode: &bytecode,
        lowered: &lowered,
        orders: &orders,
        guards: &guards,
        html: &html,
        sources: &sources,
        docs: docs.as_ref(),
    });
    let dependencies = sources.paths().cloned().collect();
    let mut warnings = analyse::globals::undeclared(&sources);
    warnings.extend(model::check::warnings(&program, &app));
    Ok(Compiled {
        app,
        warnings: warnings.iter().map(|d| sources.line(d)).collect(),
        docs,
        lowered: lowered.texts,
        pages: pages.iter().map(|(_, text)| (*text).to_owned()).collect(),
        tokens,
        dependencies,
    })
}
