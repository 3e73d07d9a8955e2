//! TLS to other servers: which certificates are trusted.

use std::sync::Arc;

use rover_model::tls::{self, Unusable};
use rustls::ClientConfig;
use tokio::sync::OnceCell;

use crate::wait::error::WaitError;

pub(crate) use rover_model::tls::Trust;

/// The configuration of the process for the system's authorities. Sessions are resumed by any
/// worker.
static SYSTEM: OnceCell<Arc<ClientConfig>> = OnceCell::const_new();

/// The configuration for those who are believed, without a protocol above TLS.
///
/// # Errors
/// When the authorities cannot be read.
pub(crate) async fn config(trust: &Trust) -> Result<Arc<ClientConfig>, WaitError> {
    if *trust != Trust::System {
        return tls::config(trust).map_err(told);
    }
    let config = SYSTEM.get_or_try_init(|| async {
        let config = tokio::task::spawn_blocking(|| tls::config(&Trust::System)).await;
        match config {
            Ok(config) => config.map_err(told),
            Err(_) => Err(WaitError::new(
                "tls",
                "TLS cannot be used: the system's certificates cannot be read",
            )),
        }
    });
    config.await.cloned()
}

/// Says what is wrong with authorities that a program gives.
///
/// # Errors
/// When they cannot be read.
pub(crate) fn check(trust: &Trust) -> Result<(), WaitError> {
    tls::check(trust).map_err(told)
}

fn told(unusable: Unusable) -> WaitError {
    let kind = match unusable {
        Unusable::Authorities(_) => "argument",
        Unusable::Tls(_) => "tls",
    };
    WaitError::new(kind, unusable.to_string())
}
