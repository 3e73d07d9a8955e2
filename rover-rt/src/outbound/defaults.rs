//! What all requests of a client have in common.

use std::time::Duration;

use http::HeaderMap;

use crate::wait::error::WaitError;

use super::headers::usual_headers;
use super::proxy::Proxy;
use super::url::{Spaces, Url};
use crate::tls::Trust;

/// What all requests of a client have, unless they say otherwise.
#[derive(Debug)]
pub(crate) struct Defaults {
    /// Where addresses begin that are not absolute.
    pub(crate) base_url: Option<Url>,
    pub(crate) headers: HeaderMap,
    pub(crate) timeout: Duration,
    pub(crate) redirects: u32,
    pub(crate) retries: u32,
    pub(crate) max_body: Option<u64>,
    pub(crate) proxy: Option<Proxy>,
    pub(crate) trust: Trust,
    /// How many connections may be open at once; requests beyond that wait their turn. An exchange
    /// of HTTP/2 needs none of its own.
    pub(crate) max_connections: Option<usize>,
}

impl Default for Defaults {
    fn default() -> Self {
        Defaults {
            base_url: None,
            headers: usual_headers(),
            timeout: Duration::from_secs(10),
            redirects: 5,
            retries: 0,
            max_body: None,
            proxy: None,
            trust: Trust::System,
            max_connections: None,
        }
    }
}

impl Defaults {
    /// Sets where addresses begin that are not absolute.
    pub(crate) fn base_url(&mut self, url: &str) -> Result<(), WaitError> {
        self.base_url = Some(Url::parse(url, Spaces::Refused)?);
        Ok(())
    }
}
