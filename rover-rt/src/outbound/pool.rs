//! Connections that are kept for the next request.

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Duration;

use rustc_hash::FxHashMap;
use rustls::ClientConfig;
use tokio::sync::{Notify, OnceCell, Semaphore};
use tokio::time::Instant;

use crate::wait::error::WaitError;

use super::connect::connect;
use super::connection::Lease;
use super::http1::Http1;
use super::http2::Http2;
use super::proxy::Proxy;
use super::request::FetchRequest;
use super::timers::Timers;
use super::url::Url;
use crate::tls::{self, Trust};

/// How long a connection is kept that nobody uses. Most servers close them after a minute or more.
const IDLE: Duration = Duration::from_secs(50);
/// How often those are looked for that are too old, or that the server has closed.
const SWEEP: Duration = Duration::from_secs(5);
/// How many are kept, of all servers.
const MOST_IDLE: usize = 256;

/// Connections by the same proxy, with the same trust.
pub(super) struct Pool {
    pub(super) proxy: Option<Proxy>,
    pub(super) trust: Trust,
    config: OnceCell<Arc<ClientConfig>>,
    /// One permit for each connection that may be in use.
    permits: Option<Arc<Semaphore>>,
    most: usize,
    kept: RefCell<Kept>,
    pub(super) timers: Timers,
}

#[derive(Default)]
struct Kept {
    origins: FxHashMap<Box<str>, Origin>,
    /// How many connections of HTTP/1.1 are idle.
    idle: usize,
    /// Whether a task looks after them.
    swept: bool,
}

/// The connections to one scheme, host and port.
#[derive(Default)]
struct Origin {
    /// The last is the one that was used last.
    idle: Vec<(Box<Http1>, Instant)>,
    shared: Option<(Http2, Instant)>,
    /// Where a server is known to speak HTTP/2, one connects and the others wait for it.
    connecting: Option<Rc<Notify>>,
    speaks_http2: bool,
}

impl Pool {
    pub(super) fn new(proxy: Option<Proxy>, trust: Trust, most: Option<usize>) -> Rc<Self> {
        Rc::new(Pool {
            proxy,
            trust,
            config: OnceCell::new(),
            permits: most.map(|most| Arc::new(Semaphore::new(most))),
            most: most.unwrap_or(usize::MAX),
            kept: RefCell::default(),
            timers: Timers::default(),
        })
    }

    pub(super) fn is_for(&self, request: &FetchRequest) -> bool {
        let same_proxy = match (&self.proxy, &request.proxy) {
            (None, None) => true,
            (Some(own), Some(other)) => own.is_same(other),
            _ => false,
        };
        same_proxy && self.trust == request.trust
    }

    /// A connection to the host of an address: a kept one if there is one, else a new one. Where all
    /// that may be open are in use, it waits its turn.
    pub(super) async fn checkout(self: &Rc<Self>, url: &Url) -> Result<Lease, WaitError> {
        let origin = url.origin();
        if let Some(lease) = self.kept.borrow_mut().shared(origin) {
            return Ok(lease);
        }
        let permit = match &self.permits {
            None => None,
            Some(permits) => Box::pin(Arc::clone(permits).acquire_owned()).await.ok(),
        };
        let mut lease = self.kept_or_new(url, origin).await?;
        if let Lease::Http1(connection) = &mut lease {
            connection.permit = permit;
        }
        Ok(lease)
    }

    async fn kept_or_new(self: &Rc<Self>, url: &Url, origin: &str) -> Result<Lease, WaitError> {
        loop {
            let others = {
                let mut kept = self.kept.borrow_mut();
                if let Some(lease) = kept.shared(origin).or_else(|| kept.idle(origin)) {
                    return Ok(lease);
                }
                kept.make_room(self.in_use(), self.most);
                kept.wait_for(origin)
            };
            match others {
                Some(others) => Box::pin(others.notified()).await,
                // In a box: a new connection is rare, and its states are large.
                None => return Box::pin(self.connect(url, origin)).await,
            }
        }
    }

    /// How many connections of HTTP/1.1 are in use or being made, this one included.
    fn in_use(&self) -> usize {
        let free = self.permits.as_ref().map(|all| all.available_permits());
        free.map_or(0, |free| self.most - free)
    }

    /// TLS in which both sides agree on a version of HTTP.
    async fn http_over_tls(&self) -> Result<Arc<ClientConfig>, WaitError> {
        let mut config = ClientConfig::clone(&*tls::config(&self.trust).await?);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    async fn connect(self: &Rc<Self>, url: &Url, origin: &str) -> Result<Lease, WaitError> {
        let _attempt = Attempt::begin(self, origin);
        let tls = match url.is_https() {
            false => None,
            true => {
                let config = self.config.get_or_try_init(|| self.http_over_tls());
                Some(Arc::clone(config.await?))
            }
        };
        let stream = connect(url, self.proxy.as_ref(), tls).await?;
        if !stream.is_http2() {
            return Ok(Lease::Http1(Box::new(Http1::new(stream))));
        }
        let made = Http2::new(stream, url.host()).await?;
        let mut kept = self.kept.borrow_mut();
        // Another one may have been made meanwhile.
        if let Some(lease) = kept.shared(origin) {
            return Ok(lease);
        }
        let place = kept.origins.entry(origin.into()).or_default();
        place.speaks_http2 = true;
        place.shared = Some((made.clone(), Instant::now()));
        self.look_after(&mut kept);
        Ok(Lease::shared(made))
    }

    /// Keeps a connection of HTTP/1.1 whose exchange is over, if it can be used again.
    pub(super) fn give_back(self: &Rc<Self>, origin: &str, mut connection: Box<Http1>) {
        connection.permit = None;
        if !connection.is_between() {
            return;
        }
        connection.used = true;
        let mut kept = self.kept.borrow_mut();
        if kept.idle >= MOST_IDLE {
            kept.close_oldest();
        }
        let place = match kept.origins.get_mut(origin) {
            Some(place) => place,
            None => kept.origins.entry(origin.into()).or_default(),
        };
        place.idle.push((connection, Instant::now()));
        kept.idle += 1;
        self.look_after(&mut kept);
    }

    /// Starts the task that closes what nobody uses. It ends when there is nothing.
    fn look_after(self: &Rc<Self>, kept: &mut Kept) {
        if !std::mem::replace(&mut kept.swept, true) {
            let pool = Rc::downgrade(self);
            tokio::task::spawn_local(sweep(pool));
        }
    }
}

async fn sweep(pool: Weak<Pool>) {
    loop {
        tokio::time::sleep(SWEEP).await;
        let Some(pool) = pool.upgrade() else {
            return;
        };
        let mut kept = pool.kept.borrow_mut();
        kept.sweep(Instant::now());
        if kept.origins.is_empty() {
            kept.swept = false;
            return;
        }
    }
}

/// One who makes a connection to a server that is known to speak HTTP/2. Whatever becomes of it, the
/// others that wait for it look again.
struct Attempt<'a> {
    pool: &'a Pool,
    origin: &'a str,
}

impl<'a> Attempt<'a> {
    fn begin(pool: &'a Pool, origin: &'a str) -> Option<Self> {
        let mut kept = pool.kept.borrow_mut();
        let place = kept.origins.get_mut(origin)?;
        if !place.speaks_http2 {
            return None;
        }
        place.connecting = Some(Rc::default());
        Some(Attempt { pool, origin })
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let mut kept = self.pool.kept.borrow_mut();
        if let Some(place) = kept.origins.get_mut(self.origin)
            && let Some(others) = place.connecting.take()
        {
            others.notify_waiters();
        }
    }
}

impl Kept {
    fn shared(&mut self, origin: &str) -> Option<Lease> {
        let place = self.origins.get_mut(origin)?;
        let (connection, used) = place.shared.as_mut()?;
        if !connection.is_usable() {
            place.shared = None;
            return None;
        }
        *used = Instant::now();
        Some(Lease::shared(connection.clone()))
    }

    fn idle(&mut self, origin: &str) -> Option<Lease> {
        let place = self.origins.get_mut(origin)?;
        while let Some((mut connection, _)) = place.idle.pop() {
            self.idle -= 1;
            if connection.is_usable() {
                return Some(Lease::Http1(connection));
            }
        }
        None
    }

    /// Whom to wait for before a connection is made.
    fn wait_for(&self, origin: &str) -> Option<Rc<Notify>> {
        self.origins.get(origin)?.connecting.clone()
    }

    /// Closes idle connections where those in use and those would be more than may be open.
    fn make_room(&mut self, in_use: usize, most: usize) {
        while self.idle > 0 && self.idle + in_use > most {
            self.close_oldest();
        }
    }

    fn close_oldest(&mut self) {
        let oldest = self
            .origins
            .values_mut()
            .filter(|place| !place.idle.is_empty())
            .min_by_key(|place| place.idle[0].1);
        if let Some(place) = oldest {
            drop(place.idle.remove(0));
            self.idle -= 1;
        }
    }

    fn sweep(&mut self, now: Instant) {
        let mut idle = 0;
        self.origins.retain(|_, place| {
            place
                .idle
                .retain_mut(|(connection, since)| now - *since < IDLE && connection.is_usable());
            idle += place.idle.len();
            if let Some((connection, since)) = &mut place.shared {
                if !connection.is_idle() {
                    *since = now;
                }
                if now - *since >= IDLE || !connection.is_usable() {
                    place.shared = None;
                }
            }
            !place.idle.is_empty() || place.shared.is_some() || place.connecting.is_some()
        });
        self.idle = idle;
    }
}
