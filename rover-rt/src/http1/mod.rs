//! HTTP/1.1 (RFC 9112) from bytes to bytes, without any input or output of its own:
//! [`Exchange::step`] is given what a client has sent so far and appends what is to be
//! sent back. It refuses what a strict origin refuses, and closes after it.
//!
//! Nothing here knows sockets, routes or programs: who answers is a [`Service`].

mod answer;
mod body;
mod exchange;
mod framing;
mod head;
mod refusal;
mod service;
mod target;
mod writer;

pub(crate) use exchange::{Exchange, Progress};
pub(crate) use head::HeadLimits;
pub(crate) use service::{Answer, Conditions, Service};
pub(crate) use writer::Prepared;

#[cfg(test)]
mod tests;
