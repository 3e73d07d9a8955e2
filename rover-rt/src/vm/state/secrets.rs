//! The keys that a VM's programs use, made ready once.

use std::cell::RefCell;
use std::rc::Rc;

use crate::crypto::hash::equals;
use crate::crypto::jwt::Keys;
#[cfg(feature = "client")]
use crate::crypto::jwt::Published;
use crate::crypto::seal::{KEY, SealKey};

/// What a VM keeps of keys.
#[derive(Default)]
pub(crate) struct VmSecrets {
    /// Those of tokens, by their numbers less one. `jwt.lua` says when they are forgotten.
    pub(crate) keys: RefCell<Vec<Rc<Keys>>>,
    /// What `rover.jwt.keys` gave, by their numbers less one.
    #[cfg(feature = "client")]
    pub(crate) published: RefCell<Vec<Rc<Published>>>,
    /// The one that was used last, and from what it was made.
    seal: RefCell<Option<([u8; KEY], Rc<SealKey>)>>,
}

impl VmSecrets {
    pub(crate) fn keys(&self, number: f64) -> Option<Rc<Keys>> {
        let at = (number as usize).checked_sub(1)?;
        self.keys.borrow().get(at).cloned()
    }

    pub(crate) fn seal_key(&self, key: &[u8; KEY]) -> Rc<SealKey> {
        let mut last = self.seal.borrow_mut();
        if let Some((of, made)) = &*last
            && equals(of, key)
        {
            return Rc::clone(made);
        }
        let made = Rc::new(SealKey::new(key));
        *last = Some((*key, Rc::clone(&made)));
        made
    }
}
