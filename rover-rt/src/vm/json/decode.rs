//! JSON text to Lua values, without a tree in between.

use std::ffi::c_int;
use std::fmt::{Display, Write};

use mlua::ffi::{self, lua_State};

use crate::vm::native::stack::push;
use crate::vm::state::decoder::Decoder;
use crate::vm::state::vm::VmState;
use rover_model::json::{Kind, Malformed, Reader};

/// Stack slots that a container needs: itself, a key and a value.
const SLOTS: c_int = 3;
/// So many containers get their slots at once.
const LEVELS: u32 = 4;

/// Why a text gives no value.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DecodeError {
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// Its value takes more memory than there is.
    #[error("its value needs more memory than there is")]
    Full,
    /// It takes more time than there is, which the native's end raises.
    #[error("it takes too long")]
    Late,
}

/// Room for a string with escapes is kept up to this size.
const KEPT_BYTES: usize = 64 << 10;

/// So many values are pushed before memory and time are looked at.
const AT_ONCE: u32 = 64;
/// What they cost, in steps.
const STEPS: u32 = AT_ONCE * 8;

/// Pushes the value of a JSON text, or pushes nothing and tells what is wrong and where.
///
/// # Safety
/// `state` is in a protected call; `array_meta` is the absolute index of the metatable
/// that marks arrays.
pub(crate) unsafe fn decode(
    state: *mut lua_State,
    shared: &VmState,
    array_meta: c_int,
    text: &[u8],
) -> Result<(), DecodeError> {
    let mut push = Push {
        state,
        shared,
        decoder: &shared.decoder,
        array_meta,
        depth: 0,
        left: AT_ONCE,
        reader: Reader::new(text),
    };
    // SAFETY: the caller is in a protected call, with a few free slots. `value` leaves one
    // value or, where the text is malformed, some of its parts, which are taken off again. No
    // reference into the scratch is left when it is cleared.
    unsafe {
        let top = ffi::lua_gettop(state);
        let result = push.value().and_then(|()| Ok(push.reader.end()?));
        // Nothing holds on to it any more.
        let scratch = &mut *shared.decoder.scratch.get();
        scratch.clear();
        scratch.shrink_to(KEPT_BYTES);
        if result.is_err() {
            ffi::lua_settop(state, top);
        }
        result
    }
}

/// Pushes what is wrong with a text.
///
/// # Safety
/// In a protected call with a free stack slot.
pub(crate) unsafe fn push_malformed(
    state: *mut lua_State,
    decoder: &Decoder,
    malformed: impl Display,
) {
    // SAFETY: the caller has a free slot and is in a protected call. No Lua code runs while the
    // scratch is written, so that it has no other user. An error of memory leaves this frame,
    // which owns nothing: the text is the decoder's.
    unsafe {
        let text = &mut *decoder.scratch.get();
        text.clear();
        // A `String` takes all that is written.
        let _ = write!(text, "{malformed}");
        push(state, text.as_bytes());
    }
}

struct Push<'a> {
    state: *mut lua_State,
    shared: &'a VmState,
    decoder: &'a Decoder,
    array_meta: c_int,
    depth: u32,
    /// So many values until memory and time are looked at.
    left: u32,
    reader: Reader<'a>,
}

impl Push<'_> {
    /// Pushes the next value.
    ///
    /// # Safety
    /// In a protected call, with `SLOTS` free slots.
    unsafe fn value(&mut self) -> Result<(), DecodeError> {
        self.left -= 1;
        if self.left == 0 {
            self.left = AT_ONCE;
            // SAFETY: this is a contained native on the state's thread, where memory is relaxed
            // and garbage may be collected.
            if unsafe { self.shared.is_full(self.state) } {
                return Err(DecodeError::Full);
            }
            if !self.shared.spend(STEPS) {
                return Err(DecodeError::Late);
            }
        }
        // SAFETY: the caller has a free slot, which the value takes; `enter` sees to those of
        // containers. The scratch is borrowed until Lua has copied the string. The frame owns
        // nothing that a Lua error would leave behind.
        unsafe {
            match self.reader.peek()? {
                Kind::String => {
                    let text = self.reader.string(&mut *self.decoder.scratch.get())?;
                    push(self.state, text.as_bytes());
                }
                Kind::Number => ffi::lua_pushnumber(self.state, self.reader.number()?),
                Kind::Object => return self.object(),
                Kind::Array => return self.array(),
                Kind::Boolean => {
                    ffi::lua_pushboolean(self.state, c_int::from(self.reader.boolean()?));
                }
                Kind::Null => {
                    self.reader.null()?;
                    ffi::lua_pushlightuserdata(self.state, std::ptr::null_mut());
                }
            }
        }
        Ok(())
    }

    /// Makes room for a container.
    ///
    /// # Safety
    /// In a protected call, with `SLOTS` free slots.
    unsafe fn enter(&mut self) {
        if self.depth.is_multiple_of(LEVELS) {
            let slots = LEVELS as c_int * SLOTS + SLOTS;
            // SAFETY: the state runs a C function, and this call raises no error: it says that
            // there is no room.
            let room = unsafe { ffi::lua_checkstack(self.state, slots) };
            // The reader's limit is far below that of the stack; a program that recurses has
            // less left, and its request fails.
            assert!(room != 0, "the Lua stack is full");
        }
        self.depth += 1;
    }

    /// # Safety
    /// In a protected call, with `SLOTS` free slots.
    unsafe fn array(&mut self) -> Result<(), DecodeError> {
        let mut more = self.reader.begin_array()?;
        let decoder = self.decoder;
        let size = decoder.sizes.array(self.depth);
        // SAFETY: `enter` has made room for the list and an element with what is in it. The
        // list is below the element, which `lua_rawseti` pops, and then below its metatable.
        // The index of the metatable is absolute.
        unsafe {
            self.enter();
            let expected = if more { size.replace(0) } else { 0 };
            ffi::lua_createtable(self.state, expected.into(), 0);
            let mut count = 0;
            while more {
                self.value()?;
                count += 1;
                ffi::lua_rawseti(self.state, -2, count);
                more = self.reader.next_element()?;
            }
            if count > 0 {
                size.set(u16::try_from(count).unwrap_or(u16::MAX));
            }
            ffi::lua_pushvalue(self.state, self.array_meta);
            ffi::lua_setmetatable(self.state, -2);
        }
        self.depth -= 1;
        Ok(())
    }

    /// # Safety
    /// In a protected call, with `SLOTS` free slots.
    unsafe fn object(&mut self) -> Result<(), DecodeError> {
        if !self.reader.begin_object()? {
            // SAFETY: the caller has a free slot, which the table takes.
            unsafe { ffi::lua_createtable(self.state, 0, 0) };
            return Ok(());
        }
        let decoder = self.decoder;
        // SAFETY: `enter` has made room for the table, a key and a value with what is in it.
        // The table is below the two, which `lua_rawset` pops. A key is a string, so that it
        // can be one, and a nil value makes the field absent. Lua has copied the key before the
        // scratch is written again.
        unsafe {
            self.enter();
            let mut key = self.reader.key(&mut *decoder.scratch.get())?;
            let size = decoder.sizes.object(key);
            ffi::lua_createtable(self.state, 0, size.replace(0).into());
            let mut count = 0_u16;
            loop {
                push(self.state, key.as_bytes());
                if self.reader.peek()? == Kind::Null {
                    self.reader.null()?;
                    ffi::lua_pushnil(self.state);
                } else {
                    self.value()?;
                }
                ffi::lua_rawset(self.state, -3);
                count = count.saturating_add(1);
                if !self.reader.next_field()? {
                    break;
                }
                key = self.reader.key(&mut *decoder.scratch.get())?;
            }
            size.set(count);
        }
        self.depth -= 1;
        Ok(())
    }
}
