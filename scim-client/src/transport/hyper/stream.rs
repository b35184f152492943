//! A connection, by whatever way it was made.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use ::hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::{
    client::legacy::connect::{Connected, Connection},
    rt::TokioIo,
};
use tokio::net::TcpStream;

type Tcp = TokioIo<TcpStream>;

/// With TLS to the server or the proxy, or with both, one inside of the other.
#[cfg(feature = "rustls")]
pub(super) type Io = hyper_rustls::MaybeHttpsStream<hyper_rustls::MaybeHttpsStream<Tcp>>;
#[cfg(not(feature = "rustls"))]
pub(super) type Io = Tcp;

/// A connection.
pub(super) struct Stream {
    io: Io,
    /// Whether the other end is a proxy, which is told whole URLs (RFC 9112 §3.2.2).
    to_proxy: bool,
}

impl Stream {
    pub(super) fn new(io: Io, to_proxy: bool) -> Self {
        Self { io, to_proxy }
    }

    fn io(self: Pin<&mut Self>) -> Pin<&mut Io> {
        Pin::new(&mut self.get_mut().io)
    }
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        self.io.connected().proxy(self.to_proxy)
    }
}

impl Read for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        self.io().poll_read(context, buffer)
    }
}

impl Write for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.io().poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.io().poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.io().poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.io().poll_write_vectored(context, slices)
    }
}
