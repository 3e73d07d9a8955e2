//! PostgreSQL: each worker has a connection on which its statements follow one another without
//! waiting for answers; transactions, cursors and slow statements have connections of their own
//! out of the process's limit.

mod connect;
mod cursor;
mod decode;
mod encode;
pub(crate) mod error;
mod lane;
mod line;
pub(crate) mod local;
pub(crate) mod migrate;
mod pool;
pub(crate) mod shared;
mod target;
mod text;
mod tls;
pub(crate) mod transaction;
mod wire;
mod worker;
