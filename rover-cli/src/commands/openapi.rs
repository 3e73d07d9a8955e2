//! `rover openapi`: the document that describes the routes.

use std::process::ExitCode;

use crate::args::OpenApi;
use crate::error::Error;
use crate::manifest::Manifest;
use crate::output;

pub(crate) fn run(openapi: &OpenApi) -> Result<ExitCode, Error> {
    let compiled = Manifest::find(&openapi.manifest)?.compile()?;
    match &compiled.plan.docs {
        Some(docs) => output::print(&format!("{}\n", docs.document)),
        None => Err(Error::Usage(
            "the program has no OpenAPI document: its option `docs` is false".to_owned(),
        )),
    }
}
