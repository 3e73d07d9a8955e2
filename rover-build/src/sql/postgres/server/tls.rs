//! TLS with the server, by the rules of the runtime. Without the feature `tls` a connection that may
//! be without it is.

use rover_model::postgres::{Address, Encryption};
use tokio::net::TcpStream;

/// A connection on which PostgreSQL's protocol begins.
pub(super) enum Begun {
    Plain(TcpStream),
    #[cfg(feature = "tls")]
    Encrypted(Box<tokio_rustls::client::TlsStream<TcpStream>>),
}

/// Encrypts a connection where its address says so.
pub(super) async fn begin(
    stream: TcpStream,
    host: &str,
    address: &Address,
) -> Result<Begun, String> {
    let peer = stream.peer_addr().map_err(|error| error.to_string())?;
    if !address.encryption.is_asked_for(Some(peer.ip())) {
        return Ok(Begun::Plain(stream));
    }
    ask(stream, host, address).await
}

#[cfg(not(feature = "tls"))]
async fn ask(stream: TcpStream, _: &str, address: &Address) -> Result<Begun, String> {
    match address.encryption {
        Encryption::Always => Err(
            "the build is without TLS: switch on the feature `build-tls` of the \
             crate `rover` (`tls` of `rover-build`), or write `sslmode=disable`"
                .to_owned(),
        ),
        Encryption::Preferred | Encryption::Never => Ok(Begun::Plain(stream)),
    }
}

/// The server is asked before anything else (PostgreSQL's manual, "SSL Session Encryption").
#[cfg(feature = "tls")]
async fn ask(mut stream: TcpStream, host: &str, address: &Address) -> Result<Begun, String> {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    const REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];
    let asked = async {
        stream.write_all(&REQUEST).await?;
        stream.read_u8().await
    };
    let answer = asked.await.map_err(|error| error.to_string())?;
    match (answer, address.encryption) {
        (b'S', _) => encrypt(stream, host, address).await,
        (_, Encryption::Always) => Err("the server has no TLS".to_owned()),
        _ => Ok(Begun::Plain(stream)),
    }
}

#[cfg(feature = "tls")]
async fn encrypt(stream: TcpStream, host: &str, address: &Address) -> Result<Begun, String> {
    use tokio_rustls::TlsConnector;
    use tokio_rustls::rustls::pki_types::ServerName;

    let config = rover_model::tls::config(&address.trust).map_err(|error| error.to_string())?;
    let name = ServerName::try_from(host.to_owned()).map_err(|error| error.to_string())?;
    let encrypted = TlsConnector::from(config).connect(name, stream).await;
    let encrypted = encrypted.map_err(|error| error.to_string())?;
    Ok(Begun::Encrypted(Box::new(encrypted)))
}
