//! The program of `environment/` in a process of its own: compiled into it, or as a plan, in the
//! form that `TEST_ROVER_FORM` names.

use std::path::Path;
use std::process::ExitCode;

use rover::App;
use rover_build::{Form, compile_form};

rover::app!(mod compiled = "environment/routes.lua");

fn plan(form: Form) -> App {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("environment/routes.lua");
    let compiled = compile_form(&manifest, form).unwrap_or_else(|why| panic!("{why}"));
    compiled.plan.into()
}

fn main() -> ExitCode {
    let form = std::env::var("TEST_ROVER_FORM").unwrap_or_default();
    rover::main(match form.as_str() {
        "specialised plan" => plan(Form::Specialised),
        "reference plan" => plan(Form::Reference),
        _ => compiled::app(),
    })
}
