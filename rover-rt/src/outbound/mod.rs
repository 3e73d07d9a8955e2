//! Requests to other servers, over connections that are kept.
//!
//! What lives here: addresses, the rules of redirects, connections of HTTP/1.1 and HTTP/2 with and
//! without TLS, what they are pooled by, and the errors of all that. What does not: Lua, and requests
//! that this server is sent.

mod client;
mod connect;
mod connection;
mod decode;
mod defaults;
mod error;
mod fetch;
mod head;
mod headers;
mod http1;
mod http2;
mod message;
mod pool;
mod proxy;
mod redirect;
mod request;
mod response;
mod stream;
mod timers;
mod url;

#[cfg(test)]
mod tests;

pub(crate) use client::Client;
pub(crate) use defaults::Defaults;
pub(crate) use head::AnswerHeaders;
pub(crate) use request::FetchRequest;
pub(crate) use response::{BodyStream, FetchBody, FetchResponse};
