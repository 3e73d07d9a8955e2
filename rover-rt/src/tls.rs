//! TLS to other servers: which certificates are trusted.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio::sync::OnceCell;

use crate::wait::error::WaitError;

/// Which servers are believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Those whose certificate the system's authorities have signed.
    #[default]
    System,
    /// Those whose certificate one of these authorities has signed, and no other's: PEM.
    Authorities(Arc<[u8]>),
    /// Anybody.
    Anybody,
}

#[cfg(any(feature = "client", feature = "redis"))]
impl Trust {
    /// What the fields of an option `tls` say: whether certificates are checked, and the authorities.
    pub(crate) fn new(verify: bool, ca: Option<&[u8]>) -> Self {
        match (verify, ca) {
            (false, _) => Trust::Anybody,
            (true, Some(ca)) => Trust::Authorities(ca.into()),
            (true, None) => Trust::System,
        }
    }
}

/// The configuration of the process for the system's authorities. Sessions are resumed by any
/// worker.
static SYSTEM: OnceCell<Arc<ClientConfig>> = OnceCell::const_new();

/// The configuration for those who are believed, without a protocol above TLS.
///
/// # Errors
/// When the authorities cannot be read.
pub(crate) async fn config(trust: &Trust) -> Result<Arc<ClientConfig>, WaitError> {
    match trust {
        Trust::System => {
            let config = SYSTEM.get_or_try_init(|| async {
                // Some hundred files are read.
                let roots = tokio::task::spawn_blocking(system_roots).await;
                let roots =
                    roots.map_err(|_| failed("the system's certificates cannot be read"))?;
                trusting(roots)
            });
            config.await.cloned()
        }
        Trust::Authorities(pem) => trusting(given_roots(pem)?),
        Trust::Anybody => {
            let provider = provider();
            let verifier = Arc::new(BelieveAnybody(Arc::clone(&provider)));
            let config = builder(provider)?
                .dangerous()
                .with_custom_certificate_verifier(verifier)
                .with_no_client_auth();
            Ok(Arc::new(config))
        }
    }
}

/// Says what is wrong with authorities that a program gives.
///
/// # Errors
/// When they cannot be read.
pub(crate) fn check(trust: &Trust) -> Result<(), WaitError> {
    match trust {
        Trust::Authorities(pem) => given_roots(pem).map(drop),
        Trust::System | Trust::Anybody => Ok(()),
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

type Builder = rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>;

fn builder(provider: Arc<CryptoProvider>) -> Result<Builder, WaitError> {
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(&error.to_string()))
}

fn trusting(roots: RootCertStore) -> Result<Arc<ClientConfig>, WaitError> {
    let provider = provider();
    let verifier =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()
            .map_err(|error| failed(&error.to_string()))?;
    let config = builder(provider)?
        .with_webpki_verifier(verifier)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn argument(message: &str) -> WaitError {
    WaitError::new("argument", message)
}

/// The authorities of the system, or Mozilla's where it has none.
fn system_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    roots
}

fn given_roots(pem: &[u8]) -> Result<RootCertStore, WaitError> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let added = certificate.map(|certificate| roots.add(certificate));
        if !matches!(added, Ok(Ok(()))) {
            return Err(argument("`ca` has a certificate that cannot be read"));
        }
    }
    if roots.is_empty() {
        return Err(argument(
            "`ca` has no certificate: it must be a text in PEM form (-----BEGIN CERTIFICATE-----)",
        ));
    }
    Ok(roots)
}

fn failed(why: &str) -> WaitError {
    WaitError::new("tls", format!("TLS cannot be used: {why}"))
}

/// For `verify = false`: takes any certificate. That the server has the certificate's key is still
/// checked.
#[derive(Debug)]
struct BelieveAnybody(Arc<CryptoProvider>);

impl ServerCertVerifier for BelieveAnybody {
    fn verify_server_cert(
        &self,
        _certificate: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
