//! Rows that a handler or a page walks through where the driver has left them: what `walked.lua` calls
//! in place of reads of tables. A row is its number, from 1; a column is found by its name.
//!
//! As those for lists and pages, these are plain C functions that compiled traces call.

use std::ffi::{c_char, c_int};

use mlua::ffi::{self, lua_CFunction, lua_State};

use crate::database::rows::{Cell, EXACT, Rows};
use crate::html;
use crate::vm::database::rows::push_cell;
use crate::vm::native::stack::vm_state;
use crate::vm::native::traced::{Traced, traced};
use crate::vm::native::unwind::pure_or_default;
use crate::vm::response::pages::{put_boolean, put_nil, put_number, put_text};
use crate::vm::response::row::{self, Kind};
use crate::vm::state::slots::SLOTS;
use crate::vm::state::vm::VmState;

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 1] = [(c"rows_value", value)];

/// What `walked.lua` calls through the FFI, by name.
pub(crate) fn functions() -> [Traced; 3] {
    traced! {
        "rows_cell" = cell: fn(&VmState, u32, i32, *const c_char, usize) -> i32,
        "rows_print" = print: fn(&VmState, i32, i32, u32, i32, *const c_char, usize) -> bool,
        "rows_item" = item: fn(&VmState, i32, i32, u32, i32, *const c_char, usize) -> bool,
    }
}

// What a value is, as `walked.lua` has it.
const NIL: i32 = 0;
const FALSE: i32 = 1;
const TRUE: i32 = 2;
const NUMBER: i32 = 3;
const TEXT: i32 = 4;
const JSON: i32 = 5;

/// The number of a value among those of all rows; nothing where there is no such row or column.
fn place(rows: &Rows, row: i32, column: &[u8]) -> Option<usize> {
    let row = usize::try_from(row).ok()?.checked_sub(1)?;
    let column = rows.column(column)?;
    (row < rows.count()).then(|| row * rows.columns.names.len() + column)
}

/// A value, NULL where there is none.
fn cell_of(rows: &Rows, row: i32, column: &[u8]) -> Cell {
    let place = place(rows, row, column);
    place.and_then(|at| rows.cell(at)).unwrap_or(Cell::Null)
}

/// # Safety
/// A string of Lua's that is an argument of the call, with its length.
unsafe fn name<'s>(text: *const c_char, length: usize) -> &'s [u8] {
    // SAFETY: the caller has such a string, which is not collected during the call.
    unsafe { std::slice::from_raw_parts(text.cast(), length) }
}

/// What a value is. A number, and the place of a value in JSON, go into the first slot; so does the address of
/// a text, which is copied at once.
unsafe extern "C" fn cell(
    shared: &VmState,
    number: u32,
    row: i32,
    column: *const c_char,
    length: usize,
) -> i32 {
    // SAFETY: `walked.lua` gives the address and the length of a string.
    let column = unsafe { name(column, length) };
    pure_or_default(shared, || {
        let slots = &shared.slots;
        let text = |text: &[u8]| {
            slots.texts[0].set(text.as_ptr());
            slots.lengths[0].set(text.len() as u32);
            TEXT
        };
        let held = &shared.running.waits.databases;
        let found = held.rows(number, |rows| match cell_of(rows, row, column) {
            Cell::Null => NIL,
            Cell::Boolean(value) => [FALSE, TRUE][usize::from(value)],
            Cell::Integer(value) if value.unsigned_abs() > EXACT => {
                let mut read = shared.read_text.borrow_mut();
                read.clear();
                read.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
                text(&read)
            }
            Cell::Integer(value) => {
                slots.numbers[0].set(value as f64);
                NUMBER
            }
            Cell::Real(value) => {
                slots.numbers[0].set(value);
                NUMBER
            }
            Cell::Text(start, length) => text(rows.text(start, length)),
            Cell::Json(..) => {
                let place = place(rows, row, column).unwrap_or_default();
                slots.numbers[0].set(place as f64);
                JSON
            }
        });
        found.unwrap_or_default()
    })
}

/// Prints a value into a page. False, with nothing written, for one that Lua prints: a value in
/// JSON, a number with many decimals.
unsafe extern "C" fn print(
    shared: &VmState,
    buffer: i32,
    at: i32,
    number: u32,
    row: i32,
    column: *const c_char,
    length: usize,
) -> bool {
    // SAFETY: `walked.lua` gives the address and the length of a string.
    let column = unsafe { name(column, length) };
    pure_or_default(shared, || {
        let text = |text: &[u8]| {
            put_text(shared, (buffer, at), text, html::write);
            true
        };
        let held = &shared.running.waits.databases;
        let printed = held.rows(number, |rows| match cell_of(rows, row, column) {
            Cell::Null => {
                put_nil(shared, buffer, at);
                true
            }
            Cell::Boolean(value) => {
                put_boolean(shared, buffer, at, value);
                true
            }
            Cell::Integer(value) if value.unsigned_abs() > EXACT => {
                text(itoa::Buffer::new().format(value).as_bytes())
            }
            Cell::Integer(value) => put_number(shared, buffer, at, value as f64),
            Cell::Real(value) => put_number(shared, buffer, at, value),
            Cell::Text(start, length) => text(rows.text(start, length)),
            Cell::Json(..) => false,
        });
        printed.unwrap_or_default()
    })
}

/// Writes columns of a row, whose names have NUL between them, as the values of an item of a list.
/// False, with nothing written, where one is none that the driver's text or number is.
unsafe extern "C" fn item(
    shared: &VmState,
    list: i32,
    at: i32,
    number: u32,
    row: i32,
    columns: *const c_char,
    length: usize,
) -> bool {
    // SAFETY: `walked.lua` gives the address and the length of a string.
    let columns = unsafe { name(columns, length) };
    pure_or_default(shared, || {
        let held = &shared.running.waits.databases;
        let written = held.rows(number, |rows| {
            let mut kinds = 0;
            for (slot, column) in columns.split(|byte| *byte == 0).take(SLOTS).enumerate() {
                let Some(kind) = fill(shared, slot, rows, cell_of(rows, row, column)) else {
                    return false;
                };
                kinds |= (kind as u64) << (4 * slot);
            }
            // The rows hold the texts in the slots during the call.
            row::run(shared, list, at, kinds);
            true
        });
        written.unwrap_or_default()
    })
}

/// Puts a value into a slot.
fn fill(shared: &VmState, slot: usize, rows: &Rows, cell: Cell) -> Option<Kind> {
    let slots = &shared.slots;
    Some(match cell {
        Cell::Null => Kind::Absent,
        Cell::Boolean(false) => Kind::False,
        Cell::Boolean(true) => Kind::True,
        Cell::Integer(value) if value.unsigned_abs() > EXACT => return None,
        Cell::Integer(value) => {
            slots.numbers[slot].set(value as f64);
            Kind::Number
        }
        Cell::Real(value) => {
            slots.numbers[slot].set(value);
            Kind::Number
        }
        Cell::Text(start, length) => {
            let text = rows.text(start, length);
            slots.texts[slot].set(text.as_ptr());
            slots.lengths[slot].set(u32::try_from(length).ok()?);
            Kind::String
        }
        Cell::Json(..) => return None,
    })
}

/// `rows_value(number, place)`: a value by its place among those of all rows.
unsafe extern "C-unwind" fn value(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `walked.lua` calls with two numbers. What is pushed is
    // one value, which sees to its slots. The rows stay as they are, as no Lua code runs.
    unsafe {
        let shared = vm_state(state);
        let number = ffi::lua_tonumber(state, 1) as u32;
        let place = ffi::lua_tonumber(state, 2) as usize;
        let held = &shared.running.waits.databases;
        let pushed = held.rows(number, |rows| {
            let cell = rows.cell(place).unwrap_or(Cell::Null);
            push_cell(state, shared, rows, cell);
        });
        if pushed.is_none() {
            ffi::lua_pushnil(state);
        }
    }
    1
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::database::rows::Columns;
    use crate::vm::state::databases::Held;

    /// Two rows of three columns, of which two have one name.
    fn rows() -> Rows {
        let columns = Columns::new(["a", "b", "a"].into_iter());
        let mut rows = Rows::new(Arc::new(columns), 1 << 20);
        for number in 1..=2 {
            rows.push(Cell::Integer(number)).unwrap();
            rows.push_text(b"text").unwrap();
            rows.push(Cell::Integer(i64::MAX)).unwrap();
        }
        rows
    }

    #[test]
    fn of_columns_with_one_name_the_last_is_read_and_what_is_not_there_is_null() {
        let rows = rows();
        assert_eq!(cell_of(&rows, 1, b"a"), Cell::Integer(i64::MAX));
        assert_eq!(cell_of(&rows, 2, b"b"), Cell::Text(4, 4));
        for (row, column) in [
            (0, "a"),
            (3, "a"),
            (-1, "a"),
            (i32::MAX, "a"),
            (1, "c"),
            (1, ""),
        ] {
            assert_eq!(cell_of(&rows, row, column.as_bytes()), Cell::Null);
        }
    }

    #[test]
    fn rows_of_another_request_are_nil_and_no_panic_leaves_a_function_that_traces_call() {
        let shared = VmState::bare();
        let ask = |number| {
            let name = c"b".as_ptr();
            // SAFETY: the name is a text of one byte.
            unsafe {
                let printed = print(&shared, 0, 0, number, 1, name, 1);
                let written = item(&shared, 0, 0, number, 1, name, 1);
                (cell(&shared, number, 1, name, 1), printed, written)
            }
        };
        let held = &shared.running.waits.databases;
        let place = held.keep(7, Held::Rows(Some(rows()).into()));
        assert_eq!(ask(6), (NIL, false, false));
        assert_eq!(ask(7), (TEXT, true, true));
        assert!(!shared.panics.have_happened());
        let Held::Rows(slot) = &*place else { return };
        let _taken = slot.borrow_mut();
        assert_eq!(ask(7), (NIL, false, false));
        assert!(shared.panics.have_happened());
    }
}
