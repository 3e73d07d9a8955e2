//! What the workers of a process share of one database: the limit of its connections.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::connect::connect;
use super::lane::Lane;
use super::line::Line;
use super::target::Target;
use crate::database::registry::DatabaseSettings;
use crate::wait::error::WaitError;

/// After a failure the next attempt waits, at first for so long, and then for twice as long each
/// time.
const FIRST_WAIT: Duration = Duration::from_millis(10);
const LONGEST_WAIT: Duration = Duration::from_millis(200);

pub(crate) struct Shared {
    pub(crate) target: Target,
    pub(crate) settings: DatabaseSettings,
    /// Who has one may have a connection. Those that nobody uses have none: an open one is taken
    /// before another is opened, so that no more are open than there are permits.
    pub(crate) permits: Arc<Semaphore>,
    idle: Mutex<Vec<Line>>,
    lanes: Mutex<Vec<Arc<Lane>>>,
    outage: Mutex<Outage>,
}

/// What is known of a server that does not take us.
#[derive(Default)]
struct Outage {
    failures: u32,
    until: Option<Instant>,
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn new(settings: &DatabaseSettings) -> Result<Arc<Self>, WaitError> {
        Ok(Arc::new(Shared {
            target: Target::parse(settings)?,
            permits: Arc::new(Semaphore::new(settings.options.max_connections)),
            settings: settings.clone(),
            idle: Mutex::default(),
            lanes: Mutex::default(),
            outage: Mutex::default(),
        }))
    }

    /// The time that a statement may take.
    pub(crate) fn statement_timeout(&self) -> Option<Duration> {
        let milliseconds = self.settings.options.statement_timeout;
        (milliseconds > 0).then(|| Duration::from_millis(milliseconds.into()))
    }

    /// A worker's lane; workers share some where there are fewer than twice as many connections.
    /// Nothing where there is no connection that one could have for itself.
    pub(crate) fn lane(&self) -> Option<Arc<Lane>> {
        let mut lanes = locked(&self.lanes);
        // A worker has ended, and another one has come.
        let left = lanes.iter().find(|lane| Arc::strong_count(lane) == 1);
        if let Some(lane) = left {
            return Some(Arc::clone(lane));
        }
        if lanes.len() < self.settings.options.max_connections / 2
            && let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned()
        {
            let lane = Arc::new(Lane::new(permit));
            lanes.push(Arc::clone(&lane));
            return Some(lane);
        }
        lanes
            .iter()
            .min_by_key(|lane| Arc::strong_count(lane))
            .cloned()
    }

    /// A connection that nobody uses, of this worker's where there is one, else a new one. Its user
    /// has a permit.
    pub(crate) async fn line(&self) -> Result<Line, WaitError> {
        match self.idle() {
            Some(line) => Ok(line),
            None => self.connect().await,
        }
    }

    fn idle(&self) -> Option<Line> {
        let mut idle = locked(&self.idle);
        idle.retain(|line| !line.is_closed());
        let worker = std::thread::current().id();
        let own = idle.iter().rposition(|line| line.worker == worker);
        match own {
            Some(at) => Some(idle.swap_remove(at)),
            None => idle.pop(),
        }
    }

    pub(crate) fn give_back(&self, line: Line) {
        if !line.is_closed() {
            locked(&self.idle).push(line);
        }
    }

    async fn connect(&self) -> Result<Line, WaitError> {
        let until = locked(&self.outage).until;
        if let Some(until) = until {
            tokio::time::sleep_until(until).await;
        }
        let options = &self.settings.options;
        // A pooler takes no settings of a session: see `Worker`.
        let statement_timeout = options.prepare.then_some(options.statement_timeout);
        let connected = connect(&self.target, statement_timeout).await;
        let mut outage = locked(&self.outage);
        match connected {
            Ok(connected) => {
                *outage = Outage::default();
                let time = self.statement_timeout();
                Ok(Line::open(connected, options.prepare, time))
            }
            Err(error) => {
                let wait = FIRST_WAIT * (1 << outage.failures.min(5));
                outage.failures += 1;
                outage.until = Some(Instant::now() + wait.min(LONGEST_WAIT));
                Err(error)
            }
        }
    }
}
