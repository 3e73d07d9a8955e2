//! What the crate `rover` is built with. A word of a feature that is off is a build error where that is known.

/// A feature of the crate `rover` that programs notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// TLS with the database that the build asks.
    BuildTls,
    /// `rover.http`.
    Client,
    /// `rover.crypto`, `rover.password` and `rover.jwt`.
    Crypto,
    /// `rover.db` with SQLite.
    Sqlite,
    /// `rover.db` with PostgreSQL.
    Postgres,
    /// `rover.redis`.
    Redis,
}

impl Feature {
    const ALL: [Feature; 6] = [
        Feature::BuildTls,
        Feature::Client,
        Feature::Crypto,
        Feature::Postgres,
        Feature::Redis,
        Feature::Sqlite,
    ];

    /// As `Cargo.toml` has it.
    pub const fn name(self) -> &'static str {
        match self {
            Feature::BuildTls => "build-tls",
            Feature::Client => "client",
            Feature::Crypto => "crypto",
            Feature::Sqlite => "sqlite",
            Feature::Postgres => "postgres",
            Feature::Redis => "redis",
        }
    }
}

/// Some of the features of the crate `rover`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Features {
    /// `build-tls`: TLS with the database that the build asks.
    pub build_tls: bool,
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
        build_tls: true,
        client: true,
        crypto: true,
        sqlite: true,
        postgres: true,
        redis: true,
    };

    /// A program that needs none of them.
    pub const NONE: Features = Features {
        build_tls: false,
        client: false,
        crypto: false,
        sqlite: false,
        postgres: false,
        redis: false,
    };

    /// Whether it is one of them.
    pub fn has(mut self, feature: Feature) -> bool {
        *self.of(feature)
    }

    /// Their names, as `Cargo.toml` has them.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let all = Feature::ALL.into_iter();
        all.filter(move |feature| self.has(*feature))
            .map(Feature::name)
    }

    pub(crate) fn add(&mut self, feature: Feature) {
        *self.of(feature) = true;
    }

    fn of(&mut self, feature: Feature) -> &mut bool {
        match feature {
            Feature::BuildTls => &mut self.build_tls,
            Feature::Client => &mut self.client,
            Feature::Crypto => &mut self.crypto,
            Feature::Sqlite => &mut self.sqlite,
            Feature::Postgres => &mut self.postgres,
            Feature::Redis => &mut self.redis,
        }
    }
}
