//! What a request and a response are, and how texts in them are read: paths, queries,
//! headers, cookies and forms, and what proxies say of a request.
//!
//! Nothing here knows how messages travel (that is `http1/`), who answers them, or Lua.

pub(crate) mod decode;
pub(crate) mod form;
pub(crate) mod forwarded;
pub(crate) mod headers;
pub(crate) mod host;
pub(crate) mod kept;
pub(crate) mod path;
pub(crate) mod reply;
pub(crate) mod request;
