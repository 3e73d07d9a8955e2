//! The databases of a VM: what `rover.db` was given, the statements that were read, the shapes of
//! rows.

use std::cell::{Cell, OnceCell, RefCell};
use std::ffi::{c_int, c_void};
use std::rc::Rc;
use std::sync::Arc;

use rover_model::sql::{Dialect, Statement, WrongSql};
use rustc_hash::FxHashMap;

use crate::database::driver::{Cursor, Database, Transaction};
use crate::database::registry::DatabaseSettings;
use crate::database::rows::{Columns, Rows};
use crate::resources::Resources;
use crate::wait::error::WaitError;

/// So many statements are kept as they were read.
const STATEMENTS: usize = 1024;
/// A longer text is read each time.
const LONG: usize = 8 << 10;
/// So many shapes of rows are kept.
const SHAPES: usize = 4096;

/// A request's list of what it holds keeps its memory for the next one up to this many.
const KEPT: usize = 16;

/// What a VM has of databases.
#[derive(Default)]
pub(crate) struct VmDatabases {
    opened: RefCell<Vec<Rc<Opened>>>,
    statements: RefCell<FxHashMap<Box<str>, Rc<Prepared>>>,
    shapes: RefCell<Shapes>,
    /// The number of the next thing that a request holds.
    next: Cell<u32>,
    /// The number of the database that sessions are in.
    sessions: Cell<Option<usize>>,
}

/// What `rover.db` was given once, and the way to that database from its first use on.
pub(crate) struct Opened {
    pub(crate) settings: DatabaseSettings,
    /// Where it was called: `routes.lua:3: `.
    pub(crate) place: String,
    database: OnceCell<Database>,
}

impl Opened {
    pub(crate) fn database(&self, resources: &Resources) -> Result<&Database, WaitError> {
        if self.database.get().is_none() {
            let database = resources.databases.open(&self.settings)?;
            let _ = self.database.set(database);
        }
        let closed = || WaitError::new("connect", "the database is not open");
        self.database.get().ok_or_else(closed)
    }
}

/// A statement that was read.
pub(crate) struct Prepared {
    pub(crate) statement: Statement,
    /// As each kind of database is given it, where no list is spread.
    rendered: [OnceCell<Arc<str>>; 2],
}

impl Prepared {
    /// The text for a database, of a statement that spreads no list.
    pub(crate) fn text(&self, dialect: Dialect) -> Result<Arc<str>, WrongSql> {
        let kept = &self.rendered[dialect as usize];
        if let Some(text) = kept.get() {
            return Ok(Arc::clone(text));
        }
        let text: Arc<str> = self.statement.render(dialect, &[])?.text.into();
        Ok(Arc::clone(kept.get_or_init(|| text)))
    }
}

/// The metatables of rows.
#[derive(Default)]
struct Shapes {
    /// By the columns' address, which is kept with it: the metatable's reference in the registry.
    by_columns: FxHashMap<*const Columns, (Arc<Columns>, c_int)>,
    by_metatable: FxHashMap<*const c_void, Arc<Columns>>,
}

impl VmDatabases {
    /// Keeps what `rover.db` is given; its number.
    pub(crate) fn add(&self, settings: DatabaseSettings, place: String) -> usize {
        let mut opened = self.opened.borrow_mut();
        opened.push(Rc::new(Opened {
            settings,
            place,
            database: OnceCell::new(),
        }));
        opened.len()
    }

    /// What `rover.db` was given, by its number.
    pub(crate) fn get(&self, number: usize) -> Option<Rc<Opened>> {
        let index = number.checked_sub(1)?;
        self.opened.borrow().get(index).cloned()
    }

    /// All of them, and whether sessions are in it.
    pub(crate) fn all(&self) -> Vec<(Rc<Opened>, bool)> {
        let opened = self.opened.borrow();
        let numbered = opened.iter().zip(1..);
        let is_theirs = |number: usize| self.sessions.get() == Some(number);
        numbered
            .map(|(opened, number)| (Rc::clone(opened), is_theirs(number)))
            .collect()
    }

    /// Notes the database that sessions are in.
    pub(crate) fn keep_sessions_in(&self, number: Option<usize>) {
        self.sessions.set(number);
    }

    /// Reads a statement, or gives it as it was read before.
    pub(crate) fn prepare(&self, text: &str) -> Result<Rc<Prepared>, WrongSql> {
        if let Some(known) = self.statements.borrow().get(text) {
            return Ok(Rc::clone(known));
        }
        let prepared = Rc::new(Prepared {
            statement: Statement::parse(text)?,
            rendered: Default::default(),
        });
        if text.len() > LONG {
            return Ok(prepared);
        }
        let mut statements = self.statements.borrow_mut();
        if statements.len() >= STATEMENTS {
            statements.clear();
        }
        statements.insert(text.into(), Rc::clone(&prepared));
        Ok(prepared)
    }

    /// A number for something that a request holds.
    pub(crate) fn next(&self) -> u32 {
        let number = self.next.get().wrapping_add(1).max(1);
        self.next.set(number);
        number
    }

    /// The registry's reference of the metatable of rows with these columns.
    pub(crate) fn shape(&self, columns: &Arc<Columns>) -> Option<c_int> {
        let shapes = self.shapes.borrow();
        shapes
            .by_columns
            .get(&Arc::as_ptr(columns))
            .map(|(_, reference)| *reference)
    }

    /// Remembers such a metatable. Gives the references of those that are kept no longer.
    pub(crate) fn remember(
        &self,
        columns: &Arc<Columns>,
        metatable: *const c_void,
        reference: c_int,
    ) -> Vec<c_int> {
        let mut shapes = self.shapes.borrow_mut();
        let mut gone = Vec::new();
        if shapes.by_columns.len() >= SHAPES {
            gone.extend(
                shapes
                    .by_columns
                    .drain()
                    .map(|(_, (_, reference))| reference),
            );
            shapes.by_metatable.clear();
        }
        let key = Arc::as_ptr(columns);
        shapes
            .by_columns
            .insert(key, (Arc::clone(columns), reference));
        shapes.by_metatable.insert(metatable, Arc::clone(columns));
        gone
    }

    /// The columns of rows that have this metatable.
    pub(crate) fn columns(&self, metatable: *const c_void) -> Option<Arc<Columns>> {
        self.shapes.borrow().by_metatable.get(&metatable).cloned()
    }
}

/// What a request holds of databases until it gives it back, or ends.
#[derive(Default)]
pub(crate) struct HeldDatabases {
    held: RefCell<Vec<(u32, Rc<Held>)>>,
}

/// One such thing.
pub(crate) enum Held {
    /// A transaction from when it has begun on.
    Transaction(RefCell<Option<Rc<Transaction>>>),
    /// A cursor, unless its next rows are waited for.
    Cursor(RefCell<Option<Cursor>>),
    /// Rows that have come, until the program takes them.
    Rows(RefCell<Option<Rows>>),
}

impl HeldDatabases {
    pub(crate) fn keep(&self, number: u32, what: Held) -> Rc<Held> {
        let held = Rc::new(what);
        self.held.borrow_mut().push((number, Rc::clone(&held)));
        held
    }

    pub(crate) fn get(&self, number: u32) -> Option<Rc<Held>> {
        let held = self.held.borrow();
        let found = held.iter().rev().find(|(known, _)| *known == number);
        found.map(|(_, held)| Rc::clone(held))
    }

    /// Looks at rows that have come and that the program has not taken.
    pub(crate) fn rows<T>(&self, number: u32, look: impl FnOnce(&Rows) -> T) -> Option<T> {
        let held = self.held.borrow();
        let (_, found) = held.iter().rev().find(|(known, _)| *known == number)?;
        match &**found {
            Held::Rows(slot) => slot.borrow().as_ref().map(look),
            Held::Transaction(_) | Held::Cursor(_) => None,
        }
    }

    /// Takes it from the request.
    pub(crate) fn take(&self, number: u32) -> Option<Rc<Held>> {
        let mut held = self.held.borrow_mut();
        let at = held.iter().rposition(|(known, _)| *known == number)?;
        Some(held.swap_remove(at).1)
    }

    pub(crate) fn swap(&self, other: &HeldDatabases) {
        self.held.swap(&other.held);
    }

    /// Gives all back; the list's memory is for the next request.
    pub(crate) fn reset(&self) {
        let mut held = self.held.take();
        held.clear();
        if held.capacity() <= KEPT {
            self.held.replace(held);
        }
    }
}
