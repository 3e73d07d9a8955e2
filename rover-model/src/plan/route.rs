//! A route, as far as the runtime must know it before a request comes.

use super::value::{List, Text};
use crate::Method;

/// One method on one path.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Route {
    /// The request method.
    pub method: Method,
    /// The path as people write it: `/users/{id}`.
    pub pattern: Text,
    /// Where the parameters stand.
    pub params: List<Param>,
    /// What must be prepared before the handler runs.
    pub needs: Needs,
    /// Lua file and line of the definition.
    pub source: Text,
    /// Lua file and line where its function begins; empty where that is not known.
    pub handler: Text,
    /// Milliseconds of CPU time that the handler has; 0 for any.
    pub deadline: u32,
    /// Milliseconds that the handler has, waiting included; 0 for any.
    pub timeout: u32,
    /// Largest request body in bytes; 0 for any.
    pub body_limit: u64,
    /// What the handler begins with checking, before it does anything else.
    pub precheck: Option<Precheck>,
    /// The hooks that run before the handler, by their numbers, in that order.
    pub before: List<u16>,
    /// Those that run for its answer.
    pub after: List<u16>,
}

/// A parameter's place in the path.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Param {
    /// The name after `p_` or `rest_`.
    pub name: Text,
    /// Index of the first segment it takes.
    pub segment: usize,
    /// Whether it takes all segments from there on.
    pub rest: bool,
}

/// What a handler reads, as far as it must be known before it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Needs {
    /// The handler, or a hook before it, must be given a `ctx`.
    pub ctx: bool,
    /// One of them, or a hook after it, may read the body.
    pub body: bool,
    /// The answer is always the same: it is made once, when a worker starts.
    pub constant: bool,
    /// The handler, or a hook before it, may wait for something outside, so that they run as a coroutine of their own.
    pub waits: bool,
}

/// A part of the request that is checked against a constant schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Precheck {
    /// The part: 0 the body, 1 the query, 2 the parameters.
    pub source: u8,
    /// The schema's number.
    pub schema: usize,
    /// The number under which what was checked is kept, if it is.
    pub kept: Option<i32>,
}

/// A segment of a route's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment<'a> {
    /// Matches itself.
    Literal(&'a str),
    /// Matches one segment that is not empty.
    Param,
    /// Matches all that remains, unless that is empty.
    Rest,
}

impl Route {
    /// Whether the path has no parameters.
    pub fn is_static(&self) -> bool {
        self.params.is_empty()
    }

    /// The path's segments; none for `/`.
    pub fn segments(&self) -> impl Iterator<Item = Segment<'_>> {
        let written = self.pattern[1..].split('/');
        let written = written.filter(|_| self.pattern != "/").enumerate();
        written.map(|(at, text)| {
            let param = self.params.iter().find(|param| param.segment == at);
            match param.map(|param| param.rest) {
                None => Segment::Literal(text),
                Some(false) => Segment::Param,
                Some(true) => Segment::Rest,
            }
        })
    }
}
