//! Header lines that answers have beside their own: what pages of other sites may read, and what
//! protects our own pages.
//!
//! They are decided before the first request. Nothing here runs Lua.

mod cors;
mod pages;

use crate::message::reply::Reply;
use crate::message::request::RequestData;
use crate::program::Program;
use crate::settings::Settings;
use cors::Cors;
pub(crate) use cors::Place;
use pages::PageHeaders;

/// What is added to a program's answers.
pub(crate) struct Added {
    cors: Option<Box<Cors>>,
    pages: PageHeaders,
}

impl Added {
    pub(crate) fn new(program: &'static Program, settings: &Settings) -> Self {
        Added {
            cors: Cors::new(program, &settings.cors).map(Box::new),
            pages: PageHeaders::new(&settings.security_headers),
        }
    }

    /// Writes the lines of an answer that has written none of its own yet.
    #[inline]
    pub(crate) fn write(&self, request: &RequestData<'_>, reply: &mut Reply, out: &mut Vec<u8>) {
        if let Some(cors) = &self.cors {
            cors.write(request, reply, out);
        }
        self.pages.write(reply, out);
    }

    /// The same for an answer that [`Added::prepare`] said to be another for each origin.
    pub(crate) fn write_prepared(&self, request: &RequestData<'_>, out: &mut Vec<u8>) {
        if let Some(cors) = &self.cors {
            cors.write_prepared(request, out);
        }
    }

    /// Adds to an answer that is prepared for a route, or else a path, all that is always the
    /// same. Gives whether something is left that depends on who asks.
    pub(crate) fn prepare(&self, at: Place<'_>, reply: &mut Reply) -> bool {
        self.pages.add(reply);
        self.cors
            .as_ref()
            .is_some_and(|cors| cors.prepare(at, reply))
    }

    /// Whether a request asks what another one may do, and is answered by the policy.
    #[inline]
    pub(crate) fn is_preflight(&self, request: &RequestData<'_>) -> bool {
        let cors = self.cors.as_ref();
        cors.is_some_and(|cors| cors.is_preflight(request))
    }
}
