//! The server's log as a person reads it: a line for each request.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use anstyle::{AnsiColor, Style};
use rover_rt::development::log_to;

/// From now on the log is written for people.
pub(crate) fn for_people() {
    // A line may come in two pieces.
    let begun = Mutex::new(Vec::new());
    log_to(move |bytes| {
        let mut lines = begun.lock().unwrap_or_else(PoisonError::into_inner);
        lines.extend_from_slice(bytes);
        let end = lines
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let whole: Vec<u8> = lines.drain(..end).collect();
        print(&String::from_utf8_lossy(&whole))?;
        Ok(bytes.len())
    });
}

fn print(lines: &str) -> io::Result<()> {
    let mut out = anstream::stderr().lock();
    for line in lines.lines().filter_map(shown) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// A line of the log for people; nothing for what open pages ask all the time.
fn shown(line: &str) -> Option<String> {
    let dim = AnsiColor::BrightBlack.on_default();
    // What belongs to the line before.
    if line.starts_with("    ") {
        let line = without_id(line);
        return Some(format!("{dim}{line}{dim:#}"));
    }
    let Some(parts) = Parts::of(line) else {
        return Some(line.to_owned());
    };
    let Parts {
        time,
        level,
        message,
    } = parts;
    if message.starts_with("GET /__rover/") {
        return None;
    }
    if let Some(answered) = Answered::of(message) {
        return Some(format!("{dim}{time}{dim:#} {}", answered.shown()));
    }
    let style = match level {
        "error" => AnsiColor::Red.on_default(),
        "warn" => AnsiColor::Yellow.on_default(),
        _ => Style::new(),
    };
    Some(format!("{dim}{time}{dim:#} {style}{message}{style:#}"))
}

/// What a line of the log is made of.
struct Parts<'a> {
    /// `12:34:56`
    time: &'a str,
    level: &'a str,
    message: &'a str,
}

impl<'a> Parts<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let (moment, rest) = line.split_once(' ')?;
        let (level, message) = rest.split_once(' ')?;
        let time = moment.split_once('T')?.1.get(..8)?;
        Some(Parts {
            time,
            level,
            message: without_id(message.trim_start()),
        })
    }
}

/// The last line of a message has the request's identifier.
fn without_id(line: &str) -> &str {
    line.rfind(" request_id=").map_or(line, |at| &line[..at])
}

/// `GET /users/1 200 123us 45B`
#[derive(Debug, PartialEq, Eq)]
struct Answered<'a> {
    method: &'a str,
    path: &'a str,
    status: u16,
    micros: u64,
    bytes: u64,
}

impl<'a> Answered<'a> {
    fn of(message: &'a str) -> Option<Self> {
        let mut words = message.rsplitn(4, ' ');
        let bytes = words.next()?.strip_suffix('B')?.parse().ok()?;
        let micros = words.next()?.strip_suffix("us")?.parse().ok()?;
        let status = words.next()?.parse().ok()?;
        let (method, path) = words.next()?.split_once(' ')?;
        Some(Answered {
            method,
            path,
            status,
            micros,
            bytes,
        })
    }

    fn shown(&self) -> String {
        let color = match self.status {
            500.. => AnsiColor::Red,
            400.. => AnsiColor::Yellow,
            300.. => AnsiColor::Cyan,
            _ => AnsiColor::Green,
        };
        let (style, dim) = (color.on_default(), AnsiColor::BrightBlack.on_default());
        let Answered {
            method,
            path,
            status,
            ..
        } = self;
        let time = match self.micros {
            micros @ ..1000 => format!("{micros} us"),
            micros @ ..1_000_000 => format!("{:.1} ms", micros as f64 / 1e3),
            micros => format!("{:.2} s", micros as f64 / 1e6),
        };
        let size = match self.bytes {
            bytes @ ..10_000 => format!("{bytes} B"),
            bytes => format!("{} kB", bytes / 1000),
        };
        format!("{style}{status}{style:#} {method:<6} {path}  {dim}{time}, {size}{dim:#}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(line: &str) -> Option<String> {
        let shown = shown(line)?;
        Some(anstream::adapter::strip_str(&shown).to_string())
    }

    #[test]
    fn requests() {
        let line = "2026-11-29T12:34:56.789Z info  GET /a b 200 1234us 5B request_id=0123abcd-1";
        assert_eq!(
            plain(line).unwrap(),
            "12:34:56 200 GET    /a b  1.2 ms, 5 B"
        );
    }

    #[test]
    fn what_pages_ask_is_no_request() {
        let line = "2026-11-29T12:34:56.789Z info  GET /__rover/version 200 1us 5B request_id=a-1";
        assert_eq!(plain(line), None);
    }

    #[test]
    fn other_lines() {
        let line = "2026-11-29T12:34:56.789Z error GET /x: routes.lua:1: no request_id=a-1";
        assert_eq!(plain(line).unwrap(), "12:34:56 GET /x: routes.lua:1: no");
        assert_eq!(plain("    in function f").unwrap(), "    in function f");
        assert_eq!(plain("anything").unwrap(), "anything");
    }
}
