//! A request's body: whether it is read, and what has come of it.

use super::framing::Framing;
use super::refusal::Refusal;
use crate::chunked::{ChunkedDecoder, Decoded};

/// A body that nobody reads is passed over up to this size; above it the connection
/// closes.
const MAX_SKIP: u64 = 256 * 1024;

/// A body that is read, on its way.
#[derive(Debug)]
pub(crate) enum PartialBody {
    Length { bytes: Vec<u8>, length: usize },
    Chunked(ChunkedDecoder),
}

impl PartialBody {
    pub(super) fn len(&self) -> usize {
        match self {
            PartialBody::Length { bytes, .. } => bytes.len(),
            PartialBody::Chunked(decoder) => decoder.body.len(),
        }
    }

    /// Takes what belongs to the body, where there is room for it; whether it is complete.
    pub(super) fn take(&mut self, input: &[u8], room: usize) -> Result<(usize, bool), Refusal> {
        if input.len() > room {
            return Err(Refusal::NO_ROOM);
        }
        match self {
            PartialBody::Length { bytes, length } => {
                let now = (*length - bytes.len()).min(input.len());
                bytes.extend_from_slice(&input[..now]);
                Ok((now, bytes.len() == *length))
            }
            PartialBody::Chunked(decoder) => match decoder.decode(input) {
                Decoded::Partial(taken) => Ok((taken, false)),
                Decoded::Complete(taken) => Ok((taken, true)),
                Decoded::TooLarge => Err(Refusal::BODY_TOO_LARGE),
                Decoded::TooManyTrailers => Err(Refusal::HEAD_TOO_LARGE),
                Decoded::Malformed => Err(Refusal::bad("Malformed chunked body")),
            },
        }
    }

    pub(super) fn bytes(&mut self) -> Vec<u8> {
        match self {
            PartialBody::Length { bytes, .. } => std::mem::take(bytes),
            PartialBody::Chunked(decoder) => std::mem::take(&mut decoder.body),
        }
    }
}

/// What happens to a request's body.
pub(super) enum BodyHandling {
    /// It is all here, or there is none: so many bytes.
    Here(usize),
    /// It is read, and is not all here.
    Collect(PartialBody),
    /// Nobody reads it: so many bytes are here, and so many to come.
    Skip(usize, u64),
    /// Nobody reads it, and its end is too far away.
    Leave,
    /// It is not taken.
    Refuse(&'static Refusal),
}

impl BodyHandling {
    /// Decides about a body that is read up to a limit; `here` is what of it has come, `room`
    /// the bytes that may be kept.
    pub(super) fn of_read(framing: Framing, limit: u64, here: usize, room: usize) -> Self {
        let length = match framing {
            Framing::Chunked => {
                return BodyHandling::Collect(PartialBody::Chunked(ChunkedDecoder::of_request(
                    limit,
                )));
            }
            Framing::Length(length) if length > limit => {
                return BodyHandling::Refuse(&Refusal::BODY_TOO_LARGE);
            }
            Framing::Length(length) => length as usize,
        };
        if length <= here {
            return BodyHandling::Here(length);
        }
        if length > room {
            return BodyHandling::Refuse(&Refusal::NO_ROOM);
        }
        BodyHandling::Collect(PartialBody::Length {
            bytes: Vec::new(),
            length,
        })
    }

    /// Decides about a body that nobody reads; `waits` where the client sends it only when it
    /// is asked to.
    pub(super) fn of_unread(framing: Framing, waits: bool, here: usize) -> Self {
        let Framing::Length(length) = framing else {
            return BodyHandling::Leave;
        };
        let here = length.min(here as u64);
        let to_come = length - here;
        if to_come > MAX_SKIP || (to_come > 0 && waits) {
            return BodyHandling::Leave;
        }
        BodyHandling::Skip(here as usize, to_come)
    }
}
