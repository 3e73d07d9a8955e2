//! The order of fields in JSON objects.

use std::ffi::c_void;

use rustc_hash::FxHashMap;

/// Where each field name stands in the program's constructors.
pub(crate) struct KeyOrder {
    pub(crate) common: Ranks,
    /// By the number of a marked table, less one.
    pub(crate) special: Vec<Ranks>,
}

/// By the address of the interned string, which a registry table keeps alive.
pub(crate) type Ranks = FxHashMap<*const c_void, u32>;
