//! The way from the workers to standard error: a queue with a bound, and a thread that writes.
//! Where nobody reads, that thread waits, and no worker does. Lines for which there is no room
//! are counted, and the log says how many as soon as it can.

use std::io;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use crate::development::sink;

/// Bytes that wait to be written.
const MOST: usize = 1 << 20;
/// What lines that tell of something wrong have beyond that.
const RESERVE: usize = 64 << 10;
/// Bytes that are given to the system at once.
const PIECE: usize = 16 << 10;
/// A buffer that grew beyond this is not kept.
const KEPT: usize = 256 << 10;

/// Lines on their way.
pub(super) struct Queue {
    state: Mutex<State>,
    filled: Condvar,
    written: Condvar,
}

struct State {
    waiting: Vec<u8>,
    /// Lines for which there was no room, and of which nothing was said yet.
    dropped: u64,
    /// The thread is there.
    served: bool,
    /// It has something that is not written yet.
    busy: bool,
    /// How often the system has taken something.
    taken: u64,
}

impl Queue {
    pub(super) const fn new() -> Self {
        Queue {
            state: Mutex::new(State {
                waiting: Vec::new(),
                dropped: 0,
                served: false,
                busy: false,
                taken: 0,
            }),
            filled: Condvar::new(),
            written: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing can be half-done in it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes whole lines, or counts them where there is no room. It does not wait. Whether
    /// there is a thread that writes.
    pub(super) fn push(&self, lines: &[u8], urgent: bool) -> bool {
        let mut state = self.lock();
        let most = if urgent { MOST + RESERVE } else { MOST };
        // One message may be longer than all that is kept.
        if state.waiting.is_empty() || state.waiting.len() + lines.len() <= most {
            state.waiting.extend_from_slice(lines);
        } else {
            state.dropped += count(lines);
        }
        self.filled.notify_one();
        state.served
    }

    /// Starts the thread that writes, where it does not run.
    pub(super) fn start(&'static self) {
        let mut state = self.lock();
        if !state.served {
            let thread = thread::Builder::new().name("rover-log".to_owned());
            let started = thread.spawn(|| match sink() {
                Some(sink) => self.serve(sink),
                None => self.serve(write),
            });
            // Without it the lines wait, for the next try or for the end of the process.
            state.served = started.is_ok();
        }
    }

    /// Writes what comes, for ever.
    fn serve(&self, mut write: impl FnMut(&[u8]) -> io::Result<usize>) {
        let mut lines = Vec::new();
        // What was lost to errors of the system is told with the next lines.
        let mut lost = 0;
        let mut torn = false;
        loop {
            let dropped = self.take(&mut lines);
            if torn {
                lines.insert(0, b'\n');
            }
            let own = lines.len();
            if dropped + lost > 0 {
                lines.extend_from_slice(&notice(dropped + lost));
            }
            match self.write_all(&lines, &mut write) {
                Ok(()) => (lost, torn) = (0, false),
                Err((_, error)) if is_for_good(&error) => (lost, torn) = (0, false),
                Err((done, _)) => {
                    lost += dropped + count(lines.get(done..own).unwrap_or_default());
                    torn = done > 0 && lines[done - 1] != b'\n';
                }
            }
            lines.clear();
            if lines.capacity() > KEPT {
                lines = Vec::new();
            }
        }
    }

    /// Waits for lines and takes them all; how many were dropped after them.
    fn take(&self, lines: &mut Vec<u8>) -> u64 {
        let mut state = self.lock();
        state.busy = false;
        self.written.notify_all();
        while state.waiting.is_empty() && state.dropped == 0 {
            let woken = self.filled.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
        }
        state.busy = true;
        std::mem::swap(lines, &mut state.waiting);
        std::mem::take(&mut state.dropped)
    }

    /// Where it fails, how many bytes were written before.
    fn write_all(
        &self,
        lines: &[u8],
        write: &mut impl FnMut(&[u8]) -> io::Result<usize>,
    ) -> Result<(), (usize, io::Error)> {
        let mut done = 0;
        while done < lines.len() {
            match write(piece(&lines[done..])) {
                Ok(0) => return Err((done, io::ErrorKind::WriteZero.into())),
                Ok(bytes) => {
                    done += bytes;
                    self.lock().taken += 1;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => wait_for_room(),
                Err(error) => return Err((done, error)),
            }
        }
        Ok(())
    }

    /// Waits until everything is written, for as long as it goes on: no longer than `stall`
    /// without a reader, nor than `most` with a slow one.
    pub(super) fn finish(&self, stall: Duration, most: Duration) {
        let start = Instant::now();
        let mut state = self.lock();
        if !state.served {
            let mut lines = std::mem::take(&mut state.waiting);
            if state.dropped > 0 {
                lines.extend_from_slice(&notice(std::mem::take(&mut state.dropped)));
            }
            drop(state);
            // What cannot be written has nobody to be told.
            let _ = self.write_all(&lines, &mut write);
            return;
        }
        let (mut taken, mut since) = (state.taken, start);
        while state.busy || !state.waiting.is_empty() || state.dropped > 0 {
            let now = Instant::now();
            if state.taken != taken {
                (taken, since) = (state.taken, now);
            }
            let left = (since + stall).min(start + most);
            let Some(left) = left.checked_duration_since(now).filter(|d| !d.is_zero()) else {
                return;
            };
            let woken = self.written.wait_timeout(state, left);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// The lines in a text of whole ones and the rest of one: what continues a line is indented.
fn count(lines: &[u8]) -> u64 {
    let starts = lines.split_inclusive(|byte| *byte == b'\n');
    let lines = starts.filter(|line| !line.starts_with(b"    ") && *line != b"\n");
    lines.count() as u64
}

fn notice(dropped: u64) -> Vec<u8> {
    let now = humantime::format_rfc3339_millis(SystemTime::now());
    let what = match dropped {
        1 => "1 log line was",
        _ => &format!("{dropped} log lines were"),
    };
    format!("{now} warn  {what} dropped: nobody read standard error, or not fast enough\n")
        .into_bytes()
}

/// As many whole lines as are written at once, or the beginning of a long one.
fn piece(lines: &[u8]) -> &[u8] {
    match lines.get(..PIECE) {
        None => lines,
        Some(first) => match memchr::memrchr(b'\n', first) {
            Some(end) => &first[..=end],
            None => first,
        },
    }
}

/// Whether nobody will read any more.
fn is_for_good(error: &io::Error) -> bool {
    #[cfg(unix)]
    if error.raw_os_error() == Some(rustix::io::Errno::BADF.raw_os_error()) {
        return true;
    }
    error.kind() == io::ErrorKind::BrokenPipe
}

/// Writes to standard error without its lock, which others may want while this waits.
#[cfg(unix)]
fn write(bytes: &[u8]) -> io::Result<usize> {
    Ok(rustix::io::write(io::stderr(), bytes)?)
}

#[cfg(not(unix))]
fn write(bytes: &[u8]) -> io::Result<usize> {
    io::Write::write(&mut io::stderr(), bytes)
}

/// Waits where standard error is in a mode in which writing does not.
#[cfg(unix)]
fn wait_for_room() {
    use rustix::event::{PollFd, PollFlags, poll};
    let stderr = io::stderr();
    let mut wanted = [PollFd::new(&stderr, PollFlags::OUT)];
    // Whatever it says, the next write knows better.
    let _ = poll(&mut wanted, None);
}

#[cfg(not(unix))]
fn wait_for_room() {
    thread::sleep(Duration::from_millis(10));
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    const LONG: Duration = Duration::from_secs(60);
    const NONE: Duration = Duration::ZERO;

    /// A queue whose writer asks what to do with each piece, and tells what it was.
    fn served() -> (&'static Queue, Sender<io::Result<usize>>, Receiver<String>) {
        let queue: &'static Queue = Box::leak(Box::new(Queue::new()));
        queue.lock().served = true;
        let (answers, answer) = channel::<io::Result<usize>>();
        let (tell, told) = channel();
        thread::spawn(move || {
            queue.serve(|bytes| {
                let _ = tell.send(String::from_utf8_lossy(bytes).into_owned());
                let answer = answer.recv().unwrap_or(Ok(bytes.len()));
                answer.map(|most| most.min(bytes.len()))
            });
        });
        (queue, answers, told)
    }

    #[test]
    fn lines_are_dropped_where_nobody_reads_and_that_is_said() {
        let (queue, answers, told) = served();
        queue.push(b"1\n", false);
        assert_eq!(told.recv().unwrap(), "1\n");
        // The system does not take it. Meanwhile:
        let line = [&[b'x'; 1023][..], b"\n"].concat();
        let mut pushed = 0;
        while queue.lock().dropped < 3 {
            queue.push(&line, false);
            pushed += 1;
        }
        assert!(queue.lock().waiting.len() <= MOST);
        queue.push(b"an error\n    with its traceback\n", true);
        queue.finish(NONE, LONG);
        drop(answers);
        let mut all = String::new();
        while !all.contains("dropped") {
            all += &told.recv().unwrap();
        }
        assert_eq!(all.matches("x\n").count(), pushed - 3);
        assert!(
            all.contains("x\nan error\n    with its traceback\n"),
            "{all}"
        );
        assert!(all.ends_with("fast enough\n"), "{all}");
        assert!(all.contains(" warn  3 log lines were dropped: "), "{all}");
        queue.finish(LONG, LONG);
        queue.push(b"2\n", false);
        assert_eq!(told.recv().unwrap(), "2\n");
    }

    #[test]
    fn what_an_error_loses_is_told_with_the_next_lines() {
        let (queue, answers, told) = served();
        queue.push(b"first\nsecond\n", false);
        for answer in [
            Err(io::ErrorKind::Interrupted.into()),
            Ok(8),
            Err(io::ErrorKind::StorageFull.into()),
        ] {
            told.recv().unwrap();
            answers.send(answer).unwrap();
        }
        queue.finish(LONG, LONG);
        queue.push(b"third\n", false);
        drop(answers);
        let rest = told.recv().unwrap();
        assert!(rest.starts_with("\nthird\n"), "{rest}");
        assert!(rest.contains(" 1 log line was dropped"), "{rest}");
    }

    #[test]
    fn pieces_end_with_lines() {
        assert_eq!(piece(b"short\n"), b"short\n");
        let long = [&[b'x'; 10][..], b"\n", &[b'y'; PIECE]].concat();
        assert_eq!(piece(&long).len(), 11);
        assert_eq!(piece(&long[11..]).len(), PIECE);
        assert_eq!(count(b"a\n    b\nc\n"), 2);
        assert_eq!(count(b"st of one\nc\n"), 2);
    }
}
