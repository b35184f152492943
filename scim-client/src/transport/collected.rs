//! A body as it arrives.

use bytes::{Bytes, BytesMut};

use super::{TransportError, TransportErrorKind};

/// How much room a body gets because a server says that it will be large; more only as it comes.
const MAX_ROOM: u64 = 8 << 20;

/// A body as it arrives; one that comes in one piece is not copied.
pub(super) struct Collected {
    first: Bytes,
    rest: BytesMut,
    room: usize,
}

impl Collected {
    pub(super) fn expecting(length: Option<u64>) -> Self {
        let room = length.unwrap_or_default().min(MAX_ROOM);
        Self {
            first: Bytes::new(),
            rest: BytesMut::new(),
            room: usize::try_from(room).unwrap_or_default(),
        }
    }

    pub(super) fn push(&mut self, chunk: Bytes, max: usize) -> Result<(), TransportError> {
        if self.len() + chunk.len() > max {
            let limit = format!("more than {max} bytes");
            return Err(TransportError::new(TransportErrorKind::TooLarge, limit));
        }
        if self.first.is_empty() && self.rest.is_empty() {
            self.first = chunk;
        } else {
            if self.rest.is_empty() {
                self.rest.reserve(self.room);
                self.rest
                    .extend_from_slice(&std::mem::take(&mut self.first));
            }
            self.rest.extend_from_slice(&chunk);
        }
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.first.len() + self.rest.len()
    }

    pub(super) fn into_bytes(self) -> Bytes {
        if self.rest.is_empty() {
            self.first
        } else {
            self.rest.freeze()
        }
    }
}
