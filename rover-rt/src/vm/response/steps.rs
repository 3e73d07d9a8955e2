//! The steps of rows, by their numbers: what stands around each value of an item.

use crate::program::{Program, Run, Step};

/// What an item that is a value itself is made of.
static ITEM: Step = Step {
    first: true,
    last: true,
    comma: false,
    lead: "",
    tail: "",
    prefix: 0,
    suffix: 0,
    absent: [NOTHING; 2],
    depth: 1,
    path: "",
};
const NOTHING: Run = Run {
    text: "",
    fields: false,
};
/// The steps from a number on; none is the item that is a value itself.
pub(crate) fn steps(program: &Program, at: i32) -> &'static [Step] {
    let steps = usize::try_from(at)
        .ok()
        .and_then(|at| program.steps.get(at..));
    match steps {
        Some(steps @ [_, ..]) => steps,
        _ => std::slice::from_ref(&ITEM),
    }
}

/// A step by its number.
pub(crate) fn step(program: &Program, at: i32) -> &'static Step {
    &steps(program, at)[0]
}
