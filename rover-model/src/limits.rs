//! What a server grants its clients.

/// How the value of an option is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A number of bytes or a text such as `"1MiB"`.
    Bytes,
    /// Milliseconds; written as seconds or a text such as `"250ms"`.
    Time,
    /// The same, where it is not 0 no less than so many milliseconds.
    TimeFrom(u64),
    /// A number of things, no more than this.
    Count(u64),
}

/// The shortest heartbeat in milliseconds: a machine may keep a process waiting for longer than
/// less.
pub const LEAST_HEARTBEAT: u64 = 1000;

macro_rules! limits {
    ($($(#[$doc:meta])+ $name:ident: $unit:expr, $default:expr;)+) => {
        /// The options of `rover.server` that bound something. 0 stands for no bound.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        pub struct Limits {
            $($(#[$doc])+ pub $name: u64,)+
        }

        impl Limits {
            /// What holds where a manifest says nothing.
            pub const DEFAULT: Self = Limits { $($name: $default,)+ };

            /// The names of the options.
            pub const NAMES: &[&str] = &[$(stringify!($name)),+];

            /// An option's value and how it is written.
            pub fn get_mut(&mut self, name: &str) -> Option<(Unit, &mut u64)> {
                match name {
                    $(stringify!($name) => Some(($unit, &mut self.$name)),)+
                    _ => None,
                }
            }

            /// The values in the order of `NAMES`.
            pub fn values(&self) -> Vec<u64> {
                vec![$(self.$name),+]
            }
        }
    };
}

limits! {
    /// Bytes of a request line.
    request_line_limit: Unit::Bytes, 8 << 10;
    /// Bytes of request line and headers together.
    header_limit: Unit::Bytes, 32 << 10;
    /// Number of headers.
    max_headers: Unit::Count(10_000), 100;
    /// Bytes of a request's body.
    body_limit: Unit::Bytes, 1 << 20;
    /// Bytes of requests and responses that are in memory at one time.
    buffer_limit: Unit::Bytes, 256 << 20;
    /// Time for a request's head, from its first byte, and for the first byte of a connection.
    header_timeout: Unit::Time, 10_000;
    /// Time between two requests.
    keep_alive: Unit::Time, 75_000;
    /// Bytes per second of a body or of a response.
    min_rate: Unit::Bytes, 240;
    /// Time before `min_rate` counts.
    rate_grace: Unit::Time, 5_000;
    /// Open connections.
    max_connections: Unit::Count(10_000_000), 32_768;
    /// Open connections from one address, or from one network of 64 bits in IPv6.
    max_connections_per_ip: Unit::Count(10_000_000), 24_576;
    /// Time that requests wait for the worker before some are turned away.
    max_wait: Unit::Time, 500;
    /// Time for running requests after a stop.
    drain: Unit::Time, 30_000;
    /// Time between a stop and the end of accepting.
    drain_delay: Unit::Time, 0;
    /// Time without a sign of life after which a supervisor replaces its child.
    heartbeat: Unit::TimeFrom(LEAST_HEARTBEAT), 10_000;
}
