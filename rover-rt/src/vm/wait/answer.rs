//! Answers of other servers, as the values that `http.lua` makes a table of.

use std::cell::RefCell;
use std::ffi::c_int;
use std::rc::Rc;

use mlua::Lua;
use mlua::ffi::{self, lua_State};

use crate::outbound::{AnswerHeaders, BodyStream, FetchBody, FetchResponse};
use crate::vm::native::stack::{push, vm_state};
use crate::vm::native::unwind::pure_or_default;
use crate::vm::native::userdata::metatable_of;
use crate::vm::state::vm::VmState;

/// The registry's metatable of userdata that hold a stream.
const STREAM: &std::ffi::CStr = c"rover.stream";

/// A body that is read while it comes. Whoever reads has it meanwhile.
pub(crate) type Stream = Rc<RefCell<Option<Box<BodyStream>>>>;

/// Makes the metatable of streams.
pub(crate) fn install(lua: &Lua, shared: &VmState) -> mlua::Result<()> {
    metatable_of(lua, shared, STREAM, free).map(drop)
}

/// Gives a stream back with its userdata.
unsafe extern "C-unwind" fn free(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls this once for each userdata with our metatable, which the program cannot
    // reach. It holds the address of a box that `push_stream` has made, or null from then on.
    // `free` is a closure over the address of the `VmState`.
    unsafe {
        let owner = ffi::lua_touserdata(state, 1).cast::<*mut Stream>();
        let stream = std::mem::replace(&mut *owner, std::ptr::null_mut());
        if !stream.is_null() {
            pure_or_default(vm_state(state), || drop(Box::from_raw(stream)));
        }
    }
    0
}

/// Pushes an answer: its status, URL, headers, and its text or, after a nil, its stream. Gives how
/// many values that are.
///
/// # Safety
/// `state` has eight free slots, and memory is relaxed.
pub(crate) unsafe fn push_answer(state: *mut lua_State, answer: FetchResponse) -> c_int {
    // SAFETY: four or five values and what a header takes are no more than eight. With memory
    // relaxed nothing raises an error.
    unsafe {
        ffi::lua_pushnumber(state, answer.status.as_u16().into());
        push(state, answer.url.as_str().as_bytes());
        push_headers(state, &answer.headers);
        match answer.body {
            FetchBody::Collected(body) => {
                push(state, &body);
                4
            }
            FetchBody::Stream(stream) => {
                ffi::lua_pushnil(state);
                push_stream(state, stream);
                5
            }
        }
    }
}

/// Pushes a table of headers. What comes more than once is joined, as it may be (RFC 9110 section 5.3).
///
/// # Safety
/// Three free slots, and memory is relaxed.
unsafe fn push_headers(state: *mut lua_State, headers: &AnswerHeaders) {
    // SAFETY: the table, a name and a value take the three slots; the access is raw.
    unsafe {
        ffi::lua_createtable(state, 0, headers.count() as c_int);
        for (place, (name, value)) in headers.iter().enumerate() {
            push(state, name);
            match headers.before(place, name) {
                None => push(state, value),
                Some(before) => push(state, &[&before, &b", "[..], value].concat()),
            }
            ffi::lua_rawset(state, -3);
        }
    }
}

/// # Safety
/// Two free slots, and memory is relaxed.
unsafe fn push_stream(state: *mut lua_State, stream: Box<BodyStream>) {
    let stream: Stream = Rc::new(RefCell::new(Some(stream)));
    // SAFETY: the userdata has room for one address, which is written before it gets the metatable
    // by which it is freed; it then owns the box.
    unsafe {
        let size = size_of::<*mut Stream>();
        let owner = ffi::lua_newuserdata(state, size).cast::<*mut Stream>();
        owner.write(Box::into_raw(Box::new(stream)));
        ffi::lua_getfield(state, ffi::LUA_REGISTRYINDEX, STREAM.as_ptr());
        ffi::lua_setmetatable(state, -2);
    }
}

/// Pushes a part of a body, or nil for its end.
///
/// # Safety
/// One free slot, and memory is relaxed.
pub(crate) unsafe fn push_part(state: *mut lua_State, part: Option<&[u8]>) {
    // SAFETY: the value takes the free slot.
    unsafe {
        match part {
            Some(part) => push(state, part),
            None => ffi::lua_pushnil(state),
        }
    }
}

/// The stream of a userdata that `push_answer` has pushed.
///
/// # Safety
/// In a contained native with two free slots. The stream is used while the userdata is on the stack.
pub(crate) unsafe fn stream_at<'a>(state: *mut lua_State, index: c_int) -> Option<&'a Stream> {
    // SAFETY: only a userdata with our metatable is read, which the program can give to nothing
    // else. What it holds is null or the address of a box.
    unsafe {
        if ffi::lua_getmetatable(state, index) == 0 {
            return None;
        }
        ffi::lua_getfield(state, ffi::LUA_REGISTRYINDEX, STREAM.as_ptr());
        let is_stream = ffi::lua_rawequal(state, -1, -2) != 0;
        ffi::lua_pop(state, 2);
        if !is_stream {
            return None;
        }
        let owner = ffi::lua_touserdata(state, index).cast::<*mut Stream>();
        (*owner).as_ref()
    }
}
