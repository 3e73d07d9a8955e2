//! Functions that lowered code calls through LuaJIT's FFI: compiled traces call them directly.
//!
//! A function and what Lua is told of its types stand in one place, [`traced!`]: the compiler
//! holds the Rust types against the function, and the C types are made from them.

use std::ffi::{c_char, c_void};

use crate::vm::state::vm::VmState;

/// Something in Rust that lowered code gets at through the FFI.
pub(crate) struct Traced {
    /// Its name in `written`.
    pub(crate) name: &'static str,
    /// Its type as C writes that of a pointer to it: what `ffi.cast` is given.
    pub(crate) declaration: String,
    /// Where it is.
    pub(crate) address: *mut c_void,
}

/// A type that such a function takes or gives.
pub(crate) trait CType {
    /// As C names it.
    const NAME: &'static str;
}

macro_rules! c_types {
    ($($rust:ty = $c:literal),* $(,)?) => {
        $(impl CType for $rust {
            const NAME: &'static str = $c;
        })*
    };
}

c_types! {
    () = "void",
    bool = "bool",
    i32 = "int32_t",
    u32 = "uint32_t",
    u64 = "uint64_t",
    usize = "size_t",
    f64 = "double",
    *const c_char = "const char *",
    *const u8 = "const char *",
    &mut u32 = "uint32_t *",
    &VmState = "void *",
}

/// `int32_t (*)(void *, int32_t)`
pub(crate) fn declaration(result: &str, arguments: &[&str]) -> String {
    format!("{result} (*)({})", arguments.join(", "))
}

/// Functions as [`Traced`]: `"name" = function: fn(&VmState, i32) -> bool`.
macro_rules! traced {
    ($($name:literal = $function:path: fn($($argument:ty),*) -> $result:ty),* $(,)?) => {
        [$({
            let function: unsafe extern "C" fn($($argument),*) -> $result = $function;
            let arguments = [$(<$argument as $crate::vm::native::traced::CType>::NAME),*];
            let result = <$result as $crate::vm::native::traced::CType>::NAME;
            $crate::vm::native::traced::Traced {
                name: $name,
                declaration: $crate::vm::native::traced::declaration(result, &arguments),
                address: function as *const () as *mut ::std::ffi::c_void,
            }
        }),*]
    };
}

pub(crate) use traced;

#[cfg(test)]
mod tests {
    use super::*;

    extern "C" fn sum(_: &VmState, a: i32, b: f64, length: &mut u32) -> f64 {
        *length = 3;
        f64::from(a) + b
    }

    #[test]
    fn a_declaration_is_made_from_the_rust_types() {
        let [sum] = traced! { "sum" = sum: fn(&VmState, i32, f64, &mut u32) -> f64 };
        assert_eq!(sum.name, "sum");
        let expected = "double (*)(void *, int32_t, double, uint32_t *)";
        assert_eq!(sum.declaration, expected);
    }
}
