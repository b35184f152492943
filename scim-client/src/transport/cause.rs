//! The cause of a failed connection, in words.

use std::{error::Error, io};

/// How hyper's errors of a proxy begin.
const TUNNEL: &str = "tunnel error: ";

/// What lies at the bottom of an error, in words for whoever has to mend it.
pub(super) fn words(error: &(dyn Error + 'static)) -> String {
    let mut deepest = error;
    let mut is_name = false;
    loop {
        if let Some(why) = deepest.to_string().strip_prefix(TUNNEL) {
            return proxy(why, inside(deepest));
        }
        #[cfg(feature = "rustls")]
        if let Some(error) = deepest.downcast_ref::<rustls::Error>() {
            return tls::words(error);
        }
        is_name |= deepest.to_string().starts_with("dns error");
        match inside(deepest) {
            Some(inner) => deepest = inner,
            None => break,
        }
    }
    let own = deepest.to_string();
    let own = without_number(&own);
    if is_name {
        return format!("the host's name cannot be resolved by DNS ({own})");
    }
    let known = deepest.downcast_ref::<io::Error>();
    match known.map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => {
            return "connection refused: nothing listens there".to_owned();
        }
        Some(io::ErrorKind::ConnectionReset) => return "the connection was reset".to_owned(),
        Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => {
            return "there is no route to the host".to_owned();
        }
        _ => {}
    }
    // OpenSSL's words for the first, hyper's for the second.
    if own.contains("wrong version number") || own.contains("packet length too long") {
        return format!("the server does not speak TLS: is it a port for http? ({own})");
    }
    if own.starts_with("invalid HTTP") {
        return format!("the server does not speak HTTP: is it a port for https? ({own})");
    }
    own.to_owned()
}

/// Why a proxy does not lead to the server.
fn proxy(why: &str, inside: Option<&(dyn Error + 'static)>) -> String {
    match (why, inside) {
        ("proxy authorization required", _) => {
            "the proxy wants a user name and password (407)".to_owned()
        }
        ("unsuccessful", _) => "the proxy refuses to connect to it".to_owned(),
        (_, Some(inside)) => format!("the proxy cannot be reached: {}", words(inside)),
        (why, None) => format!("the proxy failed ({why})"),
    }
}

/// The error inside, also that which an I/O error wraps and does not call its source.
fn inside<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    if let Some(error) = error.downcast_ref::<io::Error>()
        && let Some(inner) = error.get_ref()
    {
        return Some(inner);
    }
    error.source()
}

/// Without the number that an operating system gives its errors.
fn without_number(text: &str) -> &str {
    text.split(" (os error").next().unwrap_or(text)
}

#[cfg(feature = "rustls")]
mod tls {
    use rustls::{AlertDescription, CertificateError, Error};

    pub(super) fn words(error: &Error) -> String {
        match error {
            Error::InvalidCertificate(why) => certificate(why),
            Error::InvalidMessage(_) => {
                format!("the server does not speak TLS: is it a port for http? ({error})")
            }
            Error::AlertReceived(AlertDescription::CertificateRequired) => {
                "the server wants a certificate of the client".to_owned()
            }
            Error::AlertReceived(alert) => format!("the server ended TLS with {alert:?}"),
            Error::PeerIncompatible(why) => {
                format!("the server's TLS has nothing in common with the client's ({why:?})")
            }
            other => format!("TLS failed: {other}"),
        }
    }

    fn certificate(why: &CertificateError) -> String {
        let problem = match why {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "has expired".to_owned()
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "is not valid yet: is the clock right?".to_owned()
            }
            CertificateError::UnknownIssuer => {
                "is of an authority that is not trusted here; `ClientBuilder::tls` can add one"
                    .to_owned()
            }
            CertificateError::NotValidForName => "is for another name".to_owned(),
            CertificateError::NotValidForNameContext { presented, .. } => {
                let names: Vec<_> = presented.iter().take(5).map(|name| name_of(name)).collect();
                format!("is for another name (it is for {})", names.join(", "))
            }
            CertificateError::Revoked => "was revoked".to_owned(),
            other if format!("{other:?}").contains("CaUsedAsEndEntity") => {
                "is self-signed or that of an authority; `ClientBuilder::tls` can trust it"
                    .to_owned()
            }
            other => format!("cannot be verified ({other})"),
        };
        format!("the server's certificate {problem}")
    }

    /// `DnsName("a.example")` is how the name comes.
    fn name_of(presented: &str) -> &str {
        presented.split('"').nth(1).unwrap_or(presented)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_is_said_once_and_in_words() {
        let refused = io::Error::from_raw_os_error(111);
        if refused.kind() == io::ErrorKind::ConnectionRefused {
            let wrapped = io::Error::other(io::Error::other(refused));
            assert_eq!(words(&wrapped), "connection refused: nothing listens there");
        }
        assert_eq!(
            words(&io::Error::other("dns error")),
            "the host's name cannot be resolved by DNS (dns error)"
        );
        assert_eq!(
            words(&io::Error::other("as it is (os error 7)")),
            "as it is"
        );
    }
}
