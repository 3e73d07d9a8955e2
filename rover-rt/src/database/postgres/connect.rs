//! From an address to a connection.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpStream, UnixStream};
use tokio_postgres::config::{Host, TargetSessionAttrs};
use tokio_postgres::{CancelToken, Client, Connection, SimpleQueryMessage};

use super::error::{lost, of_connect};
use super::target::Target;
use super::tls::{Encrypted, Tls};
use super::wire::{Socket, Traffic, Wire};
use crate::tls;
use crate::wait::error::WaitError;

/// After so long without a byte the system asks whether the other side is there.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// A connection that has come to be.
pub(crate) struct Connected {
    pub(crate) client: Client,
    pub(crate) connection: Connection<Wire, Encrypted>,
    pub(crate) traffic: Arc<Traffic>,
    pub(crate) place: Place,
}

/// Where a connection goes.
#[derive(Clone)]
pub(crate) struct Place {
    address: Address,
    tls: Tls,
}

#[derive(Clone)]
enum Address {
    Tcp(SocketAddr),
    Unix(std::path::PathBuf),
}

impl Place {
    async fn socket(&self) -> io::Result<Socket> {
        match &self.address {
            Address::Unix(path) => Ok(Socket::Unix(UnixStream::connect(path).await?)),
            Address::Tcp(address) => {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                let keepalive = TcpKeepalive::new().with_time(KEEPALIVE);
                SockRef::from(&stream).set_tcp_keepalive(&keepalive)?;
                Ok(Socket::Tcp(stream))
            }
        }
    }

    /// Stops the statement that runs on a connection.
    pub(crate) async fn cancel(&self, token: CancelToken) -> Result<(), WaitError> {
        let socket = self
            .socket()
            .await
            .map_err(|error| lost(&error.to_string()))?;
        let wire = Wire::new(socket, Arc::default());
        let sent = token.cancel_query_raw(wire, self.tls.clone()).await;
        sent.map_err(|error| of_connect(&error))
    }
}

/// Connects to the first host that takes us.
pub(crate) async fn connect(
    target: &Target,
    statement_timeout: Option<u32>,
) -> Result<Connected, WaitError> {
    let trying = async {
        let mut failure = None;
        for (host, port) in target.hosts() {
            let places = match places(host, port).await {
                Ok(places) => places,
                Err(error) => {
                    failure.get_or_insert(error);
                    continue;
                }
            };
            for address in places {
                match connect_to(target, host, address, statement_timeout).await {
                    Ok(connected) => return Ok(connected),
                    Err(error) => drop(failure.get_or_insert(error)),
                }
            }
        }
        Err(failure.unwrap_or_else(|| lost("the address names no host")))
    };
    let timed = tokio::time::timeout(target.patience, trying).await;
    timed.unwrap_or_else(|_| {
        let seconds = target.patience.as_secs_f64();
        Err(lost(&format!("it has not answered for {seconds} s")))
    })
}

async fn places(host: &Host, port: u16) -> Result<Vec<Address>, WaitError> {
    match host {
        Host::Unix(folder) => {
            let path = folder.join(format!(".s.PGSQL.{port}"));
            Ok(vec![Address::Unix(path)])
        }
        Host::Tcp(name) => {
            let found = tokio::net::lookup_host((name.as_str(), port)).await;
            let found = found.map_err(|error| lost(&format!("{name}: {error}")))?;
            Ok(found.map(Address::Tcp).collect())
        }
    }
}

async fn connect_to(
    target: &Target,
    host: &Host,
    address: Address,
    statement_timeout: Option<u32>,
) -> Result<Connected, WaitError> {
    let encrypted = target.encryption.is_asked_for(match &address {
        Address::Tcp(address) => Some(address.ip()),
        Address::Unix(_) => None,
    });
    let name = match host {
        Host::Tcp(name) => name.clone(),
        Host::Unix(_) => String::new(),
    };
    let tls = Tls {
        config: match encrypted {
            true => Some(tls::config(&target.trust).await?),
            false => None,
        },
        host: name.clone(),
    };
    let place = Place { address, tls };
    let socket = place.socket().await;
    let socket = socket.map_err(|error| lost(&format!("{name}: {error}")))?;
    let traffic = Arc::new(Traffic::default());
    let wire = Wire::new(socket, Arc::clone(&traffic));
    let config = target.config(statement_timeout, encrypted);
    let connected = config.connect_raw(wire, place.tls.clone()).await;
    let (client, mut connection) = connected.map_err(|error| of_connect(&error))?;
    if target.config.get_target_session_attrs() == TargetSessionAttrs::ReadWrite {
        let is_read_only = tokio::select! {
            answer = client.simple_query("SHOW transaction_read_only") => {
                let answer = answer.map_err(|error| of_connect(&error))?;
                let first = answer.iter().find_map(|message| match message {
                    SimpleQueryMessage::Row(row) => row.get(0),
                    _ => None,
                });
                first == Some("on")
            }
            _ = &mut connection => return Err(lost("the connection has ended")),
        };
        if is_read_only {
            return Err(lost(&format!("{name} takes no changes")));
        }
    }
    Ok(Connected {
        client,
        connection,
        traffic,
        place,
    })
}
