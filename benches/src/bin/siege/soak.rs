//! Good, slow and hostile clients at one time, for as long as one likes. Every answer is
//! checked against its request.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::good::{self, Client};
use crate::server::Server;
use crate::{Failure, crowd};

/// Requests that are refused or cut off, whole or in part; none of them may be answered
/// with 2xx, nor what follows it.
const GARBAGE: [&[u8]; 8] = [
    b"GET / HTTP/1.1\r\n\r\nGET /echo?say=x HTTP/1.1\r\nHost: s\r\n\r\n",
    b"POST /echo HTTP/1.1\r\nHost: s\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /echo HTTP/1.1\r\nHost: s\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"\0\0\0\0\0\0\0\0",
    b"GET / HTTP/1.1\nHost: s\n\n",
    b"POST /echo HTTP/1.1\r\nHost: s\r\nContent-Length: 99999999999\r\n\r\n",
    b"GET http://u@s/ HTTP/1.1\r\nHost: s\r\n\r\n",
];

/// What a client does on one connection; false where the server had no time for it.
type Task = fn(&Client, u64) -> Result<bool, Failure>;

/// Of so many requests, one may be turned away: the machine has others to serve ...
const TURNED_AWAY: usize = 20;
/// ... and of few so many, for it may stand still now and then.
const STANDSTILLS: usize = 5;
/// So much more than after a fifth of the time the server may hold at the end: what the allocator keeps, in kB ...
const MORE_MEMORY: u64 = 64 << 10;
/// ... and as many connections as there may be more of at that moment.
const MORE_DESCRIPTORS: usize = 100;
/// A client that is not let run for so long may be cut off.
const GRACE: Duration = Duration::from_secs(5);

/// Whether there are no more of those than there may be beside so many others.
fn are_few(turned_away: usize, others: usize) -> bool {
    turned_away.saturating_sub(STANDSTILLS) * TURNED_AWAY <= others
}

#[derive(Clone, Default)]
struct Work {
    stop: Arc<AtomicBool>,
    done: Arc<AtomicUsize>,
    turned_away: Arc<AtomicUsize>,
}

pub(crate) fn run(time: Duration) -> Result<bool, Failure> {
    let mut server = Server::start()?;
    let address = server.address();
    let hostile = [
        crowd::slow_heads(&server, 200)?,
        crowd::slow_bodies(&server, 50)?,
        crowd::never_read(&server, 20)?,
        crowd::connects(&server, 200)?,
        crowd::spin(Client::connect(address)?)?,
    ];
    let stop = Arc::new(AtomicBool::new(false));
    let kinds: [(&str, Task); 5] = [
        ("waits", wait),
        ("bodies", body),
        ("large answers", large),
        ("pipelines", pipeline),
        ("garbage", garbage),
    ];
    let mut threads = Vec::new();
    for (name, kind) in kinds {
        let work = Work {
            stop: Arc::clone(&stop),
            ..Work::default()
        };
        threads.push((name, work.clone(), repeat(address, work, kind)));
    }
    let start = Instant::now();
    let (mut right, mut held) = (true, Vec::new());
    for time in [time / 5, time - time / 5] {
        let report = good::serve(address, server.workers(), time)?;
        println!("soak, beside a handler that spins on one of two workers: {report}");
        right &= are_few(report.errors, report.requests - report.errors);
        let (memory, descriptors) = (server.memory()?, server.descriptors()?);
        println!("soak: {memory} kB resident, {descriptors} descriptors");
        held.push((memory, descriptors));
    }
    stop.store(true, Ordering::Relaxed);
    let [first, last] = [held[0], held[1]];
    right &= last.0 <= first.0 + MORE_MEMORY && last.1 <= first.1 + MORE_DESCRIPTORS;
    for (name, work, thread) in threads {
        let outcome = thread.join().map_err(|_| "a client's thread panicked")?;
        let done = work.done.load(Ordering::Relaxed);
        let turned_away = work.turned_away.load(Ordering::Relaxed);
        println!("soak: {name}: {done} right, {turned_away} turned away");
        right &= done > 0 && are_few(turned_away, done);
        if let Err(error) = outcome {
            println!("soak: {name}: {error}");
            right = false;
        }
    }
    drop(hostile);
    println!("soak: {:.0} s", start.elapsed().as_secs_f64());
    Ok(right && server.lives()?)
}

/// Does one thing again and again, each time on a connection of its own.
fn repeat(
    address: std::net::SocketAddr,
    work: Work,
    kind: Task,
) -> JoinHandle<Result<(), Failure>> {
    std::thread::spawn(move || {
        for number in 0.. {
            if work.stop.load(Ordering::Relaxed) {
                break;
            }
            let start = Instant::now();
            let outcome = Client::connect(address)
                .map_err(Failure::from)
                .and_then(|client| kind(&client, number));
            let count = match outcome {
                Ok(true) => &work.done,
                Ok(false) => &work.turned_away,
                Err(error) if start.elapsed() > GRACE && is_cut(&error) => &work.turned_away,
                Err(error) => return Err(error),
            };
            count.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    })
}

/// Whether the server has ended the connection.
fn is_cut(error: &Failure) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionReset, UnexpectedEof};
    let error = error.downcast_ref::<std::io::Error>();
    error.is_some_and(|error| matches!(error.kind(), BrokenPipe | ConnectionReset | UnexpectedEof))
}

/// A number's bytes, many times: what is mixed up with another request's is seen.
fn bytes(number: u64, length: usize) -> Vec<u8> {
    let text = format!("<{number}>");
    text.bytes().cycle().take(length).collect()
}

fn expect(right: bool, what: &str, number: u64) -> Result<bool, Failure> {
    match right {
        true => Ok(true),
        false => Err(format!("the answer to {what} {number} is not its own").into()),
    }
}

/// A body comes back, by its length or in chunks.
fn body(client: &Client, number: u64) -> Result<bool, Failure> {
    let body = bytes(number, (number * 7919 % 200_000) as usize);
    let mut request = b"POST /echo HTTP/1.1\r\nHost: s\r\n".to_vec();
    if number.is_multiple_of(2) {
        request.extend(format!("Content-Length: {}\r\n\r\n", body.len()).bytes());
        request.extend(&body);
    } else {
        request.extend(b"Transfer-Encoding: chunked\r\n\r\n");
        for chunk in body.chunks(5000) {
            request.extend(format!("{:x}\r\n", chunk.len()).bytes());
            request.extend(chunk);
            request.extend(b"\r\n");
        }
        request.extend(b"0\r\n\r\n");
    }
    // In pieces, whose ends lie anywhere.
    for piece in request.chunks(1 + (number * 31 % 60_000) as usize) {
        client.send(piece)?;
    }
    let answer = client.answers().next_answer()?;
    if matches!(answer.status, 408 | 503) {
        return Ok(false);
    }
    expect(answer.status == 200 && answer.body == body, "body", number)
}

/// Every second client goes away while its handler waits; the others are answered.
fn wait(client: &Client, number: u64) -> Result<bool, Failure> {
    if number.is_multiple_of(2) {
        client.send(b"GET /asleep HTTP/1.1\r\nHost: s\r\n\r\n")?;
        std::thread::sleep(Duration::from_millis(number * 7 % 10));
        return Ok(true);
    }
    let answer = client.get(&format!("/waits?say={number}"))?;
    if answer.status == 503 {
        return Ok(false);
    }
    let own = format!("{number} {number} {number}");
    expect(answer.body == own.as_bytes(), "wait", number)
}

fn large(client: &Client, number: u64) -> Result<bool, Failure> {
    let letter = b'a' + (number % 26) as u8;
    let answer = client.get(&format!("/large?with={}", letter as char))?;
    if answer.status == 503 {
        return Ok(false);
    }
    let right = answer.body.len() == 1 << 20 && answer.body.iter().all(|byte| *byte == letter);
    expect(right, "large request", number)
}

/// Requests that do not wait for each other's answers.
fn pipeline(client: &Client, number: u64) -> Result<bool, Failure> {
    let requests: String = (0..50)
        .map(|at| format!("GET /echo?say={number}.{at} HTTP/1.1\r\nHost: s\r\n\r\n"))
        .collect();
    client.send(requests.as_bytes())?;
    let mut answers = client.answers();
    for at in 0..50 {
        let answer = answers.next_answer()?;
        if answer.status == 503 {
            return Ok(false);
        }
        let own = format!("{number}.{at}");
        expect(answer.body == own.as_bytes(), "pipeline", number)?;
    }
    Ok(true)
}

/// What is not HTTP gets one refusal, or is closed.
fn garbage(client: &Client, number: u64) -> Result<bool, Failure> {
    let garbage = GARBAGE[(number % GARBAGE.len() as u64) as usize];
    client.send(garbage)?;
    client.end_of_requests()?;
    let answers = client.rest()?;
    let text = String::from_utf8_lossy(&answers);
    let refusals = text.matches("HTTP/1.1 4").count();
    expect(
        !text.contains("HTTP/1.1 2") && refusals <= 1,
        "garbage",
        number,
    )
}
