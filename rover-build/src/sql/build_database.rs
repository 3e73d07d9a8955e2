//! Which database the build asks: the environment names it, or `.env` beside the manifest.

use std::path::{Path, PathBuf};

use super::kinds::kinds;
use crate::collect::databases::Database;
use crate::dotenv;
use crate::features::Features;
use rover_model::sql::Dialect;

/// The variable that names a database to ask in the build.
pub(crate) const BUILD_DATABASE: &str = "ROVER_BUILD_DATABASE";

/// What is named.
#[derive(Default)]
pub(crate) struct BuildDatabase {
    /// The address, or why it cannot be read; nothing where none is asked.
    pub(super) address: Option<Result<String, String>>,
    /// The file that may name one, where the environment does not.
    pub(crate) file: Option<PathBuf>,
}

impl BuildDatabase {
    /// Looks for it, for a program that may ask a PostgreSQL. A variable of the environment counts
    /// more than the file's, also an empty one.
    pub(crate) fn find(beside: &Path, databases: &[Database], features: Features) -> Self {
        let mut kinds = databases.iter().flat_map(|one| kinds(one, features));
        if !cfg!(feature = "postgres") || !kinds.any(|kind| kind == Dialect::Postgres) {
            return BuildDatabase::default();
        }
        let (named, file) = match std::env::var(BUILD_DATABASE) {
            Ok(address) => (Ok(Some(address)), None),
            Err(_) => (
                dotenv::variable(beside, BUILD_DATABASE),
                Some(dotenv::path(beside)),
            ),
        };
        let address = named.transpose();
        BuildDatabase {
            address: address.filter(|named| named.as_deref() != Ok("")),
            file,
        }
    }

    /// Whether the connection may be encrypted.
    pub(crate) fn may_encrypt(&self) -> bool {
        #[cfg(feature = "postgres")]
        if let Some(Ok(address)) = &self.address {
            return super::postgres::may_encrypt(address);
        }
        false
    }
}
