//! A worker: one thread with an event loop, a listening socket and a VM of its own.

use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rover_model::LogLevel;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::LocalSet;

use crate::balance::{Inbox, Share};
use crate::connection::Connection;
use crate::connections::Connections;
use crate::error::Error;
use crate::log::FLUSH_EVERY;
use crate::program::Program;
use crate::service::Service;
use crate::settings::Settings;

/// Deep recursion in Lua and its C libraries needs room.
const STACK_BYTES: usize = 64 << 20;
/// How long running requests may take after the stop was asked for.
pub(crate) const DRAIN: Duration = Duration::from_secs(30);
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Where a worker's connections come from: its own socket and the other workers.
pub(crate) type Source = (TcpListener, (Share, Inbox));

/// Starts a worker's thread. `ready` hears whether it serves; dropping `done` tells
/// that it has ended.
pub(crate) fn spawn(
    index: usize,
    program: &'static Program,
    settings: Settings,
    source: Source,
    ready: mpsc::Sender<Result<(), Error>>,
    stop: watch::Receiver<bool>,
    done: tokio::sync::mpsc::Sender<()>,
) -> Result<(), Error> {
    thread::Builder::new()
        .name(format!("rover-{index}"))
        .stack_size(STACK_BYTES)
        .spawn(move || {
            let _done = done;
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            // A closed `ready` means that the start was given up already.
            match runtime {
                Ok(runtime) => {
                    LocalSet::new().block_on(&runtime, run(program, settings, source, ready, stop))
                }
                Err(error) => drop(ready.send(Err(error.into()))),
            }
        })?;
    Ok(())
}

async fn run(
    program: &'static Program,
    settings: Settings,
    (listener, (share, mut inbox)): Source,
    ready: mpsc::Sender<Result<(), Error>>,
    mut stop: watch::Receiver<bool>,
) {
    let started = Service::new(program, &settings).and_then(|service| {
        Ok((
            Rc::new(service),
            tokio::net::TcpListener::from_std(listener)?,
        ))
    });
    let (service, listener) = match started {
        Ok(started) => started,
        Err(error) => return drop(ready.send(Err(error))),
    };
    if ready.send(Ok(())).is_err() {
        return;
    }
    drop(ready);
    tokio::task::spawn_local(flush_log(Rc::clone(&service)));
    let connections = Rc::new(Connections::new(share));
    tokio::task::spawn_local(tick(Rc::clone(&connections)));
    loop {
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => match connections.share().place(stream, peer) {
                    Ok(Some(stream)) => start(&service, &connections, stream, peer),
                    Ok(None) => {}
                    Err(error) => {
                        service.log().line(LogLevel::Warn, &format!("accept: {error}"), None);
                    }
                },
                Err(error) => {
                    // Out of descriptors, or a client already gone: serve the others.
                    service.log().line(LogLevel::Warn, &format!("accept: {error}"), None);
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            Some((stream, peer)) = inbox.recv() => {
                // Of a stream that cannot be taken over its client hears by the end.
                if let Ok(stream) = TcpStream::from_std(stream) {
                    start(&service, &connections, stream, peer);
                }
            }
        }
    }
    for (stream, peer) in waiting(listener) {
        start(&service, &connections, stream, peer);
    }
    while let Ok((stream, peer)) = inbox.try_recv() {
        if let Ok(stream) = TcpStream::from_std(stream) {
            start(&service, &connections, stream, peer);
        }
    }
    connections.stop();
    if tokio::time::timeout(DRAIN, connections.all_closed())
        .await
        .is_err()
    {
        let message = "some requests did not finish in time and were cut off";
        service.log().line(LogLevel::Warn, message, None);
    }
    service.log().flush();
}

/// The connections that the system has accepted already, which would be reset when their
/// listening socket closes.
fn waiting(listener: tokio::net::TcpListener) -> Vec<(TcpStream, SocketAddr)> {
    let Ok(listener) = listener.into_std() else {
        return Vec::new();
    };
    let mut streams = Vec::new();
    while let Ok((stream, peer)) = listener.accept() {
        let stream = stream
            .set_nonblocking(true)
            .and_then(|()| TcpStream::from_std(stream));
        streams.extend(stream.map(|stream| (stream, peer)));
    }
    streams
}

fn start(
    service: &Rc<Service>,
    connections: &Rc<Connections>,
    stream: TcpStream,
    peer: SocketAddr,
) {
    // Without it small responses wait for acknowledgements; nothing is lost if it fails.
    let _ = stream.set_nodelay(true);
    let service = Rc::clone(service);
    tokio::task::spawn_local(Connection::new(stream, peer.ip(), service, connections));
}

async fn tick(connections: Rc<Connections>) {
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    seconds.tick().await;
    loop {
        seconds.tick().await;
        connections.tick();
    }
}

async fn flush_log(service: Rc<Service>) {
    loop {
        tokio::time::sleep(FLUSH_EVERY).await;
        service.log().flush();
    }
}
