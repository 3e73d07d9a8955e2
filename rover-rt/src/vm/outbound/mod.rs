//! `rover.http`: what Lua says of a request to another server, and what it gets of the answer.
//!
//! What lives here: the natives that `http.lua` calls, how they read tables of options, and how an
//! answer is pushed. Sockets, TLS and HTTP itself are in [`mod@crate::outbound`].

pub(crate) mod natives;
mod options;
