//! Which servers are believed, for the runtime and for the build, which asks a database.

#[cfg(feature = "tls")]
mod config;
mod trust;

#[cfg(feature = "tls")]
pub use config::{Unusable, check, config};
pub use trust::Trust;
