//! From an address to a connection.

use std::io;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, RedisConnectionInfo, Value};
use rover_model::redis::RedisPlace;
use rustls::pki_types::ServerName;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::command::Command;
use super::connection::{Connection, RedisSettings};
use super::error::{of, of_greeting, of_tls, unreachable};
use super::reply::Becomes;

use crate::tls;
use crate::wait::error::WaitError;

/// After so long without a byte the system asks whether the other side is there.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// What a connection is made on.
pub(super) trait Duplex: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Duplex for T {}

/// Connects, and says who asks and which database is meant.
pub(super) async fn connect(settings: &RedisSettings) -> Result<Connection, WaitError> {
    let stream = stream(settings).await?;
    // The greeting is ours, so that its errors keep what the server says.
    let nobody = RedisConnectionInfo::default().set_skip_set_lib_name();
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(None)
        .set_response_timeout(None);
    let made = MultiplexedConnection::new_with_config(&nobody, stream, config).await;
    let (multiplexed, driver) = made.map_err(|error| of(&error))?;
    let connection = Connection::new(multiplexed, driver);
    for command in greeting(settings) {
        greet(&connection, &command).await.map_err(of_greeting)?;
    }
    Ok(connection)
}

fn greeting(settings: &RedisSettings) -> Vec<Command> {
    let address = &settings.address;
    let mut commands = Vec::new();
    if let Some(password) = &address.password {
        let mut command = Command::new("AUTH", Becomes::Plain);
        if let Some(user) = &address.user {
            command.add(user.as_bytes());
        }
        command.add(password.as_bytes());
        commands.push(command);
    }
    if address.database > 0 {
        let mut command = Command::new("SELECT", Becomes::Plain);
        command.add(address.database.to_string().as_bytes());
        commands.push(command);
    }
    commands
}

async fn greet(connection: &Connection, command: &Command) -> Result<(), WaitError> {
    match connection.send(command).await? {
        Value::ServerError(error) => Err(super::error::told(error.code(), error.details())),
        _ => Ok(()),
    }
}

pub(super) async fn stream(settings: &RedisSettings) -> Result<Box<dyn Duplex>, WaitError> {
    let (host, port) = match &settings.address.place {
        RedisPlace::Unix(path) => return socket(path).await,
        RedisPlace::Tcp(host, port) => (host, *port),
    };
    let stream = tcp(host, port).await;
    let stream = stream.map_err(|error| unreachable(&format!("{host}:{port}: {error}")))?;
    if !settings.address.tls {
        return Ok(Box::new(stream));
    }
    let name = ServerName::try_from(host.clone());
    let name = name.map_err(|_| unreachable(&format!("{host} is no name of a server")))?;
    let config = tls::config(&settings.trust).await?;
    let encrypted = TlsConnector::from(config).connect(name, stream).await;
    let encrypted = encrypted.map_err(|error| of_tls(host, &error))?;
    Ok(Box::new(encrypted))
}

#[cfg(unix)]
async fn socket(path: &str) -> Result<Box<dyn Duplex>, WaitError> {
    let stream = tokio::net::UnixStream::connect(path).await;
    let stream = stream.map_err(|error| unreachable(&format!("{path}: {error}")))?;
    Ok(Box::new(stream))
}

#[cfg(not(unix))]
async fn socket(path: &str) -> Result<Box<dyn Duplex>, WaitError> {
    Err(unreachable(&format!(
        "{path}: this system has no such sockets"
    )))
}

async fn tcp(host: &str, port: u16) -> io::Result<TcpStream> {
    let stream = TcpStream::connect((host, port)).await?;
    stream.set_nodelay(true)?;
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE);
    SockRef::from(&stream).set_tcp_keepalive(&keepalive)?;
    Ok(stream)
}
