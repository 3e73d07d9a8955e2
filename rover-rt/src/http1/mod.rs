//! HTTP/1.1 (RFC 9112) from bytes to bytes, without any input or output of its own:
//! [`Exchange::step`] is given what a client has sent so far and appends what is to be
//! sent back. It refuses what a strict origin refuses, and closes after it.

mod chunked;
mod exchange;
mod head;
mod writer;

pub(crate) use exchange::{Exchange, Place, Step, timeout};
pub(crate) use writer::{Clock, Prepared};
