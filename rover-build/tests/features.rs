//! Words of features that the crate `rover` is built without.

use std::fs;

use rover_build::{Features, compile_with};

/// What is said of a program by a compiler that knows these features.
fn said(name: &str, handler: &str, features: Features) -> Option<String> {
    let folder = std::env::temp_dir().join(format!("rover-features-{}-{name}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let manifest = folder.join("routes.lua");
    let text =
        format!("local api = rover.server {{}}\nfunction api.get(ctx) {handler} end\nreturn api\n");
    fs::write(&manifest, text).expect("a file");
    let failure = compile_with(&manifest, features).err();
    fs::remove_dir_all(&folder).expect("it is there");
    failure.map(|failure| failure.message())
}

fn told(name: &str, handler: &str, feature: &str, off: Features) {
    let told = said(name, handler, off).unwrap_or_default();
    let message = format!("`{name}` needs the feature `{feature}`");
    assert!(told.contains("R0904") && told.contains(&message), "{told}");
    assert_eq!(said(name, handler, Features::ALL), None);
}

#[test]
fn redis_is_a_feature() {
    let off = Features {
        redis: false,
        ..Features::ALL
    };
    told(
        "rover.redis",
        "end local cache = rover.redis 'redis://h' function api.b.get() return cache:get 'a'",
        "redis",
        off,
    );
}

#[test]
fn sessions_are_a_feature() {
    let off = Features {
        crypto: false,
        ..Features::ALL
    };
    let folder = std::env::temp_dir().join(format!("rover-features-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let manifest = folder.join("sessions.lua");
    let text = "local api = rover.server { sessions = { secret = rover.env.SECRET } }\n\
                function api.get(ctx) return ctx:csrf() end\nreturn api\n";
    fs::write(&manifest, text).expect("a file");
    let failure = compile_with(&manifest, off).expect_err("it is off");
    assert!(compile_with(&manifest, Features::ALL).is_ok());
    fs::remove_dir_all(&folder).expect("it is there");
    let told = failure.message();
    assert!(
        told.contains("R0904") && told.contains("`sessions` needs the feature `crypto`"),
        "{told}"
    );
}

#[test]
fn state_elsewhere_is_a_feature() {
    let off = Features {
        redis: false,
        ..Features::ALL
    };
    let folder = std::env::temp_dir().join(format!("rover-features-{}-state", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let manifest = folder.join("routes.lua");
    let text = "return rover.server { state = 'memory' }\n";
    fs::write(&manifest, text).expect("a file");
    let told = compile_with(&manifest, off)
        .err()
        .map(|failure| failure.message());
    let told = told.unwrap_or_default();
    assert!(
        told.contains("R0904") && told.contains("`state` needs the feature `redis`"),
        "{told}"
    );
    assert!(compile_with(&manifest, Features::ALL).is_ok());
    fs::remove_dir_all(&folder).expect("it is there");
}

#[test]
fn cryptography_is_a_feature() {
    let off = Features {
        crypto: false,
        ..Features::ALL
    };
    for (name, handler) in [
        ("rover.crypto", "return rover.crypto.uuid()"),
        ("rover.password", "return rover.password.hash(ctx.path)"),
        (
            "rover.jwt",
            "local jwt = rover.jwt return jwt.verify(ctx.path, ctx.path)",
        ),
        (
            "rover.csrf",
            "end api.before = rover.csrf function api.b.post() return 'b'",
        ),
    ] {
        told(name, handler, "crypto", off);
    }
    let coding = "return rover.base64.encode(rover.hex.decode '00') .. rover.url.encode(ctx.path)";
    assert_eq!(said("coding", coding, off), None);
}
