//! Milliseconds for compiling a manifest, which is what the macro does at every
//! expansion: `cargo run --release -p rover-benches --bin expansion`.

use std::time::Instant;

use rover_benches::routes;

fn main() -> std::io::Result<()> {
    let folder = std::env::temp_dir().join(format!("rover-expansion-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    for count in [100, 1000] {
        let manifest = folder.join("routes.lua");
        std::fs::write(&manifest, routes::manifest(count))?;
        let mut best = f64::INFINITY;
        for _ in 0..20 {
            let start = Instant::now();
            let compiled = rover_build::compile_file(&manifest).expect("it compiles");
            assert_eq!(compiled.app.routes.len(), count);
            best = best.min(start.elapsed().as_secs_f64() * 1e3);
        }
        println!("{count} routes: {best:.1} ms");
    }
    std::fs::remove_dir_all(&folder)
}
