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
    /// The address that was asked for last, as it was written: the next one is often the same, or of the
    /// same server.
    last: RefCell<Option<(Box<str>, Url)>>,
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
            last: RefCell::default(),
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

    fn address(&self, text: &str) -> Result<Url, WaitError> {
        let mut last = self.0.last.borrow_mut();
        let last_url = match &*last {
            Some((asked, url)) if **asked == *text => return Ok(url.clone()),
            Some((_, url)) => Some(url),
            None => None,
        };
        let url = self.read(text, last_url)?;
        *last = Some((text.into(), url.clone()));
        Ok(url)
    }

    fn read(&self, text: &str, last: Option<&Url>) -> Result<Url, WaitError> {
        let base = self.0.base_url.as_ref();
        if let Some(base) = base
            && !has_scheme(text)
        {
            return base.with_path(text);
        }
        let url = match last.and_then(|last| last.beside(text)) {
            Some(url) => url,
            None => Url::parse(text, Spaces::Refused)?,
        };
        // The client's headers may hold a secret that is meant for its own server.
        match base {
            Some(base) if !url.is_same_origin(base) => {
                let (host, base) = (url.host(), base.as_str());
                let message = format!("{host} is another server than the client's base_url {base}");
                Err(WaitError::new("url", message))
            }
            _ => Ok(url),
        }
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
