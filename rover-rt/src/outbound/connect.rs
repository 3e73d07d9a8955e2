//! From an address to a connection: the name, the sockets, the proxy, TLS.

use std::future::{Future, poll_fn};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::Sleep;
use tokio_rustls::TlsConnector;

use crate::wait::error::WaitError;

use super::error::{argument, handshake, unconnected, unresolved};
use super::proxy::Proxy;
use super::stream::Stream;
use super::url::Url;

/// How long one address is waited for before the next is tried beside it (RFC 8305 section 5).
const NEXT_ADDRESS: Duration = Duration::from_millis(250);

/// Connects to the host of an address, by a proxy where there is one.
pub(super) async fn connect(
    url: &Url,
    proxy: Option<&Proxy>,
    tls: Option<Arc<ClientConfig>>,
) -> Result<Stream, WaitError> {
    let tcp = match proxy {
        None => tcp(url.host(), url.port()).await?,
        Some(proxy) => {
            let mut tcp = tcp(proxy.host(), proxy.port()).await?;
            if url.is_https() {
                proxy.open_tunnel(&mut tcp, url).await?;
            }
            tcp
        }
    };
    let Some(config) = tls else {
        return Ok(Stream::Plain(tcp));
    };
    let name = ServerName::try_from(url.host().to_owned())
        .map_err(|_| argument(format!("{} is not a name for TLS", url.host())))?;
    let stream = TlsConnector::from(config).connect(name, tcp).await;
    let stream = stream.map_err(|error| handshake(url.host(), &error))?;
    Ok(Stream::Tls(Box::new(stream)))
}

async fn tcp(host: &str, port: u16) -> Result<TcpStream, WaitError> {
    let addresses = addresses(host, port).await?;
    let stream = first_of(&addresses).await.map_err(|error| {
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            host.to_owned()
        };
        unconnected(&format!("{host}:{port}"), &error)
    })?;
    // Requests are written at once; nothing is gained by waiting for more.
    stream
        .set_nodelay(true)
        .map_err(|error| unconnected(host, &error))?;
    Ok(stream)
}

/// The addresses of a host, in the order in which they are tried.
async fn addresses(host: &str, port: u16) -> Result<Vec<SocketAddr>, WaitError> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let found = tokio::net::lookup_host((host, port)).await;
    let found: Vec<_> = found.map_err(|error| unresolved(host, &error))?.collect();
    if found.is_empty() {
        let none = io::Error::other("it has no address");
        return Err(unresolved(host, &none));
    }
    Ok(alternating(found))
}

/// Both families by turns, beginning with the one that the resolver prefers (RFC 8305 section 4).
fn alternating(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let is_v6 = addresses[0].is_ipv6();
    let (first, second): (Vec<_>, Vec<_>) = addresses
        .into_iter()
        .partition(|address| address.is_ipv6() == is_v6);
    let mut mixed = Vec::with_capacity(first.len() + second.len());
    let mut second = second.into_iter();
    for address in first {
        mixed.push(address);
        mixed.extend(second.next());
    }
    mixed.extend(second);
    mixed
}

type Attempt = Pin<Box<dyn Future<Output = io::Result<TcpStream>>>>;

/// The first connection that comes to be. Each address gets a head start before the next one.
async fn first_of(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    if let [address] = addresses {
        return TcpStream::connect(address).await;
    }
    let mut waiting = addresses.iter();
    let mut attempts: Vec<Attempt> = Vec::new();
    let mut head_start: Option<Pin<Box<Sleep>>> = None;
    let mut first_error = None;
    poll_fn(|cx| {
        loop {
            let mut failed = false;
            let mut at = 0;
            while let Some(attempt) = attempts.get_mut(at) {
                match attempt.as_mut().poll(cx) {
                    Poll::Ready(Ok(stream)) => return Poll::Ready(Ok(stream)),
                    Poll::Ready(Err(error)) => {
                        drop(attempts.swap_remove(at));
                        first_error.get_or_insert(error);
                        failed = true;
                    }
                    Poll::Pending => at += 1,
                }
            }
            let is_over = match head_start.as_mut() {
                None => true,
                Some(timer) => timer.as_mut().poll(cx).is_ready(),
            };
            if !failed && !is_over && !attempts.is_empty() {
                return Poll::Pending;
            }
            match waiting.next() {
                Some(&address) => {
                    attempts.push(Box::pin(TcpStream::connect(address)));
                    head_start = Some(Box::pin(tokio::time::sleep(NEXT_ADDRESS)));
                }
                None if attempts.is_empty() => {
                    let none = || io::Error::other("no address answers");
                    return Poll::Ready(Err(first_error.take().unwrap_or_else(none)));
                }
                None => return Poll::Pending,
            }
        }
    })
    .await
}
