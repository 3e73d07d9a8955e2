//! Sets of keys that another server publishes at a URL. Each worker has its own copy.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use http::StatusCode;
use tokio::sync::Mutex;

use super::algorithm::Algorithm;
use super::keys::Keys;
use crate::outbound::{Client, FetchBody};
use crate::wait::error::WaitError;

/// A set is asked for again after so long ...
const FRESH: Duration = Duration::from_secs(600);
/// ... and does not count any more where nobody has answered for so long.
const USABLE: Duration = Duration::from_secs(24 * 3600);
/// In so long it is asked for [`MOST`] times: tokens that name keys which there are not must not
/// become requests.
const WINDOW: Duration = Duration::from_secs(60);
const MOST: u32 = 5;
const TIMEOUT: Duration = Duration::from_secs(10);
const LONGEST: u64 = 256 << 10;

/// A set of keys at a URL.
pub(crate) struct Published {
    url: Box<str>,
    algorithm: Option<Algorithm>,
    client: Client,
    known: RefCell<Option<Known>>,
    /// When a window began, and how often the set was asked for in it.
    window: Cell<(Instant, u32)>,
    failure: RefCell<Option<WaitError>>,
    /// One asks, and others wait for what that gives.
    asking: Mutex<()>,
    asked: Cell<u64>,
}

struct Known {
    keys: Rc<Keys>,
    since: Instant,
}

/// Whether an address is one that nobody on the way can answer for.
fn is_safe(url: &str) -> bool {
    let this_machine = ["http://127.0.0.1", "http://[::1]", "http://localhost"];
    let ends = |rest: &str| rest.is_empty() || rest.starts_with([':', '/']);
    url.starts_with("https://")
        || this_machine
            .iter()
            .any(|start| url.strip_prefix(start).is_some_and(ends))
}

impl Published {
    /// A set that is not asked for yet.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub(crate) fn new(
        url: &str,
        algorithm: Option<Algorithm>,
        client: Client,
    ) -> Result<Self, WaitError> {
        if !is_safe(url) {
            let message = "keys come from a URL that begins with https://";
            return Err(WaitError::new("url", message));
        }
        client.request(b"GET", url)?;
        Ok(Published {
            url: url.into(),
            algorithm,
            client,
            known: RefCell::default(),
            window: Cell::new((Instant::now(), 0)),
            failure: RefCell::default(),
            asking: Mutex::default(),
            asked: Cell::default(),
        })
    }

    /// The keys; nothing where they must be asked for first.
    pub(crate) fn keys(&self) -> Option<Rc<Keys>> {
        let known = self.known.borrow();
        let known = known.as_ref()?;
        let age = known.since.elapsed();
        let count = age < FRESH || age < USABLE && !self.may_ask();
        count.then(|| Rc::clone(&known.keys))
    }

    /// Whether they may be asked for once more in this window.
    pub(crate) fn may_ask(&self) -> bool {
        let (since, times) = self.window.get();
        times < MOST || since.elapsed() >= WINDOW
    }

    /// Asks for the set, once for all who want it at the same time.
    ///
    /// # Errors
    /// When it cannot be had, and there is none from before.
    pub(crate) async fn ask(&self) -> Result<(), WaitError> {
        let before = self.asked.get();
        let _asking = self.asking.lock().await;
        if self.asked.get() == before && self.may_ask() {
            let (since, times) = self.window.get();
            self.window.set(match since.elapsed() >= WINDOW {
                true => (Instant::now(), 1),
                false => (since, times + 1),
            });
            match self.fetch().await {
                Ok(keys) => {
                    let (keys, since) = (Rc::new(keys), Instant::now());
                    self.known.replace(Some(Known { keys, since }));
                    self.failure.replace(None);
                }
                Err(error) => drop(self.failure.replace(Some(error))),
            }
            self.asked.set(before + 1);
        }
        let known = self.known.borrow();
        let usable = known
            .as_ref()
            .is_some_and(|known| known.since.elapsed() < USABLE);
        match self.failure.borrow().as_ref() {
            Some(failure) if !usable => Err(failure.clone()),
            _ => Ok(()),
        }
    }

    async fn fetch(&self) -> Result<Keys, WaitError> {
        let wrong = |why: String| WaitError::new("keys", format!("{}: {why}", self.url));
        let mut request = self.client.request(b"GET", &self.url)?;
        request.timeout = TIMEOUT;
        request.max_body = Some(LONGEST);
        request.trace = false;
        let answer = self.client.fetch(request).await?;
        match (answer.status, answer.body) {
            (StatusCode::OK, FetchBody::Collected(text)) => {
                Keys::read_published(&text, self.algorithm)
                    .map_err(|error| wrong(error.to_string()))
            }
            (status, _) => Err(wrong(format!("the answer is {status}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_do_not_come_over_an_open_line() {
        for url in [
            "https://a.example/keys",
            "http://127.0.0.1:80/",
            "http://localhost",
        ] {
            assert!(is_safe(url), "{url}");
        }
        for url in [
            "http://a.example/",
            "http://localhost.example/",
            "http://127.0.0.1.example",
            "ftp://a",
        ] {
            assert!(!is_safe(url), "{url}");
        }
    }
}
