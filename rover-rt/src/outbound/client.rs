//! A client: defaults, and connections by proxy and trust.

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;

use crate::wait::error::WaitError;

use super::defaults::Defaults;
use super::fetch::fetch;
use super::pool::Pool;
use super::request::FetchRequest;
use super::response::FetchResponse;

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

    /// A request with the client's defaults. The address is absolute, or continues the client's
    /// `base_url`.
    pub(crate) fn request(&self, method: &[u8], url: &str) -> Result<FetchRequest, WaitError> {
        FetchRequest::new(&self.0.defaults, method, url)
    }

    /// Sends a request and gives its answer. Dropped before that, it closes the connection or, with
    /// HTTP/2, ends its stream. It must run on the worker's thread, within its `LocalSet`.
    pub(crate) fn fetch(
        &self,
        request: FetchRequest,
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
        let most = self.0.defaults.max_connections;
        let pool = Pool::new(request.proxy.clone(), request.trust.clone(), most);
        pools.push(Rc::clone(&pool));
        pool
    }
}
