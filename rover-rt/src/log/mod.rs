//! The server's log: lines on standard error, gathered per worker and written by a thread of
//! their own.
//!
//! Nothing here waits for a reader, or knows what the lines are about.

mod queue;

use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::RefCell;
use std::io::Write;
use std::time::{Duration, SystemTime};

use rover_model::LogLevel;

use queue::Queue;

/// Lines wait here until so many bytes are there, or the worker's clock ticks.
const FLUSH_BYTES: usize = 16 * 1024;
/// For the last lines, at the end of the process, to be taken by a reader that does nothing ...
const LAST: Duration = Duration::from_secs(1);
/// ... or reads slowly.
const LAST_OF_ALL: Duration = Duration::from_secs(5);
/// For the reason of a panic, which may be the last line.
const LAST_OF_PANIC: Duration = Duration::from_millis(100);

/// What all workers' lines go through.
static QUEUE: Queue = Queue::new();

/// One worker's log. Lines are written whole, so workers need no lock between them.
#[derive(Debug)]
pub(crate) struct Log {
    level: LogLevel,
    lines: RefCell<Vec<u8>>,
    /// The next tick panics.
    #[cfg(feature = "faults")]
    pub(crate) fault: std::cell::Cell<bool>,
    /// The next tick does not end.
    #[cfg(feature = "faults")]
    pub(crate) stuck: std::cell::Cell<bool>,
}

impl Log {
    pub(crate) fn new(level: LogLevel) -> Self {
        Log {
            level,
            lines: RefCell::new(Vec::new()),
            #[cfg(feature = "faults")]
            fault: std::cell::Cell::default(),
            #[cfg(feature = "faults")]
            stuck: std::cell::Cell::default(),
        }
    }

    #[cfg(feature = "faults")]
    pub(crate) fn stand_still(&self) {
        while self.stuck.get() {
            std::thread::park();
        }
    }

    pub(crate) fn enabled(&self, level: LogLevel) -> bool {
        level != LogLevel::Off && level >= self.level
    }

    /// Writes one line. Control characters in the message but line feeds and tabs are
    /// escaped, so that a client cannot forge lines; continuation lines are indented.
    pub(crate) fn line(&self, level: LogLevel, message: &str, request_id: Option<&str>) {
        if !self.enabled(level) {
            return;
        }
        let mut lines = self.lines.borrow_mut();
        let now = humantime::format_rfc3339_millis(SystemTime::now());
        let name = level.as_str();
        // Writing to a Vec does not fail.
        let _ = write!(lines, "{now} {name:<5} ");
        for character in message.chars() {
            match character {
                '\n' => lines.extend_from_slice(b"\n    "),
                '\t' => lines.push(b'\t'),
                c if c.is_control() => {
                    let _ = write!(lines, "{}", c.escape_default());
                }
                c => lines.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        if let Some(id) = request_id {
            let _ = write!(lines, " request_id={id}");
        }
        lines.push(b'\n');
        let urgent = level >= LogLevel::Warn;
        if urgent || lines.len() >= FLUSH_BYTES {
            hand_over(&mut lines, urgent);
        }
    }

    pub(crate) fn flush(&self) {
        hand_over(&mut self.lines.borrow_mut(), false);
    }
}

fn hand_over(lines: &mut Vec<u8>, urgent: bool) {
    if !lines.is_empty() {
        if !QUEUE.push(lines, urgent) {
            QUEUE.start();
        }
        lines.clear();
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.flush();
    }
}

/// Writes a text of whole lines beside the log's own.
pub(crate) fn say(text: &str) {
    hand_over(&mut text.as_bytes().to_vec(), true);
}

/// Writes one line of a thread that has no log of its own, at a level that is always told of.
pub(crate) fn tell(level: LogLevel, message: &str) {
    Log::new(level).line(level, message, None);
}

/// Waits for the last lines to be read, as long as is reasonable.
pub(crate) fn finish() {
    QUEUE.finish(LAST, LAST_OF_ALL);
}

/// From now on the reasons of panics go the way of the log: the standard library's own way
/// waits where nobody reads.
pub(crate) fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let thread = std::thread::current();
        let mut text = format!("thread '{}' {panic}\n", thread.name().unwrap_or("unnamed"));
        // Only where it is asked for.
        let trace = Backtrace::capture();
        if trace.status() == BacktraceStatus::Captured {
            text += &format!("{trace}\n");
        }
        say(&text);
        QUEUE.finish(LAST_OF_PANIC, LAST_OF_PANIC);
    }));
}
