//! HTTP/1.1 (RFC 9112) from bytes to bytes, without any input or output of its own:
//! [`Exchange::step`] is given what a client has sent so far and appends what is to be
//! sent back. It refuses what a strict origin refuses, and closes after it.

mod chunked;
mod exchange;
mod framing;
mod head;
mod refusal;
mod target;
mod writer;

pub(crate) use exchange::{Exchange, Place, Step, timeout};
pub(crate) use head::HeadLimits;
pub(crate) use writer::Prepared;
