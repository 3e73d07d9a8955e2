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

impl Trust {
    /// What the fields of an option `tls` say: whether certificates are checked, and the authorities in PEM.
    pub fn new(verify: bool, ca: Option<&[u8]>) -> Self {
        match (verify, ca) {
            (false, _) => Trust::Anybody,
            (true, Some(ca)) => Trust::Authorities(ca.into()),
            (true, None) => Trust::System,
        }
    }
}
