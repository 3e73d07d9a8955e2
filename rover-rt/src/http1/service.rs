//! What HTTP asks of those who answer requests.

use std::cell::Cell;
use std::net::IpAddr;
use std::task::{Context, Poll};

use rover_model::Network;

use super::head::HeadLimits;
use super::writer::Prepared;
use crate::log::Log;
use crate::message::path::Path;
use crate::message::reply::Reply;
use crate::message::request::{RequestData, RequestIds};
use crate::time::clock::Clock;

/// Answers requests. An exchange is generic over it, so that a request costs no call through
/// a table and nothing on the heap.
pub(crate) trait Service {
    /// What stands at a path for a method.
    type Found;
    /// An answer that is not there yet.
    type Task;

    /// How much of a head is read.
    fn head_limits(&self) -> HeadLimits;

    /// The proxies whose word is taken for who asks for what.
    fn trusted_proxies(&self) -> &[Network];

    /// Where requests get their identifiers.
    fn ids(&self) -> &RequestIds;

    /// Where answers are told.
    fn log(&self) -> &Log;

    /// What stands at a path, which may be nothing.
    fn find(&self, method: &str, path: &mut Path<'_>) -> Self::Found;

    /// What `OPTIONS *` asks about (RFC 9110, section 9.3.7).
    fn whole_server(&self) -> Self::Found;

    /// The most bytes of a body that is read before the request is answered; nothing where
    /// nobody reads it.
    fn body_limit(&self, found: &Self::Found) -> Option<u64>;

    /// Whether an answer costs the program's time.
    fn runs_program(&self, found: &Self::Found) -> bool;

    /// Answers a request for which [`Service::find`] found this.
    fn answer(&self, request: &mut RequestData<'_>, found: Self::Found) -> Answer<'_, Self::Task>;

    /// What is answered in place of a refusal, which the program may put in its own words.
    fn refused(&self, request: &RequestData<'_>, refusal: Reply) -> Answer<'_, Self::Task>;

    /// Asks for an answer that was not there. The request is a copy of the one that it was asked
    /// with.
    fn poll(
        &self,
        task: &mut Self::Task,
        request: &RequestData<'_>,
        context: &mut Context<'_>,
    ) -> Poll<Reply>;

    /// Milliseconds that an answer has; 0 for any.
    fn timeout(&self, task: &Self::Task) -> u32;

    /// These have passed: what is answered instead, unless that waits in turn.
    fn time_out(&self, task: &mut Self::Task, request: &RequestData<'_>) -> Option<Reply>;

    /// Nobody waits for the answer any more.
    fn cancel(&self, task: Self::Task, request: &RequestData<'_>);

    /// Writes the header lines that an answer has beside its own, which follow.
    fn add_headers(&self, request: &RequestData<'_>, reply: &mut Reply, out: &mut Vec<u8>);

    /// The same for a prepared answer, where they depend on the request.
    fn add_to_prepared(&self, request: &RequestData<'_>, out: &mut Vec<u8>);

    /// Takes a body that was sent: its memory serves the next one.
    fn give_back(&self, body: Vec<u8>);
}

/// What an exchange happens under.
pub(crate) struct Conditions<'a, S> {
    pub(crate) service: &'a S,
    pub(crate) clock: &'a Clock,
    /// The other side of the connection.
    pub(crate) peer: IpAddr,
    /// The server stops: connections close after their answer.
    pub(crate) stopping: bool,
    /// Requests have waited for too long: those that need a handler are turned away, and
    /// counted here.
    pub(crate) late: Option<&'a Cell<u64>>,
    /// Bytes of a body that may be kept.
    pub(crate) room: usize,
}

/// What an exchange ends in. A response that comes in parts, or that gives the connection to
/// another protocol, is a variant more, and a state more in [`super::Exchange`].
pub(crate) enum Answer<'s, T> {
    Reply(Reply),
    Prepared(&'s Prepared),
    /// It is not there yet.
    Pending(T),
}
