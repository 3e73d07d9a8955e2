//! Says back what it is told: the program that the load tests ask.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

rover::app!("examples/echo/routes.lua");
