//! Which servers are believed.

use std::sync::Arc;

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
