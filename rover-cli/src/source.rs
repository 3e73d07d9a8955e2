//! Where the crates that are written find Rover.

use std::fs;
use std::path::{Path, PathBuf};

use rover_build::Features;

use crate::args;
use crate::error::Error;

/// What a crate depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A checkout.
    Folder(PathBuf),
    /// A version of the registry.
    Version(&'static str),
}

/// The checkout that this program was built from.
const BUILT_FROM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

impl Source {
    /// The one that the command line names, else the checkout that this program comes from,
    /// where it is still there.
    pub(crate) fn find(given: &args::Rover) -> Result<Self, Error> {
        match &given.rover {
            Some(folder) => checkout(folder).map(Source::Folder).ok_or_else(|| {
                let folder = folder.display();
                Error::Usage(format!(
                    "`{folder}` is no checkout of Rover: it has no crate `rover`"
                ))
            }),
            None => Ok(match checkout(Path::new(BUILT_FROM)) {
                Some(folder) => Source::Folder(folder),
                None => Source::Version(env!("CARGO_PKG_VERSION")),
            }),
        }
    }

    /// The line of `Cargo.toml` for a program that needs these features.
    pub(crate) fn dependency(&self, features: Features) -> String {
        let names: Vec<String> = features.names().map(|name| format!("{name:?}")).collect();
        let features = match names.is_empty() {
            true => String::new(),
            false => format!(", features = [{}]", names.join(", ")),
        };
        match self {
            Source::Folder(folder) => format!("rover = {{ path = {}{features} }}", toml(folder)),
            Source::Version(version) if features.is_empty() => format!("rover = \"{version}\""),
            Source::Version(version) => format!("rover = {{ version = \"{version}\"{features} }}"),
        }
    }
}

/// The folder's whole path, if it has Rover.
fn checkout(folder: &Path) -> Option<PathBuf> {
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).ok()?;
    let is_rover = manifest.lines().any(|line| line == "name = \"rover\"");
    folder.canonicalize().ok().filter(|_| is_rover)
}

/// A path as a string of TOML.
pub(crate) fn toml(path: &Path) -> String {
    let text = path.to_string_lossy();
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
