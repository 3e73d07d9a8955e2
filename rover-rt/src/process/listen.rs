//! Listening sockets.

use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};

use rover_model::Limits;
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
/// kernel spreads connections (SO_REUSEPORT), elsewhere one for all.
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
        return open(address, false)
            .map(|listener| vec![listener])
            .map_err(failed);
    }
    // Two programs of one user could share a port unnoticed with SO_REUSEPORT, so a
    // plain socket asks first whether the port is free. It does not listen: a client that came
    // to it would be turned away when it is closed.
    let probe = TcpListener::from(bound(address, false).map_err(failed)?);
    let address = probe.local_addr().map_err(failed)?;
    drop(probe);
    (0..count)
        .map(|_| open(address, true).map_err(failed))
        .collect()
}

/// Deals sockets to workers. Of sockets with one address, between which the system spreads
/// connections, each goes to a worker; there is no worker without, and no socket.
pub(crate) fn deal(
    listeners: Vec<TcpListener>,
    workers: usize,
) -> io::Result<Vec<Vec<TcpListener>>> {
    let mut addresses: Vec<(SocketAddr, Vec<TcpListener>)> = Vec::new();
    for listener in listeners {
        listener.set_nonblocking(true)?;
        bound_unsent(&listener);
        let address = listener.local_addr()?;
        match addresses.iter_mut().find(|(known, _)| *known == address) {
            Some((_, group)) => group.push(listener),
            None => addresses.push((address, vec![listener])),
        }
    }
    let mut dealt: Vec<Vec<TcpListener>> = (0..workers).map(|_| Vec::new()).collect();
    for (_, group) in addresses {
        for turn in 0..workers.max(group.len()) {
            dealt[turn % workers].push(group[turn % group.len()].try_clone()?);
        }
    }
    Ok(dealt)
}

/// The addresses of sockets, each once, as a browser takes them.
pub(crate) fn addresses(listeners: &[TcpListener]) -> io::Result<String> {
    let mut addresses: Vec<String> = Vec::new();
    for listener in listeners {
        let address = format!("http://{}", listener.local_addr()?);
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    Ok(addresses.join(" "))
}

/// Of a response, the system keeps no more than this beyond what is on its way: whether a
/// client reads is seen early, and those that do not fill no memory. Accepted sockets have
/// it of their listening socket.
#[cfg(target_os = "linux")]
fn bound_unsent(listener: &TcpListener) {
    const UNSENT: u32 = 16 * 1024;
    // Without it responses are sent all the same.
    let _ = socket2::SockRef::from(listener).set_tcp_notsent_lowat(UNSENT);
}

#[cfg(not(target_os = "linux"))]
fn bound_unsent(_: &TcpListener) {}

/// Descriptors that are not for connections: those of each worker, and of the process.
const OWN: u64 = 32;
const OWN_OF_WORKER: u64 = 8;

/// How many connections there may be: as many as the option says, and as descriptors allow.
pub(crate) fn room_for_connections(limits: &Limits, workers: usize) -> usize {
    let wanted = match limits.max_connections {
        0 => u64::MAX,
        most => most,
    };
    let own = OWN + OWN_OF_WORKER * workers as u64;
    let descriptors = descriptor_limit().map_or(u64::MAX, |limit| {
        limit.saturating_sub(own.max(limit / 8)).max(1)
    });
    usize::try_from(wanted.min(descriptors)).unwrap_or(usize::MAX)
}

#[cfg(unix)]
fn descriptor_limit() -> Option<u64> {
    use rustix::process::{Resource, getrlimit};
    getrlimit(Resource::Nofile).current
}

#[cfg(not(unix))]
fn descriptor_limit() -> Option<u64> {
    None
}

/// Takes as many descriptors as the process may have: what it starts with is a limit for
/// programs that cannot handle more.
pub(crate) fn raise_descriptor_limit() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = getrlimit(Resource::Nofile);
        let raised = Rlimit {
            current: limit.maximum,
            ..limit
        };
        // Where it is refused, connections are fewer.
        let _ = setrlimit(Resource::Nofile, raised);
    }
}

fn open(address: SocketAddr, reuse_port: bool) -> io::Result<TcpListener> {
    let socket = bound(address, reuse_port)?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// A socket that has the address, and does not listen yet.
fn bound(address: SocketAddr, reuse_port: bool) -> io::Result<Socket> {
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
    Ok(socket)
}
