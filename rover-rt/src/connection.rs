//! One connection's task, and the word to all of them that the server stops.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::HttpService;
use hyper_util::rt::TokioIo;
use pin_project_lite::pin_project;
use tokio::net::TcpStream;
use tokio::sync::Notify;

/// A worker's open connections. A flag and their wakers, so that a request costs no
/// more for the possibility of a stop than reading a `Cell`.
#[derive(Default)]
pub(crate) struct Connections {
    stopping: Cell<bool>,
    wakers: RefCell<Vec<Option<Waker>>>,
    free: RefCell<Vec<usize>>,
    open: Cell<usize>,
    closed: Notify,
}

impl Connections {
    fn enter(self: &Rc<Self>) -> Place {
        self.open.set(self.open.get() + 1);
        let index = self.free.borrow_mut().pop().unwrap_or_else(|| {
            let mut wakers = self.wakers.borrow_mut();
            wakers.push(None);
            wakers.len() - 1
        });
        Place {
            all: Rc::clone(self),
            index,
            registered: false,
        }
    }

    /// Tells every connection to finish its request and close.
    pub(crate) fn stop(&self) {
        self.stopping.set(true);
        for waker in self.wakers.borrow().iter().flatten() {
            waker.wake_by_ref();
        }
    }

    /// Waits until the last connection is closed.
    pub(crate) async fn all_closed(&self) {
        while self.open.get() > 0 {
            self.closed.notified().await;
        }
    }
}

struct Place {
    all: Rc<Connections>,
    index: usize,
    registered: bool,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.all.wakers.borrow_mut()[self.index] = None;
        self.all.free.borrow_mut().push(self.index);
        self.all.open.set(self.all.open.get() - 1);
        self.all.closed.notify_one();
    }
}

pin_project! {
    /// Drives a connection to its end.
    pub(crate) struct Connection<S>
    where
        S: HttpService<Incoming>,
    {
        #[pin]
        inner: http1::Connection<TokioIo<TcpStream>, S>,
        place: Place,
        told: bool,
    }
}

impl<S: HttpService<Incoming>> Connection<S> {
    pub(crate) fn new(
        inner: http1::Connection<TokioIo<TcpStream>, S>,
        all: &Rc<Connections>,
    ) -> Self {
        Connection {
            inner,
            place: all.enter(),
            told: false,
        }
    }
}

impl<S, B> Future for Connection<S>
where
    S: HttpService<Incoming, ResBody = B>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    B: hyper::body::Body + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Output = Result<(), hyper::Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if !this.place.registered {
            // A task's waker stays the same for its life.
            let waker = context.waker().clone();
            this.place.all.wakers.borrow_mut()[this.place.index] = Some(waker);
            this.place.registered = true;
        }
        if this.place.all.stopping.get() && !*this.told {
            *this.told = true;
            this.inner.as_mut().graceful_shutdown();
        }
        this.inner.poll(context)
    }
}
