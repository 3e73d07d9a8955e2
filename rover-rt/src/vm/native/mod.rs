pub(crate) mod unwind;
