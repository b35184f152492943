//! The transports that this crate has, for tests that hold for each of them.
#![allow(dead_code, unreachable_pub)]

#[cfg(feature = "reqwest")]
pub mod by_reqwest {
    use scim_client::{client::ClientBuilder, reqwest, transport::Tls};

    pub fn plain(builder: ClientBuilder) -> ClientBuilder {
        builder
    }

    pub fn without_proxy(builder: ClientBuilder) -> ClientBuilder {
        builder.configure_reqwest(reqwest::ClientBuilder::no_proxy)
    }

    /// Through this proxy, whatever is asked.
    pub fn through(builder: ClientBuilder, proxy: &str, tls: Tls) -> ClientBuilder {
        let proxy = reqwest::Proxy::all(proxy).unwrap();
        builder
            .tls(tls)
            .configure_reqwest(move |http| http.proxy(proxy))
    }

    pub fn with_tls(builder: ClientBuilder, tls: Tls) -> ClientBuilder {
        without_proxy(builder.tls(tls))
    }
}

#[cfg(feature = "hyper")]
pub mod by_hyper {
    use scim_client::{
        client::ClientBuilder,
        transport::{HyperTransport, Tls},
    };

    pub fn plain(builder: ClientBuilder) -> ClientBuilder {
        builder.use_hyper()
    }

    pub fn without_proxy(builder: ClientBuilder) -> ClientBuilder {
        builder.transport(HyperTransport::builder().no_proxy().build().unwrap())
    }

    /// Through this proxy, whatever is asked.
    pub fn through(builder: ClientBuilder, proxy: &str, tls: Tls) -> ClientBuilder {
        let hyper = HyperTransport::builder().proxy(proxy).tls(tls);
        builder.transport(hyper.build().unwrap())
    }

    pub fn with_tls(builder: ClientBuilder, tls: Tls) -> ClientBuilder {
        builder.use_hyper().tls(tls)
    }
}
