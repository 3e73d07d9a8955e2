//! Which servers are believed, for the runtime and for the build, which asks a database.

#[cfg(feature = "tls")]
mod config;

use std::sync::Arc;

#[cfg(feature = "tls")]
pub use config::{Unusable, check, config};

/// Which servers are believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// Those whose certificate the system's authorities have signed.
    #[default]
    System,
    /// Those whose certificate one of these authorities has signed, and no other's: PEM.
    Authorities(Arc<[u8]>),
    /// Anybody.
    Anybody,
}
