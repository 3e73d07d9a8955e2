//! Ten times as many requests as the server can answer.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use rustix::thread::{CpuSet, sched_setaffinity};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::{LocalSet, spawn_local};
use tokio::time::{interval, sleep, timeout};

use crate::Failure;
use crate::good::Client;
use crate::server::Server;

const CONNECTIONS: u32 = 4000;
/// After it a client does not want its answer any more.
const PATIENCE: Duration = Duration::from_secs(2);
/// An answer that comes so soon tells of a server that is itself again.
const SOON: Duration = Duration::from_millis(50);
const REQUEST: &[u8] = b"GET /work HTTP/1.1\r\nHost: s\r\n\r\n";

#[derive(Default)]
struct Counts {
    good: Cell<u32>,
    turned_away: Cell<u32>,
    lost: Cell<u32>,
}

/// The server has the first core for itself, with one worker, and the clients the second.
pub(crate) fn run(time: Duration) -> Result<bool, Failure> {
    let server = Server::on_first_core()?;
    let mut second = CpuSet::new();
    second.set(1);
    sched_setaffinity(None, &second)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (peak, peak_cpu) = LocalSet::new().block_on(&runtime, peak(&server, time / 2))?;
    let offered = peak * 10.0;
    let (counts, seconds, cpu) =
        LocalSet::new().block_on(&runtime, flood(&server, offered, time))?;
    let recovery = recovery(&server)?;
    let goodput = f64::from(counts.good.get()) / seconds;
    let share = goodput / peak * 100.0;
    // Where others use the machine, the server did not have as much of it both times.
    let work = f64::from(counts.good.get()) / cpu / peak_cpu * 100.0;
    println!(
        "overload: peak {peak:.0}/s, offered {offered:.0}/s, good {goodput:.0}/s ({share:.0} %, \
         {work:.0} % per second of the processor), \
         turned away {:.0}/s, lost {:.0}/s, recovery {:.2} s",
        f64::from(counts.turned_away.get()) / seconds,
        f64::from(counts.lost.get()) / seconds,
        recovery.as_secs_f64(),
    );
    let mut all = CpuSet::new();
    (0..CpuSet::MAX_CPU).for_each(|core| all.set(core));
    sched_setaffinity(None, &all)?;
    Ok(share >= 90.0 && recovery < Duration::from_secs(1))
}

/// Answers per second, and per second of the processor, to a few clients that wait for each.
async fn peak(server: &Server, time: Duration) -> Result<(f64, f64), Failure> {
    let counts = Rc::new(Counts::default());
    let address = server.address();
    for _ in 0..4 {
        let counts = Rc::clone(&counts);
        spawn_local(async move {
            let Ok(mut stream) = TcpStream::connect(address).await else {
                return;
            };
            while ask(&mut stream, &counts).await {}
        });
    }
    // The first answers are compiled as they are made.
    sleep(Duration::from_millis(500)).await;
    let (before, start, cpu) = (counts.good.get(), Instant::now(), server.cpu()?);
    sleep(time).await;
    let answers = counts.good.get() - before;
    match counts.lost.get() + counts.turned_away.get() {
        0 => Ok((
            f64::from(answers) / start.elapsed().as_secs_f64(),
            f64::from(answers) / (server.cpu()? - cpu),
        )),
        lost => Err(format!("{lost} requests failed without overload").into()),
    }
}

/// So many requests per second on many connections, whatever becomes of them; the seconds that
/// it took, and those of the processor.
async fn flood(server: &Server, rate: f64, time: Duration) -> Result<(Counts, f64, f64), Failure> {
    let counts = Rc::new(Counts::default());
    let pace = Duration::from_secs_f64(f64::from(CONNECTIONS) / rate);
    let address = server.address();
    let start = Instant::now();
    let end = start + time + pace;
    let mut clients = Vec::new();
    for number in 0..CONNECTIONS {
        let counts = Rc::clone(&counts);
        clients.push(spawn_local(async move {
            sleep(pace.mul_f64(f64::from(number) / f64::from(CONNECTIONS))).await;
            let mut paced = interval(pace);
            let mut stream = TcpStream::connect(address).await.ok();
            while Instant::now() < end {
                paced.tick().await;
                stream = match stream.take() {
                    Some(mut open) => ask(&mut open, &counts).await.then_some(open),
                    None => TcpStream::connect(address).await.ok(),
                };
            }
        }));
    }
    // All of them are there after the first round.
    sleep(pace).await;
    for count in [&counts.good, &counts.turned_away, &counts.lost] {
        count.set(0);
    }
    let (counted, cpu) = (Instant::now(), server.cpu()?);
    sleep(time).await;
    let seconds = counted.elapsed().as_secs_f64();
    let cpu = server.cpu()? - cpu;
    let at_end = Counts {
        good: counts.good.clone(),
        turned_away: counts.turned_away.clone(),
        lost: counts.lost.clone(),
    };
    clients.iter().for_each(tokio::task::JoinHandle::abort);
    Ok((at_end, seconds, cpu))
}

/// One request; whether the connection is as good as before.
async fn ask(stream: &mut TcpStream, counts: &Counts) -> bool {
    let asked = async {
        stream.write_all(REQUEST).await?;
        let mut answer = [0; 1024];
        let length = stream.read(&mut answer).await?;
        std::io::Result::Ok(
            answer[..length]
                .starts_with(b"HTTP/1.1 200")
                .then_some(length),
        )
    };
    let count = match timeout(PATIENCE, asked).await {
        Ok(Ok(Some(_))) => &counts.good,
        Ok(Ok(None)) => &counts.turned_away,
        Ok(Err(_)) | Err(_) => &counts.lost,
    };
    count.set(count.get() + 1);
    !std::ptr::eq(count, &counts.lost)
}

/// The time until answers come soon again, three in a row.
fn recovery(server: &Server) -> Result<Duration, Failure> {
    let start = Instant::now();
    let mut soon = 0;
    let mut since = start;
    while soon < 3 {
        let asked = Instant::now();
        let answer = Client::connect(server.address())?.get("/echo?say=hello")?;
        match answer.status == 200 && asked.elapsed() < SOON {
            true if soon == 0 => (since, soon) = (asked, 1),
            true => soon += 1,
            false => soon = 0,
        }
        if start.elapsed() > Duration::from_secs(60) {
            return Err("the server does not recover".into());
        }
    }
    Ok(since - start)
}
