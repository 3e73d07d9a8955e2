//! TODO

pub(crate) mod budget;
pub(crate) mod function_place;
pub(crate) mod hir;
pub(crate) mod literal;
pub(crate) mod load;
pub(crate) mod requires;
pub(crate) mod resolve;
pub(crate) mod stand_in;
pub(crate) mod syntax;
pub(crate) mod template_files;
pub(crate) mod tree;
