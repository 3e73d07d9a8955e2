//! The environment of a build: it is empty, so that a program has the same routes wherever it is
//! built.

use std::cell::RefCell;
use std::rc::Rc;

use mlua::{Function, Lua, Value};

use crate::diagnostic::codes::program::raised;
use crate::diagnostic::{Diagnostic, Position};
use crate::front::load::Sources;

/// The variables that the program has asked for while it ran, and where.
#[derive(Clone, Default)]
pub(crate) struct Environment(Rc<RefCell<Vec<(String, Position)>>>);

impl Environment {
    /// `os.getenv` of the build: nil for every name.
    pub(crate) fn getenv(&self, lua: &Lua, sources: &Sources) -> mlua::Result<Function> {
        let files: Vec<String> = sources.files.iter().map(|f| f.name.clone()).collect();
        let asked = self.clone();
        lua.create_function(move |lua, name: mlua::LuaString| {
            let caller = |level| {
                lua.inspect_stack(level, |debug| {
                    let source = debug.source().source?.into_owned();
                    let file = source.strip_prefix('@')?;
                    Some(Position {
                        file: files.iter().find(|known| *known == file)?.clone(),
                        line: debug.current_line()?,
                        column: 0,
                    })
                })
            };
            let position = (1..).map_while(caller).flatten().next();
            let position = position.unwrap_or(Position {
                file: files[0].clone(),
                line: 1,
                column: 0,
            });
            asked
                .0
                .borrow_mut()
                .push((name.to_string_lossy(), position));
            Ok(Value::Nil)
        })
    }

    /// Whether the program has asked for a variable.
    pub(crate) fn is_read(&self) -> bool {
        !self.0.borrow().is_empty()
    }

    /// Says of an error that a variable was asked for: on its line, or else, with `any`, the last
    /// one.
    pub(crate) fn explain(
        &self,
        diagnostic: Diagnostic,
        failed: Option<&Position>,
        any: bool,
    ) -> Diagnostic {
        let asked = self.0.borrow();
        let same = |place: &Position| {
            failed.is_some_and(|at| (&at.file, at.line) == (&place.file, place.line))
        };
        let on_line = asked.iter().find(|(_, place)| same(place));
        match on_line.or(asked.last().filter(|_| any)) {
            Some((name, place)) => {
                raised::for_want_of(diagnostic, name, Some(place).filter(|place| !same(place)))
            }
            None => diagnostic,
        }
    }
}
