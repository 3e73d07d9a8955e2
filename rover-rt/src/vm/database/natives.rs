//! Natives of `rover.db`: see `database.lua`. Each gives `true` and what there is, or what an error
//! is made of; one of the kind "argument" is the program's own.

use std::ffi::c_int;
use std::rc::Rc;
use std::time::Instant;

use mlua::ffi::{self, lua_CFunction, lua_State};
use rover_model::LogLevel;
use rover_model::sql::Verb;

use crate::database::driver::{Began, Isolation, Mark};
use crate::database::parameter::{Query, Want};
use crate::database::rows::Rows;
use crate::log::Log;
use crate::vm::database::parameters::bound;
use crate::vm::database::places::{ARGUMENT, Places};
use crate::vm::database::rows::push_result;
use crate::vm::json::row::KEPT_ROWS;
use crate::vm::native::stack::{bytes, vm_state};
use crate::vm::state::databases::{Held, Opened, Prepared};
use crate::vm::state::vm::VmState;
use crate::vm::wait::natives::park;
use crate::vm::wait::outcome::push_error;
use crate::wait::error::WaitError;
use crate::wait::operation::{Given, Operation};

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 8] = [
    (c"db_run", run),
    (c"db_take", take),
    (c"db_begin", begin),
    (c"db_mark", mark),
    (c"db_forget", forget),
    (c"db_each", each),
    (c"db_next", next),
    (c"db_dialect", dialect),
];

/// Where a statement's values begin among the arguments.
const FIRST: c_int = 5;

/// Added to what is asked for: the values are in a list, whose length follows.
const LISTED: u8 = 4;
/// The rows are kept as they are: what stands for them is written as JSON.
const KEPT: u8 = 8;

/// The caller has a transaction of the database, of which the statement is no part.
const INSIDE: u8 = 16;

fn argument(message: impl Into<String>) -> WaitError {
    WaitError::new(ARGUMENT, message)
}

fn want(number: u8) -> Want {
    match number {
        0 => Want::All,
        1 => Want::One,
        2 => Want::Value,
        _ => Want::Count,
    }
}

/// A statement that a program gives, and where it goes.
struct Asked {
    opened: Rc<Opened>,
    query: Query,
    /// The transaction that it belongs to.
    held: Option<Rc<Held>>,
    log: QueryLog,
    places: Places,
}

/// Pushes what stands for rows that the request holds; nil where there is no first one.
///
/// # Safety
/// In a contained native with four free slots.
unsafe fn push_kept(state: *mut lua_State, shared: &VmState, number: u32, want: Want) {
    let is_one = want == Want::One;
    let held = &shared.running.waits.databases;
    let kept = held.rows(number, |rows| (rows.count(), rows.size()));
    let (count, size) = kept.unwrap_or_default();
    // Where there is no room the request fails at its end.
    shared.lend(size);
    // SAFETY: the table and a value take two of the slots. The access is raw.
    unsafe {
        if is_one && count == 0 {
            ffi::lua_pushnil(state);
            return;
        }
        ffi::lua_createtable(state, 3, 0);
        ffi::lua_pushnumber(state, number.into());
        ffi::lua_rawseti(state, -2, 1);
        ffi::lua_pushboolean(state, is_one.into());
        ffi::lua_rawseti(state, -2, 2);
        ffi::lua_pushnumber(state, count as f64);
        ffi::lua_rawseti(state, -2, 3);
        ffi::lua_getfield(state, ffi::LUA_REGISTRYINDEX, KEPT_ROWS.as_ptr());
        ffi::lua_setmetatable(state, -2);
    }
}

/// The statement of the arguments `(database, transaction, want, sql, values...)`.
///
/// # Safety
/// In a contained native with sixteen free slots.
unsafe fn asked(state: *mut lua_State, shared: &VmState) -> Result<Asked, WaitError> {
    // SAFETY: `database.lua` gives numbers and a text first. Each is read by its own type.
    unsafe {
        let (opened, held) = of(state, shared)?;
        let wanted = ffi::lua_tonumber(state, 3) as u8;
        let (want, is_listed) = (want(wanted & 3), wanted & LISTED != 0);
        let text = std::str::from_utf8(bytes(state, 4).unwrap_or_default());
        let text = text.map_err(|_| argument("the statement is not UTF-8"))?;
        let prepared = shared.databases.prepare(text);
        let prepared = prepared.map_err(|wrong| argument(wrong.message))?;
        match prepared.statement.verb() {
            Verb::Transaction(word) => {
                return Err(argument(format!(
                    "`{word}` is not for statements: db:transaction(function(tx) ... end) begins and ends one"
                )));
            }
            Verb::Connection(word) => {
                return Err(argument(format!(
                    "`{word}` is of one connection, and each statement may go to another"
                )));
            }
            Verb::Nothing => return Err(argument("there is no statement in the text")),
            Verb::Other | Verb::Insert | Verb::Alone => {}
        }
        let dialect = opened.database(&shared.resources)?.dialect();
        let bound =
            bound(state, shared, dialect, &prepared, (FIRST, is_listed)).map_err(argument)?;
        let room = shared.memory.free();
        let log = QueryLog::new(&opened, &prepared);
        Ok(Asked {
            opened,
            places: Places::new(&prepared, bound.spread),
            query: Query {
                text: bound.text,
                values: bound.values,
                want,
                inside: wanted & INSIDE != 0,
                verb: prepared.statement.verb(),
                room,
            },
            held,
            log,
        })
    }
}

/// The database and the transaction of the first two arguments.
///
/// # Safety
/// As for [`asked`].
unsafe fn of(
    state: *mut lua_State,
    shared: &VmState,
) -> Result<(Rc<Opened>, Option<Rc<Held>>), WaitError> {
    // SAFETY: two numbers are read.
    let (database, transaction) =
        unsafe { (ffi::lua_tonumber(state, 1), ffi::lua_tonumber(state, 2)) };
    let opened = shared.databases.get(database as usize);
    let opened = opened.ok_or_else(|| WaitError::new("connect", "there is no such database"))?;
    if transaction == 0.0 {
        return Ok((opened, None));
    }
    let held = shared.running.waits.databases.get(transaction as u32);
    let held = held.ok_or_else(|| argument("the transaction has ended"))?;
    Ok((opened, Some(held)))
}

/// `db_run(database, transaction, want, sql, values...)`: `true` and the result, or `true`, nil and the number of a
/// result that `db_take` gives.
unsafe extern "C-unwind" fn run(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `database.lua` calls with such values. `room` sees to
    // slots beside the arguments.
    unsafe {
        if ffi::lua_checkstack(state, 20) == 0 {
            return push_error(state, &argument("there are too many values"));
        }
        let shared = vm_state(state);
        let asked = match asked(state, shared) {
            Ok(asked) => asked,
            Err(error) => return push_error(state, &error),
        };
        let Asked {
            opened,
            query,
            held,
            log,
            places,
        } = asked;
        let want = query.want;
        let is_kept = ffi::lua_tonumber(state, 3) as u8 & KEPT != 0;
        let began = match held {
            Some(held) => match in_transaction(&held, query) {
                Ok(answering) => Began::Later(answering),
                Err(error) => return push_error(state, &error),
            },
            None => match opened.database(&shared.resources) {
                Ok(database) => database.begin(query),
                Err(error) => return push_error(state, &error),
            },
        };
        match began {
            Began::Ready(result) => {
                log.done(&shared.log);
                match result {
                    Ok(rows) => {
                        ffi::lua_pushboolean(state, 1);
                        if is_kept {
                            let number = shared.databases.next();
                            let place = Held::Rows(Some(rows).into());
                            shared.running.waits.databases.keep(number, place);
                            push_kept(state, shared, number, want);
                            return 2;
                        }
                        push_result(state, shared, &rows, want);
                        2
                    }
                    Err(error) => push_error(state, &places.told(error)),
                }
            }
            Began::Later(answering) => {
                let number = shared.databases.next();
                let place = Held::Rows(Default::default());
                let place = shared.running.waits.databases.keep(number, place);
                let lines = Rc::clone(&shared.log);
                let waiting = async move {
                    let result = answering.await;
                    log.done(&lines);
                    let rows = result.map_err(|error| places.told(error))?;
                    if let Held::Rows(slot) = &*place {
                        slot.replace(Some(rows));
                    }
                    Ok(Given::Several(vec![
                        Given::Nothing,
                        Given::Number(number.into()),
                    ]))
                };
                park(state, shared, Operation::Outside(Box::pin(waiting)))
            }
        }
    }
}

fn in_transaction(
    held: &Held,
    query: Query,
) -> Result<crate::database::driver::Answering<Rows>, WaitError> {
    match held {
        Held::Transaction(slot) => {
            let transaction = slot.borrow().clone();
            let transaction = transaction.ok_or_else(|| argument("the transaction has ended"))?;
            Ok(transaction.run(query))
        }
        _ => Err(argument("the transaction has ended")),
    }
}

/// `db_take(number, want)`: the result that was waited for.
unsafe extern "C-unwind" fn take(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `database.lua` calls with two numbers.
    unsafe {
        let shared = vm_state(state);
        let number = ffi::lua_tonumber(state, 1) as u32;
        let wanted = ffi::lua_tonumber(state, 2) as u8;
        let want = want(wanted & 3);
        if wanted & KEPT != 0 {
            push_kept(state, shared, number, want);
            return 1;
        }
        let held = shared.running.waits.databases.take(number);
        let rows = held.and_then(|held| match &*held {
            Held::Rows(slot) => slot.take(),
            _ => None,
        });
        match rows {
            Some(rows) => push_result(state, shared, &rows, want),
            None => ffi::lua_pushnil(state),
        }
    }
    1
}

/// `db_begin(database, isolation or nil, inside)`: `true` and a transaction's number. `inside` is whether the caller has one.
unsafe extern "C-unwind" fn begin(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `database.lua` calls with a number, a text or
    // nil, and a boolean.
    unsafe {
        let shared = vm_state(state);
        let opened = shared.databases.get(ffi::lua_tonumber(state, 1) as usize);
        let Some(opened) = opened else {
            return push_error(
                state,
                &WaitError::new("connect", "there is no such database"),
            );
        };
        let isolation = match bytes(state, 2) {
            None => Some(Isolation::Standard),
            Some(name) => Isolation::parse(name),
        };
        let Some(isolation) = isolation else {
            let message =
                "`isolation` is \"read committed\", \"repeatable read\" or \"serializable\"";
            return push_error(state, &argument(message));
        };
        let begun = match opened.database(&shared.resources) {
            Ok(database) => database.transaction(isolation, ffi::lua_toboolean(state, 3) != 0),
            Err(error) => return push_error(state, &error),
        };
        let number = shared.databases.next();
        let place = Held::Transaction(Default::default());
        let place = shared.running.waits.databases.keep(number, place);
        let waiting = async move {
            let transaction = begun.await?;
            if let Held::Transaction(slot) = &*place {
                slot.replace(Some(Rc::new(transaction)));
            }
            Ok(Given::Number(number.into()))
        };
        park(state, shared, Operation::Outside(Box::pin(waiting)))
    }
}

/// `db_mark(transaction, what, number)`: `true` when the transaction, or a part of it, is kept or taken back.
unsafe extern "C-unwind" fn mark(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `database.lua` calls with such values.
    unsafe {
        let shared = vm_state(state);
        let number = ffi::lua_tonumber(state, 1) as u32;
        let part = ffi::lua_tonumber(state, 3) as u32;
        let mark = match bytes(state, 2) {
            Some(b"commit") => Mark::Commit,
            Some(b"save") => Mark::Save(part),
            Some(b"release") => Mark::Release(part),
            Some(b"undo") => Mark::Undo(part),
            _ => Mark::Rollback,
        };
        let held = &shared.running.waits.databases;
        let held = match mark {
            Mark::Commit | Mark::Rollback => held.take(number),
            _ => held.get(number),
        };
        let transaction = held.and_then(|held| match &*held {
            Held::Transaction(slot) => slot.borrow().clone(),
            _ => None,
        });
        let Some(transaction) = transaction else {
            return push_error(state, &argument("the transaction has ended"));
        };
        let waiting = async move {
            transaction.mark(mark).await?;
            Ok(Given::Nothing)
        };
        park(state, shared, Operation::Outside(Box::pin(waiting)))
    }
}

/// `db_forget(number)`: a transaction that is open is taken back, a cursor ends.
unsafe extern "C-unwind" fn forget(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `database.lua` calls with a number.
    unsafe {
        let number = ffi::lua_tonumber(state, 1) as u32;
        drop(vm_state(state).running.waits.databases.take(number));
    }
    0
}

/// `db_each(database, transaction, want, sql, values...)`: `true` and a cursor's number.
unsafe extern "C-unwind" fn each(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `database.lua` calls with such values.
    unsafe {
        if ffi::lua_checkstack(state, 20) == 0 {
            return push_error(state, &argument("there are too many values"));
        }
        let shared = vm_state(state);
        if !shared.running.waits.may.get() {
            return push_error(
                state,
                &argument("no request runs here that can be suspended"),
            );
        }
        let asked = match asked(state, shared) {
            Ok(asked) => asked,
            Err(error) => return push_error(state, &error),
        };
        let cursor = match asked.opened.database(&shared.resources) {
            Ok(database) => database.cursor(asked.query),
            Err(error) => return push_error(state, &error),
        };
        let cursor = cursor.with(move |error| asked.places.told(error));
        let number = shared.databases.next();
        let place = Held::Cursor(Some(cursor).into());
        shared.running.waits.databases.keep(number, place);
        ffi::lua_pushboolean(state, 1);
        ffi::lua_pushnumber(state, number.into());
    }
    2
}

/// `db_next(cursor)`: `true`, nil and the number of the next rows, which `db_take` gives; only `true` at the end.
unsafe extern "C-unwind" fn next(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `database.lua` calls with a number.
    unsafe {
        let shared = vm_state(state);
        let number = ffi::lua_tonumber(state, 1) as u32;
        let held = shared.running.waits.databases.get(number);
        let cursor = held.as_ref().and_then(|held| match &**held {
            Held::Cursor(slot) => slot.take(),
            _ => None,
        });
        let Some(mut cursor) = cursor else {
            return push_error(
                state,
                &argument("the rows belong to another request, or are read elsewhere"),
            );
        };
        let rows_number = shared.databases.next();
        let place = Held::Rows(Default::default());
        let place = shared.running.waits.databases.keep(rows_number, place);
        let waiting = async move {
            let rows = cursor.next().await?;
            let Some(rows) = rows else {
                return Ok(Given::Nothing);
            };
            if let Some(held) = held
                && let Held::Cursor(slot) = &*held
            {
                slot.replace(Some(cursor));
            }
            if let Held::Rows(slot) = &*place {
                slot.replace(Some(rows));
            }
            Ok(Given::Several(vec![
                Given::Nothing,
                Given::Number(rows_number.into()),
            ]))
        };
        park(state, shared, Operation::Outside(Box::pin(waiting)))
    }
}

/// `db_dialect(database)`: `"sqlite"` or `"postgres"`.
unsafe extern "C-unwind" fn dialect(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `database.lua` calls with a number.
    unsafe {
        let shared = vm_state(state);
        let opened = shared.databases.get(ffi::lua_tonumber(state, 1) as usize);
        let dialect = opened.and_then(|opened| opened.settings.dialect().ok());
        let name = dialect.map_or("", |dialect| dialect.name());
        crate::vm::native::stack::push(state, name.as_bytes());
    }
    1
}

/// What is logged of a statement when it is done.
struct QueryLog {
    prepared: Rc<Prepared>,
    began: Instant,
    /// Milliseconds from which on it is slow; 0 for never.
    slow: u32,
}

impl QueryLog {
    fn new(opened: &Opened, prepared: &Rc<Prepared>) -> Self {
        QueryLog {
            prepared: Rc::clone(prepared),
            began: Instant::now(),
            slow: opened.settings.options.slow_query,
        }
    }

    fn done(self, log: &Log) {
        let took = self.began.elapsed();
        let is_slow = self.slow > 0 && took.as_millis() >= u128::from(self.slow);
        let level = match is_slow {
            true => LogLevel::Warn,
            false => LogLevel::Debug,
        };
        if log.enabled(level) {
            let text = self.prepared.statement.text();
            let what = if is_slow { "slow query" } else { "query" };
            let milliseconds = took.as_secs_f64() * 1000.0;
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            log.line(
                level,
                &format!("{what}, {milliseconds:.1} ms: {text}"),
                None,
            );
        }
    }
}
