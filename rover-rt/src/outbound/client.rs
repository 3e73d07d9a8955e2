//! A client: defaults, and connections by proxy and trust.

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;

use crate::wait::error::WaitError;

use super::defaults::Defaults;
use super::fetch::fetch;
use super::pool::Pool;
use super::request::{FetchRequest, checked_method};
use super::response::FetchResponse;
use super::url::{Spaces, Url, has_scheme};

/// Defaults and the connections that belong to them, of one worker.
#[derive(Clone)]
pub(crate) struct Client(Rc<Shared>);

struct Shared {
    /// Where addresses begin that are not absolute.
    base_url: Option<Url>,
    /// What every request begins as, but for its method and its address.
    common: FetchRequest,
    max_connections: Option<usize>,
    /// The absolute address that was read last: the next one is often of the same server.
    last_url: RefCell<Option<Url>>,
    /// Connections by proxy and trust; the first are those that the defaults name.
    pools: RefCell<Vec<Rc<Pool>>>,
}

/// How many combinations of proxy and trust keep their connections.
const MOST_POOLS: usize = 16;

impl Client {
    /// A client without connections: they are made when they are needed.
    pub(crate) fn new(defaults: Defaults) -> Self {
        let common = FetchRequest::new(&defaults);
        Client::with_common(defaults, common)
    }

    /// The same; `common` is what every request begins as.
    pub(crate) fn with_common(defaults: Defaults, common: FetchRequest) -> Self {
        Client(Rc::new(Shared {
            base_url: defaults.base_url,
            common,
            max_connections: defaults.max_connections,
            last_url: RefCell::default(),
            pools: RefCell::default(),
        }))
    }

    /// A request with the client's defaults. The address is absolute, or continues the client's
    /// `base_url`.
    pub(crate) fn request(&self, method: &[u8], url: &str) -> Result<Box<FetchRequest>, WaitError> {
        let mut request = Box::new(self.0.common.clone());
        request.method = checked_method(method)?;
        request.url = self.address(url)?;
        Ok(request)
    }

    fn address(&self, url: &str) -> Result<Url, WaitError> {
        let Some(base) = &self.0.base_url else {
            return self.absolute(url);
        };
        if !has_scheme(url) {
            return base.with_path(url);
        }
        let url = self.absolute(url)?;
        // The client's headers may hold a secret that is meant for its own server.
        if !url.is_same_origin(base) {
            let (host, base) = (url.host(), base.as_str());
            let message = format!("{host} is another server than the client's base_url {base}");
            return Err(WaitError::new("url", message));
        }
        Ok(url)
    }

    fn absolute(&self, text: &str) -> Result<Url, WaitError> {
        let mut last = self.0.last_url.borrow_mut();
        if let Some(url) = last.as_ref().and_then(|last| last.beside(text)) {
            return Ok(url);
        }
        let url = Url::parse(text, Spaces::Refused)?;
        *last = Some(url.clone());
        Ok(url)
    }

    /// Sends a request and gives its answer. Dropped before that, it closes the connection or, with
    /// HTTP/2, ends its stream. It must run on the worker's thread, within its `LocalSet`.
    pub(crate) fn fetch(
        &self,
        request: Box<FetchRequest>,
    ) -> impl Future<Output = Result<FetchResponse, WaitError>> + use<> {
        fetch(self.pool(&request), request)
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
        let most = self.0.max_connections;
        let pool = Pool::new(request.proxy.clone(), request.trust.clone(), most);
        pools.push(Rc::clone(&pool));
        pool
    }
}
