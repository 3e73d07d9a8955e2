//! A worker's connection to a server, on which all of its handlers ask beside each other. It is made when the
//! first one asks, and again when it was lost.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::command::Sending;
use super::connect::connect;
use super::connection::{Connection, RedisSettings};
use super::error::{timed_out, too_large, unreachable};
use super::reply::Reply;
use crate::wait::error::WaitError;

type Made = Option<Result<Rc<Connection>, WaitError>>;

enum Link {
    None,
    /// It is being made, for all who ask meanwhile.
    Coming(watch::Receiver<Made>),
    There(Rc<Connection>),
}

/// What is known of other nodes, where the server is one of a cluster.
#[derive(Default)]
pub(super) struct Nodes {
    /// Where keys are that were asked for.
    pub(super) slots: RefCell<HashMap<u16, Place>>,
    pub(super) others: RefCell<HashMap<Place, Worker>>,
}

/// A host and a port.
pub(super) type Place = (String, u16);

struct Inner {
    settings: Arc<RedisSettings>,
    link: RefCell<Link>,
    nodes: Nodes,
}

/// A worker's way to a server.
#[derive(Clone)]
pub(crate) struct Worker(Rc<Inner>);

impl Worker {
    pub(crate) fn new(settings: Arc<RedisSettings>) -> Worker {
        let link = RefCell::new(Link::None);
        let nodes = Nodes::default();
        Worker(Rc::new(Inner {
            settings,
            link,
            nodes,
        }))
    }

    /// What it knows of other nodes of its cluster.
    pub(super) fn nodes(&self) -> &Nodes {
        &self.0.nodes
    }

    /// Whether it is the same.
    pub(super) fn is(&self, other: &Worker) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    pub(super) fn settings(&self) -> &RedisSettings {
        &self.0.settings
    }

    /// Sends commands: their answer, of so many bytes at most.
    pub(crate) fn run(
        &self,
        sending: Sending,
        room: usize,
    ) -> impl Future<Output = Result<Reply, WaitError>> + use<> {
        let worker = self.clone();
        async move {
            let deadline = Instant::now() + worker.0.settings.patience;
            let reply = worker.follow(sending, deadline).await?;
            match reply.size() > room {
                true => Err(too_large()),
                false => Ok(reply),
            }
        }
    }

    /// Asks this server: what each command is answered.
    pub(super) async fn ask(
        &self,
        sending: &Sending,
        deadline: Instant,
    ) -> Result<Vec<Result<Reply, WaitError>>, WaitError> {
        let patience = self.0.settings.patience;
        let connection = timeout_at(deadline, self.connection()).await;
        let connection = connection.map_err(|_| timed_out(patience))??;
        let before = connection.answered.get();
        let Ok(answers) = timeout_at(deadline, connection.answer(sending)).await else {
            if connection.answered.get() == before {
                self.forget(&connection);
            }
            return Err(timed_out(patience));
        };
        connection.answered.set(connection.answered.get() + 1);
        let is_readonly = |answer: &Result<Reply, WaitError>| matches!(answer, Err(error) if error.code.as_deref() == Some("READONLY"));
        // A server that has become a replica stays one for its connections: what has its address now may be another.
        if answers
            .as_ref()
            .is_ok_and(|all| all.iter().any(is_readonly))
        {
            self.forget(&connection);
        }
        answers
    }

    /// The connection, which is made where there is none. Making it belongs to nobody: who stops waiting does not
    /// end it for the others.
    async fn connection(&self) -> Result<Rc<Connection>, WaitError> {
        let known = match &*self.0.link.borrow() {
            Link::There(connection) if !connection.driver.is_finished() => {
                return Ok(Rc::clone(connection));
            }
            Link::Coming(coming) => Some(coming.clone()),
            _ => None,
        };
        let mut coming = known.unwrap_or_else(|| self.begin());
        match coming.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(made)) => made.clone(),
            _ => {
                self.0.link.replace(Link::None);
                Err(unreachable("the worker has given up"))
            }
        }
    }

    fn begin(&self) -> watch::Receiver<Made> {
        let (made, coming) = watch::channel(None);
        self.0.link.replace(Link::Coming(coming.clone()));
        let worker = self.clone();
        tokio::task::spawn_local(async move {
            let settings = &worker.0.settings;
            let timed = tokio::time::timeout(settings.patience, connect(settings)).await;
            let result = timed.unwrap_or_else(|_| Err(timed_out(settings.patience)));
            let result = result.map(Rc::new);
            worker.0.link.replace(match &result {
                Ok(connection) => Link::There(Rc::clone(connection)),
                Err(_) => Link::None,
            });
            let _ = made.send(Some(result));
        });
        coming
    }

    /// Lets go of a connection on which nothing comes any more: the next call makes another one.
    fn forget(&self, gone: &Rc<Connection>) {
        let mut link = self.0.link.borrow_mut();
        if matches!(&*link, Link::There(known) if Rc::ptr_eq(known, gone)) {
            *link = Link::None;
        }
    }
}
