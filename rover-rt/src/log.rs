//! The server's log: lines on standard error, gathered per worker.

use std::cell::RefCell;
use std::io::Write;
use std::time::SystemTime;

use rover_model::LogLevel;

/// Lines wait here until so many bytes are there, or the worker's clock ticks.
const FLUSH_BYTES: usize = 16 * 1024;

/// One worker's log. Lines are written whole, so workers need no lock between them.
#[derive(Debug)]
pub(crate) struct Log {
    level: LogLevel,
    lines: RefCell<Vec<u8>>,
    /// The next tick panics.
    #[cfg(feature = "faults")]
    pub(crate) fault: std::cell::Cell<bool>,
}

impl Log {
    pub(crate) fn new(level: LogLevel) -> Self {
        Log {
            level,
            lines: RefCell::new(Vec::new()),
            #[cfg(feature = "faults")]
            fault: std::cell::Cell::default(),
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
        if level >= LogLevel::Warn || lines.len() >= FLUSH_BYTES {
            drop(lines);
            self.flush();
        }
    }

    pub(crate) fn flush(&self) {
        let mut lines = self.lines.borrow_mut();
        if !lines.is_empty() {
            // A log that cannot be written has nobody to tell.
            let _ = std::io::stderr().write_all(&lines);
            lines.clear();
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.flush();
    }
}
