//! The natives of `rover.fs`, which `files.lua` calls with texts.

use std::ffi::c_int;

use mlua::ffi::{lua_CFunction, lua_State};

use super::begin;
use crate::files::error::FileError;
use crate::files::folder::Facts;
use crate::vm::native::stack::bytes;
use crate::wait::operation::{Given, Outcome};

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 9] = [
    (c"fs_read", read),
    (c"fs_write", write),
    (c"fs_append", append),
    (c"fs_list", list),
    (c"fs_stat", stat),
    (c"fs_exists", exists),
    (c"fs_remove", remove),
    (c"fs_rename", rename),
    (c"fs_make_dir", make_dir),
];

/// What a program gets; errors are raised.
fn outcome<T>(result: Result<T, FileError>, give: impl FnOnce(T) -> Given) -> Outcome {
    result.map(give).map_err(Into::into)
}

/// `fs_read(path)`: the bytes of a file, if there is one.
unsafe extern "C-unwind" fn read(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native, called with a text.
    unsafe {
        begin(state, |shared, files| {
            let read = files.read(text(state, 1), shared.room());
            async move {
                outcome(read.await, |bytes| {
                    bytes.map_or(Given::Nothing, Given::Bytes)
                })
            }
        })
    }
}

/// `fs_write(path, text)`
unsafe extern "C-unwind" fn write(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native, called with two texts.
    unsafe {
        begin(state, |_, files| {
            let written = files.write(text(state, 1), text(state, 2).to_vec());
            async move { outcome(written.await, |()| Given::Nothing) }
        })
    }
}

/// `fs_append(path, text)`
unsafe extern "C-unwind" fn append(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native, called with two texts.
    unsafe {
        begin(state, |_, files| {
            let written = files.append(text(state, 1), text(state, 2).to_vec());
            async move { outcome(written.await, |()| Given::Nothing) }
        })
    }
}

/// `fs_list(path)`: the names in a folder, if there is one.
unsafe extern "C-unwind" fn list(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native, called with a text.
    unsafe {
        begin(state, |shared, files| {
            let listed = files.list(text(state, 1), shared.room());
            async move {
                outcome(listed.await, |entries| match entries {
                    Some(entries) => {
                        Given::Texts(entries.into_iter().map(|entry| entry.name).collect())
                    }
                    None => Given::Nothing,
                })
            }
        })
    }
}

/// `fs_stat(path)`: kind, size and time of what is there, if there is something.
unsafe extern "C-unwind" fn stat(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native, called with a text.
    unsafe {
        begin(state, |_, files| {
            let known = files.stat(text(state, 1));
            async move { outcome(known.await, |known| known.map_or(Given::Nothing, facts)) }
        })
    }
}

fn facts(facts: Facts) -> Given {
    Given::Several(vec![
        Given::Bytes(facts.kind.as_str().into()),
        Given::Number(facts.size as f64),
        Given::Number(facts.modified),
    ])
}

/// `fs_exists(path)`
unsafe extern "C-unwind" fn exists(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native, called with a text.
    unsafe {
        begin(state, |_, files| {
            let exists = files.exists(text(state, 1));
            async move { outcome(exists.await, Given::Boolean) }
        })
    }
}

/// `fs_remove(path)`
unsafe extern "C-unwind" fn remove(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native, called with a text.
    unsafe {
        begin(state, |_, files| {
            let removed = files.remove(text(state, 1));
            async move { outcome(removed.await, Given::Boolean) }
        })
    }
}

/// `fs_rename(from, to)`
unsafe extern "C-unwind" fn rename(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native, called with two texts.
    unsafe {
        begin(state, |_, files| {
            let renamed = files.rename(text(state, 1), text(state, 2));
            async move { outcome(renamed.await, |()| Given::Nothing) }
        })
    }
}

/// `fs_make_dir(path)`
unsafe extern "C-unwind" fn make_dir(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native, called with a text.
    unsafe {
        begin(state, |_, files| {
            let made = files.make_dir(text(state, 1));
            async move { outcome(made.await, Given::Boolean) }
        })
    }
}

/// A text that is an argument.
///
/// # Safety
/// As for [`bytes`].
pub(super) unsafe fn text<'s>(state: *mut lua_State, index: c_int) -> &'s [u8] {
    // SAFETY: the caller knows the index, and how long the value is on the stack.
    unsafe { bytes(state, index) }.unwrap_or_default()
}
