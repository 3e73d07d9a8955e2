//! `string.find`, `match`, `gmatch` and `gsub`: what LuaJIT's `lib_string.c` does around its
//! matcher, around ours.

use std::cell::RefCell;
use std::ffi::c_int;
use std::io::Write;

use mlua::ffi::{self, lua_CFunction, lua_State};

use super::native::{push, shared};
use super::{Shared, guard};
use crate::pattern::{Capture, Clock, Matcher, Part, PatternError, has_specials, replacement};

pub(super) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 6] = [
    (c"find", find),
    (c"match", r#match),
    (c"gmatch_values", gmatch_values),
    (c"gmatch_next", gmatch_next),
    (c"gmatch_refuse", gmatch_refuse),
    (c"gsub", gsub),
];

/// The results that calls of `gsub` are making: an error of a callback's leaves the call's
/// frame, which therefore owns nothing.
///
/// Calls are nested on the native stack, as no coroutine can leave one. So the address of a
/// call's frame tells which buffers were left behind by calls that errors have ended.
#[derive(Default)]
pub(super) struct Buffers(RefCell<Vec<(usize, Vec<u8>)>>);

/// A result's buffer is kept for the next call up to this size.
const KEPT_BYTES: usize = 64 * 1024;
/// What the stack of a C function has room for, beside a few values (`LUA_MINSTACK` is 20).
const FREE_SLOTS: usize = 8;
/// The longest result of `gsub`.
const MAX_RESULT: usize = 32 << 20;

impl Buffers {
    /// The number of the buffer for a call whose frame is at an address.
    fn begin(&self, frame: usize) -> usize {
        let mut all = self.0.borrow_mut();
        let live = all.iter().take_while(|(at, _)| *at > frame).count();
        if live == all.len() {
            all.push((frame, Vec::new()));
        }
        all.truncate(live + 1);
        all[live].0 = frame;
        all[live].1.clear();
        all[live].1.shrink_to(KEPT_BYTES);
        live
    }

    fn with<T>(&self, number: usize, f: impl FnOnce(&mut Vec<u8>) -> T) -> Option<T> {
        let mut all = self.0.borrow_mut();
        all.get_mut(number).map(|(_, buffer)| f(buffer))
    }
}

/// The running call's steps.
pub(super) struct Steps<'a>(pub(super) &'a Shared);

impl Clock for Steps<'_> {
    fn spend(&mut self, steps: u32) -> bool {
        self.0.deadline.spend(steps)
    }
}

/// A string or number argument. The slice is good while the value is on the stack.
///
/// # Safety
/// In a C function; Lua's error leaves the frame, which owns nothing.
unsafe fn string<'a>(state: *mut lua_State, argument: c_int) -> &'a [u8] {
    let mut length = 0;
    // SAFETY: what `luaL_checklstring` returns has so many bytes.
    unsafe {
        let text = ffi::luaL_checklstring(state, argument, &raw mut length);
        std::slice::from_raw_parts(text.cast(), length)
    }
}

/// An integer argument as LuaJIT converts it (`lj_num2int`).
///
/// # Safety
/// As [`string`].
unsafe fn integer(state: *mut lua_State, argument: c_int, default: i32) -> i32 {
    // SAFETY: as the caller's.
    unsafe {
        if ffi::lua_isnoneornil(state, argument) != 0 {
            return default;
        }
        let number = ffi::luaL_checknumber(state, argument);
        let range = f64::from(i32::MIN)..=f64::from(i32::MAX);
        match range.contains(&number.trunc()) {
            true => number as i32,
            false => i32::MIN,
        }
    }
}

/// Raises a pattern's error as `lj_err_caller` does: with the place of the call.
///
/// # Safety
/// As [`string`].
unsafe fn raise(state: *mut lua_State, error: PatternError) -> ! {
    // SAFETY: as the caller's.
    unsafe { raise_at(state, error, 1) }
}

/// The same where the call that counts is so many calls away.
///
/// # Safety
/// As [`string`].
unsafe fn raise_at(state: *mut lua_State, error: PatternError, level: c_int) -> ! {
    // SAFETY: as the caller's; the text is copied before the error leaves.
    unsafe {
        match error {
            PatternError::Stopped => super::deadline::raise(state, shared(state)),
            _ => guard::fail_at(state, error.message().as_bytes(), level),
        }
    }
}

/// Pushes a capture.
///
/// # Safety
/// There is a free stack slot.
unsafe fn push_capture(state: *mut lua_State, subject: &[u8], capture: Capture) {
    // SAFETY: Lua copies the bytes.
    unsafe {
        match capture {
            Capture::Text(start, end) => push(state, &subject[start..end]),
            Capture::Position(at) => {
                ffi::lua_pushnumber(state, (at + 1) as f64);
            }
        }
    }
}

/// Pushes the captures of the last match: all there are, or so many. An error's place is the
/// call that is so many calls away.
///
/// # Safety
/// As [`string`].
unsafe fn push_captures(
    state: *mut lua_State,
    matcher: &Matcher<'_>,
    found: (usize, usize),
    count: usize,
    level: c_int,
) -> c_int {
    // SAFETY: there is room for so many; as the caller's.
    unsafe {
        if count > FREE_SLOTS {
            ffi::luaL_checkstack(state, count as c_int, c"too many captures".as_ptr());
        }
        for index in 0..count {
            match matcher.capture(index, found) {
                Ok(capture) => push_capture(state, matcher.subject(), capture),
                Err(error) => raise_at(state, error, level),
            }
        }
    }
    count as c_int
}

unsafe extern "C-unwind" fn find(state: *mut lua_State) -> c_int {
    // SAFETY (all functions here): called by Lua, with the `Shared` as first upvalue. Lua
    // errors leave these frames, which own nothing: matchers are plain data.
    unsafe { search(state, true) }
}

unsafe extern "C-unwind" fn r#match(state: *mut lua_State) -> c_int {
    // SAFETY: see `find`.
    unsafe { search(state, false) }
}

/// `str_find_aux`
///
/// # Safety
/// See [`find`].
unsafe fn search(state: *mut lua_State, find: bool) -> c_int {
    // SAFETY: see `find`; the arguments stay on the stack.
    unsafe {
        let shared = shared(state);
        let (subject, pattern) = (string(state, 1), string(state, 2));
        let start = integer(state, 3, 1);
        let length = subject.len() as i32;
        let start = match start < 0 {
            true => start.wrapping_add(length),
            false => start.wrapping_sub(1),
        };
        let start = start.max(0) as usize;
        if start > subject.len() {
            ffi::lua_pushnil(state);
            return 1;
        }
        if find && (ffi::lua_toboolean(state, 4) != 0 || !has_specials(pattern)) {
            return plain(state, shared, (subject, start), pattern);
        }
        let mut clock = Steps(shared);
        let mut matcher = Matcher::new(subject, &mut clock);
        let found = guard::pure(shared, || {
            matcher.search(&shared.patterns.get(pattern, true), start)
        });
        match found {
            None => guard::panicked(state),
            Some(Err(error)) => raise(state, error),
            Some(Ok(None)) => {
                ffi::lua_pushnil(state);
                1
            }
            Some(Ok(Some(found))) if find => {
                ffi::lua_pushnumber(state, (found.0 + 1) as f64);
                ffi::lua_pushnumber(state, found.1 as f64);
                let count = matcher.captures();
                push_captures(state, &matcher, found, count, 1) + 2
            }
            Some(Ok(Some(found))) => {
                let count = matcher.values();
                push_captures(state, &matcher, found, count, 1)
            }
        }
    }
}

/// Looks for a text as it is, in linear time.
///
/// # Safety
/// See [`find`].
unsafe fn plain(
    state: *mut lua_State,
    shared: &Shared,
    (subject, start): (&[u8], usize),
    text: &[u8],
) -> c_int {
    // SAFETY: see `find`.
    unsafe {
        if !shared.deadline.spend((subject.len() / 64) as u32) {
            super::deadline::raise(state, shared);
        }
        match memchr::memmem::find(&subject[start..], text) {
            Some(at) => {
                ffi::lua_pushnumber(state, (start + at + 1) as f64);
                ffi::lua_pushnumber(state, (start + at + text.len()) as f64);
                2
            }
            None => {
                ffi::lua_pushnil(state);
                1
            }
        }
    }
}

/// `gmatch_refuse(...)`: the error for arguments that `gmatch` does not take.
unsafe extern "C-unwind" fn gmatch_refuse(state: *mut lua_State) -> c_int {
    // SAFETY: see `find`.
    unsafe {
        string(state, 1);
        string(state, 2);
    }
    0
}

/// `gmatch_values(pattern)`: how many values a match has.
unsafe extern "C-unwind" fn gmatch_values(state: *mut lua_State) -> c_int {
    // SAFETY: see `find`.
    unsafe {
        let (shared, pattern) = (shared(state), string(state, 1));
        match guard::pure(shared, || shared.patterns.get(pattern, false).values()) {
            None => guard::panicked(state),
            Some(values) => ffi::lua_pushnumber(state, values as f64),
        }
    }
    1
}

/// `gmatch_next(subject, pattern, position)`, for iterators: the next position and the values
/// of a match; nothing where there is none.
unsafe extern "C-unwind" fn gmatch_next(state: *mut lua_State) -> c_int {
    // SAFETY: see `find`; called by `gmatch.lua` with two strings and a number.
    unsafe {
        let shared = shared(state);
        let (subject, pattern) = (string(state, 1), string(state, 2));
        let start = ffi::lua_tonumber(state, 3) as usize;
        if start > subject.len() {
            return 0;
        }
        let mut clock = Steps(shared);
        let mut matcher = Matcher::new(subject, &mut clock);
        let found = guard::pure(shared, || {
            matcher.search(&shared.patterns.get(pattern, false), start)
        });
        match found {
            None => guard::panicked(state),
            // The iterator is one function, which the loop has called.
            Some(Err(error)) => raise_at(state, error, 2),
            Some(Ok(None)) => 0,
            Some(Ok(Some((start, end)))) => {
                let next = if end == start { end + 1 } else { end };
                ffi::lua_pushnumber(state, next as f64);
                let count = matcher.values();
                push_captures(state, &matcher, (start, end), count, 2) + 1
            }
        }
    }
}

unsafe extern "C-unwind" fn gsub(state: *mut lua_State) -> c_int {
    // SAFETY: see `find`; the arguments stay on the stack, and results are above them.
    unsafe {
        let shared = shared(state);
        let (subject, pattern) = (string(state, 1), string(state, 2));
        let kind = ffi::lua_type(state, 3);
        let most = ffi::luaL_optinteger(state, 4, subject.len() as i64 + 1) as i32;
        let by_text = matches!(kind, ffi::LUA_TNUMBER | ffi::LUA_TSTRING);
        if !by_text && !matches!(kind, ffi::LUA_TFUNCTION | ffi::LUA_TTABLE) {
            let message = c"string/function/table expected";
            ffi::luaL_argerror(state, 3, message.as_ptr());
        }
        guard::check_stack(state, shared);
        ffi::lua_settop(state, 4);
        let with = if by_text { string(state, 3) } else { b"" };
        let frame = 0_u8;
        let buffer = shared.buffers.begin((&raw const frame).addr());
        let mut clock = Steps(shared);
        let mut matcher = Matcher::new(subject, &mut clock);
        let (mut at, mut count) = (0, 0);
        while count < most {
            let found = guard::pure(shared, || {
                matcher.search(&shared.patterns.get(pattern, true), at)
            });
            let (start, end) = match found {
                None => guard::panicked(state),
                Some(Err(error)) => raise(state, error),
                Some(Ok(None)) => break,
                Some(Ok(Some(found))) => found,
            };
            count += 1;
            let between = &subject[at..start];
            shared
                .buffers
                .with(buffer, |out| out.extend_from_slice(between));
            match kind {
                ffi::LUA_TFUNCTION | ffi::LUA_TTABLE => {
                    replace_by_value(state, &matcher, (start, end), kind);
                    append(state, shared, buffer);
                }
                _ => {
                    let replaced = guard::pure(shared, || {
                        replace_by_text(shared, buffer, &matcher, (start, end), with)
                    });
                    match replaced {
                        None => guard::panicked(state),
                        Some(Err(error)) => raise(state, error),
                        Some(Ok(())) => {}
                    }
                }
            }
            at = end;
            if end == start {
                let Some(byte) = subject.get(at) else { break };
                shared.buffers.with(buffer, |out| out.push(*byte));
                at += 1;
            }
            if pattern.first() == Some(&b'^') {
                break;
            }
            match shared.buffers.with(buffer, |out| out.len()) {
                Some(length) if length > MAX_RESULT.min(shared.memory.longest()) => {
                    gsub_too_long(state, shared);
                }
                _ => {}
            }
        }
        let rest = &subject[at..];
        shared
            .buffers
            .with(buffer, |out| out.extend_from_slice(rest));
        // Lua copies the text; where there is no memory for it, it stays in its buffer.
        let text = shared
            .buffers
            .with(buffer, |out| std::ptr::from_ref(out.as_slice()));
        if let Some(text) = text {
            push(state, &*text);
        }
        ffi::lua_pushnumber(state, f64::from(count));
    }
    2
}

/// # Safety
/// As [`string`].
unsafe fn gsub_too_long(state: *mut lua_State, shared: &Shared) -> ! {
    let most = MAX_RESULT.min(shared.memory.longest());
    let mut text = [0; 80];
    let mut rest = &mut text[..];
    // It has room for the longest number.
    let _ = write!(rest, "gsub: the result would have more than {most} bytes");
    let length = 80 - rest.len();
    // SAFETY: as the caller's.
    unsafe { guard::fail(state, &text[..length]) }
}

/// Appends the text on top of the stack to a result, and pops it.
///
/// # Safety
/// A string or number is on top.
unsafe fn append(state: *mut lua_State, shared: &Shared, buffer: usize) {
    // SAFETY: as the caller's; the conversion may raise an error before anything is
    // borrowed.
    unsafe {
        let text = string(state, -1);
        shared
            .buffers
            .with(buffer, |out| out.extend_from_slice(text));
        ffi::lua_pop(state, 1);
    }
}

/// Pushes what the function or table in the third argument gives for a match.
///
/// # Safety
/// See [`find`].
unsafe fn replace_by_value(
    state: *mut lua_State,
    matcher: &Matcher<'_>,
    (start, end): (usize, usize),
    kind: c_int,
) {
    // SAFETY: see `find`.
    unsafe {
        if kind == ffi::LUA_TFUNCTION {
            ffi::lua_pushvalue(state, 3);
            let count = push_captures(state, matcher, (start, end), matcher.values(), 1);
            ffi::lua_call(state, count, 1);
        } else {
            push_captures(state, matcher, (start, end), 1, 1);
            ffi::lua_gettable(state, 3);
        }
        if ffi::lua_toboolean(state, -1) == 0 {
            ffi::lua_pop(state, 1);
            push(state, &matcher.subject()[start..end]);
        } else if ffi::lua_isstring(state, -1) == 0 {
            let name = std::ffi::CStr::from_ptr(ffi::luaL_typename(state, -1)).to_bytes();
            ffi::luaL_where(state, 1);
            push(state, b"invalid replacement value (a ");
            push(state, name);
            push(state, b")");
            ffi::lua_concat(state, 4);
            ffi::lua_error(state);
        }
    }
}

/// Appends a replacement text for a match.
fn replace_by_text(
    shared: &Shared,
    buffer: usize,
    matcher: &Matcher<'_>,
    (start, end): (usize, usize),
    text: &[u8],
) -> Result<(), PatternError> {
    let subject = matcher.subject();
    for part in replacement(text) {
        let capture = match part {
            Part::Text(text) => {
                shared
                    .buffers
                    .with(buffer, |out| out.extend_from_slice(text));
                continue;
            }
            Part::Whole => Capture::Text(start, end),
            Part::Capture(index) => matcher.capture(index, (start, end))?,
        };
        shared.buffers.with(buffer, |out| match capture {
            Capture::Text(start, end) => out.extend_from_slice(&subject[start..end]),
            Capture::Position(at) => {
                out.extend_from_slice(itoa::Buffer::new().format(at + 1).as_bytes());
            }
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
