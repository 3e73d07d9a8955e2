//! Policies as plain data.

use std::borrow::Cow;

use crate::Method;

/// A policy, or that there is none, for a path and all below it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CorsRule {
    /// The path, as a route's is written: `/users/{id}`; `/` for the whole program.
    pub path: Cow<'static, str>,
    /// Nothing where it is switched off.
    pub policy: Option<CorsPolicy>,
}

/// Which pages may ask, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CorsPolicy {
    /// Their origins as [`OriginPattern`](super::OriginPattern) reads them, or `*` alone for those of all.
    pub origins: Cow<'static, [Cow<'static, str>]>,
    /// The methods that are allowed; nothing where it is those that the path has.
    pub methods: Option<Cow<'static, [Method]>>,
    /// The request's headers that are allowed; nothing where it is those that are asked for.
    pub headers: Option<Cow<'static, [Cow<'static, str>]>>,
    /// The answer's headers that scripts may read, beside those that they always may.
    pub expose: Cow<'static, [Cow<'static, str>]>,
    /// Cookies and the like are sent along.
    pub credentials: bool,
    /// Seconds for which browsers keep what a preflight was told.
    pub max_age: Option<u32>,
}
