//! Requests by a proxy of HTTP: in absolute form for `http`, in a tunnel for `https`.

use http::HeaderValue;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::wait::error::WaitError;

use super::error::{closed, coded, unconnected};
use super::url::{Spaces, Url};

/// A proxy, by its address: `http://name:password@host:port`.
#[derive(Clone, Debug)]
pub(crate) struct Proxy(Url);

/// What a proxy may say before the tunnel is open.
const LONGEST_HEAD: usize = 16 << 10;

impl Proxy {
    /// Reads the address of a proxy.
    pub(crate) fn parse(text: &str) -> Result<Self, WaitError> {
        let url = Url::parse(text, Spaces::Refused)?;
        if url.is_https() {
            return Err(WaitError::new(
                "url",
                "the address of a proxy must begin with http://",
            ));
        }
        Ok(Proxy(url))
    }

    pub(super) fn host(&self) -> &str {
        self.0.host()
    }

    pub(super) fn port(&self) -> u16 {
        self.0.port()
    }

    pub(super) fn authorization(&self) -> Option<&HeaderValue> {
        self.0.credentials()
    }

    pub(super) fn is_same(&self, other: &Proxy) -> bool {
        self.0.is_same_origin(&other.0) && self.authorization() == other.authorization()
    }

    /// Asks for a tunnel to the host of an address (RFC 9110 section 9.3.6).
    pub(super) async fn open_tunnel(
        &self,
        tcp: &mut TcpStream,
        url: &Url,
    ) -> Result<(), WaitError> {
        let host = url.host();
        let place = match host.contains(':') {
            true => format!("[{host}]:{}", url.port()),
            false => format!("{host}:{}", url.port()),
        };
        let mut asked = format!("CONNECT {place} HTTP/1.1\r\nhost: {place}\r\n").into_bytes();
        if let Some(authorization) = self.authorization() {
            asked.extend_from_slice(b"proxy-authorization: ");
            asked.extend_from_slice(authorization.as_bytes());
            asked.extend_from_slice(b"\r\n");
        }
        asked.extend_from_slice(b"\r\n");
        let lost = |error| unconnected(&format!("{place} by the proxy {}", self.host()), &error);
        tcp.write_all(&asked).await.map_err(lost)?;
        let status = self.answer(tcp).await?;
        if (200..300).contains(&status) {
            return Ok(());
        }
        let message = format!("the proxy {} refuses {place}: {status}", self.host());
        let code = (status == 407).then_some("PROXY_AUTHENTICATION");
        Err(coded("connect", message, code))
    }

    async fn answer(&self, tcp: &mut TcpStream) -> Result<u16, WaitError> {
        let mut head = Vec::with_capacity(512);
        loop {
            // One byte more may be the tunnel's own: the server speaks after us in TLS, so a proxy
            // that is right has none.
            let read = tcp.read_buf(&mut head).await;
            let read = read.map_err(|error| unconnected(self.host(), &error))?;
            if read == 0 {
                return Err(closed(&format!("the proxy {}", self.host())));
            }
            let mut headers = [httparse::EMPTY_HEADER; 64];
            let mut response = httparse::Response::new(&mut headers);
            match response.parse(&head) {
                Ok(httparse::Status::Complete(end)) if end == head.len() => {
                    return Ok(response.code.unwrap_or_default());
                }
                Ok(httparse::Status::Partial) if head.len() < LONGEST_HEAD => {}
                Ok(httparse::Status::Complete(_)) if response.code != Some(200) => {
                    return Ok(response.code.unwrap_or_default());
                }
                _ => {
                    let message = format!("the proxy {} does not answer in HTTP", self.host());
                    return Err(WaitError::new("protocol", message));
                }
            }
        }
    }
}
