//! The servers, and how each comes to be on this machine.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rover_benches::Failure;
use rover_benches::bun::{self, folder};
use rover_benches::process::{Invocation, Server, run};

/// A `GET` request on a connection that stays open.
pub(crate) fn request(path: &str, headers: &[&str]) -> String {
    let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n")
}

/// The release binary of a program of this package.
fn program(name: &str) -> Result<PathBuf, Failure> {
    let path = std::env::current_exe()?.with_file_name(name);
    match path.is_file() {
        true => Ok(path),
        false => Err(format!("{} is not built", path.display()).into()),
    }
}

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("backend")
}

/// A program of Rover's with these variables of the environment, on some cores, with a worker for each.
pub(crate) fn rover(
    name: &str,
    (cores, workers): (&str, u32),
    variables: &[String],
    path: &str,
) -> Result<Server, Failure> {
    let program = program(name)?;
    let (server, _) = Server::start_on(cores, name, &request(path, &[]), |port| {
        let mut arguments: Vec<OsString> = variables.iter().map(OsString::from).collect();
        arguments.push(program.into());
        let (port, workers) = (port.to_string(), workers.to_string());
        let options = [
            "--port",
            &port,
            "--workers",
            &workers,
            "--log-level",
            "error",
        ];
        arguments.extend(options.map(OsString::from));
        Ok(("env".into(), arguments))
    })?;
    Ok(server)
}

/// Hono on Bun, with a database where one is asked for.
pub(crate) fn bun(database: Option<&Path>, path: &str) -> Result<Server, Failure> {
    let more: Vec<OsString> = database.map(Into::into).into_iter().collect();
    bun::start("backend/bun.js", &more, &request(path, &[]))
}

/// nginx with Lua, on some cores, with a worker for each.
pub(crate) fn nginx((cores, workers): (&str, u32), path: &str) -> Result<Server, Failure> {
    if !Path::new("/usr/lib/nginx/modules/ngx_http_lua_module.so").exists() {
        run(Command::new("apt-get").args([
            "install",
            "-y",
            "-q",
            "nginx-light",
            "libnginx-mod-http-lua",
        ]))?;
    }
    let template = fs::read_to_string(sources().join("nginx.conf"))?;
    let folder = folder()?.join("nginx");
    fs::create_dir_all(&folder)?;
    let (server, _) = Server::start_on(cores, "nginx", &request(path, &[]), |port| {
        let text = template
            .replace("PORT", &port.to_string())
            .replace("WORKERS", &workers.to_string())
            .replace("FOLDER", &folder.to_string_lossy());
        let settings = folder.join("nginx.conf");
        fs::write(&settings, text)?;
        let arguments: [OsString; 4] = [
            "-p".into(),
            folder.clone().into(),
            "-c".into(),
            settings.into(),
        ];
        let invocation: Invocation = ("/usr/sbin/nginx".into(), arguments.to_vec());
        Ok(invocation)
    })?;
    Ok(server)
}
