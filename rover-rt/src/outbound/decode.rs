//! Bodies that a server has compressed: gzip (RFC 1952) and brotli (RFC 7932).
//!
//! A step gives little at a time, whatever the input is, so that a limit is noticed before much
//! memory is taken.

use std::io::Write as _;

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use bytes::{Buf as _, Bytes};
use flate2::write::MultiGzDecoder;

use super::head::AnswerHeaders;

/// What is asked for.
pub(super) const ACCEPTED: &str = "gzip, br";

/// How much a step writes at most.
const STEP: usize = 32 << 10;

/// The input is not what its header says, or it ends too early.
#[derive(Debug)]
pub(super) struct Malformed;

pub(super) enum Decoder {
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
    Brotli(Box<Brotli>),
}

impl Decoder {
    /// The decoder for a body with these headers, which no longer tell of an encoding then. Another
    /// encoding than those that were asked for is the program's to read.
    pub(super) fn take(headers: &mut AnswerHeaders) -> Option<Self> {
        let mut encodings = headers.all("content-encoding");
        let encoding = encodings.next()?.trim_ascii();
        if encodings.next().is_some() {
            return None;
        }
        drop(encodings);
        let is = |name: &[u8]| encoding.eq_ignore_ascii_case(name);
        let decoder = if is(b"gzip") || is(b"x-gzip") {
            Decoder::Gzip(Box::new(MultiGzDecoder::new(Vec::new())))
        } else if is(b"br") {
            Decoder::Brotli(Box::new(Brotli::new()))
        } else {
            return None;
        };
        // The length counts the encoded bytes.
        headers.remove(&["content-encoding", "content-length"]);
        Some(decoder)
    }

    /// Takes some of the input and may write up to a step's length of output.
    pub(super) fn step(&mut self, input: &mut Bytes) -> Result<(), Malformed> {
        match self {
            Decoder::Gzip(gzip) => match gzip.write(input) {
                Ok(taken) if taken > 0 || input.is_empty() => {
                    input.advance(taken);
                    Ok(())
                }
                Ok(_) | Err(_) => Err(Malformed),
            },
            Decoder::Brotli(brotli) => brotli.step(input),
        }
    }

    /// Writes what the input so far stands for, for those who read while it comes.
    pub(super) fn flush(&mut self) -> Result<(), Malformed> {
        match self {
            Decoder::Gzip(gzip) => gzip.flush().map_err(|_| Malformed),
            Decoder::Brotli(_) => Ok(()),
        }
    }

    /// The input has ended.
    pub(super) fn finish(&mut self) -> Result<(), Malformed> {
        match self {
            Decoder::Gzip(gzip) => gzip.try_finish().map_err(|_| Malformed),
            Decoder::Brotli(brotli) if brotli.ended => Ok(()),
            Decoder::Brotli(_) => Err(Malformed),
        }
    }

    /// What was written and not taken yet.
    pub(super) fn output(&mut self) -> &mut Vec<u8> {
        match self {
            Decoder::Gzip(gzip) => gzip.get_mut(),
            Decoder::Brotli(brotli) => &mut brotli.output,
        }
    }
}

pub(super) struct Brotli {
    state: BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>,
    output: Vec<u8>,
    total: usize,
    ended: bool,
}

impl Brotli {
    fn new() -> Self {
        let alloc = StandardAlloc::default;
        Brotli {
            // Strict: windows of at most 16 MiB, as browsers have it.
            state: BrotliState::new_strict(alloc(), alloc(), alloc()),
            output: Vec::new(),
            total: 0,
            ended: false,
        }
    }

    fn step(&mut self, input: &mut Bytes) -> Result<(), Malformed> {
        if self.ended {
            // Nothing may follow the end.
            return if input.is_empty() {
                Ok(())
            } else {
                Err(Malformed)
            };
        }
        let start = self.output.len();
        self.output.resize(start + STEP, 0);
        let (mut available_in, mut taken) = (input.len(), 0);
        let (mut available_out, mut written) = (STEP, 0);
        let result = BrotliDecompressStream(
            &mut available_in,
            &mut taken,
            input,
            &mut available_out,
            &mut written,
            &mut self.output[start..],
            &mut self.total,
            &mut self.state,
        );
        self.output.truncate(start + written);
        input.advance(taken);
        match result {
            BrotliResult::ResultSuccess => self.ended = true,
            BrotliResult::ResultFailure => return Err(Malformed),
            // More output waits although the input is taken: the next step gives it.
            BrotliResult::NeedsMoreOutput | BrotliResult::NeedsMoreInput => {}
        }
        Ok(())
    }
}
