//! The natives of `io` and of open files, which `files.lua` calls. They give `true` and what the
//! program gets; a failure is nil, a message and a number, as in Lua.

use std::ffi::c_int;
use std::rc::Rc;

use mlua::ffi::{self, lua_CFunction, lua_State};

use super::begin;
use super::fs::text;
use super::object::{file_at, push_file};
use crate::files::error::FileError;
use crate::files::open::format::{Format, Value};
use crate::files::open::handle::File;
use crate::files::open::state::{Buffering, Whence};
use crate::vm::native::stack::vm_state;
use crate::vm::state::vm::VmState;
use crate::vm::wait::natives::park;
use crate::vm::wait::outcome::push_outcome;
use crate::wait::operation::{Given, Operation, Outcome};

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 13] = [
    (c"file_new", new),
    (c"file_open", open),
    (c"file_open_temporary", open_temporary),
    (c"file_is_open", is_open),
    (c"file_read", read),
    (c"file_write", write),
    (c"file_seek", seek),
    (c"file_flush", flush),
    (c"file_set_buffering", set_buffering),
    (c"file_close", close),
    (c"file_set_standard", set_standard),
    (c"file_standard", standard),
    (c"file_of_standard", of_standard),
];

/// What a program gets. Failures are values.
fn outcome<T>(result: Result<T, FileError>, give: impl FnOnce(T) -> Given) -> Outcome {
    Ok(result.map_or_else(failure, give))
}

fn failure(error: FileError) -> Given {
    Given::Several(vec![
        Given::Nothing,
        Given::Bytes(error.message.into_bytes()),
        Given::Number(error.code.into()),
    ])
}

fn done((): ()) -> Given {
    Given::Boolean(true)
}

/// `file_new()`: an object for a file that is not open yet, and its number.
unsafe extern "C-unwind" fn new(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native; two values take two of its free slots.
    unsafe {
        let file = vm_state(state).files.new_file();
        let number = file.number;
        if let Err(results) = push_file(state, file) {
            return results;
        }
        ffi::lua_pushnumber(state, number.into());
    }
    2
}

/// `file_open(file, path, mode, raises)`: opens the object's file. Its failures may be errors.
unsafe extern "C-unwind" fn open(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `files.lua` calls with an object of its own, two
    // texts and a boolean. On its thread a full collection may run, as memory is relaxed.
    unsafe {
        let Some(object) = file_at(state, 1) else {
            return 0;
        };
        let raises = ffi::lua_toboolean(state, 4) != 0;
        collect_where_full(state);
        begin(state, |_, files| {
            let opened = files.open(text(state, 2), text(state, 3));
            async move {
                let opened = opened.await.map(|file| {
                    object.file.replace(Some(file));
                });
                match raises {
                    true => opened.map(done).map_err(Into::into),
                    false => outcome(opened, done),
                }
            }
        })
    }
}

/// `file_open_temporary(file)`
unsafe extern "C-unwind" fn open_temporary(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `files.lua` calls with an object of its own. On its
    // thread a full collection may run, as memory is relaxed.
    unsafe {
        let Some(object) = file_at(state, 1) else {
            return 0;
        };
        collect_where_full(state);
        begin(state, |_, files| {
            let opened = files.temporary();
            async move {
                let opened = opened.await.map(|file| {
                    object.file.replace(Some(file));
                });
                outcome(opened, done)
            }
        })
    }
}

/// Files that nobody has any more are looked for before it is said that too many are open.
///
/// # Safety
/// In a contained native.
unsafe fn collect_where_full(state: *mut lua_State) {
    // SAFETY: the caller is a contained native on this thread, in which memory is relaxed.
    unsafe {
        let shared = vm_state(state);
        if shared.files.get().is_some_and(|files| files.is_full()) {
            shared.memory.collect(state);
        }
    }
}

/// `file_is_open(value)`: whether a file is open; nil for what is no file.
unsafe extern "C-unwind" fn is_open(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native, called with a value. The result takes a free slot.
    unsafe {
        let Some(object) = file_at(state, 1) else {
            ffi::lua_pushnil(state);
            return 1;
        };
        let file = object.file.borrow();
        let is_open = file.as_ref().is_some_and(|file| !file.is_closed());
        ffi::lua_pushboolean(state, is_open.into());
    }
    1
}

/// Does something with the file of the first argument: at once where `at_once` gives a result.
///
/// # Safety
/// In a contained native with eight free slots.
unsafe fn with_file<F>(
    state: *mut lua_State,
    at_once: impl FnOnce(&VmState, &File) -> Option<Outcome>,
    later: impl FnOnce(&VmState, &File) -> F,
) -> c_int
where
    F: Future<Output = Outcome> + 'static,
{
    // SAFETY: the caller is a contained native with eight free slots, where memory is relaxed.
    unsafe {
        let shared = vm_state(state);
        let object = file_at(state, 1);
        let file = object.as_ref().map(|object| object.file.borrow());
        let Some(file) = file.as_ref().and_then(|file| file.as_ref()) else {
            return push_outcome(state, outcome(Err(FileError::closed()), done));
        };
        if let Some(outcome) = at_once(shared, file) {
            return push_outcome(state, outcome);
        }
        let operation = later(shared, file);
        park(state, shared, Operation::Outside(Box::pin(operation)))
    }
}

/// `file_read(file, letter, count)`: reads by one format, which is a letter, or `b` for so many
/// bytes.
unsafe extern "C-unwind" fn read(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `files.lua` calls with a value, a text and a number.
    unsafe {
        let count = ffi::lua_tonumber(state, 3) as u32;
        let format = Format::named(text(state, 2)).unwrap_or(Format::Bytes(count));
        with_file(
            state,
            |shared, file| Some(read_outcome(file.try_read(&[format], shared.room())?)),
            |shared, file| {
                let read = file.read(vec![format], shared.room());
                async move { read_outcome(read.await) }
            },
        )
    }
}

fn read_outcome(values: Result<Vec<Value>, FileError>) -> Outcome {
    outcome(values, |values| match values.into_iter().next() {
        Some(Value::Bytes(bytes)) => Given::Bytes(bytes),
        Some(Value::Number(number)) => Given::Number(number),
        Some(Value::Nothing) | None => Given::Nothing,
    })
}

/// `file_write(file, text)`
unsafe extern "C-unwind" fn write(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `files.lua` calls with a value and a text.
    unsafe {
        with_file(
            state,
            |_, file| Some(outcome(file.try_write(text(state, 2))?, done)),
            |_, file| {
                let written = file.write(text(state, 2).to_vec());
                async move { outcome(written.await, done) }
            },
        )
    }
}

/// `file_seek(file, whence, offset)`: where the file is then.
unsafe extern "C-unwind" fn seek(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `files.lua` calls with a value, a text and a number.
    unsafe {
        let whence = match text(state, 2) {
            b"set" => Whence::Start,
            b"end" => Whence::End,
            _ => Whence::Current,
        };
        let offset = ffi::lua_tonumber(state, 3) as i64;
        let give = |place: u64| Given::Number(place as f64);
        with_file(
            state,
            |_, file| Some(outcome(file.try_seek(whence, offset)?, give)),
            |_, file| {
                let place = file.seek(whence, offset);
                async move { outcome(place.await, give) }
            },
        )
    }
}

/// `file_flush(file)`
unsafe extern "C-unwind" fn flush(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `files.lua` calls with a value.
    unsafe {
        with_file(
            state,
            |_, file| Some(outcome(file.try_flush()?, done)),
            |_, file| {
                let flushed = file.flush();
                async move { outcome(flushed.await, done) }
            },
        )
    }
}

/// `file_set_buffering(file, how)`
unsafe extern "C-unwind" fn set_buffering(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `files.lua` calls with a value and a text.
    unsafe {
        let how = match text(state, 2) {
            b"full" => Buffering::Full,
            b"line" => Buffering::Line,
            _ => Buffering::No,
        };
        with_file(
            state,
            |_, file| Some(outcome(file.try_set_buffering(how)?, done)),
            |_, file| {
                let set = file.set_buffering(how);
                async move { outcome(set.await, done) }
            },
        )
    }
}

/// `file_close(file)`
unsafe extern "C-unwind" fn close(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `files.lua` calls with a value.
    unsafe {
        with_file(
            state,
            |_, file| Some(outcome(file.try_close()?, done)),
            |_, file| {
                let closed = file.close();
                async move { outcome(closed.await, done) }
            },
        )
    }
}

/// `file_set_standard(is_output, file)`: what `io.read` or `io.write` means in this request.
unsafe extern "C-unwind" fn set_standard(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `files.lua` calls with a boolean and an object.
    unsafe {
        let is_output = ffi::lua_toboolean(state, 1) != 0;
        if let Some(file) = file_at(state, 2) {
            vm_state(state).running.standard_files.set(is_output, file);
        }
    }
    0
}

/// `file_standard(is_output)`: its number, if there is one.
unsafe extern "C-unwind" fn standard(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native, called with a boolean. The result takes a free slot.
    unsafe {
        let is_output = ffi::lua_toboolean(state, 1) != 0;
        match vm_state(state).running.standard_files.get(is_output) {
            Some(file) => ffi::lua_pushnumber(state, file.number.into()),
            None => ffi::lua_pushnil(state),
        }
    }
    1
}

/// `file_of_standard(is_output)`: another object for it.
unsafe extern "C-unwind" fn of_standard(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native, called with a boolean. The result takes a free slot, and
    // its metatable another one.
    unsafe {
        let is_output = ffi::lua_toboolean(state, 1) != 0;
        let file: Option<Rc<_>> = vm_state(state).running.standard_files.get(is_output);
        match file.map(|file| push_file(state, file)) {
            Some(Err(results)) => results,
            Some(Ok(())) => 1,
            None => 0,
        }
    }
}
