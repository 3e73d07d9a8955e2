//! What a call of a handler or a hook is given.

use std::cell::OnceCell;
use std::ffi::c_int;

use http::StatusCode;

use crate::message::form::{self, Field, FormError};
use crate::message::reply::Reply;
use crate::message::request::RequestData;

/// One protected call.
pub(crate) struct Call<'a> {
    pub(crate) request: &'a RequestData<'a>,
    /// Index in the table of handlers.
    pub(crate) handler: c_int,
    pub(crate) wants_ctx: bool,
    /// It follows another call of its request, and is given the same ctx where that has kept one.
    pub(crate) follows: bool,
    /// Its ctx lives on, for those that follow.
    pub(crate) keeps_ctx: bool,
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
            follows: false,
            keeps_ctx: false,
            argument,
            form: OnceCell::new(),
        }
    }

    /// The same for a call whose ctx others of the request are given.
    pub(crate) fn keeping_ctx(mut self, keeps: bool) -> Self {
        self.keeps_ctx = keeps;
        self
    }

    /// The same for a call that follows others of the request.
    pub(crate) fn following(mut self) -> Self {
        self.follows = true;
        self
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

/// What a function is given after `ctx`.
pub(crate) enum Argument<'a> {
    None,
    /// The error value on top of the request thread's stack, with the status of the answer
    /// and what kind of error it is.
    Raised(StatusCode, &'static str),
    Http(StatusCode, &'a str),
    /// An answer, which a hook may change, and its number in the VM.
    Answer(&'a Reply, u32),
}
