//! Certificates of an authority that a test makes, and servers with TLS.

use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::super::{Client, Defaults};
use super::server::{Server, defaults};
use crate::tls::Trust;

pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

/// What is wrong with a certificate.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Flaw {
    Nothing,
    Expired,
    NotYetValid,
    SelfSigned,
}

impl Authority {
    pub(super) fn new() -> Self {
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, "an authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Authority {
            issuer: Issuer::new(params, key),
            pem,
        }
    }

    pub(super) fn trust(&self) -> Trust {
        Trust::Authorities(self.pem.as_bytes().into())
    }

    /// A client that trusts it.
    pub(super) fn client(&self) -> Client {
        Client::new(Defaults {
            trust: self.trust(),
            ..defaults()
        })
    }

    /// A certificate for a name, and its key.
    fn sign(&self, name: &str, flaw: Flaw) -> (Certificate, KeyPair) {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        match flaw {
            Flaw::Expired => params.not_after = date_time_ymd(2020, 1, 1),
            Flaw::NotYetValid => params.not_before = date_time_ymd(3000, 1, 1),
            Flaw::Nothing | Flaw::SelfSigned => {}
        }
        let key = KeyPair::generate().unwrap();
        let certificate = match flaw {
            Flaw::SelfSigned => params.self_signed(&key),
            _ => params.signed_by(&key, &self.issuer),
        };
        (certificate.unwrap(), key)
    }

    /// A certificate for a name and its key, as servers read them from files.
    pub(super) fn pem_for(&self, name: &str, flaw: Flaw) -> (String, String) {
        let (certificate, key) = self.sign(name, flaw);
        (certificate.pem(), key.serialize_pem())
    }

    fn config(&self, name: &str, flaw: Flaw, protocol: &str) -> Arc<ServerConfig> {
        let (certificate, key) = self.sign(name, flaw);
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            )
            .unwrap();
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        Arc::new(config)
    }

    /// A server with a certificate for a name, which speaks a protocol.
    pub(super) async fn serve<F, R>(
        &self,
        name: &str,
        flaw: Flaw,
        protocol: &str,
        serve: F,
    ) -> Server
    where
        F: Fn(TlsStream<TcpStream>) -> R + 'static,
        R: Future<Output = ()> + 'static,
    {
        let acceptor = TlsAcceptor::from(self.config(name, flaw, protocol));
        let serve = Rc::new(serve);
        Server::start(move |stream| {
            let (acceptor, serve) = (acceptor.clone(), Rc::clone(&serve));
            async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    serve(stream).await;
                }
            }
        })
        .await
    }
}

impl Server {
    /// Its address with TLS, by a name that leads to it.
    pub(super) fn https(&self, name: &str) -> String {
        format!("https://{name}:{}/", self.address.port())
    }
}
