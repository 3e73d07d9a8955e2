//! Who is compared, and how each comes to be on this machine.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rover_benches::Failure;
use rover_benches::process::{Invocation, Server, run};

use crate::work::Work;

pub(crate) struct Rival {
    pub(crate) name: &'static str,
    pub(crate) version: String,
    works: &'static [Work],
    /// What to run for a port.
    command: Box<dyn Fn(u16) -> Result<Invocation, Failure>>,
}

impl Rival {
    /// Its server, and the time until its first answer.
    pub(crate) fn start(&self) -> Result<(Server, Duration), Failure> {
        Server::start(self.name, &Work::Echo.request(), &self.command)
    }

    pub(crate) fn does(&self, work: Work) -> bool {
        self.works.contains(&work)
    }
}

/// Where things are, and the load generators.
pub(crate) struct Tools {
    /// `benches/compare`.
    sources: PathBuf,
    /// Release binaries of this workspace.
    release: PathBuf,
    /// What was installed for the comparison alone.
    folder: PathBuf,
    pub(crate) oha: Option<PathBuf>,
}

impl Tools {
    /// Builds this workspace's servers and sees to the load generators.
    pub(crate) fn prepare(root: &Path) -> Result<Tools, Failure> {
        let target =
            env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("../target"), PathBuf::from);
        let folder = target.join("compare");
        fs::create_dir_all(&folder)?;
        run(cargo().args(["build", "--release", "-p", "rover-benches", "--bins"]))?;
        in_path("wrk").or_else(|_| install(&["wrk"]).and_then(|()| in_path("wrk")))?;
        let oha = oha(&folder)
            .inspect_err(|error| eprintln!("left out: latencies at a fixed rate: {error}"))
            .ok();
        Ok(Tools {
            sources: root.join("compare"),
            release: target.join("release"),
            folder,
            oha,
        })
    }
}

/// Those that are asked for, or why not. Nothing is installed for the others.
pub(crate) fn chosen(
    tools: &Tools,
    is_wanted: impl Fn(&str) -> bool,
) -> Vec<Result<Rival, String>> {
    type Prepare = fn(&Tools) -> Result<Rival, Failure>;
    let all: [(&str, Prepare); 7] = [
        ("rover", rover),
        ("raw hyper", |tools| {
            Ok(fixed(tools, "raw hyper", "raw_hyper", &["1"]))
        }),
        ("epoll loop", |tools| {
            Ok(fixed(tools, "epoll loop", "epoll", &[]))
        }),
        ("bun", |tools| npm(tools, "bun", &[])),
        ("deno", |tools| npm(tools, "deno", &["run", "--allow-net"])),
        ("go", go),
        ("nginx + lua", nginx),
    ];
    let wanted = all.into_iter().filter(|(name, _)| is_wanted(name));
    let prepared =
        wanted.map(|(name, prepare)| prepare(tools).map_err(|error| format!("{name}: {error}")));
    prepared.collect()
}

/// A crate as the README has one: a copy of `templates/minimal` with the comparison's manifest.
fn rover(tools: &Tools) -> Result<Rival, Failure> {
    let root = tools.sources.join("../..").canonicalize()?;
    let template = root.join("templates/minimal");
    let folder = tools.folder.join("rover");
    fs::create_dir_all(folder.join("src"))?;
    let dependencies = fs::read_to_string(template.join("Cargo.toml"))?;
    let path = format!("path = {:?}", root.display().to_string());
    let dependencies = dependencies.replace("path = \"../..\"", &path);
    fs::write(folder.join("Cargo.toml"), dependencies)?;
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    fs::copy(template.join("src/main.rs"), folder.join("src/main.rs"))?;
    fs::copy(tools.sources.join("routes.lua"), folder.join("routes.lua"))?;
    run(cargo()
        .args(["build", "--release", "--target-dir"])
        .arg(folder.join("target"))
        .current_dir(&folder))?;
    let program = folder.join("target/release/minimal");
    Ok(Rival {
        name: "rover",
        version: env!("CARGO_PKG_VERSION").to_owned(),
        works: &Work::ALL,
        command: Box::new(move |port| {
            let port = port.to_string();
            let arguments = ["--port", &port, "--workers", "1", "--log-level", "off"];
            Ok((program.clone(), arguments.map(OsString::from).to_vec()))
        }),
    })
}

/// A server of this package with one fixed response.
fn fixed(tools: &Tools, name: &'static str, binary: &str, rest: &'static [&str]) -> Rival {
    let program = tools.release.join(binary);
    Rival {
        name,
        version: "this lockfile's".to_owned(),
        works: &[Work::Echo, Work::Pipeline],
        command: Box::new(move |port| {
            let port = OsString::from(port.to_string());
            let rest = rest.iter().map(OsString::from);
            Ok((program.clone(), [port].into_iter().chain(rest).collect()))
        }),
    }
}

fn npm(tools: &Tools, name: &'static str, arguments: &'static [&str]) -> Result<Rival, Failure> {
    let folder = tools.folder.join("npm");
    let program = folder.join("node_modules/.bin").join(name);
    if !program.exists() {
        let npm = in_path("npm")?;
        fs::create_dir_all(&folder)?;
        fs::copy(
            tools.sources.join("package.json"),
            folder.join("package.json"),
        )?;
        run(Command::new(npm)
            .args(["install", "--no-audit", "--no-fund"])
            .current_dir(&folder))?;
    }
    let script = tools.sources.join(name).with_extension("js");
    Ok(Rival {
        name,
        version: version(&program, "--version")?,
        works: &Work::ALL,
        command: Box::new(move |port| {
            let mut arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
            arguments.push(script.clone().into());
            arguments.push(port.to_string().into());
            Ok((program.clone(), arguments))
        }),
    })
}

fn go(tools: &Tools) -> Result<Rival, Failure> {
    let go = in_path("go").or_else(|_| install(&["golang-go"]).and_then(|()| in_path("go")))?;
    let program = tools.folder.join("go_server");
    run(Command::new(&go)
        .args(["build", "-o"])
        .arg(&program)
        .arg(tools.sources.join("main.go")))?;
    Ok(Rival {
        name: "go",
        version: version(&go, "version")?,
        works: &Work::ALL,
        command: Box::new(move |port| Ok((program.clone(), vec![port.to_string().into()]))),
    })
}

fn nginx(tools: &Tools) -> Result<Rival, Failure> {
    let module = Path::new("/usr/lib/nginx/modules/ngx_http_lua_module.so");
    let cjson = Path::new("/usr/lib/x86_64-linux-gnu/lua/5.1/cjson.so");
    if !module.exists() || !cjson.exists() {
        install(&["nginx-light", "libnginx-mod-http-lua", "lua-cjson"])?;
    }
    let nginx = in_path("nginx").or_else(|_| in_path("/usr/sbin/nginx"))?;
    let template = fs::read_to_string(tools.sources.join("nginx.conf"))?;
    let folder = tools.folder.join("nginx");
    fs::create_dir_all(&folder)?;
    let folder = folder.canonicalize()?;
    Ok(Rival {
        name: "nginx + lua",
        version: version(&nginx, "-v")?,
        works: &Work::ALL,
        command: Box::new(move |port| {
            let text = template
                .replace("PORT", &port.to_string())
                .replace("FOLDER", &folder.to_string_lossy());
            let settings = folder.join("nginx.conf");
            fs::write(&settings, text)?;
            let arguments = [
                "-p".into(),
                folder.clone().into(),
                "-c".into(),
                settings.into(),
            ];
            Ok((nginx.clone(), arguments.to_vec()))
        }),
    })
}

fn oha(folder: &Path) -> Result<PathBuf, Failure> {
    let own = folder.join("bin/oha");
    if own.exists() {
        return Ok(own);
    }
    if let Ok(found) = in_path("oha") {
        return Ok(found);
    }
    let install = ["install", "oha", "--locked", "--root"];
    run(cargo().args(install).arg(folder))?;
    Ok(own)
}

fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn in_path(name: &str) -> Result<PathBuf, Failure> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut candidates = env::split_paths(&path).map(|folder| folder.join(name));
    let found = candidates.find(|candidate| candidate.is_file());
    found.ok_or_else(|| format!("{name} is not installed").into())
}

/// Debian's packages, for who may install them.
fn install(packages: &[&str]) -> Result<(), Failure> {
    let apt = in_path("apt-get").map_err(|_| format!("{packages:?} are not installed"))?;
    run(Command::new(apt)
        .args(["install", "-y", "-q"])
        .args(packages))
}

/// The first line of what a program says of its version.
fn version(program: &Path, argument: &str) -> Result<String, Failure> {
    let output = Command::new(program).arg(argument).output()?;
    let said = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&said);
    let line = text.lines().next().unwrap_or_default();
    let number = line.split([' ', '/']).find(|word| {
        let word = word.trim_start_matches("go");
        word.starts_with(|c: char| c.is_ascii_digit())
    });
    Ok(number.unwrap_or(line).to_owned())
}
