//! Rows as Lua tables.

use std::ffi::c_int;
use std::sync::Arc;

use mlua::ffi::{self, lua_State};

use crate::database::parameter::Want;
use crate::database::rows::{Cell, Columns, EXACT, Rows};
use crate::vm::json::decode::decode;
use crate::vm::native::stack::{mark_array, push, set_field};
use crate::vm::state::vm::VmState;

/// Pushes what a program gets of a result.
///
/// # Safety
/// In a contained native with sixteen free slots.
pub(crate) unsafe fn push_result(state: *mut lua_State, shared: &VmState, rows: &Rows, want: Want) {
    // SAFETY: the caller is such a native; each of these pushes one value, and uses at most eight
    // slots for that.
    unsafe {
        match want {
            Want::All => push_list(state, shared, rows),
            Want::One if rows.count() > 0 => {
                push_metatable(state, shared, &rows.columns);
                push_row(state, shared, rows, 0);
                ffi::lua_remove(state, -2);
            }
            Want::Value if rows.count() > 0 => {
                let first = rows.row(0).first().copied();
                push_cell(state, shared, rows, first.unwrap_or(Cell::Null));
            }
            Want::One | Want::Value => ffi::lua_pushnil(state),
            Want::Count => push_executed(state, rows),
        }
    }
}

/// # Safety
/// As for [`push_result`].
unsafe fn push_executed(state: *mut lua_State, rows: &Rows) {
    // SAFETY: the table, a key and a value take three slots.
    unsafe {
        ffi::lua_createtable(state, 0, 2);
        push(state, b"rows");
        ffi::lua_pushnumber(state, rows.changed as f64);
        ffi::lua_rawset(state, -3);
        if let Some(id) = rows.last_id {
            push(state, b"last_id");
            push_integer(state, id);
            ffi::lua_rawset(state, -3);
        }
    }
}

/// Pushes rows as a list.
///
/// # Safety
/// As for [`push_result`].
unsafe fn push_list(state: *mut lua_State, shared: &VmState, rows: &Rows) {
    let count = rows.count();
    // SAFETY: the list, the metatable and a row take three slots, what is in it five more. Memory is relaxed.
    unsafe {
        ffi::lua_createtable(state, c_int::try_from(count).unwrap_or(0), 0);
        mark_array(state);
        push_metatable(state, shared, &rows.columns);
        for index in 0..count {
            push_row(state, shared, rows, index);
            ffi::lua_rawseti(state, -3, index as i64 + 1);
            if index % 64 == 63 && !shared.spend(256) {
                break;
            }
        }
        ffi::lua_pop(state, 1);
    }
}

/// Pushes a row. The metatable of its columns is on top, and stays there below it.
///
/// # Safety
/// As for [`push_result`].
unsafe fn push_row(state: *mut lua_State, shared: &VmState, rows: &Rows, index: usize) {
    let cells = rows.row(index);
    // SAFETY: the row, a name and a value take three slots; a value in JSON sees to its own. The
    // metatable holds the names by the columns' numbers. The access is raw.
    unsafe {
        let metatable = ffi::lua_gettop(state);
        ffi::lua_createtable(state, 0, cells.len() as c_int);
        for column in &rows.columns.shown {
            if cells[*column] == Cell::Null {
                continue;
            }
            ffi::lua_rawgeti(state, metatable, *column as i64 + 1);
            push_cell(state, shared, rows, cells[*column]);
            ffi::lua_rawset(state, -3);
        }
        ffi::lua_pushvalue(state, metatable);
        ffi::lua_setmetatable(state, -2);
    }
}

/// Pushes a value.
///
/// # Safety
/// As for [`push_result`].
pub(crate) unsafe fn push_cell(state: *mut lua_State, shared: &VmState, rows: &Rows, cell: Cell) {
    // SAFETY: one value takes one slot. `decode` sees to more, and leaves one value or none.
    unsafe {
        match cell {
            Cell::Null => ffi::lua_pushnil(state),
            Cell::Boolean(value) => ffi::lua_pushboolean(state, value.into()),
            Cell::Integer(value) => push_integer(state, value),
            Cell::Real(value) => ffi::lua_pushnumber(state, value),
            Cell::Text(start, length) => push(state, rows.text(start, length)),
            Cell::Json(start, length) => {
                let text = rows.text(start, length);
                ffi::lua_pushvalue(state, ffi::lua_upvalueindex(2));
                let array = ffi::lua_gettop(state);
                if decode(state, shared, array, text).is_err() {
                    push(state, text);
                }
                ffi::lua_remove(state, array);
            }
        }
    }
}

/// # Safety
/// A free slot.
unsafe fn push_integer(state: *mut lua_State, value: i64) {
    // SAFETY: one value takes the free slot.
    unsafe {
        match value.unsigned_abs() <= EXACT {
            true => ffi::lua_pushnumber(state, value as f64),
            false => push(state, itoa::Buffer::new().format(value).as_bytes()),
        }
    }
}

/// Pushes the metatable of rows with these columns: it has their names.
///
/// # Safety
/// As for [`push_result`].
unsafe fn push_metatable(state: *mut lua_State, shared: &VmState, columns: &Arc<Columns>) {
    // SAFETY: the metatable and a field take three slots. A reference is one of the registry's, and is given
    // back once. The access is raw.
    unsafe {
        if let Some(reference) = shared.databases.shape(columns) {
            ffi::lua_rawgeti(state, ffi::LUA_REGISTRYINDEX, reference.into());
            return;
        }
        ffi::lua_createtable(state, columns.names.len() as c_int, 1);
        for (name, number) in columns.names.iter().zip(1..) {
            push(state, name.as_bytes());
            ffi::lua_rawseti(state, -2, number);
        }
        set_field(state, b"__metatable", b"rover.row");
        ffi::lua_pushvalue(state, -1);
        let reference = ffi::luaL_ref(state, ffi::LUA_REGISTRYINDEX);
        let address = ffi::lua_topointer(state, -1);
        for gone in shared.databases.remember(columns, address, reference) {
            ffi::luaL_unref(state, ffi::LUA_REGISTRYINDEX, gone);
        }
    }
}
