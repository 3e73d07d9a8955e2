//! What the program calls a value of a statement: databases know numbers, which differ where values have names,
//! and where a list is spread.

use std::rc::Rc;

use rover_model::sql::Parameters;

use crate::vm::state::databases::Prepared;
use crate::wait::error::WaitError;

/// The kind of error that is the program's own.
pub(crate) const ARGUMENT: &str = "argument";

/// A value's number, from 0 on, and of a list that is spread its element's.
pub(crate) type Place = (usize, Option<usize>);

/// The values of a statement, in the order in which the database has them.
#[derive(Clone)]
pub(crate) struct Places {
    prepared: Rc<Prepared>,
    /// Of a statement that spreads a list: the value, and the list's element.
    spread: Option<Rc<[Place]>>,
}

impl Places {
    pub(crate) fn new(prepared: &Rc<Prepared>, spread: Option<Vec<Place>>) -> Self {
        Places {
            prepared: Rc::clone(prepared),
            spread: spread.map(Into::into),
        }
    }

    /// An error that speaks of a value by the database's number, `$2: ...`, as the program knows it.
    pub(crate) fn told(&self, mut error: WaitError) -> WaitError {
        if error.kind != ARGUMENT {
            return error;
        }
        if let Some((number, said)) = numbered(&error.message) {
            let shown = self.shown(number - 1);
            error.message = format!("{shown}: {said}");
        }
        error
    }

    fn shown(&self, at: usize) -> String {
        let (value, element) = match &self.spread {
            Some(all) => all.get(at).copied().unwrap_or((at, None)),
            None => (at, None),
        };
        let name = match self.prepared.statement.parameters() {
            Parameters::Named(names) => names.get(value).map(|name| format!(":{name}")),
            Parameters::Numbered(_) => None,
        };
        let name = name.unwrap_or_else(|| format!("${}", value + 1));
        match element {
            Some(element) => format!("{name}, item {}", element + 1),
            None => name,
        }
    }
}

/// `$2: it is no number`: the number, from 1 on, and what is said.
fn numbered(message: &str) -> Option<(usize, &str)> {
    let (number, said) = message.strip_prefix('$')?.split_once(": ")?;
    let number: usize = number.parse().ok()?;
    (number > 0).then_some((number, said))
}
