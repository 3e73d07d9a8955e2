//! Programs against a real PostgreSQL, which `.ci/postgres` starts: without it these tests are
//! ignored.

mod base;
mod cursors;
mod disk;
mod errors;
mod kills;
mod migrations;
mod outages;
mod pool;
mod pooler;
mod sessions;
mod transactions;
mod values;
