//! Routes that cannot stand beside each other.

use std::collections::HashMap;

use rover_model::Method;

use crate::diagnostic::codes::routes::defined_twice;
use crate::diagnostic::codes::routes::parameter_names::{self, NameAt};
use crate::diagnostic::{Diagnostic, Position};
use crate::model::app::{Route, Segment};

/// What is told of two names for one place of a path.
type Tell = fn(NameAt<'_>, NameAt<'_>) -> Diagnostic;

/// The routes that were taken so far, as a tree by their segments.
#[derive(Default)]
pub(crate) struct Paths {
    root: Level,
}

/// What follows one path.
#[derive(Default)]
struct Level {
    literals: HashMap<String, Level>,
    param: Option<Box<Named>>,
    rest: Option<Box<Named>>,
    /// The routes that end here.
    routes: Vec<(Method, Position)>,
}

/// A parameter, and what follows it.
struct Named {
    name: String,
    position: Position,
    level: Level,
}

impl Paths {
    /// Takes a route, unless it has the place of another or other names for its parameters.
    pub(crate) fn add(&mut self, route: &Route) -> Result<(), Box<Diagnostic>> {
        self.check(route)?;
        let mut level = &mut self.root;
        for (segment, position) in route.path.iter().zip(&route.places) {
            level = level.enter(segment, position);
        }
        level.routes.push((route.method, route.position.clone()));
        Ok(())
    }

    fn check(&self, route: &Route) -> Result<(), Box<Diagnostic>> {
        let mut level = &self.root;
        for (segment, position) in route.path.iter().zip(&route.places) {
            let (named, name, tell): (_, _, Tell) = match segment {
                Segment::Literal(text) => match level.literals.get(text) {
                    Some(next) => {
                        level = next;
                        continue;
                    }
                    None => return Ok(()),
                },
                Segment::Param(name) => (&level.param, name, parameter_names::parameter),
                Segment::Rest(name) => (&level.rest, name, parameter_names::rest),
            };
            let Some(known) = named else {
                return Ok(());
            };
            if known.name != *name {
                let new = NameAt {
                    at: position.clone(),
                    name,
                };
                let old = NameAt {
                    at: known.position.clone(),
                    name: &known.name,
                };
                return Err(tell(new, old).into());
            }
            level = &known.level;
        }
        let mut ends = level.routes.iter();
        match ends.find(|(method, _)| *method == route.method) {
            Some((_, position)) => {
                let (new, old) = (route.position.clone(), position.clone());
                Err(defined_twice::route(new, old, route.method, &route.pattern()).into())
            }
            None => Ok(()),
        }
    }
}

impl Level {
    fn enter(&mut self, segment: &Segment, position: &Position) -> &mut Level {
        let (place, name) = match segment {
            Segment::Literal(text) => return self.literals.entry(text.clone()).or_default(),
            Segment::Param(name) => (&mut self.param, name),
            Segment::Rest(name) => (&mut self.rest, name),
        };
        let named = place.get_or_insert_with(|| {
            Box::new(Named {
                name: name.clone(),
                position: position.clone(),
                level: Level::default(),
            })
        });
        &mut named.level
    }
}
