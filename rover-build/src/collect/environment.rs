//! The environment of a build: it is empty, so that a program has the same routes wherever it is
//! built. What `rover.env { ... }` gives stands for the values of the start.

use std::cell::RefCell;
use std::rc::Rc;

use mlua::{Function, Lua, Table, Value};
use rover_model::ENV_LUA;
use rover_model::guard::{Schema, alternative, placeholder, variables};

use crate::analyse::schemas::LuaPatterns;
use crate::collect::json::raise;
use crate::collect::schemas::{constant, given};
use crate::collect::worlds::{Asked, Word, World};
use crate::diagnostic::codes::program::raised;
use crate::diagnostic::{Diagnostic, Position};
use crate::front::load::Sources;

/// The environment of one run, and what the program asks of it.
#[derive(Clone, Default)]
pub(crate) struct Environment {
    world: Rc<World>,
    seen: Rc<RefCell<Seen>>,
}

#[derive(Default)]
struct Seen {
    asked: Vec<Asked>,
    declared: Vec<(String, Schema)>,
}

impl Environment {
    pub(crate) fn new(world: World) -> Self {
        Environment {
            world: Rc::new(world),
            seen: Rc::default(),
        }
    }

    /// `os.getenv` of the build, or what reads `rover.env.NAME`: nil for every name.
    pub(crate) fn getenv(
        &self,
        lua: &Lua,
        sources: &Sources,
        word: Word,
    ) -> mlua::Result<Function> {
        let place = places(sources);
        let here = self.clone();
        lua.create_function(move |lua, name: mlua::LuaString| {
            let name = name.to_string_lossy();
            let value = here.world.text(word, &name);
            let position = place(lua);
            here.seen.borrow_mut().asked.push(Asked {
                word,
                name,
                position,
            });
            Ok(value)
        })
    }

    /// `rover.env` of the build.
    pub(crate) fn words(&self, lua: &Lua, sources: &Sources) -> mlua::Result<Table> {
        let place = places(sources);
        let here = self.clone();
        let check = lua.create_function(move |lua, schemas: Value| {
            let patterns = LuaPatterns::default();
            let schema = match variables(&given(&schemas, 0), &patterns) {
                Ok(schema) => schema,
                Err(wrong) => return Ok((None, Some(wrong.to_string()))),
            };
            let values = lua.create_table()?;
            for field in schema.fields() {
                let (name, schema) = (field.name.to_string(), &field.schema);
                let usual = || placeholder(&name, schema);
                let value = match here.world.compared(Word::Declared, &name) {
                    Some(text) => alternative(&name, schema, text).or_else(usual),
                    None => usual(),
                };
                if let Some(value) = value {
                    values.raw_set(name.as_str(), constant(lua, &value)?)?;
                }
                let mut seen = here.seen.borrow_mut();
                seen.declared.push((name.clone(), schema.clone()));
                seen.asked.push(Asked {
                    word: Word::Declared,
                    name,
                    position: place(lua),
                });
            }
            Ok((Some(values), None))
        })?;
        let loaded = lua.create_function(|_, ()| Ok(false))?;
        let getenv = self.getenv(lua, sources, Word::Read)?;
        let chunk = lua.load(ENV_LUA).set_name("=rover");
        chunk.call((getenv, check, raise(lua)?, loaded))
    }

    /// What the program has asked for.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.seen.borrow().asked.clone()
    }

    /// The variables that it has declared.
    pub(crate) fn declared(&self) -> Vec<(String, Schema)> {
        self.seen.borrow().declared.clone()
    }

    /// Says of an error that a variable was asked for: on its line, or else, with `any`, the last
    /// one.
    pub(crate) fn explain(
        &self,
        diagnostic: Diagnostic,
        failed: Option<&Position>,
        any: bool,
    ) -> Diagnostic {
        let seen = self.seen.borrow();
        let same = |place: &Position| {
            failed.is_some_and(|at| (&at.file, at.line) == (&place.file, place.line))
        };
        // What is declared has a value.
        let empty = || {
            seen.asked
                .iter()
                .filter(|asked| asked.word != Word::Declared)
        };
        let on_line = empty().find(|asked| same(&asked.position));
        match on_line.or(empty().next_back().filter(|_| any)) {
            Some(asked) => {
                let elsewhere = Some(&asked.position).filter(|place| !same(place));
                raised::for_want_of(diagnostic, &asked.name, &asked.written(), elsewhere)
            }
            None if any && !seen.declared.is_empty() => raised::with_placeholders(diagnostic),
            None => diagnostic,
        }
    }
}

/// A function that says where the program is.
fn places(sources: &Sources) -> impl Fn(&Lua) -> Position + 'static {
    let files: Vec<String> = sources.files.iter().map(|f| f.name.clone()).collect();
    move |lua| {
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
        position.unwrap_or(Position {
            file: files[0].clone(),
            line: 1,
            column: 0,
        })
    }
}
