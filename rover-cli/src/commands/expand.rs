//! `rover expand`: what the program is compiled to.

use std::fmt::Write;
use std::process::ExitCode;

use rover_build::Compiled;

use crate::args::{self, Expand};
use crate::error::Error;
use crate::manifest::Manifest;
use crate::output;

pub(crate) fn run(expand: &Expand) -> Result<ExitCode, Error> {
    let manifest = Manifest::find(&expand.manifest)?;
    let form = match expand.form {
        Some(args::Form::Specialised) => rover_build::Form::Specialised,
        Some(args::Form::Reference) => rover_build::Form::Reference,
        None => rover_build::Form::from_environment(),
    };
    let compiled = manifest.compile_form(form)?;
    match expand.lua {
        true => output::print(&lua(&manifest, &compiled)),
        false => output::print(&rust(&compiled)?),
    }
}

fn rust(compiled: &Compiled) -> Result<String, Error> {
    let file = syn::parse2(compiled.tokens())
        .map_err(|why| Error::Tool(format!("the generated Rust cannot be read: {why}")))?;
    Ok(prettyplease::unparse(&file))
}

/// The files one after the other, each below its name.
fn lua(manifest: &Manifest, compiled: &Compiled) -> String {
    let mut text = String::new();
    for (path, lowered) in compiled.dependencies.iter().zip(&compiled.lowered) {
        let name = path.strip_prefix(manifest.folder()).unwrap_or(path);
        let _ = write!(text, "---- {}\n{lowered}", name.display());
        text.push_str(if lowered.ends_with('\n') { "" } else { "\n" });
    }
    for (at, page) in compiled.pages.iter().enumerate() {
        if !page.is_empty() {
            let _ = writeln!(text, "---- template {}\n{}", at + 1, page.trim());
        }
    }
    text
}
