//! Functions that the program has said to run at other times than a request's.

use std::rc::Rc;
use std::time::Duration;

use mlua::{Function, Table, ffi};
use rover_model::cron::Schedule;

use crate::vm::native::stack::push;
use crate::vm::run::task::Task;
use crate::vm::run::vm::Vm;
#[cfg(feature = "redis")]
use crate::vm::state::scheduled::Subscribed;
use crate::vm::state::scheduled::{Moment, Scheduled};
use crate::vm::state::waits::{Fork, Spawned};
use crate::vm::wait::seats;

/// The registry's table of the functions, by their numbers.
const FUNCTIONS: &str = "rover.scheduled";

/// Longer than any server runs.
const LONGEST: f64 = 1e9;

/// Reads what `wait.lua` has noted.
pub(crate) fn read(lua: &mlua::Lua, noted: &Table) -> mlua::Result<Vec<Scheduled>> {
    let functions = lua.create_table()?;
    let mut all = Vec::new();
    for entry in noted.sequence_values::<Table>() {
        let entry = entry?;
        let function: Function = entry.get("run")?;
        let kind: String = entry.get("kind")?;
        let mut name = kind.clone();
        let moment = match kind.as_str() {
            "on_start" => Moment::Start,
            "on_stop" => Moment::Stop,
            "every" => {
                let seconds: f64 = entry.get("seconds")?;
                name += &format!(":{seconds}");
                Moment::Every(Duration::from_secs_f64(seconds.clamp(0.001, LONGEST)))
            }
            #[cfg(feature = "redis")]
            "subscribe" => Moment::Message(Subscribed {
                server: entry.get("server")?,
                channel: entry.get::<mlua::LuaString>("channel")?.as_bytes().to_vec(),
                is_pattern: entry.get("pattern")?,
            }),
            _ => {
                let spec: String = entry.get("spec")?;
                name += &format!(":{spec}");
                let schedule = Schedule::parse(&spec);
                Moment::Cron(schedule.map_err(|error| {
                    mlua::Error::runtime(format!("rover.cron {spec:?}: {error}"))
                })?)
            }
        };
        let info = function.info();
        let place = info.short_src.zip(info.line_defined);
        let place = place.map(|(file, line)| format!("{file}:{line}: "));
        functions.push(function)?;
        let before = all.iter().filter(|known: &&Scheduled| {
            let last = known.name.rsplit_once(':');
            last.is_some_and(|(known, _)| known == name)
        });
        let name = format!("{name}:{}", before.count() + 1);
        all.push(Scheduled {
            moment,
            place: place.unwrap_or_default(),
            name,
        });
    }
    lua.set_named_registry_value(FUNCTIONS, functions)?;
    Ok(all)
}

impl Vm {
    /// The functions of some moments, with their numbers.
    pub(crate) fn scheduled(&self, wanted: impl Fn(&Moment) -> bool) -> Vec<(usize, Moment)> {
        let all = self.scheduled.iter().enumerate();
        let wanted = all.filter(|(_, scheduled)| wanted(&scheduled.moment));
        wanted
            .map(|(number, scheduled)| (number, scheduled.moment.clone()))
            .collect()
    }

    /// What one of them is called in all processes.
    #[cfg(feature = "redis")]
    pub(crate) fn scheduled_name(&self, number: usize) -> &str {
        let scheduled = self.scheduled.get(number);
        scheduled.map_or("", |scheduled| &scheduled.name)
    }

    /// Where one of them was said: `routes.lua:12: `.
    #[cfg(feature = "redis")]
    pub(crate) fn scheduled_at(&self, number: usize) -> String {
        let scheduled = self.scheduled.get(number);
        scheduled.map_or_else(String::new, |scheduled| scheduled.place.clone())
    }

    /// A server by its number.
    #[cfg(feature = "redis")]
    pub(crate) fn redis(&self, number: usize) -> Option<crate::redis::worker::Worker> {
        let at = number.checked_sub(1)?;
        self.shared.redis.borrow().get(at).cloned()
    }

    /// One of them as a task; nothing where there is no memory for one.
    pub(crate) fn task_of(self: &Rc<Self>, number: usize) -> Option<Task> {
        self.task_with(number, &[])
    }

    /// The same with a few texts as arguments.
    pub(crate) fn task_with(self: &Rc<Self>, number: usize, texts: &[&[u8]]) -> Option<Task> {
        let bytes: usize = texts.iter().map(|text| text.len()).sum();
        if bytes > self.shared.memory.free() {
            return None;
        }
        let place = self.scheduled.get(number)?.place.clone();
        // SAFETY: the request thread is outside of any call, with its free slots, and memory is relaxed. The
        // function is moved to a coroutine that runs nothing, which has slots for a few texts behind it.
        let seat = unsafe {
            let state = self.state;
            let seat = seats::take(state, &self.shared)?;
            let top = ffi::lua_gettop(state);
            push(state, FUNCTIONS.as_bytes());
            ffi::lua_rawget(state, ffi::LUA_REGISTRYINDEX);
            ffi::lua_rawgeti(state, -1, number as ffi::lua_Integer + 1);
            ffi::lua_xmove(state, seat.thread, 1);
            ffi::lua_settop(state, top);
            texts.iter().for_each(|text| push(seat.thread, text));
            seat
        };
        let fork = Fork {
            seat,
            arguments: texts.len() as std::ffi::c_int,
            fiber: 0,
        };
        let spawned = Spawned {
            fork,
            place,
            is_counted: false,
        };
        Some(Task::background(self, spawned))
    }
}
