//! Who is called with the same `ctx` as another, and after it.

use rover_model::HOOKS;

use crate::collect::entry::{Entry, HookEntry, Recorded};
use crate::front::ids::FunctionRef;

/// A function that the runtime calls for a request.
pub(crate) struct Turn<'e> {
    pub(crate) function: FunctionRef,
    path: &'e [String],
    when: When,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum When {
    Before,
    Handler,
    After,
}

impl<'e> Turn<'e> {
    /// That of an assignment; nothing where the text does not show the function.
    pub(crate) fn of(entry: &'e Entry) -> Option<Self> {
        let place = match (&entry.hook, &entry.value) {
            (Some(HookEntry { own: Some(own), .. }), _) => own.by.as_ref()?,
            (_, Recorded::Function(place)) => place,
            _ => return None,
        };
        let is_of_all = entry.path.is_empty() && HOOKS.contains(&entry.key.as_str());
        Some(Turn {
            function: place.written?,
            path: &entry.path,
            when: match (&entry.hook, entry.key.as_str()) {
                (Some(_), "before") => When::Before,
                (Some(_), _) => When::After,
                (None, _) if is_of_all => When::After,
                (None, _) => When::Handler,
            },
        })
    }

    /// Whether a request may come to this one and then to the other. Hooks of one kind may come in any order.
    pub(crate) fn comes_before(&self, other: &Turn<'_>) -> bool {
        let are_handlers = self.when == When::Handler && other.when == When::Handler;
        if are_handlers || self.when > other.when {
            return false;
        }
        match (self.when, other.when) {
            (_, When::Handler) => other.path.starts_with(self.path),
            (When::Handler, _) => self.path.starts_with(other.path),
            _ => self.path.starts_with(other.path) || other.path.starts_with(self.path),
        }
    }
}
