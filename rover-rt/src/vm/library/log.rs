//! `rover.log` itself.

use std::ffi::c_int;

use mlua::ffi::{self, lua_CFunction, lua_State};
use rover_model::LogLevel;

use crate::vm::native::stack::{bounded, vm_state};

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 1] = [(c"log", log)];

/// `log(level, message)`
unsafe extern "C-unwind" fn log(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `rover.log` calls with a number and a text. Both
    // are read, and nothing is pushed. `register` has made it.
    unsafe {
        let level = match ffi::lua_tonumber(state, 1) as u8 {
            0 => LogLevel::Debug,
            1 => LogLevel::Info,
            2 => LogLevel::Warn,
            _ => LogLevel::Error,
        };
        let shared = vm_state(state);
        if shared.log.enabled(level) {
            let message = bounded(state, 2);
            #[cfg(feature = "faults")]
            {
                assert!(message != "fault: panic", "the fault that was asked for");
                shared.log.fault.set(message == "fault: timers");
                shared.log.stuck.set(message == "fault: stuck");
            }
            let id = shared.call().map(|call| call.request.request_id.as_str());
            shared.log.line(level, &message, id);
        }
    }
    0
}
