//! From an address to a connection.

use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;
use std::time::Duration;

use rover_model::postgres::Address;
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, Config, NoTls};

use super::tls::{self, Begun};

/// How long a connection may take where the address does not say it.
const PATIENCE: Duration = Duration::from_secs(5);

const FORM: &str = "postgres://user:password@host:5432/name";

/// Connects to the first host that takes us. The connection's other half runs in the background.
pub(super) async fn connect(address: &str) -> Result<Client, String> {
    if !["postgres://", "postgresql://"]
        .iter()
        .any(|start| address.starts_with(start))
    {
        return Err(format!("it is no address of PostgreSQL: write {FORM}"));
    }
    let address = Address::read(address, None, true)?;
    let mut config = Config::from_str(&address.url).map_err(|error| {
        let why =
            std::error::Error::source(&error).map_or_else(String::new, |why| format!(": {why}"));
        format!("the address cannot be read{why} ({FORM})")
    })?;
    // TLS begins before the driver does.
    config.ssl_mode(SslMode::Disable);
    if config.get_hosts().is_empty() {
        config.host("localhost");
    }
    config.application_name("rover build");
    let patience = config.get_connect_timeout().copied().unwrap_or(PATIENCE);
    let mut failure = None;
    for (index, host) in config.get_hosts().iter().enumerate() {
        let ports = config.get_ports();
        let port = ports.get(index).or(ports.first()).copied().unwrap_or(5432);
        let connected = timeout(patience, connect_to(&config, &address, host, port)).await;
        let connected = connected
            .unwrap_or_else(|_| Err(format!("it has not answered for {} s", patience.as_secs())));
        match connected {
            Ok(client) => return Ok(client),
            Err(error) => drop(failure.get_or_insert(error)),
        }
    }
    Err(failure.unwrap_or_default())
}

/// Whether the connection to an address may be encrypted.
pub(crate) fn may_encrypt(address: &str) -> bool {
    let Ok(address) = Address::read(address, None, true) else {
        return false;
    };
    let Ok(config) = Config::from_str(&address.url) else {
        return false;
    };
    let mut hosts = config.get_hosts().iter();
    hosts.any(|host| match host {
        Host::Tcp(name) if name == "localhost" => {
            let here = IpAddr::from(Ipv4Addr::LOCALHOST);
            address.encryption.is_asked_for(Some(here))
        }
        Host::Tcp(name) => {
            let other = IpAddr::from(Ipv4Addr::UNSPECIFIED);
            let address_of = name.parse().unwrap_or(other);
            address.encryption.is_asked_for(Some(address_of))
        }
        Host::Unix(_) => false,
    })
}

async fn connect_to(
    config: &Config,
    address: &Address,
    host: &Host,
    port: u16,
) -> Result<Client, String> {
    match host {
        Host::Tcp(name) => {
            let stream = TcpStream::connect((name.as_str(), port)).await;
            let stream = stream.map_err(|error| format!("{name}:{port}: {error}"))?;
            let begun = tls::begin(stream, name, address).await;
            match begun.map_err(|error| format!("{name}:{port}: {error}"))? {
                Begun::Plain(stream) => speak(config, stream).await,
                #[cfg(feature = "tls")]
                Begun::Encrypted(stream) => speak(config, stream).await,
            }
        }
        Host::Unix(folder) => {
            let path = folder.join(format!(".s.PGSQL.{port}"));
            let stream = UnixStream::connect(&path).await;
            let stream = stream.map_err(|error| format!("{}: {error}", path.display()))?;
            speak(config, stream).await
        }
    }
}

async fn speak<S>(config: &Config, stream: S) -> Result<Client, String>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let connected = config.connect_raw(stream, NoTls).await;
    let (client, connection) = connected.map_err(|error| match error.as_db_error() {
        Some(told) => told.message().to_owned(),
        None => match std::error::Error::source(&error) {
            Some(why) => format!("{error}: {why}"),
            None => error.to_string(),
        },
    })?;
    // It ends with the client.
    tokio::spawn(async move { drop(connection.await) });
    Ok(client)
}

#[cfg(test)]
mod tests {
    use super::may_encrypt;

    #[test]
    fn a_connection_to_another_machine_may_be_encrypted() {
        for address in [
            "postgres://localhost/shop?sslmode=require",
            "postgres://127.0.0.1/shop?sslmode=verify-full",
            "postgres://db.example.com/shop",
            "postgres://localhost,10.0.0.1/shop",
        ] {
            assert!(may_encrypt(address), "{address}");
        }
        for address in [
            "postgres://localhost/shop",
            "postgres://u:p@[::1]:5433/shop",
            "postgres://u@%2Fvar%2Frun/shop?sslmode=require",
            "postgres://db.example.com/shop?sslmode=disable",
        ] {
            assert!(!may_encrypt(address), "{address}");
        }
    }
}
