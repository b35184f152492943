//! A body as it arrives.

use std::pin::pin;

use bytes::{Bytes, BytesMut};
use http::Extensions;
use http_body::Body;
use http_body_util::BodyExt as _;

use super::{CutOff, TransportError, TransportErrorKind, give_way};

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
            return Err(too_large(max));
        }
        let is_first = self.first.is_empty() && self.rest.is_empty();
        // Of a longer one that is to come, a part is not held on to: it may be a small part of a large
        // buffer of the connection.
        if is_first && chunk.len() >= self.room {
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

/// There is more than so many bytes.
pub(super) fn too_large(max: usize) -> TransportError {
    let limit = format!("more than {max} bytes");
    TransportError::new(TransportErrorKind::TooLarge, limit)
}

/// After how many frames in a row that were there at once the executor has a turn.
const AT_ONCE: u32 = 64;

/// A body of at most so many bytes; the rest is left where it is cut, which is noted, and an error
/// otherwise.
///
/// A body in this process may always be ready and never end, also with frames of no bytes at all.
pub(super) async fn read<B>(
    body: B,
    most: usize,
    is_cut: bool,
    noted: &mut Extensions,
) -> Result<Bytes, TransportError>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut body = pin!(body);
    let mut read = Collected::expecting(body.size_hint().exact());
    let mut frames = 0_u32;
    loop {
        frames = frames.wrapping_add(1);
        if frames.is_multiple_of(AT_ONCE) {
            give_way().await;
        }
        let Some(frame) = body.frame().await else {
            break;
        };
        let frame = match frame {
            Ok(frame) => frame,
            // The status says what happened; of the words there are those that came.
            Err(_) if is_cut => {
                noted.insert(CutOff);
                break;
            }
            Err(error) => return Err(TransportError::new(TransportErrorKind::Other, error)),
        };
        let Ok(mut data) = frame.into_data() else {
            continue;
        };
        let room = most - read.len();
        let is_last = is_cut && data.len() >= room;
        if is_last {
            data.truncate(room);
            noted.insert(CutOff);
        }
        if !data.is_empty() {
            read.push(data, most)?;
        }
        if is_last {
            break;
        }
    }
    Ok(read.into_bytes())
}
