//! When the program's functions run that are no handlers.

use std::time::Duration;

use rover_model::cron::Schedule;

/// When a function runs.
#[derive(Clone, Debug)]
pub(crate) enum Moment {
    /// Before the server is ready.
    Start,
    /// When it stops.
    Stop,
    /// Again and again, after so long.
    Every(Duration),
    /// At these times.
    Cron(Schedule),
    /// When somebody publishes something.
    #[cfg(feature = "redis")]
    Message(Subscribed),
}

/// A channel that the program listens to.
#[cfg(feature = "redis")]
#[derive(Clone, Debug)]
pub(crate) struct Subscribed {
    /// The number of what `rover.redis` gave.
    pub(crate) server: usize,
    pub(crate) channel: Vec<u8>,
    /// It is a pattern, for several.
    pub(crate) is_pattern: bool,
}

/// A function's moment, and where it was said.
#[derive(Debug)]
pub(crate) struct Scheduled {
    pub(crate) moment: Moment,
    pub(crate) place: String,
    /// What it is called in all processes: its moment, and which of those it is.
    pub(crate) name: String,
}
