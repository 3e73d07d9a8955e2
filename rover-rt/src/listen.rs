//! Listening sockets.

use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};

use socket2::{Domain, Protocol, Socket, Type};

use crate::error::Error;

const BACKLOG: i32 = 1024;

/// Resolves a host and port; names may give several addresses, the first is taken.
fn resolve(host: &str, port: u16) -> Result<SocketAddr, Error> {
    let bare = host
        .strip_prefix('[')
        .and_then(|h| h.strip_suffix(']'))
        .unwrap_or(host);
    let failed = |reason: String| Error::Bind {
        address: display(host, port),
        reason,
    };
    (bare, port)
        .to_socket_addrs()
        .map_err(|e| failed(format!("the host does not resolve ({e})")))?
        .next()
        .ok_or_else(|| failed("the host has no address".to_owned()))
}

fn display(host: &str, port: u16) -> String {
    if host.contains(':') && !host.starts_with('[') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

/// One listening socket per worker: on Linux sockets of their own between which the
/// kernel spreads connections (SO_REUSEPORT), elsewhere handles of one socket.
pub(crate) fn bind(host: &str, port: u16, count: usize) -> Result<Vec<TcpListener>, Error> {
    let address = resolve(host, port)?;
    let failed = |e: io::Error| Error::Bind {
        address: display(host, port),
        reason: match e.kind() {
            io::ErrorKind::AddrInUse => "the port is in use by another program".to_owned(),
            io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            _ => e.to_string(),
        },
    };
    if !cfg!(target_os = "linux") {
        return share(&open(address, false).map_err(failed)?, count).map_err(failed);
    }
    // Two programs of one user could share a port unnoticed with SO_REUSEPORT, so a
    // plain socket asks first whether the port is free.
    let probe = open(address, false).map_err(failed)?;
    let address = probe.local_addr().map_err(failed)?;
    drop(probe);
    (0..count)
        .map(|_| open(address, true).map_err(failed))
        .collect()
}

/// Handles of one socket.
pub(crate) fn share(listener: &TcpListener, count: usize) -> io::Result<Vec<TcpListener>> {
    listener.set_nonblocking(true)?;
    (0..count).map(|_| listener.try_clone()).collect()
}

fn open(address: SocketAddr, reuse_port: bool) -> io::Result<TcpListener> {
    let domain = Domain::for_address(address);
    let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    #[cfg(target_os = "linux")]
    if reuse_port {
        socket.set_reuse_port(true)?;
    }
    #[cfg(not(target_os = "linux"))]
    let _ = reuse_port;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}
