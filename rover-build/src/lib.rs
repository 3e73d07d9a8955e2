//! The compiler: from a Lua route manifest to the Rust items of a server.
//!
//! The phases, each a function from one plain data type to the next: `load` reads and
//! parses the manifest and its modules, `tree` and `analyse` note what stands where and
//! how handlers use `ctx`, `collect` runs the chunk against the recording server,
//! `model` turns what was recorded into routes, `check` looks for mistakes, `lower`
//! rewrites the program's text, `emit` writes tokens.

mod analyse;
mod build_script;
mod check;
mod collect;
mod diagnostic;
mod emit;
mod load;
mod lower;
mod model;
mod options;
mod order;
mod route;
mod suggest;
mod tree;

use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;

pub use build_script::{compile, compile_to};
pub use collect::FunctionPlace;
pub use diagnostic::{Diagnostic, Failure, Position};
pub use model::{App, Needs, Options, Route, Segment};

/// A compiled manifest.
#[derive(Debug)]
pub struct Compiled {
    /// What the compiler knows about the program.
    pub app: App,
    /// The items of the generated module.
    pub tokens: TokenStream,
    /// Every Lua file that was read.
    pub dependencies: Vec<PathBuf>,
}

/// Compiles a manifest.
///
/// # Errors
/// With every mistake found in the Lua files.
pub fn compile_file(manifest: &Path) -> Result<Compiled, Failure> {
    let sources = load::load(manifest)?;
    let collected = collect::collect(&sources)?;
    let app = model::model(&sources, &collected)?;
    let orders = order::orders(&sources, &app);
    let texts = lower::lower(&sources, &app, &orders);
    let bytecode = collect::bytecode(&sources, &texts)?;
    let tokens = emit::emit(&app, &bytecode, &orders, &sources);
    let dependencies = sources.files.iter().map(|f| f.path.clone()).collect();
    Ok(Compiled {
        app,
        tokens,
        dependencies,
    })
}

/// Compiles a manifest and formats the generated Rust.
///
/// # Errors
/// As [`compile_file`].
pub fn expand(manifest: &Path) -> Result<String, Failure> {
    let tokens = compile_file(manifest)?.tokens;
    Ok(match syn::parse2(tokens.clone()) {
        Ok(file) => prettyplease::unparse(&file),
        Err(_) => tokens.to_string(),
    })
}
