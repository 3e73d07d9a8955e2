//! What `rover dev` is made of: the watched files, the version that is served, and what a
//! person is shown in the browser and in the terminal.

pub(crate) mod engine;
pub(crate) mod log;
pub(crate) mod mistakes;
pub(crate) mod page;
pub(crate) mod routes;
pub(crate) mod shown;
pub(crate) mod watch;
