//! What pages of other sites may ask of a program (the Fetch standard, section 3.3): the policies
//! that manifests write, checked.
//!
//! What is answered by them is the runtime's.

mod origin;
mod read;

pub use origin::OriginPattern;
pub(crate) use read::policy;

use crate::Method;
use crate::plan::{List, Text};

/// A policy, or that there is none, for a path and all below it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CorsRule {
    /// The path, as a route's is written: `/users/{id}`; `/` for the whole program.
    pub path: Text,
    /// Nothing where it is switched off.
    pub policy: Option<CorsPolicy>,
}

/// Which pages may ask, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CorsPolicy {
    /// Their origins as [`OriginPattern`] reads them, or `*` alone for those of all.
    pub origins: List<Text>,
    /// The methods that are allowed; nothing where it is those that the path has.
    pub methods: Option<List<Method>>,
    /// The request's headers that are allowed; nothing where it is those that are asked for.
    pub headers: Option<List<Text>>,
    /// The answer's headers that scripts may read, beside those that they always may.
    pub expose: List<Text>,
    /// Cookies and the like are sent along.
    pub credentials: bool,
    /// Seconds for which browsers keep what a preflight was told.
    pub max_age: Option<u32>,
}
