//! Messages of a channel, on a connection of its own. What nobody takes in time is held up to a size, and what comes
//! beyond that is left out: a server would close the connection of who reads too slowly.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;

use futures_core::Stream;
use redis::RedisConnectionInfo;
use redis::aio::{PubSub, PubSubStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::connect::stream;
use super::connection::RedisSettings;
use super::error::{of, of_greeting, timed_out};
use super::worker::Worker;
use crate::wait::error::WaitError;

/// What messages that wait may take.
const MOST_BYTES: usize = 16 << 20;
/// What one takes beside its text.
const BESIDE: usize = 100;

/// What somebody has published.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) channel: Vec<u8>,
    pub(crate) text: Vec<u8>,
}

impl Message {
    fn size(&self) -> usize {
        self.channel.len() + self.text.len() + BESIDE
    }
}

#[derive(Default)]
struct Queue {
    waiting: RefCell<VecDeque<Message>>,
    bytes: Cell<usize>,
    left_out: Cell<u64>,
    ended: Cell<bool>,
    changed: Notify,
}

/// A channel's messages, as long as the connection lasts, which ends with it.
pub(crate) struct Subscription {
    queue: Rc<Queue>,
    reader: JoinHandle<()>,
}

impl Worker {
    /// Listens to a channel, or to all whose names have a pattern.
    pub(crate) async fn subscribe(
        &self,
        channel: &[u8],
        is_pattern: bool,
    ) -> Result<Subscription, WaitError> {
        let settings = self.settings();
        let opened = timeout(settings.patience, open(settings, channel, is_pattern)).await;
        let opened = opened.map_err(|_| timed_out(settings.patience))??;
        let (_, messages) = opened.split();
        let queue = Rc::new(Queue::default());
        let reader = tokio::task::spawn_local(read(messages, Rc::clone(&queue)));
        Ok(Subscription { queue, reader })
    }
}

async fn open(
    settings: &RedisSettings,
    channel: &[u8],
    is_pattern: bool,
) -> Result<PubSub, WaitError> {
    let stream = stream(settings).await?;
    let mut who = RedisConnectionInfo::default().set_skip_set_lib_name();
    if let Some(password) = &settings.address.password {
        who = who.set_password(password.clone());
    }
    if let Some(user) = &settings.address.user {
        who = who.set_username(user.clone());
    }
    let opened = PubSub::new(&who, stream).await;
    let mut opened = opened.map_err(|error| of_greeting(of(&error)))?;
    let subscribed = match is_pattern {
        true => opened.psubscribe(channel).await,
        false => opened.subscribe(channel).await,
    };
    subscribed.map_err(|error| of(&error))?;
    Ok(opened)
}

async fn read(mut messages: PubSubStream, queue: Rc<Queue>) {
    while let Some(message) = poll_fn(|context| Pin::new(&mut messages).poll_next(context)).await {
        let message = Message {
            channel: message.get_channel().unwrap_or_default(),
            text: message.get_payload_bytes().to_vec(),
        };
        let bytes = queue.bytes.get() + message.size();
        // One alone is taken, however large it is.
        if bytes > MOST_BYTES && queue.bytes.get() > 0 {
            queue.left_out.set(queue.left_out.get() + 1);
            continue;
        }
        queue.bytes.set(bytes);
        queue.waiting.borrow_mut().push_back(message);
        queue.changed.notify_waiters();
    }
    queue.ended.set(true);
    queue.changed.notify_waiters();
}

impl Subscription {
    /// The next message; nothing where the connection was lost.
    pub(crate) async fn next(&self) -> Option<Message> {
        let queue = &self.queue;
        loop {
            let changed = queue.changed.notified();
            if let Some(message) = queue.waiting.borrow_mut().pop_front() {
                queue.bytes.set(queue.bytes.get() - message.size());
                return Some(message);
            }
            if queue.ended.get() {
                return None;
            }
            changed.await;
        }
    }

    /// How many messages were left out since this was last asked.
    pub(crate) fn left_out(&self) -> u64 {
        self.queue.left_out.take()
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.reader.abort();
    }
}
