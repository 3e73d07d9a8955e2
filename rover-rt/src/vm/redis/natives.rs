//! Natives of `rover.redis`: see `redis.lua`. An error of the kind "argument" is the program's own.

use std::ffi::c_int;

use mlua::ffi::{self, lua_CFunction, lua_State};

use crate::redis::command::{Command, Sending};
use crate::redis::reply::Becomes;
use crate::vm::native::stack::{bytes, vm_state};
use crate::vm::wait::natives::park;
use crate::vm::wait::outcome::push_error;
use crate::wait::error::WaitError;
use crate::wait::operation::{Given, Operation};

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 1] = [(c"redis_run", run)];

/// As `redis.lua` numbers them.
fn becomes(number: f64) -> Becomes {
    match number as u8 {
        1 => Becomes::Flag,
        2 => Becomes::Pairs,
        3 => Becomes::Scores,
        _ => Becomes::Plain,
    }
}

fn argument(message: impl Into<String>) -> WaitError {
    WaitError::new("argument", message)
}

/// `redis_run(number, list, length, how)`: `true` and what the server answers.
unsafe extern "C-unwind" fn run(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `redis.lua` calls with three numbers and a list.
    unsafe {
        let shared = vm_state(state);
        let number = ffi::lua_tonumber(state, 1) as usize;
        let worker = number
            .checked_sub(1)
            .and_then(|at| shared.redis.borrow().get(at).cloned());
        let Some(worker) = worker else {
            return push_error(state, &argument("there is no such server"));
        };
        let mut commands = match commands(state, ffi::lua_tonumber(state, 3) as i64) {
            Ok(commands) => commands,
            Err(error) => return push_error(state, &error),
        };
        let how = ffi::lua_tonumber(state, 4) as u8;
        let sending = match (how, commands.pop()) {
            (_, None) => return push_error(state, &argument("there is no command")),
            (0, Some(command)) => Sending::Alone(command),
            (_, Some(last)) => {
                commands.push(last);
                Sending::Together(commands, how == 2)
            }
        };
        let answering = worker.run(sending, shared.memory.free());
        let waiting = async move { Ok(Given::Reply(Box::new(answering.await?))) };
        park(state, shared, Operation::Outside(Box::pin(waiting)))
    }
}

/// The commands of the list, which is the second argument: of each the number of its arguments, what becomes of its
/// answer, its name, the arguments.
///
/// # Safety
/// In a contained native with three free slots that `redis.lua` calls.
unsafe fn commands(state: *mut lua_State, length: i64) -> Result<Vec<Command>, WaitError> {
    let mut commands = Vec::new();
    let mut at = 1;
    while at <= length {
        // SAFETY: each value takes a slot and is popped, after its bytes were copied. The access is raw.
        unsafe {
            ffi::lua_rawgeti(state, 2, at);
            ffi::lua_rawgeti(state, 2, at + 1);
            ffi::lua_rawgeti(state, 2, at + 2);
            let count = ffi::lua_tonumber(state, -3) as i64;
            let becomes = becomes(ffi::lua_tonumber(state, -2));
            let name = String::from_utf8_lossy(bytes(state, -1).unwrap_or_default());
            let mut command = Command::new(&name, becomes);
            ffi::lua_pop(state, 3);
            for number in 1..=count {
                ffi::lua_rawgeti(state, 2, at + 2 + number);
                let added = add(state, &mut command, number);
                ffi::lua_pop(state, 1);
                added?;
            }
            match command.refusal() {
                Some(why) => return Err(argument(why)),
                None => commands.push(command),
            }
            at += 3 + count;
        }
    }
    Ok(commands)
}

/// Adds the value on top to a command.
///
/// # Safety
/// There is a value.
unsafe fn add(state: *mut lua_State, command: &mut Command, number: i64) -> Result<(), WaitError> {
    // SAFETY: a value is on top. A number is read as one, so that it stays what it is.
    unsafe {
        match ffi::lua_type(state, -1) {
            ffi::LUA_TNUMBER => {
                let value = ffi::lua_tonumber(state, -1);
                if value.is_nan() {
                    return Err(argument(format!(
                        "argument {number} of {} is no number (NaN)",
                        command.name()
                    )));
                }
                command.add(value.to_string().as_bytes());
            }
            ffi::LUA_TSTRING => command.add(bytes(state, -1).unwrap_or_default()),
            other => {
                let name = std::ffi::CStr::from_ptr(ffi::lua_typename(state, other));
                let help = match other {
                    ffi::LUA_TTABLE => " (a table is kept as a text: rover.json.encode(value))",
                    _ => "",
                };
                return Err(argument(format!(
                    "argument {number} of {}: a text or a number expected, got {}{help}",
                    command.name(),
                    name.to_string_lossy(),
                )));
            }
        }
    }
    Ok(())
}
