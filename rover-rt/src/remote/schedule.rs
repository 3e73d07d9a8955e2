//! Which process runs a function of `rover.every` or `rover.cron`, and when.
//!
//! The server keeps when a function is due; whoever asks first from then on runs it, with a lease. What is due while
//! it runs is left out.

use std::time::Duration;

use super::lease::{Ending, Lease, time, token};
use super::script::Script;
use super::{Remote, SMALL, number, to_its_end, unreadable};
use crate::redis::reply::Reply;
use crate::wait::error::WaitError;

/// Whether the function runs now, and else in how many milliseconds to ask again. Where nobody has come for a
/// whole period, it begins anew; a clock that was set back does not keep it waiting for more than that.
static EVERY: Script = Script::new(
    "local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local period, due = tonumber(ARGV[1]), tonumber(redis.call('GET', KEYS[1]) or 0)
local function keep()
  redis.call('SET', KEYS[1], string.format('%.0f', due), 'PX', string.format('%.0f', due - now + period + 1000))
end
if due == 0 or due > now + period then
  due = now + period
  keep()
end
if now < due then return {0, due - now} end
due = due + (math.floor((now - due) / period) + 1) * period
keep()
if redis.call('EXISTS', KEYS[2]) == 1 then return {0, due - now} end
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
return {1, 0}",
);

/// It has run: what was due meanwhile is left out.
static EVERY_RAN: Script = Script::new(
    "local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local period, due = tonumber(ARGV[2]), tonumber(redis.call('GET', KEYS[1]) or 0)
if due > 0 and due <= now then
  due = due + (math.floor((now - due) / period) + 1) * period
  redis.call('SET', KEYS[1], string.format('%.0f', due), 'PX', string.format('%.0f', due - now + period + 1000))
end
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
return 1",
);

/// Whether the function runs for a time, in seconds since 1970: not where it has run for this one or a later one, and
/// not while it runs. The clock of who asks may be ahead; then it asks again.
static CRON: Script = Script::new(
    "local now, time = tonumber(redis.call('TIME')[1]), tonumber(ARGV[1])
if time > now + 60 then return {2, time - now} end
local last = tonumber(redis.call('GET', KEYS[1]) or -1)
if last >= time and last <= now + 60 then return {0, 0} end
redis.call('SET', KEYS[1], ARGV[1], 'EX', 34560000)
if redis.call('EXISTS', KEYS[2]) == 1 then return {0, 0} end
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
return {1, 0}",
);

static CRON_RAN: Script = Script::new(
    "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1",
);

/// Whose turn it is.
pub(crate) enum Turn {
    /// The asker's, which says when it has run.
    Run(Running),
    /// Nobody's for so long.
    Wait(Duration),
    /// Another's, or one that is over.
    Another,
}

/// A function that runs here, and nowhere else.
pub(crate) struct Running {
    lease: Lease,
    ending: Ending,
}

impl Remote {
    /// Asks for a turn of a function that runs every so many milliseconds.
    pub(crate) async fn turn_of_every(
        &self,
        function: &str,
        period: u64,
    ) -> Result<Turn, WaitError> {
        let keys = [self.names().time(function), self.names().running(function)];
        let remote = self.clone();
        let asked = async move {
            let (holder, period) = (token(), period.to_string());
            let turn = remote.turn(&EVERY, &keys, &period, &holder).await?;
            let [time, running] = keys;
            remote.given(turn, holder, running.clone(), |holder| Ending {
                script: &EVERY_RAN,
                keys: vec![time, running],
                arguments: vec![holder, period.into_bytes()],
            })
        };
        to_its_end(asked).await
    }

    /// Asks for the turn of a function that runs at a time, in seconds since 1970.
    pub(crate) async fn turn_of_cron(&self, function: &str, at: i64) -> Result<Turn, WaitError> {
        let keys = [self.names().time(function), self.names().running(function)];
        let remote = self.clone();
        let asked = async move {
            let (holder, at) = (token(), at.to_string());
            let turn = remote.turn(&CRON, &keys, &at, &holder).await?;
            let [_, running] = keys;
            remote.given(turn, holder, running.clone(), |holder| Ending {
                script: &CRON_RAN,
                keys: vec![running],
                arguments: vec![holder],
            })
        };
        to_its_end(asked).await
    }

    async fn turn(
        &self,
        script: &'static Script,
        [time_key, running]: &[Vec<u8>; 2],
        when: &str,
        holder: &str,
    ) -> Result<(f64, f64), WaitError> {
        let time = time();
        let arguments = [when.as_bytes(), holder.as_bytes(), time.as_bytes()];
        let asked = self.script(script, &[time_key, running], &arguments, SMALL);
        match asked.await? {
            Reply::List(turn) if turn.len() == 2 => Ok((number(&turn[0])?, number(&turn[1])?)),
            _ => Err(unreadable()),
        }
    }

    fn given(
        &self,
        (whose, left): (f64, f64),
        holder: String,
        running: Vec<u8>,
        ending: impl FnOnce(Vec<u8>) -> Ending,
    ) -> Result<Turn, WaitError> {
        match whose {
            1.0 => {
                let holder = holder.into_bytes();
                let lease = Lease::hold(self, running, holder.clone());
                let ending = ending(holder);
                Ok(Turn::Run(Running { lease, ending }))
            }
            // Milliseconds of `every`, seconds of `cron`, which is another's where none are left.
            0.0 if left == 0.0 => Ok(Turn::Another),
            0.0 => Ok(Turn::Wait(Duration::from_secs_f64(left / 1e3))),
            2.0 => Ok(Turn::Wait(Duration::from_secs_f64(left))),
            _ => Err(unreadable()),
        }
    }
}

impl Running {
    /// Waits until another process may run the function, too.
    pub(crate) fn lost(&self) -> impl Future<Output = ()> + use<> {
        self.lease.lost()
    }

    /// It has run.
    pub(crate) async fn ran(self) {
        // The log has heard of it; the lease ends by itself.
        let _ = self.lease.finish(self.ending).await;
    }
}
