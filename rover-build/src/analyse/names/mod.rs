//! What the names of a program stand for, where that is one thing always: a value, a function,
//! a module, a word of `rover`. Whoever asks what a name means asks here.
//!
//! A variable stands for what it is given where it is declared, if nothing assigns to it again
//! (`given`). A field of a module's table stands for what the module's file gives it, if it does
//! so once and outside of any block (`modules`). What a table holds is known as long as nothing
//! else can have changed it (`uses`, which finds `changes`). `follow` answers.

mod changes;
mod follow;
mod given;
mod modules;
mod uses;

use crate::front::load::Sources;
use changes::Changes;
pub(crate) use follow::Names;
use given::Variables;
pub(crate) use given::{Given, required};
use modules::Modules;

pub(crate) fn names(sources: &Sources) -> Names<'_> {
    let variables = Variables::new(sources);
    let mut names = Names {
        sources,
        modules: Modules::find(&variables),
        variables,
        changes: Changes::default(),
    };
    names.changes = uses::changes(&names);
    names
}
