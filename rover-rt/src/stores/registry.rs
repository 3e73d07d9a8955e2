//! The stores of a process, by their names.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rover_model::state::StoreOptions;

use crate::stores::cache::Cache;
use crate::stores::memory::Memory;

/// The stores of a process: each VM gets the same by the same name.
#[derive(Default)]
pub(crate) struct Stores {
    shared: Named<Memory>,
    caches: Named<Cache>,
}

/// What has a name, and the options that the program has given it.
type Named<T> = Mutex<HashMap<String, (Arc<T>, Option<StoreOptions>)>>;

/// A name is given other options the second time.
#[derive(Debug, thiserror::Error)]
#[error("it was given other options before: a name has one set of them")]
pub(crate) struct OtherOptions;

impl Stores {
    /// A store of `rover.shared`. Options count for all who name it, wherever they stand.
    ///
    /// # Errors
    /// When somebody has given others.
    pub(crate) fn shared(
        &self,
        name: &str,
        options: Option<StoreOptions>,
    ) -> Result<Arc<Memory>, OtherOptions> {
        open(
            &self.shared,
            name,
            options,
            Memory::new,
            Memory::set_options,
        )
    }

    /// The same of `rover.cache`.
    ///
    /// # Errors
    /// When somebody has given others.
    pub(crate) fn cache(
        &self,
        name: &str,
        options: Option<StoreOptions>,
    ) -> Result<Arc<Cache>, OtherOptions> {
        open(&self.caches, name, options, Cache::new, Cache::set_options)
    }
}

fn open<T>(
    known: &Named<T>,
    name: &str,
    options: Option<StoreOptions>,
    new: impl FnOnce(StoreOptions) -> T,
    set_options: impl FnOnce(&T, StoreOptions),
) -> Result<Arc<T>, OtherOptions> {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    let known = known.entry(name.to_owned());
    let (store, given) =
        known.or_insert_with(|| (Arc::new(new(options.unwrap_or_default())), None));
    if let Some(options) = options {
        match given {
            Some(given) if *given != options => return Err(OtherOptions),
            Some(_) => {}
            None => {
                *given = Some(options);
                set_options(store, options);
            }
        }
    }
    Ok(Arc::clone(store))
}
