//! A worker: one thread with an event loop, listening sockets and a VM of its own.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc;
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

use rover_model::LogLevel;
use tokio::sync::watch;
use tokio::task::{JoinHandle, LocalSet, spawn_local};

use crate::error::{Error, panic_reason};
use crate::http1::Service;
use crate::log::Log;
use crate::program::Program;
use crate::resources::Resources;
use crate::service::dispatch::ProgramService;
use crate::settings::Settings;
use crate::time::clock::Moment;
use crate::time::pulse::Pulse;
use crate::worker::accept::Door;
use crate::worker::balance::{Inbox, Share};
use crate::worker::connections::{Connections, Grants, tick};
use crate::worker::lag::Lag;

/// Deep recursion in Lua and its C libraries needs room.
pub(crate) const STACK_BYTES: usize = 64 << 20;
/// A worker whose event loop failed this often ...
const FAILURES: usize = 5;
/// ... within this time is given up, and the process with it.
const FAILURES_WITHIN: Duration = Duration::from_secs(60);

/// What the server is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stop {
    Not,
    /// Clients are told to go elsewhere, and are still served.
    Leaving,
    /// Requests that have begun are finished.
    Draining,
}

/// What a worker is made from.
pub(crate) struct Worker {
    pub(crate) index: usize,
    pub(crate) program: &'static Program,
    pub(crate) settings: Settings,
    pub(crate) share: Share,
    pub(crate) inbox: Inbox,
    pub(crate) stop: watch::Receiver<Stop>,
    /// Whether all workers are ready, before which none answers.
    pub(crate) open: watch::Receiver<bool>,
    pub(crate) pulse: Arc<Pulse>,
    /// What all workers have in common.
    pub(crate) resources: Arc<Resources>,
    /// Dropped when the worker takes no more connections.
    pub(crate) accepting: Option<tokio::sync::mpsc::Sender<()>>,
    /// Dropped when a stop has left nothing that runs here.
    pub(crate) busy: Option<tokio::sync::mpsc::Sender<()>>,
    /// The first worker hears when that is so everywhere: it runs what the program wants done last.
    pub(crate) all_idle: Option<tokio::sync::mpsc::Receiver<()>>,
}

impl Worker {
    /// Starts the thread. `ready` hears whether it serves, `done` what it failed of later;
    /// dropping `done` tells that it has ended.
    pub(crate) fn spawn(
        mut self,
        ready: mpsc::Sender<Result<(), Error>>,
        done: tokio::sync::mpsc::Sender<Error>,
    ) -> Result<(), Error> {
        thread::Builder::new()
            .name(format!("rover-{}", self.index))
            .stack_size(STACK_BYTES)
            .spawn(move || {
                if let Err(error) = self.live(&mut Some(ready)) {
                    // Nobody listens where the start was given up already.
                    let _ = done.blocking_send(error);
                }
            })?;
        Ok(())
    }

    /// Serves until the server stops. A panic outside of any connection, which is where the
    /// event loop itself fails, costs the worker its connections and not the server: it
    /// starts again with the same sockets.
    fn live(&mut self, ready: &mut Option<mpsc::Sender<Result<(), Error>>>) -> Result<(), Error> {
        let mut failures: Vec<Instant> = Vec::new();
        loop {
            let attempt = AssertUnwindSafe(|| {
                let moment = Arc::new(Moment::default());
                let asleep = Arc::clone(&moment);
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .on_thread_park(move || asleep.sleep())
                    .build()?;
                LocalSet::new().block_on(&runtime, self.serve(ready, moment))
            });
            let panic = match catch_unwind(attempt) {
                Ok(ended) => return ended,
                Err(panic) => panic,
            };
            let message = format!("worker {} failed: {}", self.index, panic_reason(&*panic));
            Log::new(self.settings.log_level).line(LogLevel::Error, &message, None);
            failures.retain(|failure| failure.elapsed() < FAILURES_WITHIN);
            failures.push(Instant::now());
            if failures.len() >= FAILURES || *self.stop.borrow() == Stop::Draining {
                return Err(Error::Worker(message));
            }
        }
    }

    async fn serve(
        &mut self,
        ready: &mut Option<mpsc::Sender<Result<(), Error>>>,
        moment: Arc<Moment>,
    ) -> Result<(), Error> {
        let (pulse, resources) = (Arc::clone(&self.pulse), Arc::clone(&self.resources));
        let started = ProgramService::new(self.program, &self.settings, pulse, resources)
            .and_then(|service| Ok((Rc::new(service), self.open()?)));
        // Once for the process, not for each of its workers nor when one begins again.
        let started = match started {
            Ok((service, listeners)) if self.index == 0 && ready.is_some() => {
                begin(&service).await.map(|()| (service, listeners))
            }
            started => started,
        };
        let (service, listeners) = match (started, ready.take()) {
            (Ok(started), None) => started,
            // A closed `ready` means that the start was given up already.
            (Ok(started), Some(ready)) => match ready.send(Ok(())) {
                Ok(()) => started,
                Err(_) => return Ok(()),
            },
            (Err(error), Some(ready)) => {
                let _ = ready.send(Err(error));
                return Ok(());
            }
            (Err(error), None) => return Err(error),
        };
        if self.open.wait_for(|open| *open).await.is_err() {
            // The start was given up.
            return Ok(());
        }
        if self.index == 0 {
            service.schedule();
        }
        let limits = &self.settings.limits;
        let connections = Rc::new(Connections::new(
            self.share.clone(),
            Grants::new(limits, self.share.workers()),
            Lag::new(limits.max_wait, moment),
        ));
        let door = Rc::new(Door::new(Rc::clone(&service), Rc::clone(&connections)));
        let ticks = housekeeping(&service, &connections, &door);
        let watching = listeners.iter().map(Rc::clone);
        let watching = watching.map(|listener| Box::pin(Rc::clone(&door).watch(listener)));
        let mut watching: Vec<_> = watching.collect();
        let watch = poll_fn(|context| {
            for watch in &mut watching {
                // It never ends.
                let _ = watch.as_mut().poll(context);
            }
            Poll::<()>::Pending
        });
        let mut stop = self.stop.clone();
        // Here rather than in a task of its own, which would stand in the queue behind all
        // connections: this has its turn in each round.
        tokio::select! {
            biased;
            () = reached(&mut stop, Stop::Draining, &service) => {}
            () = door.receive(&mut self.inbox) => {}
            () = watch => {}
            () = failure(ticks) => {}
        }
        drop(watching);
        self.share.close();
        for listener in listeners {
            door.empty(listener);
        }
        door.take_over(&mut self.inbox);
        self.accepting.take();
        connections.stop();
        self.drain(&service, &connections).await;
        door.report();
        service.log().flush();
        Ok(())
    }

    /// The listening sockets, for the event loop.
    fn open(&self) -> Result<Vec<Rc<tokio::net::TcpListener>>, Error> {
        let open = |listener| Ok(Rc::new(tokio::net::TcpListener::from_std(listener)?));
        self.share.listeners()?.into_iter().map(open).collect()
    }

    async fn drain(&mut self, service: &ProgramService, connections: &Connections) {
        service.background().stop();
        let (busy, all_idle) = (self.busy.take(), self.all_idle.take());
        let closed = async {
            connections.all_closed().await;
            service.background().all_ended().await;
            drop(busy);
            if let Some(mut all_idle) = all_idle {
                // It ends when no worker can send any more.
                let _ = all_idle.recv().await;
                service.stop().await;
                service.background().all_ended().await;
            }
        };
        let millis = self.settings.limits.drain;
        if millis == 0 {
            return closed.await;
        }
        let time = Duration::from_millis(millis);
        if tokio::time::timeout(time, closed).await.is_err() {
            let message = "some requests or functions did not finish in time and were cut off";
            service.log().line(LogLevel::Warn, message, None);
        }
    }
}

/// What comes before the server is ready.
async fn begin(service: &ProgramService) -> Result<(), Error> {
    #[cfg(feature = "redis")]
    service.reach_state().await?;
    service.start().await
}

/// Waits for a stage of the server's stop; the service hears of the one before.
async fn reached(stop: &mut watch::Receiver<Stop>, stage: Stop, service: &ProgramService) {
    // An error means that nobody can stop the server any more, which ends it, too.
    let _ = stop.wait_for(|stop| *stop >= Stop::Leaving).await;
    service.leave();
    let _ = stop.wait_for(|stop| *stop >= stage).await;
}

/// Panics as a task has that has no end.
async fn failure(task: JoinHandle<()>) {
    if let Err(error) = task.await
        && let Ok(panic) = error.try_into_panic()
    {
        resume_unwind(panic);
    }
    std::future::pending().await
}

/// What happens beside the connections.
fn housekeeping(
    service: &Rc<ProgramService>,
    connections: &Rc<Connections>,
    door: &Rc<Door>,
) -> JoinHandle<()> {
    let (service, door) = (Rc::clone(service), Rc::clone(door));
    let ticks = tick(
        Rc::clone(connections),
        move || {
            #[cfg(feature = "faults")]
            assert!(!service.log().fault.get(), "the fault that was asked for");
            #[cfg(feature = "faults")]
            service.log().stand_still();
            service.tick();
        },
        move || door.report(),
    );
    tokio::spawn(connections.lag().rounds());
    spawn_local(ticks)
}
