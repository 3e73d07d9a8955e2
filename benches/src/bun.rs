//! Bun, as the npm registry has it, with what the scripts of the benches import.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;
use crate::process::{Server, run};

/// A folder for what is installed or written.
///
/// # Errors
/// When it cannot be made.
pub fn folder() -> Result<PathBuf, Failure> {
    let folder = std::env::current_exe()?.with_file_name("../compare/backend");
    fs::create_dir_all(&folder)?;
    Ok(folder.canonicalize()?)
}

/// Runs a script of this package, which is given a port and more. It answers this request when it is ready.
///
/// # Errors
/// When it cannot be installed or started.
pub fn start(script: &str, more: &[OsString], request: &str) -> Result<Server, Failure> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = folder()?.join("npm");
    let program = folder.join("node_modules/.bin/bun");
    fs::create_dir_all(&folder)?;
    let packages = sources.join("backend/package.json");
    fs::copy(packages, folder.join("package.json"))?;
    if !program.exists() {
        run(Command::new("npm")
            .args(["install", "--no-audit", "--no-fund"])
            .current_dir(&folder))?;
    }
    // Beside the packages, where Bun looks for them.
    let copy = folder.join(script.replace('/', "-"));
    fs::copy(sources.join(script), &copy)?;
    let (server, _) = Server::start("bun", request, |port| {
        let mut arguments: Vec<OsString> = vec![copy.into(), port.to_string().into()];
        arguments.extend_from_slice(more);
        Ok((program, arguments))
    })?;
    Ok(server)
}
