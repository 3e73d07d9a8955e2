//! What a program is called where its manifest does not say.

use std::env;

use rover_model::ServerOptions;

/// The name and the version of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// The name.
    pub name: String,
    /// The version.
    pub version: String,
}

impl Package {
    /// Those of the crate that Cargo builds.
    pub fn from_environment() -> Self {
        let variable = |name: &str| env::var(name).unwrap_or_default();
        Package {
            name: variable("CARGO_PKG_NAME"),
            version: variable("CARGO_PKG_VERSION"),
        }
    }

    /// The same, with what the manifest says in its place.
    pub(crate) fn with(self, options: &ServerOptions) -> Self {
        Package {
            name: options.title.clone().unwrap_or(self.name),
            version: options.version.clone().unwrap_or(self.version),
        }
    }
}
