//! `rover dev`: serves a program, and serves it anew whenever its files change.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{self, ExitCode};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Instant;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use rover_build::dotenv::{self, Variables};
use rover_build::{Compiled, Failure, Plan, ServerOptions};
use rover_rt::App;

use crate::args::Dev;
use crate::dev::engine::Running;
use crate::dev::log;
use crate::dev::mistakes::Mistakes;
use crate::dev::routes::{Change, Routes};
use crate::dev::shown::Shown;
use crate::dev::watch::Watch;
use crate::error::Error;
use crate::manifest::Manifest;
use crate::output::counted;
use crate::terminal::{self, Tone};

/// The exit code of a process that is stopped by SIGINT.
const STOPPED: i32 = 130;

/// What wakes the command.
pub(crate) enum Event {
    /// Files have changed.
    Files,
    /// The person has had enough.
    Stop,
}

pub(crate) fn run(dev: &Dev) -> Result<ExitCode, Error> {
    let began = Instant::now();
    let manifest = Manifest::find(&dev.manifest)?;
    let (wake, events) = mpsc::channel();
    // Before the files are read: what changes meanwhile is not missed.
    let watch = Watch::new(&manifest, wake.clone())?;
    let first = manifest.compile();
    let listener = listen(dev.port, first.as_ref().ok(), &manifest)?;
    let mut session = Session::new(manifest, watch, listener)?;
    stop_on_signals(wake)?;
    session.first(first, began);
    if dev.open {
        open(&session.url);
    }
    session.follow(&events);
    session.end();
    Ok(ExitCode::SUCCESS)
}

/// The program's address: the manifest's, unless the command line has another port.
fn listen(
    port: Option<u16>,
    compiled: Option<&Compiled>,
    manifest: &Manifest,
) -> Result<TcpListener, Error> {
    // What is wrong with the program or with `.env` is told when it is served.
    let address = compiled.and_then(|compiled| {
        let environment = dotenv::read(&manifest.folder()).ok()?;
        let app = App::from(compiled.plan.clone()).environment(environment);
        app.address().ok()
    });
    let options = ServerOptions::default();
    let (host, own) = address.unwrap_or((options.host, options.port));
    let port = port.unwrap_or(own);
    TcpListener::bind((&*host, port)).map_err(Error::io(format!(
        "cannot listen on {host}:{port} (`--port` takes another)"
    )))
}

/// A person's browser; that there is none is no mistake.
fn open(url: &str) {
    if let Err(error) = opener::open_browser(url) {
        terminal::say(
            Tone::Warning,
            &format!("the browser was not opened: {error}"),
        );
    }
}

fn stop_on_signals(wake: Sender<Event>) -> Result<(), Error> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).map_err(Error::io("signals"))?;
    thread::spawn(move || {
        let mut asked = false;
        for _ in signals.forever() {
            if asked || wake.send(Event::Stop).is_err() {
                // Whoever asks twice does not want to wait for requests.
                process::exit(STOPPED);
            }
            asked = true;
        }
    });
    Ok(())
}

/// A program without routes.
fn empty() -> Result<Plan, Error> {
    let shown = |path: &Path| path.display().to_string();
    let folder = std::env::temp_dir().join(format!("rover-dev-{}", std::process::id()));
    let path = folder.join("routes.lua");
    fs::create_dir_all(&folder).map_err(Error::io(shown(&folder)))?;
    fs::write(&path, "return rover.server {}\n").map_err(Error::io(shown(&path)))?;
    let compiled = Manifest { path }.compile();
    fs::remove_dir_all(&folder).map_err(Error::io(shown(&folder)))?;
    Ok(compiled?.plan)
}

/// What `rover dev` knows.
struct Session {
    manifest: Manifest,
    watch: Watch,
    listener: TcpListener,
    url: String,
    shown: Arc<Shown>,
    running: Option<Running>,
    routes: Routes,
    /// What is served.
    plan: Option<Plan>,
    /// The variables that it is served with beside those of the process.
    environment: Variables,
    /// The mistakes that were told last, while they are there.
    told: String,
}

impl Session {
    fn new(manifest: Manifest, watch: Watch, listener: TcpListener) -> Result<Self, Error> {
        let address = listener.local_addr().map_err(Error::io("the address"))?;
        let shown = Arc::new(Shown::new(manifest.folder()));
        log::for_people();
        Ok(Session {
            manifest,
            watch,
            listener,
            url: format!("http://{address}"),
            shown,
            running: None,
            routes: Routes::default(),
            plan: None,
            environment: Variables::new(),
            told: String::new(),
        })
    }

    fn first(&mut self, compiled: Result<Compiled, Failure>, began: Instant) {
        let url = self.url.clone();
        let name = self.manifest.path.display().to_string();
        let before = |took: u128, routes: usize| {
            terminal::say(
                Tone::Good,
                &format!("{name} at {url}  ({}, {took} ms)", counted(routes, "route")),
            );
        };
        match self.take(compiled) {
            Some(changes) => before(began.elapsed().as_millis(), changes.len()),
            None => {
                self.serve_nothing();
                terminal::say(
                    Tone::Plain,
                    &format!("{url} shows the mistakes until they are mended"),
                );
            }
        }
    }

    /// Nothing of the program can be served yet: mistakes can.
    fn serve_nothing(&mut self) {
        match empty().and_then(|plan| {
            let environment = Variables::new();
            Ok(Running::start(
                plan,
                environment,
                &self.listener,
                &self.shown,
            )?)
        }) {
            Ok(running) => self.running = Some(running),
            Err(error) => terminal::say(Tone::Bad, &error.to_string()),
        }
    }

    /// Serves each new version, until the person has had enough.
    fn follow(&mut self, events: &Receiver<Event>) {
        while let Ok(Event::Files) = events.recv() {
            let began = Instant::now();
            let compiled = self.manifest.compile();
            let Some(changes) = self.take(compiled) else {
                continue;
            };
            let took = began.elapsed().as_millis();
            let what = match changes.is_empty() {
                true => "the mistakes are mended".to_owned(),
                false => changes
                    .iter()
                    .map(Change::shown)
                    .collect::<Vec<_>>()
                    .join("  "),
            };
            terminal::say(Tone::Good, &format!("{what}  ({took} ms)"));
        }
    }

    /// Serves what was compiled in place of what is served; the routes that changed. Where it
    /// has mistakes they are told, and what is served stays.
    fn take(&mut self, compiled: Result<Compiled, Failure>) -> Option<Vec<Change>> {
        let compiled = match compiled {
            Ok(compiled) => compiled,
            Err(failure) => {
                self.watch.follow_also(&failure);
                self.fail(Mistakes::of_build(&failure));
                return None;
            }
        };
        self.watch.follow(&compiled.dependencies);
        let had_mistakes = !std::mem::take(&mut self.told).is_empty();
        for warning in compiled.warnings.lines() {
            terminal::say(Tone::Warning, &warning);
        }
        let routes = Routes::of(&compiled, &self.manifest.folder());
        let environment = match dotenv::read(&self.manifest.folder()) {
            Ok(environment) => environment,
            Err(wrong) => {
                self.fail(Mistakes::of_start(&wrong));
                return None;
            }
        };
        let same_environment = self.environment == environment;
        if self.plan.as_ref() == Some(&compiled.plan) && same_environment {
            // A file was touched, or only what LuaJIT does not see was changed.
            self.shown.mended();
            return had_mistakes.then(Vec::new);
        }
        let plan = compiled.plan.clone();
        let variables = environment.clone();
        match Running::start(compiled.plan, variables, &self.listener, &self.shown) {
            Ok(running) => {
                self.shown.mended();
                if let Some(old) = self.running.replace(running) {
                    old.leave();
                }
                let mut changes = routes.since(&self.routes);
                if self.plan.is_some() && !same_environment {
                    changes.push(Change::Changed(".env".to_owned()));
                }
                self.routes = routes;
                self.environment = environment;
                self.plan = Some(plan);
                Some(changes)
            }
            Err(error) => {
                self.fail(Mistakes::of_start(&error.to_string()));
                None
            }
        }
    }

    fn fail(&mut self, mistakes: Mistakes) {
        if self.told == mistakes.terminal {
            return;
        }
        let (text, served) = (mistakes.terminal.clone(), !self.routes.is_empty());
        self.shown.failed(mistakes, served);
        terminal::print(&text);
        if served {
            terminal::say(Tone::Bad, "the version before is still served");
        }
        self.told = text;
    }

    /// Lets running requests finish.
    fn end(self) {
        if let Some(running) = self.running {
            running.end();
        }
    }
}
