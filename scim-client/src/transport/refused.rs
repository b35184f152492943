//! What a server says of requests that it has not processed.

use std::error::Error;

use h2::Reason;

/// Returns whether the server said that it has not processed the request (RFC 9113 §8.7): it refused the
/// stream, or it ends the connection in good order, and the stream is beyond those that it still answers
/// (§6.8). h2 gives that error to these streams only.
///
/// With another reason than `NO_ERROR` the end of a connection promises as much of them, but a server in
/// trouble is not to be believed with what must not be done twice.
pub(super) fn is_unprocessed(error: &(dyn Error + 'static)) -> bool {
    let mut sources = std::iter::successors(Some(error), |&error| error.source());
    let Some(error) = sources.find_map(|error| error.downcast_ref::<h2::Error>()) else {
        return false;
    };
    let refused = error.is_reset() && error.reason() == Some(Reason::REFUSED_STREAM);
    let goes = error.is_go_away() && error.reason() == Some(Reason::NO_ERROR);
    error.is_remote() && (refused || goes)
}
