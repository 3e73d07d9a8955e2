//! How often clients come to all processes: the same algorithm as in `admission/limit.rs`, run by the server, with its clock.

use std::net::IpAddr;

use super::script::Script;
use super::{Remote, number, unreadable};
use crate::admission::limit::{LONGEST_KEY, Limit, ROUNDING};
use crate::redis::reply::Reply;
use crate::wait::error::WaitError;

/// Whether the client is let in, and by how many microseconds it was ahead. A clock that was set back does not keep it
/// out for longer than all that it may have at once.
static ASK: Script = Script::new(
    "local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local ahead = tonumber(redis.call('GET', KEYS[1]) or now) - now
if ahead < 0 then ahead = 0 elseif ahead > most then ahead = most end
local after = ahead + interval
if most - after + tonumber(ARGV[3]) * interval < 0 then return {0, string.format('%.17g', ahead)} end
redis.call('SET', KEYS[1], string.format('%.17g', now + after), 'PX', math.ceil(after / 1000) + 1)
return {1, string.format('%.17g', ahead)}",
);

/// How a client stood when it asked.
pub(crate) struct Stood {
    pub(crate) is_let_in: bool,
    /// Nanoseconds by which it was ahead.
    pub(crate) ahead: f64,
}

/// What a client is called by a limit: its address, of which networks of IPv6 count together, or what the program says.
pub(crate) fn client(address: IpAddr, name: Option<&[u8]>) -> Vec<u8> {
    match (name, address.to_canonical()) {
        (Some(name), _) if name.len() > LONGEST_KEY => {
            let digest = super::digest::of(&[name]);
            format!("d:{}", super::digest::hex(&digest)).into_bytes()
        }
        (Some(name), _) => [b"n:", name].concat(),
        (None, IpAddr::V4(address)) => format!("4:{address}").into_bytes(),
        (None, IpAddr::V6(address)) => {
            let network = super::digest::hex(&address.octets()[..8]);
            format!("6:{network}").into_bytes()
        }
    }
}

impl Remote {
    /// A client asks to be let in.
    pub(crate) fn ask_limit(
        &self,
        limit: &Limit,
        client: &[u8],
    ) -> impl Future<Output = Result<Stood, WaitError>> + use<> {
        let key = self.names().limit(limit.space(), client);
        let interval = limit.options.rate.interval() as f64 / 1e3;
        let most = interval * f64::from(limit.options.burst);
        let remote = self.clone();
        async move {
            let arguments = [interval, most, ROUNDING].map(|number| number.to_string());
            let arguments = arguments.each_ref().map(|text| text.as_bytes());
            let asked = remote.script(&ASK, &[&key], &arguments, super::SMALL);
            let Reply::List(stood) = asked.await? else {
                return Err(unreadable());
            };
            let [is_let_in, Reply::Text(ahead)] = &stood[..] else {
                return Err(unreadable());
            };
            let ahead = super::store::parse_number(ahead).ok_or_else(unreadable)?;
            Ok(Stood {
                is_let_in: number(is_let_in)? != 0.0,
                ahead: ahead * 1e3,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::client;

    #[test]
    fn clients_have_names() {
        let address = |text: &str| text.parse().expect("an address");
        assert_eq!(client(address("::ffff:1.2.3.4"), None), b"4:1.2.3.4");
        assert_eq!(
            client(address("2001:db8::1"), None),
            client(address("2001:db8::2"), None)
        );
        assert_eq!(client(address("::1"), Some(b"4:x")), b"n:4:x");
        assert_eq!(client(address("::1"), Some(&[b'x'; 65])).len(), 2 + 32);
    }
}
