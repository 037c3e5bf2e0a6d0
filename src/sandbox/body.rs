//! Bodies that do not come as they should: late, or not whole.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::Context;
use std::task::Poll;
use std::task::ready;
use std::time::Duration;

use axum::body::Body;
use axum::body::Bytes;
use http_body::Frame;
use http_body::SizeHint;

use super::clock::SandboxClock;

/// In how many pieces a slow body comes.
const PIECES: usize = 10;

/// Returns a body that comes in pieces, spread over `time`.
pub(super) fn slow(bytes: Vec<u8>, time: Duration, clock: SandboxClock) -> Body {
    let length = bytes.len();
    let bytes = Bytes::from(bytes);
    let size = length.div_ceil(PIECES).max(1);
    let pieces = (0..length).step_by(size).map(|start| bytes.slice(start..(start + size).min(length)));
    let pause = time / u32::try_from(PIECES).unwrap_or(1);
    Body::new(Slow { pieces: pieces.collect(), pause, clock, waiting: None })
}

/// Returns a body that promises all its bytes and breaks off after half of them.
pub(super) fn truncated(mut bytes: Vec<u8>) -> Body {
    let promised = bytes.len();
    bytes.truncate(promised / 2);
    Body::new(Truncated { bytes: Some(bytes.into()), promised: promised as u64, is_flushed: false })
}

/// Returns a body that is whole, and whose JSON is never closed.
pub(super) fn malformed(mut bytes: Vec<u8>) -> Body {
    bytes.pop();
    Body::from(bytes)
}

struct Slow {
    pieces: VecDeque<Bytes>,
    pause: Duration,
    clock: SandboxClock,
    waiting: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl http_body::Body for Slow {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.pieces.is_empty() {
            return Poll::Ready(None);
        }
        let (pause, clock) = (self.pause, self.clock.clone());
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(async move { clock.wait(pause).await }));
        ready!(waiting.as_mut().poll(context));
        self.waiting = None;
        Poll::Ready(self.pieces.pop_front().map(|piece| Ok(Frame::data(piece))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.pieces.iter().map(|piece| piece.len() as u64).sum())
    }
}

struct Truncated {
    bytes: Option<Bytes>,
    promised: u64,
    is_flushed: bool,
}

impl http_body::Body for Truncated {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(bytes) = self.bytes.take() {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        // The server sends what it has only when a body makes it wait; an error would drop it all.
        if !std::mem::replace(&mut self.is_flushed, true) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.promised)
    }
}
