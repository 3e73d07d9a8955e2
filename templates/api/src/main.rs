use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Reads the command line and the environment, and serves until it is told to stop.
    rover::main(api::routes::app())
}
