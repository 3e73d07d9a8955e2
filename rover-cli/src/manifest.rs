//! Where a program begins, and what it is called.

use std::path::{Path, PathBuf};

use rover_build::{Compiled, Failure, Form, Package, compile_package, explain_package};

use crate::args;
use crate::error::Error;

/// What a folder's manifest is called.
const NAME: &str = "routes.lua";

/// Names that say nothing of a program.
const GENERIC: [&str; 3] = ["routes", "main", "init"];

/// A manifest that exists.
#[derive(Clone, Debug)]
pub(crate) struct Manifest {
    pub(crate) path: PathBuf,
}

impl Manifest {
    /// The one that the command line names.
    pub(crate) fn find(given: &args::Manifest) -> Result<Self, Error> {
        let path = match given.file.is_dir() {
            // As people write it, without `./`.
            true if given.file == Path::new(".") => PathBuf::from(NAME),
            true => given.file.join(NAME),
            false => given.file.clone(),
        };
        match path.is_file() {
            true => Ok(Manifest { path }),
            false => Err(Error::Manifest(format!(
                "there is no file `{}`: name a manifest, or write one with `rover new`",
                path.display()
            ))),
        }
    }

    /// Compiles it.
    pub(crate) fn compile(&self) -> Result<Compiled, Failure> {
        self.compile_form(Form::from_environment())
    }

    /// Compiles it in one of its forms.
    pub(crate) fn compile_form(&self, form: Form) -> Result<Compiled, Failure> {
        compile_package(&self.path, form, self.package())
    }

    /// Compiles it, and tells what became of each handler.
    pub(crate) fn explain(&self) -> Result<Compiled, Failure> {
        explain_package(&self.path, Form::from_environment(), self.package())
    }

    /// The folder that it is in.
    pub(crate) fn folder(&self) -> PathBuf {
        match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        }
    }

    /// A program is called like its file, or like the folder of a file that is called like all
    /// manifests.
    pub(crate) fn package(&self) -> Package {
        let stem = self.path.file_stem().unwrap_or_default();
        let folder = || {
            let folder = self.folder().canonicalize().ok()?;
            Some(folder.file_name()?.to_owned())
        };
        let name = match GENERIC.iter().any(|name| stem == *name) {
            true => folder().unwrap_or_else(|| "app".into()),
            false => stem.to_owned(),
        };
        Package {
            name: name.to_string_lossy().into_owned(),
            version: "0.1.0".to_owned(),
        }
    }
}
