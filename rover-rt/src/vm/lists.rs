//! Lists that specialised handlers write as JSON while they build them.
//!
//! The functions that lowered code calls for each item are plain C functions, which it
//! calls through LuaJIT's FFI: compiled traces call them directly. They never run Lua,
//! raise no Lua error and keep nothing that they are given. Lists are known by number, so
//! that nothing a program does with such a number reaches memory.

use std::cell::{Cell, RefCell};
use std::ffi::{c_char, c_void};
use std::rc::Rc;

use mlua::ffi;

use super::Shared;
use super::encode::{EncodeError, Encoder, comma};
use super::scalar::{escaped, is_plain, not_utf8, number, string};
use crate::program::{Piece, Program};

/// See `PIECES` in the compiler's `lower`.
const PIECES: usize = 512;
/// A list's buffer is kept for the next request up to this size.
const KEPT_BYTES: usize = 256 * 1024;

/// The registry's table of values that are encoded when their list is.
pub(super) const PENDING: &str = "rover.pending";

/// What `runtime.lua` calls through the FFI, by name.
pub(super) fn addresses() -> [(&'static str, *mut c_void); 14] {
    [
        ("list", list as *const () as *mut c_void),
        ("length", length as *const () as *mut c_void),
        ("open", open as *const () as *mut c_void),
        ("run", run as *const () as *mut c_void),
        ("close", close as *const () as *mut c_void),
        ("put_string", put_string as *const () as *mut c_void),
        ("put_number", put_number as *const () as *mut c_void),
        ("put_boolean", put_boolean as *const () as *mut c_void),
        ("put_value", put_value as *const () as *mut c_void),
        ("begin", begin as *const () as *mut c_void),
        ("part", part as *const () as *mut c_void),
        ("part_number", part_number as *const () as *mut c_void),
        ("end_text", end as *const () as *mut c_void),
        ("put_list", put_list as *const () as *mut c_void),
    ]
}

/// The lists of the running request.
#[derive(Default)]
pub(super) struct Lists {
    all: RefCell<Vec<List>>,
    /// How many are in use.
    used: Cell<usize>,
    /// Of those, the ones that became part of another.
    free: RefCell<Vec<usize>>,
    /// How many values wait in the registry's table.
    pub(super) pending: Cell<i32>,
}

#[derive(Default)]
struct List {
    /// The items and the commas between them.
    out: Vec<u8>,
    items: u32,
    /// Where the string that is written in parts begins.
    text_from: usize,
    pending: Vec<Pending>,
    failure: Option<EncodeError>,
}

/// A table, or something else that has parts or no JSON form at all: what it is counts
/// when the response is made.
struct Pending {
    /// Where its JSON goes.
    at: usize,
    /// Its place in the registry's table.
    value: i32,
    /// Containers around it, the list included.
    depth: usize,
    item: u32,
    path: &'static str,
    /// What leads to the list from the one that it became part of.
    outer: Option<Rc<str>>,
}

impl Lists {
    /// Forgets the last request's lists.
    pub(super) fn reset(&self) {
        if self.used.get() == 0 {
            return;
        }
        let mut all = self.all.borrow_mut();
        for list in &mut all[..self.used.get()] {
            list.clear();
            list.out.shrink_to(KEPT_BYTES);
        }
        all.truncate(64);
        self.free.borrow_mut().clear();
        self.used.set(0);
    }

    fn new_list(&self) -> usize {
        let mut all = self.all.borrow_mut();
        if let Some(list) = self.free.borrow_mut().pop() {
            all[list].clear();
            return list;
        }
        let list = self.used.get();
        if list == all.len() {
            all.push(List::default());
        }
        self.used.set(list + 1);
        list
    }

    /// Calls `f` with a list in use.
    fn with<T>(&self, list: i32, f: impl FnOnce(&mut List) -> T) -> Option<T> {
        let list = usize::try_from(list)
            .ok()
            .filter(|l| *l < self.used.get())?;
        self.all.borrow_mut().get_mut(list).map(f)
    }
}

impl List {
    fn clear(&mut self) {
        self.out.clear();
        self.items = 0;
        self.pending.clear();
        self.failure = None;
    }

    /// What stands before an item.
    fn next_item(&mut self) {
        if self.items > 0 {
            self.out.push(b',');
        }
    }

    /// Notes the first value that has no JSON form.
    #[cold]
    fn note(&mut self, error: EncodeError, path: &str) {
        if self.failure.is_none() {
            let error = error.within(path.to_owned());
            self.failure = Some(error.within(format!("[{}]", self.items + 1)));
        }
    }
}

fn piece(program: &Program, at: i32) -> Option<&'static Piece> {
    let at = usize::try_from(at).ok()?;
    program.templates.get(at / PIECES)?.pieces.get(at % PIECES)
}

/// Writes a value: an item where `at` is negative, the field of an item otherwise.
fn put(
    shared: &Shared,
    list: i32,
    at: i32,
    value: impl FnOnce(&mut Vec<u8>) -> Result<(), EncodeError>,
) {
    let place = piece(shared.program, at);
    shared.lists.with(list, |list| match place {
        Some(Piece::Field { key, path, .. }) => {
            comma(&mut list.out);
            list.out.extend_from_slice(key.as_bytes());
            if let Err(error) = value(&mut list.out) {
                list.note(error, path);
            }
        }
        _ => {
            list.next_item();
            if let Err(error) = value(&mut list.out) {
                list.note(error, "");
            }
            list.items += 1;
        }
    });
}

/// # Safety
/// Lowered code gives the address that `start` gave it, of the `Shared` that outlives
/// the Lua state.
unsafe fn shared<'a>(vm: *const c_void) -> &'a Shared {
    // SAFETY: as the caller's.
    unsafe { &*vm.cast::<Shared>() }
}

unsafe extern "C" fn list(vm: *const c_void) -> i32 {
    // SAFETY (all functions here): see `shared`; texts are Lua strings that lowered code
    // holds during the call.
    unsafe { shared(vm).lists.new_list() as i32 }
}

unsafe extern "C" fn length(vm: *const c_void, list: i32) -> u32 {
    // SAFETY: see `list`.
    unsafe { shared(vm).lists.with(list, |list| list.items) }.unwrap_or(0)
}

/// Begins an item with constant text.
unsafe extern "C" fn open(vm: *const c_void, list: i32, at: i32) {
    // SAFETY: see `list`.
    let shared = unsafe { shared(vm) };
    let text = piece(shared.program, at);
    shared.lists.with(list, |list| {
        list.next_item();
        list.text(text);
    });
}

/// Goes on with constant text.
unsafe extern "C" fn run(vm: *const c_void, list: i32, at: i32) {
    // SAFETY: see `list`.
    let shared = unsafe { shared(vm) };
    let text = piece(shared.program, at);
    shared.lists.with(list, |list| list.text(text));
}

/// Ends an item with constant text, or with none.
unsafe extern "C" fn close(vm: *const c_void, list: i32, at: i32) {
    // SAFETY: see `list`.
    let shared = unsafe { shared(vm) };
    let text = piece(shared.program, at);
    shared.lists.with(list, |list| {
        list.text(text);
        list.items += 1;
    });
}

impl List {
    fn text(&mut self, piece: Option<&Piece>) {
        match piece {
            Some(Piece::Text(text)) => self.out.extend_from_slice(text.as_bytes()),
            Some(Piece::Fields(text)) => {
                comma(&mut self.out);
                self.out.extend_from_slice(text.as_bytes());
            }
            _ => {}
        }
    }
}

unsafe extern "C" fn put_string(
    vm: *const c_void,
    list: i32,
    at: i32,
    text: *const c_char,
    length: usize,
) {
    // SAFETY: see `list`.
    unsafe {
        let text = std::slice::from_raw_parts(text.cast(), length);
        put(shared(vm), list, at, |out| string(text, out));
    }
}

unsafe extern "C" fn put_number(vm: *const c_void, list: i32, at: i32, value: f64) {
    // SAFETY: see `list`.
    unsafe {
        put(shared(vm), list, at, |out| {
            number(value, out);
            Ok(())
        });
    }
}

unsafe extern "C" fn put_boolean(vm: *const c_void, list: i32, at: i32, value: bool) {
    // SAFETY: see `list`.
    unsafe {
        put(shared(vm), list, at, |out| {
            out.extend_from_slice(if value { b"true" } else { b"false" });
            Ok(())
        });
    }
}

/// Begins a string that is written in parts.
unsafe extern "C" fn begin(vm: *const c_void, list: i32, at: i32) {
    // SAFETY: see `list`.
    let shared = unsafe { shared(vm) };
    let place = piece(shared.program, at);
    shared.lists.with(list, |list| {
        match place {
            Some(Piece::Field { key, .. }) => {
                comma(&mut list.out);
                list.out.extend_from_slice(key.as_bytes());
            }
            _ => list.next_item(),
        }
        list.out.push(b'"');
        list.text_from = list.out.len();
    });
}

/// A part of a string. Whether the whole is UTF-8 is seen at its end.
unsafe extern "C" fn part(vm: *const c_void, list: i32, text: *const c_char, length: usize) {
    // SAFETY: see `list`.
    let (shared, text) = unsafe {
        let text: &[u8] = std::slice::from_raw_parts(text.cast(), length);
        (shared(vm), text)
    };
    shared.lists.with(list, |list| match is_plain(text) {
        true => list.out.extend_from_slice(text),
        false => escaped(text, &mut list.out),
    });
}

/// A number as a part of a string, where Lua writes it as an integer (`%.14g`); false,
/// with nothing written, otherwise.
unsafe extern "C" fn part_number(vm: *const c_void, list: i32, value: f64) -> bool {
    let integer = value as i64;
    let plain = integer as f64 == value && value.abs() < 1e14;
    if !plain || (integer == 0 && value.is_sign_negative()) {
        return false;
    }
    // SAFETY: see `list`.
    let shared = unsafe { shared(vm) };
    shared.lists.with(list, |list| {
        let mut digits = itoa::Buffer::new();
        list.out
            .extend_from_slice(digits.format(integer).as_bytes());
    });
    true
}

/// Ends a string that was written in parts.
unsafe extern "C" fn end(vm: *const c_void, list: i32, at: i32) {
    // SAFETY: see `list`.
    let shared = unsafe { shared(vm) };
    let place = piece(shared.program, at);
    shared.lists.with(list, |list| {
        let text = &list.out[list.text_from..];
        let malformed = !text.is_ascii() && std::str::from_utf8(text).is_err();
        list.out.push(b'"');
        let path = match place {
            Some(Piece::Field { path, .. }) => path,
            _ => "",
        };
        if malformed {
            list.note(not_utf8(), path);
        }
        if !matches!(place, Some(Piece::Field { .. })) {
            list.items += 1;
        }
    });
}

/// Keeps a place for a value; gives where in the registry's table lowered code puts it.
unsafe extern "C" fn put_value(vm: *const c_void, list: i32, at: i32) -> i32 {
    // SAFETY: see `list`.
    let shared = unsafe { shared(vm) };
    let value = shared.lists.pending.get() + 1;
    shared.lists.pending.set(value);
    put(shared, list, at, |_| Ok(()));
    let (path, depth) = match piece(shared.program, at) {
        Some(Piece::Field { path, depth, .. }) => (*path, 1 + usize::from(*depth)),
        _ => ("", 1),
    };
    shared.lists.with(list, |list| {
        let item = match at {
            0.. => list.items + 1,
            _ => list.items,
        };
        list.pending.push(Pending {
            at: list.out.len(),
            value,
            depth,
            item,
            path,
            outer: None,
        });
    });
    value
}

/// Writes a list that is complete as a field of an item.
unsafe extern "C" fn put_list(vm: *const c_void, list: i32, at: i32, inner: i32) {
    // SAFETY: see `list`.
    let shared = unsafe { shared(vm) };
    let Some(Piece::List {
        key,
        depth,
        path,
        array,
    }) = piece(shared.program, at)
    else {
        return;
    };
    let lists = &shared.lists;
    // Its length may still be asked.
    let taken = lists.with(inner, |inner| {
        let items = inner.items;
        (
            std::mem::take(inner),
            std::mem::replace(&mut inner.items, items),
        )
    });
    let Some((mut taken, items)) = taken else {
        return;
    };
    lists.with(list, |list| {
        comma(&mut list.out);
        list.out.extend_from_slice(key.as_bytes());
        if let Some(error) = taken.failure.take() {
            list.note(error, path);
        }
        let start = list.out.len() + 1;
        list.out.extend_from_slice(match (taken.items, array) {
            (0, true) => b"[]",
            (0, false) => b"{}",
            _ => b"[",
        });
        if taken.items > 0 {
            list.out.extend_from_slice(&taken.out);
            list.out.push(b']');
        }
        let item = list.items + 1;
        list.pending.extend(taken.pending.drain(..).map(|pending| {
            let outer = pending.outer.as_deref().unwrap_or_default();
            Pending {
                at: start + pending.at,
                depth: pending.depth + 1 + usize::from(*depth),
                outer: Some(format!("[{item}]{path}{outer}").into()),
                ..pending
            }
        }));
    });
    // Its buffer serves again.
    taken.clear();
    taken.items = items;
    lists.with(inner, |inner| *inner = taken);
    if let Ok(inner) = usize::try_from(inner) {
        lists.free.borrow_mut().push(inner);
    }
}

impl Encoder<'_> {
    /// Appends a list that was written already, with so many containers around it.
    ///
    /// # Safety
    /// In a protected call.
    pub(super) unsafe fn list(
        &mut self,
        list: i32,
        array: bool,
        depth: usize,
    ) -> Result<(), EncodeError> {
        // Taken out while it is encoded: an error of Lua's may leave this frame.
        let taken = self.shared.lists.with(list, std::mem::take);
        let mut taken = taken.unwrap_or_default();
        if let Some(error) = taken.failure.take() {
            return Err(error);
        }
        self.out.extend_from_slice(match (taken.items, array) {
            (0, true) => b"[]",
            (0, false) => b"{}",
            _ => b"[",
        });
        if taken.items > 0 {
            let mut from = 0;
            for pending in &taken.pending {
                self.out.extend_from_slice(&taken.out[from..pending.at]);
                from = pending.at;
                // SAFETY: as the caller's.
                unsafe { self.pending(pending, depth) }.map_err(|error| {
                    let outer = pending.outer.as_deref().unwrap_or_default();
                    error.within(format!("{outer}[{}]{}", pending.item, pending.path))
                })?;
            }
            self.out.extend_from_slice(&taken.out[from..]);
            self.out.push(b']');
        }
        // A response may hold it twice.
        self.shared.lists.with(list, |list| *list = taken);
        Ok(())
    }

    /// # Safety
    /// As [`Self::list`].
    unsafe fn pending(&mut self, pending: &Pending, depth: usize) -> Result<(), EncodeError> {
        let state = self.state;
        // SAFETY: two pushes that are popped; reads are raw, of the runtime's own table.
        unsafe {
            ffi::lua_pushlstring(state, PENDING.as_ptr().cast(), PENDING.len());
            ffi::lua_rawget(state, ffi::LUA_REGISTRYINDEX);
            ffi::lua_rawgeti(state, -1, pending.value.into());
            let value = ffi::lua_gettop(state);
            let result = self.value(value, depth + pending.depth);
            ffi::lua_settop(state, value - 2);
            result
        }
    }
}
