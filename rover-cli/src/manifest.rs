//! Where a program begins, and what it is called.

use std::path::{Path, PathBuf};

use rover_build::{Compiled, Failure, Form, Package, compile_package};

use crate::args;
use crate::error::Error;

/// What a folder's manifest is called.
const NAME: &str = "routes.lua";

/// A manifest that exists.
#[derive(Clone, Debug)]
pub(crate) struct Manifest {
    pub(crate) path: PathBuf,
}

impl Manifest {
    /// The one that the command line names.
    pub(crate) fn find(given: &args::Manifest) -> Result<Self, Error> {
        let path = match given.file.is_dir() {
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
        compile_package(&self.path, Form::from_environment(), self.package())
    }

    /// The folder that it is in.
    pub(crate) fn folder(&self) -> PathBuf {
        match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        }
    }

    /// A program is called like its crate, or like its folder.
    fn package(&self) -> Package {
        let folder = self.folder().canonicalize().ok();
        let name = folder.as_deref().and_then(Path::file_name);
        Package {
            name: name.map_or("app".to_owned(), |name| name.to_string_lossy().into_owned()),
            version: "0.1.0".to_owned(),
        }
    }
}
