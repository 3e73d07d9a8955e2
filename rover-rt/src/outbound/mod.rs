//! Requests to other servers, over connections that are kept.
//!
//! What lives here: addresses, the rules of redirects, connections of HTTP/1.1 and HTTP/2 with and
//! without TLS, what they are pooled by, and the errors of all that. What does not: Lua, and requests
//! that this server is sent.

mod connect;
mod connection;
mod decode;
mod error;
mod fetch;
mod pool;
mod proxy;
mod redirect;
mod request;
mod response;
mod stream;
mod tls;
mod url;

#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use http::HeaderMap;

use crate::wait::error::WaitError;

use pool::Pool;
use url::Spaces;

pub(crate) use proxy::Proxy;
pub(crate) use request::FetchRequest;
pub(crate) use response::FetchResponse;
#[allow(
    unused_imports,
    reason = "the words of `rover.http` come with the next change"
)]
pub(crate) use response::{BodyStream, FetchBody};
pub(crate) use tls::Trust;
pub(crate) use url::Url;

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
            headers: fetch::usual_headers(),
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

    /// Sets a header of every request.
    pub(crate) fn set_header(&mut self, name: &[u8], value: &[u8]) -> Result<(), WaitError> {
        let (name, value) = request::checked_header(name, value)?;
        self.headers.insert(name, value);
        Ok(())
    }
}

/// Defaults and the connections that belong to them, of one worker.
#[derive(Clone)]
pub(crate) struct Client(Rc<Shared>);

struct Shared {
    defaults: Defaults,
    /// Connections by proxy and trust; the first are those that the defaults name.
    pools: RefCell<Vec<Rc<Pool>>>,
}

/// How many combinations of proxy and trust keep their connections.
const MOST_POOLS: usize = 16;

impl Client {
    /// A client without connections: they are made when they are needed.
    pub(crate) fn new(defaults: Defaults) -> Self {
        Client(Rc::new(Shared {
            defaults,
            pools: RefCell::default(),
        }))
    }

    pub(crate) fn defaults(&self) -> &Defaults {
        &self.0.defaults
    }

    /// Sends a request and gives its answer. Dropped before that, it closes the connection or, with
    /// HTTP/2, ends its stream. It must run on the worker's thread, within its `LocalSet`.
    pub(crate) fn fetch(
        &self,
        request: FetchRequest,
    ) -> impl Future<Output = Result<FetchResponse, WaitError>> + use<> {
        fetch::fetch(self.pool(&request), request)
    }

    fn pool(&self, request: &FetchRequest) -> Rc<Pool> {
        let mut pools = self.0.pools.borrow_mut();
        let found = pools.iter().position(|pool| pool.is_for(request));
        if let Some(at) = found {
            return Rc::clone(&pools[at]);
        }
        if pools.len() == MOST_POOLS {
            pools.remove(0);
        }
        let most = self.0.defaults.max_connections;
        let pool = Pool::new(request.proxy.clone(), request.trust.clone(), most);
        pools.push(Rc::clone(&pool));
        pool
    }
}
