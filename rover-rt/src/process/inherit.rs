//! What a process gets from the one that started it, and what it tells it: listening sockets
//! by systemd's protocol (sd_listen_fds(3)), and states by sd_notify(3).

use std::io;
use std::net::TcpListener;

use crate::error::Error;

/// For the service manager to take a state.
#[cfg(unix)]
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

/// The listening sockets that were passed to this process, if any were.
pub(crate) fn sockets() -> Result<Option<Vec<TcpListener>>, Error> {
    let mut passed = listenfd::ListenFd::from_env();
    let mut sockets = Vec::new();
    for index in 0..passed.len() {
        let socket = passed.take_tcp_listener(index);
        sockets.extend(socket.map_err(|error| Error::Inherited(error.to_string()))?);
    }
    Ok((!sockets.is_empty()).then_some(sockets))
}

/// Tells the service manager, where there is one that listens.
#[cfg(unix)]
pub(crate) fn notify(state: &str) -> io::Result<()> {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::net::{SocketAddr, UnixDatagram};
    let Some(name) = std::env::var_os("NOTIFY_SOCKET") else {
        return Ok(());
    };
    let address = match name.as_bytes() {
        #[cfg(target_os = "linux")]
        [b'@', name @ ..] => {
            use std::os::linux::net::SocketAddrExt;
            SocketAddr::from_abstract_name(name)?
        }
        _ => SocketAddr::from_pathname(&name)?,
    };
    let socket = UnixDatagram::unbound()?;
    // One that does not read must not keep this process from its signals.
    socket.set_write_timeout(Some(PATIENCE))?;
    loop {
        match socket.send_to_addr(state.as_bytes(), &address) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            sent => return sent.map(drop),
        }
    }
}

/// There is no service manager of this kind.
#[cfg(not(unix))]
pub(crate) fn notify(_: &str) -> io::Result<()> {
    Ok(())
}
