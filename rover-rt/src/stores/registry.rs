//! The stores of a process, by their names.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rover_model::state::{StoreKind, StoreOptions};

use crate::stores::memory::Memory;

/// The stores of a process: each VM gets the same by the same name.
#[derive(Default)]
pub(crate) struct Stores {
    known: Mutex<HashMap<(bool, String), Known>>,
}

struct Known {
    store: Arc<Memory>,
    /// Options that the program has given.
    given: Option<StoreOptions>,
}

/// A name is given other options the second time.
#[derive(Debug, thiserror::Error)]
#[error("it was given other options before: a store has one set of them")]
pub(crate) struct OtherOptions;

impl Stores {
    /// A store; those of caches have names of their own. Options count for all who name it, wherever they
    /// stand.
    ///
    /// # Errors
    /// When somebody has given others.
    pub(crate) fn open(
        &self,
        kind: StoreKind,
        name: &str,
        options: Option<StoreOptions>,
    ) -> Result<Arc<Memory>, OtherOptions> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (kind == StoreKind::Cache, name.to_owned());
        let known = known.entry(key).or_insert_with(|| Known {
            store: Arc::new(Memory::new(options.unwrap_or_default())),
            given: None,
        });
        if let Some(options) = options {
            if known.given.is_some_and(|given| given != options) {
                return Err(OtherOptions);
            }
            if known.given.is_none() {
                known.given = Some(options);
                known.store.set_options(options);
            }
        }
        Ok(Arc::clone(&known.store))
    }
}
