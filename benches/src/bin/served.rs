//! A plan that is served without rustc, to be measured beside the compiled program:
//! `ROVER_MANIFEST=routes.lua cargo run --release -p rover-benches --bin served -- --port 4242`.

use std::path::PathBuf;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let Some(manifest) = std::env::var_os("ROVER_MANIFEST").map(PathBuf::from) else {
        eprintln!("error: ROVER_MANIFEST names the manifest");
        return ExitCode::from(2);
    };
    match rover_build::compile_file(&manifest) {
        Ok(compiled) => rover::main(compiled.plan.into()),
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
