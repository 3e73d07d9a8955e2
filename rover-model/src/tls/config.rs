//! How TLS is spoken with those who are believed.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use super::trust::Trust;

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// The authorities that are given cannot be read.
    #[error("{0}")]
    Authorities(&'static str),
    /// The library refuses.
    #[error("TLS cannot be used: {0}")]
    Tls(String),
}

/// The configuration for those who are believed, without a protocol above TLS. The system's
/// authorities are some hundred files, which are read each time.
///
/// # Errors
/// When the authorities cannot be read.
pub fn config(trust: &Trust) -> Result<Arc<ClientConfig>, Unusable> {
    match trust {
        Trust::System => trusting(system_roots()),
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
pub fn check(trust: &Trust) -> Result<(), Unusable> {
    match trust {
        Trust::Authorities(pem) => given_roots(pem).map(drop),
        Trust::System | Trust::Anybody => Ok(()),
    }
}

fn unusable(error: impl std::fmt::Display) -> Unusable {
    Unusable::Tls(error.to_string())
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

type Builder = rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>;

fn builder(provider: Arc<CryptoProvider>) -> Result<Builder, Unusable> {
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unusable)
}

fn trusting(roots: RootCertStore) -> Result<Arc<ClientConfig>, Unusable> {
    let provider = provider();
    let verifier =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()
            .map_err(unusable)?;
    let config = builder(provider)?
        .with_webpki_verifier(verifier)
        .with_no_client_auth();
    Ok(Arc::new(config))
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

fn given_roots(pem: &[u8]) -> Result<RootCertStore, Unusable> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let added = certificate.map(|certificate| roots.add(certificate));
        if !matches!(added, Ok(Ok(()))) {
            return Err(Unusable::Authorities(
                "`ca` has a certificate that cannot be read",
            ));
        }
    }
    if roots.is_empty() {
        return Err(Unusable::Authorities(
            "`ca` has no certificate: it must be a text in PEM form (-----BEGIN CERTIFICATE-----)",
        ));
    }
    Ok(roots)
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
