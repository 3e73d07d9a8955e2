//! A worker's way to a database, as what it begins.

use std::rc::Rc;
use std::sync::Arc;

use super::cursor::walk;
use super::shared::Shared;
use super::transaction::Transaction;
use super::worker::Worker;
use crate::database::driver::{Answering, Began, Cursor, Isolation};
use crate::database::parameter::Query;

pub(crate) struct Local(Rc<Worker>);

impl Local {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Local(Rc::new(Worker::new(shared)))
    }

    /// Begins a statement.
    pub(crate) fn begin(&self, query: Query) -> Began {
        let worker = Rc::clone(&self.0);
        Began::Later(Box::pin(async move { worker.run(&query).await }))
    }

    /// Begins a transaction.
    pub(crate) fn transaction(&self, isolation: Isolation) -> Answering<Transaction> {
        let worker = Rc::clone(&self.0);
        Box::pin(async move { worker.transaction(isolation).await })
    }

    /// Begins a query whose rows come in parts.
    pub(crate) fn cursor(&self, query: Query) -> Cursor {
        let (parts, cursor) = Cursor::new();
        tokio::task::spawn_local(walk(Rc::clone(&self.0), query, parts));
        cursor
    }
}
