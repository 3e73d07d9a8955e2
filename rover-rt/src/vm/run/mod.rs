//! Calls: the thread that they run on, what is protected, what their errors mean, and who
//! answers where a handler does not.
//!
//! This is the only place that calls the program's code for a request.

pub(crate) mod answer;
mod beside;
pub(crate) mod call;
mod ending;
pub(crate) mod errors;
pub(crate) mod failure;
#[cfg(unix)]
pub(crate) mod machine_code;
pub(crate) mod role;
pub(crate) mod scheduled;
pub(crate) mod suspended;
pub(crate) mod task;
pub(crate) mod thread;
pub(crate) mod vm;
