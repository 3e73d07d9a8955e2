//! An answer as it is kept: bytes that hold all of it.

use http::StatusCode;
use http::header::{HeaderName, HeaderValue, SET_COOKIE};

use crate::admission::digest::Digest;
use crate::message::reply::{ContentType, Reply};

/// The status of an answer that was too large to be kept: its request has run, and nothing more is known.
const NOT_KEPT: u16 = 0;

/// Writes an answer, for a request with this digest; without it where nothing but that is to be known. Its cookies are not
/// kept: they belong to the moment. Given again they would bring back what the client has replaced since, or give it to
/// another who knows the key.
pub(crate) fn pack(request: &Digest, reply: Option<&Reply>) -> Vec<u8> {
    let mut out = request.to_vec();
    let Some(reply) = reply else {
        out.extend(NOT_KEPT.to_be_bytes());
        return out;
    };
    let status = reply.status.unwrap_or(StatusCode::OK);
    out.extend(status.as_u16().to_be_bytes());
    let kind: &[u8] = match &reply.content_type {
        None => b"",
        Some(ContentType::Json) => b"j",
        Some(ContentType::Html) => b"h",
        Some(ContentType::Text) => b"t",
        Some(ContentType::Other(value)) => &[b"o", value.as_bytes()].concat(),
    };
    part(kind, &mut out);
    let kept = || reply.headers().filter(|(name, _)| **name != SET_COOKIE);
    out.extend((kept().count() as u32).to_be_bytes());
    for (name, value) in kept() {
        part(name.as_str().as_bytes(), &mut out);
        part(value.as_bytes(), &mut out);
    }
    out.extend_from_slice(&reply.body);
    out
}

fn part(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend((bytes.len() as u32).to_be_bytes());
    out.extend_from_slice(bytes);
}

/// An answer that was kept.
#[derive(Debug)]
pub(crate) enum Unpacked {
    Reply(Box<Reply>),
    /// It was too large.
    NotKept,
}

/// The digest of the request, and the answer; nothing for other bytes than [`pack`] writes.
pub(crate) fn unpack(mut bytes: &[u8]) -> Option<(Digest, Unpacked)> {
    let rest = &mut bytes;
    let request: Digest = take(rest, 16)?.try_into().ok()?;
    let status = u16::from_be_bytes(take(rest, 2)?.try_into().ok()?);
    if status == NOT_KEPT {
        return Some((request, Unpacked::NotKept));
    }
    let kind = take_part(rest)?;
    let mut reply = Reply::empty(StatusCode::from_u16(status).ok()?);
    reply.content_type = match kind.split_first() {
        None => None,
        Some((b'j', _)) => Some(ContentType::Json),
        Some((b'h', _)) => Some(ContentType::Html),
        Some((b't', _)) => Some(ContentType::Text),
        Some((_, value)) => {
            let value = HeaderValue::from_bytes(value).ok()?;
            Some(ContentType::Other(Box::new(value)))
        }
    };
    for _ in 0..take_number(rest)? {
        let name = HeaderName::from_bytes(take_part(rest)?).ok()?;
        let value = HeaderValue::from_bytes(take_part(rest)?).ok()?;
        reply.headers_mut().append(name, value);
    }
    reply.body = rest.to_vec();
    Some((request, Unpacked::Reply(Box::new(reply))))
}

fn take<'b>(rest: &mut &'b [u8], count: usize) -> Option<&'b [u8]> {
    let (taken, after) = rest.split_at_checked(count)?;
    *rest = after;
    Some(taken)
}

fn take_number(rest: &mut &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(take(rest, 4)?.try_into().ok()?))
}

fn take_part<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let length = take_number(rest)?;
    take(rest, length as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_comes_back_as_it_was() {
        let mut reply = Reply::empty(StatusCode::CREATED);
        reply.content_type = Some(ContentType::Other(Box::new(HeaderValue::from_static(
            "image/png",
        ))));
        for value in ["<1>; rel=next", "<2>; rel=last"] {
            let added = reply.add_header(b"link", value.as_bytes());
            added.expect("a header");
        }
        reply.body = (0..=255).collect();
        let packed = pack(&[7; 16], Some(&reply));
        let (request, unpacked) = unpack(&packed).expect("an answer");
        let Unpacked::Reply(back) = unpacked else {
            panic!("it was kept");
        };
        assert_eq!(request, [7; 16]);
        assert_eq!(format!("{back:?}"), format!("{reply:?}"));
        for cut in 0..packed.len() - reply.body.len() {
            assert!(unpack(&packed[..cut]).is_none(), "{cut}");
        }
    }

    #[test]
    fn cookies_are_not_kept() {
        let mut reply = Reply::empty(StatusCode::CREATED);
        for (name, value) in [("set-cookie", "a=1"), ("x-a", "b"), ("set-cookie", "c=2")] {
            let added = reply.add_header(name.as_bytes(), value.as_bytes());
            added.expect("a header");
        }
        let (_, unpacked) = unpack(&pack(&[7; 16], Some(&reply))).expect("an answer");
        let Unpacked::Reply(back) = unpacked else {
            panic!("it was kept");
        };
        let names: Vec<_> = back.headers().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["x-a"]);
    }

    #[test]
    fn what_was_not_kept_is_known() {
        let (request, unpacked) = unpack(&pack(&[1; 16], None)).expect("is known");
        assert_eq!(request, [1; 16]);
        assert!(matches!(unpacked, Unpacked::NotKept));
    }
}
