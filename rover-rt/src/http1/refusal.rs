//! What is answered to requests that the program is not asked about.

use http::StatusCode;

use crate::message::reply::Reply;

/// A request that is not answered by the program.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) message: &'static str,
}

impl Refusal {
    pub(super) const UNKNOWN_CODING: Self = Refusal {
        status: StatusCode::NOT_IMPLEMENTED,
        message: "Unknown Transfer-Encoding",
    };
    pub(super) const EXPECTATION: Self = Refusal {
        status: StatusCode::EXPECTATION_FAILED,
        message: "Expectation Failed",
    };
    /// What follows a CONNECT is not HTTP's.
    pub(super) const TUNNEL: Self = Refusal {
        status: StatusCode::NOT_IMPLEMENTED,
        message: "Not Implemented",
    };
    pub(super) const HEAD_TOO_LARGE: Self = Refusal {
        status: StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        message: "Request Header Fields Too Large",
    };
    pub(super) const LINE_TOO_LONG: Self = Refusal {
        status: StatusCode::URI_TOO_LONG,
        message: "URI Too Long",
    };
    pub(super) const VERSION: Self = Refusal {
        status: StatusCode::HTTP_VERSION_NOT_SUPPORTED,
        message: "HTTP Version Not Supported",
    };

    pub(super) const BODY_TOO_LARGE: Self = Refusal {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        message: "Payload Too Large",
    };
    /// Other clients' bodies fill the memory that there is for them, or their requests the
    /// time.
    pub(super) const NO_ROOM: Self = Refusal {
        status: StatusCode::SERVICE_UNAVAILABLE,
        message: "Service Unavailable",
    };
    pub(super) const PATH: Self = Refusal::bad("Malformed path");
    /// The client is too slow.
    pub(super) const TIMEOUT: Self = Refusal {
        status: StatusCode::REQUEST_TIMEOUT,
        message: "Request Timeout",
    };

    pub(super) fn reply(&self) -> Reply {
        let reply = Reply::refusal(self.status, self.message);
        match self.status {
            StatusCode::SERVICE_UNAVAILABLE => reply.retry_after(1),
            _ => reply,
        }
    }

    pub(super) const fn bad(message: &'static str) -> Self {
        Refusal {
            status: StatusCode::BAD_REQUEST,
            message,
        }
    }
}
