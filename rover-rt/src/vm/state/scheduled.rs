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
}

/// A function's moment, and where it was said.
#[derive(Debug)]
pub(crate) struct Scheduled {
    pub(crate) moment: Moment,
    pub(crate) place: String,
    /// What it is called in all processes: its moment, and which of those it is.
    pub(crate) name: String,
}
