//! What a fiber waits for.

use std::ffi::c_int;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::time::Sleep;

use super::error::WaitError;
#[cfg(feature = "client")]
use crate::outbound::FetchResponse;

/// What a fiber waits for. What it holds is given back when it is dropped.
pub(crate) enum Operation {
    /// Its first turn, with so many arguments on its stack.
    Start(c_int),
    /// The others' turn; whether they had it.
    Turn(bool),
    /// A time.
    Sleep(Pin<Box<Sleep>>),
    /// The end of a fiber that this one has begun.
    Join,
    /// Something outside.
    Outside(Pin<Box<dyn Future<Output = Outcome>>>),
}

/// What an operation that has come to its end gives to the program.
pub(crate) type Outcome = Result<Given, WaitError>;

/// Values for the program.
pub(crate) enum Given {
    /// So many values are on the fiber's stack already.
    Stacked(c_int),
    Nothing,
    Boolean(bool),
    Number(f64),
    Bytes(Vec<u8>),
    /// What another server answered.
    #[cfg(feature = "client")]
    Answer(Box<FetchResponse>),
    /// A part of a body, or its end.
    #[cfg(feature = "client")]
    Part(Option<bytes::Bytes>),
    /// What a server of Redis answered.
    #[cfg(feature = "redis")]
    Reply(Box<crate::redis::reply::Reply>),
    /// A list of texts.
    Texts(Vec<Vec<u8>>),
    /// So many values, at most [`SEVERAL`], of which nothing is nil.
    Several(Vec<Given>),
}

/// Values that an operation gives at most.
pub(crate) const SEVERAL: usize = 5;

impl Operation {
    /// A wait for so many seconds, which are neither negative nor NaN.
    pub(crate) fn sleep(seconds: f64) -> Self {
        // Longer than any server runs.
        const MOST: f64 = 1e9;
        if seconds == 0.0 {
            return Operation::Turn(false);
        }
        let time = std::time::Duration::from_secs_f64(seconds.min(MOST));
        Operation::Sleep(Box::pin(tokio::time::sleep(time)))
    }

    /// Whether it has come to its end. `joined` is the number of begun fibers that have ended since it was
    /// last asked.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>, joined: &mut u32) -> Poll<Outcome> {
        match self {
            Operation::Start(arguments) => Poll::Ready(Ok(Given::Stacked(*arguments))),
            Operation::Turn(true) => Poll::Ready(Ok(Given::Nothing)),
            Operation::Turn(had) => {
                *had = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Operation::Sleep(sleep) => sleep.as_mut().poll(context).map(|()| Ok(Given::Nothing)),
            Operation::Join => match std::mem::take(joined) {
                0 => Poll::Pending,
                _ => Poll::Ready(Ok(Given::Nothing)),
            },
            Operation::Outside(future) => future.as_mut().poll(context),
        }
    }
}
