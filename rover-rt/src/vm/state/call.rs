//! What a call of a handler or a hook is given.

use std::cell::OnceCell;
use std::ffi::c_int;

use http::StatusCode;

use crate::message::form::{self, Field, FormError};
use crate::message::request::RequestData;

/// One protected call.
pub(crate) struct Call<'a> {
    pub(crate) request: &'a RequestData<'a>,
    /// Index in the table of handlers.
    pub(crate) handler: c_int,
    pub(crate) wants_ctx: bool,
    pub(crate) argument: Argument<'a>,
    /// The body as a form, read at most once. It is kept here because an error in Lua
    /// unwinds the natives that use it.
    form: OnceCell<Result<Vec<Field<'a>>, FormError>>,
}

impl<'a> Call<'a> {
    pub(crate) fn new(
        request: &'a RequestData<'a>,
        handler: c_int,
        wants_ctx: bool,
        argument: Argument<'a>,
    ) -> Self {
        Call {
            request,
            handler,
            wants_ctx,
            argument,
            form: OnceCell::new(),
        }
    }

    /// The fields of the body as a form.
    pub(crate) fn form(&self) -> Result<&[Field<'a>], FormError> {
        let read = self.form.get_or_init(|| {
            let content_type = self.request.headers.get("content-type");
            form::read(content_type, self.request.body.unwrap_or_default())
        });
        read.as_deref().map_err(|error| *error)
    }
}

/// What a hook is given after `ctx`.
pub(crate) enum Argument<'a> {
    None,
    /// The error value on top of the request thread's stack, with the status of the answer
    /// and what kind of error it is.
    Raised(StatusCode, &'static str),
    Http(StatusCode, &'a str),
}
