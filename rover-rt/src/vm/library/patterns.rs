//! `string.find`, `match`, `gmatch` and `gsub`: what LuaJIT's `lib_string.c` does around its
//! matcher, around ours.

use std::ffi::c_int;
use std::io::Write;

use mlua::ffi::{self, lua_CFunction, lua_State};

use crate::pattern::{Capture, Matcher, Part, PatternError, has_specials, replacement};
use crate::vm::native::raise::{fail, fail_at, late, panicked};
use crate::vm::native::stack::{push, vm_state};
use crate::vm::native::unwind::pure;
use crate::vm::state::steps::CallSteps;
use crate::vm::state::vm::VmState;

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 7] = [
    (c"find", find),
    (c"match", r#match),
    (c"gmatch_values", gmatch_values),
    (c"gmatch_next", gmatch_next),
    (c"gmatch_refuse", gmatch_refuse),
    (c"gsub", gsub),
    (c"gsub_next", gsub_next),
];

/// What the stack of a C function has room for, beside a few values (`LUA_MINSTACK` is 20).
const FREE_SLOTS: usize = 8;
/// The longest result of `gsub`.
const MAX_RESULT: usize = 32 << 20;

/// A string or number argument. The slice is good while the value is on the stack.
///
/// # Safety
/// In a C function; Lua's error leaves the frame, which owns nothing.
unsafe fn string<'a>(state: *mut lua_State, argument: c_int) -> &'a [u8] {
    let mut length = 0;
    // SAFETY: this is a C function whose frame a Lua error may leave. What `luaL_checklstring`
    // gives has so many bytes for as long as the argument is on the stack, which it is until
    // the function ends.
    unsafe {
        let text = ffi::luaL_checklstring(state, argument, &raw mut length);
        std::slice::from_raw_parts(text.cast(), length)
    }
}

/// An integer argument as LuaJIT converts it (`lj_num2int`).
///
/// # Safety
/// In a C function; Lua's error leaves the frame, which owns nothing.
unsafe fn integer(state: *mut lua_State, argument: c_int, default: i32) -> i32 {
    // SAFETY: this is a C function whose frame a Lua error may leave, as it does where the
    // argument is no number.
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
/// In a C function; Lua's error leaves the frame, which owns nothing.
unsafe fn raise(state: *mut lua_State, error: PatternError) -> ! {
    // SAFETY: this is a C function whose frame the error may leave.
    unsafe { raise_at(state, error, 1) }
}

/// The same where the call that counts is so many calls away.
///
/// # Safety
/// In a C function; Lua's error leaves the frame, which owns nothing.
unsafe fn raise_at(state: *mut lua_State, error: PatternError, level: c_int) -> ! {
    // SAFETY: this is a native that `register` has made, whose frame the error may leave. The
    // message is a constant text.
    unsafe {
        match error {
            PatternError::Stopped => late(state, vm_state(state)),
            _ => fail_at(state, error.message().as_bytes(), level),
        }
    }
}

/// Pushes a capture.
///
/// # Safety
/// There is a free stack slot.
unsafe fn push_capture(state: *mut lua_State, subject: &[u8], capture: Capture) {
    // SAFETY: the caller has a free slot. The capture is a part of the subject, and Lua copies
    // its bytes.
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
/// In a C function; Lua's error leaves the frame, which owns nothing.
unsafe fn push_captures(
    state: *mut lua_State,
    matcher: &Matcher<'_>,
    found: (usize, usize),
    count: usize,
    level: c_int,
) -> c_int {
    // SAFETY: eight captures and two places have room in the 20 free slots of a C function, and
    // room for more is seen to. The error leaves this frame, which owns nothing: the matcher is
    // plain data.
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
    // SAFETY: Lua calls this native, which `register` has made. The error leaves this frame,
    // which owns nothing: matchers are plain data.
    unsafe { search(state, true) }
}

unsafe extern "C-unwind" fn r#match(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls this native, which `register` has made. The error leaves this frame,
    // which owns nothing: matchers are plain data.
    unsafe { search(state, false) }
}

/// `str_find_aux`
///
/// # Safety
/// In a native that `register` has made; an error leaves the frame, which owns nothing.
unsafe fn search(state: *mut lua_State, find: bool) -> c_int {
    // SAFETY: the caller is a native that `register` has made, and the arguments stay on the
    // stack, so that their bytes do. The results have room: two places, and what
    // `push_captures` sees to. An error leaves this frame, in which the matcher is plain data
    // and nothing else is owned.
    unsafe {
        let shared = vm_state(state);
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
        let mut clock = CallSteps(shared);
        let mut matcher = Matcher::new(subject, &mut clock);
        let found = pure(shared, || {
            matcher.search(&shared.patterns.get(pattern, true), start)
        });
        match found {
            None => panicked(state),
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
/// In a native that `register` has made; an error leaves the frame, which owns nothing.
unsafe fn plain(
    state: *mut lua_State,
    shared: &VmState,
    (subject, start): (&[u8], usize),
    text: &[u8],
) -> c_int {
    // SAFETY: the caller is a native that `register` has made, with room for two results. The
    // error leaves this frame, which owns nothing.
    unsafe {
        if !shared.spend((subject.len() / 64) as u32) {
            late(state, shared);
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
    // SAFETY: this is a C function. The error leaves this frame, which owns nothing.
    unsafe {
        string(state, 1);
        string(state, 2);
    }
    0
}

/// `gmatch_values(pattern)`: how many values a match has.
unsafe extern "C-unwind" fn gmatch_values(state: *mut lua_State) -> c_int {
    // SAFETY: `register` has made this native, and the argument stays on the stack while it is
    // read. One result has room. An error leaves this frame, which owns nothing.
    unsafe {
        let (shared, pattern) = (vm_state(state), string(state, 1));
        match pure(shared, || shared.patterns.get(pattern, false).values()) {
            None => panicked(state),
            Some(values) => ffi::lua_pushnumber(state, values as f64),
        }
    }
    1
}

/// `gmatch_next(subject, pattern, position)`, for iterators: the next position and the values
/// of a match; nothing where there is none.
unsafe extern "C-unwind" fn gmatch_next(state: *mut lua_State) -> c_int {
    // SAFETY: `gmatch.lua` calls this native with two strings and a number, and `register` has
    // made it. The place takes one of the free slots. An error leaves this frame, which owns
    // nothing.
    unsafe {
        next(state, (false, usize::MAX, 2), |start, end| {
            let next = if end == start { end + 1 } else { end };
            ffi::lua_pushnumber(state, next as f64);
            1
        })
    }
}

/// `gsub_next(subject, pattern, position, most)`: where a match begins, where it ends, and its
/// values, all or so many; nothing where there is none.
unsafe extern "C-unwind" fn gsub_next(state: *mut lua_State) -> c_int {
    // SAFETY: `gsub.lua` calls this native with two strings and one or two numbers, and
    // `register` has made it. The place takes two of the free slots. An error leaves this
    // frame, which owns nothing.
    unsafe {
        let most = match ffi::lua_tonumber(state, 4) as usize {
            0 => usize::MAX,
            most => most,
        };
        next(state, (true, most, 3), |start, end| {
            ffi::lua_pushnumber(state, start as f64);
            ffi::lua_pushnumber(state, end as f64);
            2
        })
    }
}

/// Looks for a pattern, which may have an anchor, from a position on. Pushes what `place` makes
/// of the match's place, and so many of the match's values. The call that the program has made
/// is so many calls away, for errors.
///
/// # Safety
/// In a native that `register` has made, with two strings and a number; an error leaves the frame,
/// which owns nothing.
unsafe fn next(
    state: *mut lua_State,
    (anchors, most, level): (bool, usize, c_int),
    place: impl FnOnce(usize, usize) -> c_int,
) -> c_int {
    // SAFETY: the caller is a native with two strings and a number, which stay on the stack, so
    // that their bytes do. `place` pushes two values at most, and `push_captures` sees to the
    // others. An error leaves this frame, in which the matcher is plain data and nothing else
    // is owned.
    unsafe {
        let shared = vm_state(state);
        let (subject, pattern) = (string(state, 1), string(state, 2));
        let start = ffi::lua_tonumber(state, 3) as usize;
        if start > subject.len() {
            return 0;
        }
        let mut clock = CallSteps(shared);
        let mut matcher = Matcher::new(subject, &mut clock);
        let found = pure(shared, || {
            matcher.search(&shared.patterns.get(pattern, anchors), start)
        });
        match found {
            None => panicked(state),
            Some(Err(error)) => raise_at(state, error, level),
            Some(Ok(None)) => 0,
            Some(Ok(Some((start, end)))) => {
                let places = place(start, end);
                let count = matcher.values().min(most);
                push_captures(state, &matcher, (start, end), count, level) + places
            }
        }
    }
}

/// `string.gsub` where a text replaces; what else does is asked in `gsub.lua`.
unsafe extern "C-unwind" fn gsub(state: *mut lua_State) -> c_int {
    // SAFETY: `register` has made this native, and the arguments stay on the stack, so that
    // their bytes do. An error leaves this frame, in which the matcher is plain data: the
    // result is the VM's. While Lua copies it nothing writes to it, and the two results have
    // room.
    unsafe {
        let shared = vm_state(state);
        let (subject, pattern) = (string(state, 1), string(state, 2));
        let most = ffi::luaL_optinteger(state, 4, subject.len() as i64 + 1) as i32;
        if !matches!(ffi::lua_type(state, 3), ffi::LUA_TNUMBER | ffi::LUA_TSTRING) {
            let message = c"string/function/table expected";
            ffi::luaL_argerror(state, 3, message.as_ptr());
        }
        let with = string(state, 3);
        shared.replaced.begin();
        let mut clock = CallSteps(shared);
        let mut matcher = Matcher::new(subject, &mut clock);
        let (mut at, mut count) = (0, 0);
        while count < most {
            let found = pure(shared, || {
                matcher.search(&shared.patterns.get(pattern, true), at)
            });
            let (start, end) = match found {
                None => panicked(state),
                Some(Err(error)) => raise(state, error),
                Some(Ok(None)) => break,
                Some(Ok(Some(found))) => found,
            };
            count += 1;
            shared.replaced.add(&subject[at..start]);
            let replaced = pure(shared, || {
                replace_by_text(shared, &matcher, (start, end), with)
            });
            match replaced {
                None => panicked(state),
                Some(Err(error)) => raise(state, error),
                Some(Ok(())) => {}
            }
            at = end;
            if end == start {
                let Some(byte) = subject.get(at) else { break };
                shared.replaced.add(std::slice::from_ref(byte));
                at += 1;
            }
            if pattern.first() == Some(&b'^') {
                break;
            }
            if shared.replaced.len() > MAX_RESULT.min(shared.memory.longest()) {
                gsub_too_long(state, shared);
            }
        }
        shared.replaced.add(&subject[at..]);
        // Lua copies the text; where there is no memory for it, it stays in its buffer.
        push(state, &*shared.replaced.text());
        shared.replaced.begin();
        ffi::lua_pushnumber(state, f64::from(count));
    }
    2
}

/// # Safety
/// In a C function; Lua's error leaves the frame, which owns nothing.
unsafe fn gsub_too_long(state: *mut lua_State, shared: &VmState) -> ! {
    let most = MAX_RESULT.min(shared.memory.longest());
    let mut text = [0; 80];
    let mut rest = &mut text[..];
    // It has room for the longest number.
    let _ = write!(rest, "gsub: the result would have more than {most} bytes");
    let length = 80 - rest.len();
    // SAFETY: the caller is a C function whose frame the error may leave. This one owns plain
    // bytes.
    unsafe { fail(state, &text[..length]) }
}

/// Appends a replacement text for a match.
fn replace_by_text(
    shared: &VmState,
    matcher: &Matcher<'_>,
    (start, end): (usize, usize),
    text: &[u8],
) -> Result<(), PatternError> {
    let subject = matcher.subject();
    for part in replacement(text) {
        let capture = match part {
            Part::Text(text) => {
                shared.replaced.add(text);
                continue;
            }
            Part::Whole => Capture::Text(start, end),
            Part::Capture(index) => matcher.capture(index, (start, end))?,
        };
        match capture {
            Capture::Text(start, end) => shared.replaced.add(&subject[start..end]),
            Capture::Position(at) => {
                let mut digits = itoa::Buffer::new();
                shared.replaced.add(digits.format(at + 1).as_bytes());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
