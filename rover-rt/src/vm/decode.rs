//! JSON text to Lua values, without a tree in between: `serde_json` parses, the
//! visitor pushes.

use std::ffi::c_int;
use std::fmt;

use mlua::ffi::{self, lua_State};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

const MAX_DEPTH: usize = 128;

/// Pushes the value of a JSON text, or pushes nothing and tells what is wrong and where.
///
/// # Safety
/// `state` is in a protected call; `array_meta` is the absolute index of the metatable
/// that marks arrays.
pub(super) unsafe fn decode(
    state: *mut lua_State,
    array_meta: c_int,
    text: &[u8],
) -> Result<(), String> {
    let mut parser = serde_json::Deserializer::from_slice(text);
    // Counted by `Push`, which knows the contract's limit.
    parser.disable_recursion_limit();
    let push = Push {
        state,
        array_meta,
        depth: 0,
        in_array: false,
    };
    // SAFETY: the stack is restored when parsing fails half-way.
    let top = unsafe { ffi::lua_gettop(state) };
    let result = push.deserialize(&mut parser).and_then(|()| parser.end());
    result.map_err(|error| {
        // SAFETY: as above.
        unsafe { ffi::lua_settop(state, top) };
        error.to_string()
    })
}

#[derive(Clone, Copy)]
struct Push {
    state: *mut lua_State,
    array_meta: c_int,
    depth: usize,
    /// `null` is kept in arrays, where absence would shift or end them.
    in_array: bool,
}

impl Push {
    fn nested<E: Error>(self, in_array: bool) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(E::custom("nesting beyond 128 levels"));
        }
        // SAFETY: asks for room; may raise a Lua error inside the protected call.
        if unsafe { ffi::lua_checkstack(self.state, 8) } == 0 {
            return Err(E::custom("nesting too deep for the stack"));
        }
        Ok(Push {
            depth: self.depth + 1,
            in_array,
            ..self
        })
    }
}

impl<'de> DeserializeSeed<'de> for Push {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Push {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        // SAFETY (here and below): one value is pushed; `nested` made the room.
        unsafe {
            if self.in_array || self.depth == 0 {
                ffi::lua_pushlightuserdata(self.state, std::ptr::null_mut());
            } else {
                ffi::lua_pushnil(self.state);
            }
        }
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        // SAFETY: see `visit_unit`.
        unsafe { ffi::lua_pushboolean(self.state, c_int::from(value)) };
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        // SAFETY: see `visit_unit`.
        unsafe { ffi::lua_pushnumber(self.state, value) };
        Ok(())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.visit_f64(value as f64)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.visit_f64(value as f64)
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        // SAFETY: see `visit_unit`.
        unsafe { ffi::lua_pushlstring(self.state, value.as_ptr().cast(), value.len()) };
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let inner = self.nested(true)?;
        // SAFETY: table below, element on top, which `lua_rawseti` pops.
        unsafe {
            ffi::lua_createtable(self.state, 4, 0);
            let mut at = 1;
            while elements.next_element_seed(inner)?.is_some() {
                ffi::lua_rawseti(self.state, -2, at);
                at += 1;
            }
            ffi::lua_pushvalue(self.state, self.array_meta);
            ffi::lua_setmetatable(self.state, -2);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let inner = self.nested(false)?;
        // SAFETY: table below, key and value on top, which `lua_rawset` pops; keys are
        // strings, and a nil value makes the field absent.
        unsafe {
            ffi::lua_createtable(self.state, 0, 4);
            while fields.next_key_seed(inner)?.is_some() {
                fields.next_value_seed(inner)?;
                ffi::lua_rawset(self.state, -3);
            }
        }
        Ok(())
    }
}
