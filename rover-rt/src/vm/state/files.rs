//! The files that a VM's programs have open.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use crate::files::front::Files;
use crate::files::open::handle::File;

/// What a file object of Lua's stands for.
pub(crate) struct LuaFile {
    /// By which the object is found again.
    pub(crate) number: u32,
    /// Nothing until it is open.
    pub(crate) file: RefCell<Option<File>>,
}

/// What a VM does with files.
#[derive(Default)]
pub(crate) struct VmFiles {
    /// Nothing where the program is only looked at.
    files: OnceCell<Files>,
    last: Cell<u32>,
}

impl VmFiles {
    /// From here on the program has files.
    pub(crate) fn give(&self, files: Files) {
        // A VM is given them once.
        let _ = self.files.set(files);
    }

    pub(crate) fn get(&self) -> Option<&Files> {
        self.files.get()
    }

    /// A file that is not open yet.
    pub(crate) fn new_file(&self) -> Rc<LuaFile> {
        let number = self.last.get().wrapping_add(1);
        self.last.set(number);
        Rc::new(LuaFile {
            number,
            file: RefCell::default(),
        })
    }
}

/// What `io.read` and `io.write` mean in a request.
#[derive(Default)]
pub(crate) struct StandardFiles {
    input: Cell<Option<Rc<LuaFile>>>,
    output: Cell<Option<Rc<LuaFile>>>,
}

impl StandardFiles {
    fn place(&self, is_output: bool) -> &Cell<Option<Rc<LuaFile>>> {
        match is_output {
            true => &self.output,
            false => &self.input,
        }
    }

    pub(crate) fn set(&self, is_output: bool, file: Rc<LuaFile>) {
        self.place(is_output).set(Some(file));
    }

    pub(crate) fn get(&self, is_output: bool) -> Option<Rc<LuaFile>> {
        let place = self.place(is_output);
        let file = place.take();
        place.set(file.clone());
        file
    }

    /// Changes places with those of another request.
    pub(crate) fn swap(&self, other: &StandardFiles) {
        self.input.swap(&other.input);
        self.output.swap(&other.output);
    }

    /// Forgets what the last request has set.
    pub(crate) fn reset(&self) {
        self.input.take();
        self.output.take();
    }
}
