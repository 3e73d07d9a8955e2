//! The steps of rows, by their numbers: what stands around each value of an item.

use crate::program::{Borrowed, Program, Run, Step};

/// What an item that is a value itself is made of.
static ITEM: Step = Step {
    first: true,
    last: true,
    comma: false,
    lead: Borrowed(""),
    tail: Borrowed(""),
    prefix: 0,
    suffix: 0,
    absent_lead: NOTHING,
    absent_tail: NOTHING,
    depth: 1,
    path: Borrowed(""),
};
const NOTHING: Run = Run {
    text: Borrowed(""),
    fields: false,
};
/// The steps from a number on; none is the item that is a value itself.
pub(crate) fn steps(program: &'static Program, at: i32) -> &'static [Step] {
    let steps = usize::try_from(at)
        .ok()
        .and_then(|at| program.steps.get(at..));
    match steps {
        Some(steps @ [_, ..]) => steps,
        _ => std::slice::from_ref(&ITEM),
    }
}

/// A step by its number.
pub(crate) fn step(program: &'static Program, at: i32) -> &'static Step {
    &steps(program, at)[0]
}
