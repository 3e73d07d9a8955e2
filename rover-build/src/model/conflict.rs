//! Routes that cannot stand beside each other.

use std::collections::HashMap;

use rover_model::Method;

use crate::diagnostic::{Diagnostic, Position};

use crate::model::app::{Route, Segment};

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
            let (named, name, what) = match segment {
                Segment::Literal(text) => match level.literals.get(text) {
                    Some(next) => {
                        level = next;
                        continue;
                    }
                    None => return Ok(()),
                },
                Segment::Param(name) => (&level.param, name, "one parameter"),
                Segment::Rest(name) => (&level.rest, name, "the rest of a path"),
            };
            let Some(known) = named else {
                return Ok(());
            };
            if known.name != *name {
                let message = format!("two names for {what}: `{}` and `{name}`", known.name);
                let both = both(message, position, &known.position);
                return Err(both.help("use one name at each level").into());
            }
            level = &known.level;
        }
        let mut ends = level.routes.iter();
        match ends.find(|(method, _)| *method == route.method) {
            Some((_, position)) => {
                let message = format!("{} {} is defined twice", route.method, route.pattern());
                Err(both(message, &route.position, position).into())
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

fn both(message: String, new: &Position, old: &Position) -> Diagnostic {
    Diagnostic::new(message)
        .at(new.clone(), "here")
        .at(old.clone(), "and here")
}
