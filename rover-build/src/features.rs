//! What the crate `rover` is built with. A word of a feature that is off is a build error where that is known.

/// The features of the crate `rover` that programs notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Features {
    /// `client`: `rover.http`.
    pub client: bool,
    /// `crypto`: `rover.crypto`, `rover.password` and `rover.jwt`.
    pub crypto: bool,
    /// `sqlite`: `rover.db` with SQLite.
    pub sqlite: bool,
    /// `postgres`: `rover.db` with PostgreSQL.
    pub postgres: bool,
    /// `redis`: `rover.redis`.
    pub redis: bool,
}

impl Features {
    /// For who does not know: nothing is refused.
    pub const ALL: Features = Features {
        client: true,
        crypto: true,
        sqlite: true,
        postgres: true,
        redis: true,
    };
}
