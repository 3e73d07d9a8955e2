//! The compiler's face for build scripts.

use std::path::{Path, PathBuf};
use std::{env, fs, process};

use crate::form::{Form, REFERENCE};
use crate::sql::BUILD_DATABASE;

/// Compiles a manifest from a build script, for `rover::include_app!()`. The path is
/// relative to the crate's `Cargo.toml`. On a mistake it prints what is wrong and ends
/// the build.
pub fn compile(manifest: impl AsRef<Path>) {
    compile_to(manifest, "rover_app.rs");
}

/// As [`compile`], into a file of another name in `OUT_DIR`.
pub fn compile_to(manifest: impl AsRef<Path>, file: &str) {
    compile_form_to(manifest, file, Form::from_environment());
}

/// As [`compile_to`], in one of the program's forms.
pub fn compile_form_to(manifest: impl AsRef<Path>, file: &str, form: Form) {
    for variable in [REFERENCE, BUILD_DATABASE] {
        println!("cargo::rerun-if-env-changed={variable}");
    }
    if let Err(message) = try_compile(manifest.as_ref(), file, form) {
        eprintln!("{message}");
        process::exit(1);
    }
}

fn try_compile(manifest: &Path, file: &str, form: Form) -> Result<(), String> {
    let variable = |name: &str| {
        env::var_os(name)
            .map(PathBuf::from)
            .ok_or_else(|| format!("{name} is not set: call this from a build script"))
    };
    let manifest = variable("CARGO_MANIFEST_DIR")?.join(manifest);
    println!("cargo::rerun-if-changed={}", manifest.display());
    let compiled = crate::compile_form(&manifest, form).map_err(|e| e.to_string())?;
    for warning in compiled.warnings.lines() {
        println!("cargo::warning={warning}");
    }
    for path in compiled.dependencies.iter().chain(&compiled.environment) {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    let target = variable("OUT_DIR")?.join(file);
    fs::write(&target, compiled.tokens().to_string())
        .map_err(|e| format!("{}: {e}", target.display()))
}
