//! How Lua waits: the coroutines that handlers run in, what natives park, and what comes back.
//!
//! A wait is a native that leaves an operation in [`Waits`] and yields a token. The task that
//! runs the handler takes the operation, and resumes the coroutine with what it gave. Nothing
//! here knows requests or who polls an operation.
//!
//! [`Waits`]: crate::vm::state::waits::Waits

pub(crate) mod natives;
pub(crate) mod outcome;
pub(crate) mod seats;
