//! TLS by rustls: trusted authorities, the client's certificate, and the provider of cryptography.

use std::{fmt, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use rustls_platform_verifier::Verifier;

use crate::error::{Error, ErrorKind};

/// The TLS settings of a client's default transport: which authorities it trusts, and which
/// certificate it presents. See [`ClientBuilder::tls`](crate::client::ClientBuilder::tls).
///
/// Nothing here is process-wide. An application may install its own provider of cryptography for
/// rustls before or after, and other clients are not affected.
///
/// ```no_run
/// # fn example(authority: &[u8], certificate: &[u8]) -> Result<(), scim_client::Error> {
/// use scim_client::{Client, transport::Tls};
///
/// let scim = Client::builder("https://scim.internal/v2")
///     .tls(Tls::new().trust_pem(authority).identity_pem(certificate))
///     .build()?;
/// // Nobody but one's own authority.
/// let internal = Tls::new().trust_only_pem(authority);
/// // Nobody at all, for a service provider on this machine: nothing is read.
/// let plain = Tls::new().without_platform();
/// # let _ = (internal, plain);
/// # Ok(())
/// # }
/// ```
///
/// If a certificate or key is wrong, [`ClientBuilder::build`](crate::client::ClientBuilder::build)
/// fails.
#[derive(Clone, Default)]
pub struct Tls {
    authorities: Vec<Vec<u8>>,
    only_these: bool,
    identity: Option<Vec<u8>>,
    provider: Option<Arc<CryptoProvider>>,
}

/// Whether a client needs the certificates of the platform, which a container may not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Roots {
    /// It asks a URL with https.
    Needed,
    /// Only a proxy could need them: without them it is trusted as little as any other.
    IfThere,
    /// Nobody could need them, so they are not read.
    None,
}

/// Does not show the identity, because it is a secret.
impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("authorities", &self.authorities.len())
            .field("only_these", &self.only_these)
            .field("has_identity", &self.identity.is_some())
            .finish_non_exhaustive()
    }
}

impl Tls {
    /// Trusts the authorities of the platform, and presents no certificate.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts these authorities in addition: one or more certificates as PEM.
    #[must_use]
    #[doc(alias = "ca")]
    #[doc(alias = "root_certificate")]
    pub fn trust_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.authorities.push(pem.into());
        self
    }

    /// Trusts only these authorities and those of [`trust_pem`](Self::trust_pem), and not those of
    /// the platform.
    #[must_use]
    #[doc(alias = "pin")]
    pub fn trust_only_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.only_these = true;
        self.trust_pem(pem)
    }

    /// Does not read or trust the authorities of the platform. Reading them takes a few
    /// milliseconds, and fails if there are none. Use this with `http` only, or with
    /// [`trust_pem`](Self::trust_pem).
    #[must_use]
    pub fn without_platform(mut self) -> Self {
        self.only_these = true;
        self
    }

    /// Presents this certificate to servers that request one (mTLS). The text is PEM with the
    /// certificate, the intermediate certificates and the private key.
    #[must_use]
    #[doc(alias = "mtls")]
    #[doc(alias = "client_certificate")]
    pub fn identity_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.identity = Some(pem.into());
        self
    }

    /// Sets the provider of cryptography. The default is the one that the application has installed for
    /// its process. If there is none, it is aws-lc-rs with the feature `aws-lc-rs`, and ring otherwise.
    /// `CryptoProvider` is a type of rustls, and this method follows rustls' version, which is 0.23 now.
    /// An incompatible version of rustls is a breaking release of this crate.
    #[must_use]
    #[doc(alias = "aws-lc-rs")]
    #[doc(alias = "ring")]
    pub fn crypto_provider(mut self, provider: impl Into<Arc<CryptoProvider>>) -> Self {
        self.provider = Some(provider.into());
        self
    }

    /// # Errors
    /// [`ErrorKind::Configuration`]: a certificate or the key cannot be used, or the platform has
    /// no certificates to verify servers with, and they are needed.
    pub(crate) fn config(&self, roots: Roots) -> Result<ClientConfig, Error> {
        let provider = self.provider();
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|e| wrong("the provider of cryptography cannot do TLS", e))?;
        let mut authorities = Vec::new();
        for pem in &self.authorities {
            authorities.extend(certificates(pem, "an authority that is to be trusted")?);
        }
        let platform = match roots {
            _ if self.only_these => None,
            Roots::None => None,
            Roots::IfThere => verifier(authorities.clone(), provider).ok(),
            Roots::Needed => Some(verifier(authorities.clone(), provider).map_err(no_roots)?),
        };
        let builder = match platform {
            // Called dangerous for what else could be given; it is the platform's own verifier.
            Some(verifier) => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(verifier)),
            None => {
                let mut trusted = RootCertStore::empty();
                for authority in authorities {
                    let why = "a certificate of an authority cannot be used";
                    trusted.add(authority).map_err(|e| wrong(why, e))?;
                }
                builder.with_root_certificates(trusted)
            }
        };
        let mut config = match &self.identity {
            None => builder.with_no_client_auth(),
            Some(pem) => {
                let chain = certificates(pem, "the client's identity")?;
                let why = "the client's identity has no private key that can be used";
                let key = PrivateKeyDer::from_pem_slice(pem).map_err(|e| wrong(why, e))?;
                let why = "the client's certificate and key cannot be used";
                builder
                    .with_client_auth_cert(chain, key)
                    .map_err(|e| wrong(why, e))?
            }
        };
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }

    fn provider(&self) -> Arc<CryptoProvider> {
        self.provider
            .clone()
            .or_else(|| CryptoProvider::get_default().cloned())
            .unwrap_or_else(|| Arc::new(own_provider()))
    }
}

/// Returns whether reqwest can find a provider by itself, and so make TLS of its own settings.
#[cfg(feature = "reqwest")]
pub(crate) fn reqwest_has_a_provider() -> bool {
    cfg!(feature = "aws-lc-rs") || CryptoProvider::get_default().is_some()
}

#[cfg(feature = "aws-lc-rs")]
fn own_provider() -> CryptoProvider {
    rustls::crypto::aws_lc_rs::default_provider()
}

#[cfg(not(feature = "aws-lc-rs"))]
fn own_provider() -> CryptoProvider {
    rustls::crypto::ring::default_provider()
}

#[cfg(any(all(unix, not(target_os = "android")), windows))]
fn verifier(
    authorities: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Verifier, rustls::Error> {
    match authorities.is_empty() {
        true => Verifier::new(provider),
        false => Verifier::new_with_extra_roots(authorities, provider),
    }
}

/// The verifiers of other platforms take no authorities besides their own.
#[cfg(not(any(all(unix, not(target_os = "android")), windows)))]
fn verifier(
    authorities: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Verifier, rustls::Error> {
    match authorities.is_empty() {
        true => Verifier::new(provider),
        false => Err(rustls::Error::General(
            "this platform can trust no authority besides its own: use `trust_only_pem`".to_owned(),
        )),
    }
}

fn certificates(pem: &[u8], of: &str) -> Result<Vec<CertificateDer<'static>>, Error> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = read.map_err(|e| wrong(&format!("the certificate of {of} is not PEM"), e))?;
    match found.is_empty() {
        true => Err(Error::new(
            ErrorKind::Configuration,
            format!("the PEM of {of} has no certificate in it"),
        )),
        false => Ok(found),
    }
}

fn no_roots(error: rustls::Error) -> Error {
    // The words of rustls-platform-verifier.
    let message = match error.to_string().contains("No CA certificates were loaded") {
        true => {
            "there are no CA certificates on this machine to verify servers with: install them \
                 (the package is often called ca-certificates), name a file of them in \
                 SSL_CERT_FILE, or give them by `ClientBuilder::tls` (`Tls::trust_only_pem`)"
                .to_owned()
        }
        false => format!("TLS cannot be set up: {error}"),
    };
    Error::new(ErrorKind::Configuration, message).with_reason(error)
}

fn wrong(what: &str, why: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Configuration, format!("{what}: {why}")).with_reason(why)
}
