//! Why a body is no form.

use http::StatusCode;

/// Why a body is no form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FormError {
    #[error("Unsupported Media Type")]
    ContentType,
    #[error(
        "The body is JSON but was sent as application/x-www-form-urlencoded: \
         send `content-type: application/json`"
    )]
    Json,
    #[error("Malformed form: {0}")]
    Malformed(&'static str),
    #[error("Form too large: {0}")]
    TooLarge(&'static str),
}

impl FormError {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            FormError::ContentType | FormError::Json => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            FormError::Malformed(_) => StatusCode::BAD_REQUEST,
            FormError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        }
    }
}
