//! Objects that were encoded before: most tables have the fields of some other, in the same
//! slots, so that their order and the text of their names need not be found again.

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::vm::write::scalar::string;

/// Objects with more fields are not remembered.
pub(crate) const MAX_FIELDS: usize = 16;
const MAX_SHAPES: usize = 1024;

/// The fields of an object, as the table's traversal gives them.
#[derive(Debug)]
pub(crate) struct Shape {
    /// The addresses of the names, which are kept alive by the order of keys.
    keys: Box<[*const c_void]>,
    /// In the order of writing: the place in the traversal, and `"name":`.
    pub(crate) fields: Box<[(u8, Box<[u8]>)]>,
}

/// The shapes that a VM has seen.
#[derive(Default)]
pub(crate) struct Shapes {
    all: RefCell<Vec<Rc<Shape>>>,
    by_keys: RefCell<FxHashMap<Box<[*const c_void]>, usize>>,
    /// The one that was found last, as rows have one shape.
    last: Cell<usize>,
}

impl Shapes {
    pub(crate) fn find(&self, keys: &[*const c_void]) -> Option<Rc<Shape>> {
        let all = self.all.borrow();
        let last = self.last.get();
        let found = match all.get(last) {
            Some(shape) if *shape.keys == *keys => last,
            _ => *self.by_keys.borrow().get(keys)?,
        };
        self.last.set(found);
        all.get(found).cloned()
    }

    /// Remembers an object's fields: its keys in the order of traversal, the order of
    /// writing, and the names.
    pub(crate) fn remember(&self, keys: &[*const c_void], order: &[usize], names: &[&[u8]]) {
        let mut all = self.all.borrow_mut();
        if all.len() == MAX_SHAPES {
            return;
        }
        let mut fields = Vec::with_capacity(order.len());
        for &at in order {
            let mut text = Vec::new();
            string(names[at], &mut text);
            text.push(b':');
            fields.push((at as u8, text.into_boxed_slice()));
        }
        self.by_keys.borrow_mut().insert(keys.into(), all.len());
        all.push(Rc::new(Shape {
            keys: keys.into(),
            fields: fields.into_boxed_slice(),
        }));
    }
}
