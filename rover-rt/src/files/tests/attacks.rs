//! Paths that would leave a root, things that are no files, and systems that have no more.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::{CWD, FileType, Mode, mkfifoat, mknodat};

use super::{ALL, Folder, wait};
use crate::files::error::FileError;
use crate::files::front::Files;
use crate::files::roots::Roots;

/// A root with a file, beside a file that nobody may reach.
struct Scene {
    folder: Folder,
}

const SECRET: &[u8] = b"secret";

impl Scene {
    fn new() -> Self {
        let folder = Folder::new();
        fs::create_dir_all(folder.path().join("data/inner")).unwrap();
        fs::create_dir(folder.path().join("outside")).unwrap();
        fs::write(folder.path().join("data/inner/x"), "inner").unwrap();
        fs::write(folder.path().join("outside/x"), SECRET).unwrap();
        Scene { folder }
    }

    fn roots(&self) -> Roots {
        Roots::open([self.folder.path().join("data").to_str().unwrap()]).unwrap()
    }

    /// Both ways to follow paths.
    fn both(&self) -> [Files; 2] {
        [self.roots(), self.roots().walking()].map(|roots| Files::new(Arc::new(roots), 100))
    }

    fn at(&self, name: &str) -> Vec<u8> {
        self.folder.at(&format!("data/{name}"))
    }

    fn link(&self, to: &str, name: &str) {
        symlink(to, self.folder.path().join("data").join(name)).unwrap();
    }

    /// Nothing outside is other than it was.
    fn check_outside(&self) {
        let outside = self.folder.path().join("outside");
        let names: Vec<_> = fs::read_dir(&outside).unwrap().collect();
        assert_eq!(names.len(), 1);
        assert_eq!(fs::read(outside.join("x")).unwrap(), SECRET);
    }
}

/// What everything that a program can do with a path says to it.
fn all_operations(files: &Files, path: &[u8], within: &[u8]) -> Vec<(&'static str, FileError)> {
    let mut errors = Vec::new();
    let mut note = |name, error: Option<FileError>| errors.extend(error.map(|error| (name, error)));
    note(
        "read",
        wait(files.read(path, ALL))
            .map(|read| assert_ne!(read.as_deref(), Some(SECRET)))
            .err(),
    );
    note("write", wait(files.write(path, b"!".to_vec())).err());
    note("append", wait(files.append(path, b"!".to_vec())).err());
    note("list", wait(files.list(path, ALL)).err());
    note("stat", wait(files.stat(path)).err());
    note("exists", wait(files.exists(path)).err());
    for mode in [&b"r"[..], b"r+", b"w", b"a+"] {
        note("open", wait(files.open(path, mode)).err());
    }
    note("make_dir", wait(files.make_dir(path)).err());
    note("rename to", wait(files.rename(within, path)).err());
    note("rename from", wait(files.rename(path, within)).err());
    note("remove", wait(files.remove(path)).err());
    errors
}
const OPERATIONS: usize = 14;

#[test]
fn paths_that_lead_out_are_refused_by_everything() {
    let scene = Scene::new();
    scene.link("..", "up");
    scene.link("../outside", "out");
    scene.link("inner/../../outside", "winding");
    scene.link(
        scene.folder.path().join("outside").to_str().unwrap(),
        "absolute",
    );
    scene.link("out", "twice");
    let outside = scene.folder.at("outside/x");
    let (here, proc) = (
        scene.at(""),
        format!("/proc/{}/root/etc/passwd", std::process::id()),
    );
    let paths = [
        scene.at("../outside/x"),
        scene.at("inner/../../outside/x"),
        scene.at("./..//outside/x"),
        scene.at("none/../../outside/x"),
        scene.at("../data/../outside/x"),
        scene.at("up/outside/x"),
        scene.at("out/x"),
        scene.at("winding/x"),
        scene.at("absolute/x"),
        scene.at("twice/x"),
        outside,
        proc.into_bytes(),
        b"/etc/passwd".to_vec(),
        b"data/inner/x".to_vec(),
        b"".to_vec(),
        [&scene.at("inner/x")[..], b"\0"].concat(),
        [&here[..], b"inner\0/../../outside/x"].concat(),
    ];
    for files in scene.both() {
        for path in &paths {
            let errors = all_operations(&files, path, &scene.at("inner/x"));
            let shown = path.escape_ascii();
            // Nothing is there, or it leads out.
            let missing = ["ENOENT", "ENOTDIR"];
            let missing = errors
                .iter()
                .filter(|(_, error)| missing.contains(&error.name))
                .count();
            for (name, error) in &errors {
                let names = ["EACCES", "ENOENT", "ENOTDIR", "ELOOP", "EINVAL"];
                assert!(names.contains(&error.name), "{name} {shown}: {error:?}");
            }
            // Those for which nothing there is no error say that nothing is there.
            assert!(
                errors.len() == OPERATIONS || missing > 0,
                "{shown}: {errors:?}"
            );
            scene.check_outside();
            assert_eq!(
                fs::read(scene.folder.path().join("data/inner/x")).unwrap(),
                b"inner"
            );
        }
    }
}

/// As the last component, a link is a thing of its own: what changes names changes the link.
#[test]
fn links_are_removed_and_replaced_and_not_what_they_lead_to() {
    let scene = Scene::new();
    for files in scene.both() {
        for to in ["../outside/x", "../outside", "inner"] {
            scene.link(to, "link");
            let path = scene.at("link");
            assert_ne!(
                wait(files.read(&path, ALL)).ok().flatten().as_deref(),
                Some(SECRET)
            );
            assert!(wait(files.append(&path, b"!".to_vec())).is_err(), "{to}");
            wait(files.rename(&path, &scene.at("other"))).unwrap();
            assert_eq!(wait(files.remove(&scene.at("other"))), Ok(true));
            scene.link(to, "link");
            wait(files.write(&path, b"new".to_vec())).unwrap();
            assert_eq!(wait(files.read(&path, ALL)).unwrap().unwrap(), b"new");
            wait(files.remove(&path)).unwrap();
            scene.check_outside();
        }
    }
}

#[test]
fn links_that_stay_within_are_followed_by_the_kernel_and_refused_by_the_walk() {
    let scene = Scene::new();
    scene.link("inner", "link");
    scene.link("inner/x", "file");
    scene.link("file", "twice");
    scene.link("round", "round");
    let [kernel, walk] = scene.both();
    // On another system, or in a container that forbids it, both walk.
    let follows = wait(kernel.exists(&scene.at("link/x"))) == Ok(true);
    for path in ["link/x", "file", "twice"] {
        if follows {
            assert_eq!(
                wait(kernel.read(&scene.at(path), ALL)).unwrap().unwrap(),
                b"inner"
            );
        }
        let read = wait(walk.read(&scene.at(path), ALL));
        assert!(matches!(&read, Ok(None)) || read.is_err_and(|error| error.name == "ELOOP"));
    }
    for files in [&kernel, &walk] {
        let error = wait(files.open(&scene.at("round"), b"r")).unwrap_err();
        assert_eq!(error.name, "ELOOP");
        assert_eq!(
            wait(files.read(&scene.at("inner/../inner/x"), ALL))
                .unwrap()
                .unwrap(),
            b"inner"
        );
    }
}

/// A folder on the way is a folder and a link out of the root, in turn, while it is used.
#[test]
fn races_do_not_lead_out() {
    let scene = Scene::new();
    let data = scene.folder.path().join("data");
    let stop = AtomicBool::new(false);
    scene.link("../outside", "link");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let (inner, away, link) = (data.join("inner"), data.join("away"), data.join("link"));
            while !stop.load(Ordering::Relaxed) {
                fs::rename(&inner, &away).unwrap();
                fs::rename(&link, &inner).unwrap();
                fs::rename(&inner, &link).unwrap();
                fs::rename(&away, &inner).unwrap();
            }
        });
        scope.spawn(|| {
            // Up and down again, where double dots are followed meanwhile.
            let (deep, moved) = (data.join("a/b/c"), scene.folder.path().join("moved"));
            fs::create_dir_all(&deep).unwrap();
            while !stop.load(Ordering::Relaxed) {
                fs::rename(data.join("a/b"), &moved).unwrap();
                fs::rename(&moved, data.join("a/b")).unwrap();
            }
        });
        for files in scene.both() {
            let mut found = 0;
            for _ in 0..3000 {
                let read = wait(files.read(&scene.at("inner/x"), ALL));
                let bytes = read.ok().flatten();
                assert!(bytes.as_deref().is_none_or(|bytes| bytes == b"inner"));
                found += usize::from(bytes.is_some());
                let _ = wait(files.write(&scene.at("inner/new"), b"!".to_vec()));
                let _ = wait(files.remove(&scene.at("inner/new")));
                let up = wait(files.read(&scene.at("a/b/c/../../../outside/x"), ALL));
                assert!(up.ok().flatten().is_none());
            }
            assert!(found > 0);
        }
        stop.store(true, Ordering::Relaxed);
    });
    scene.check_outside();
}

#[test]
fn pipes_devices_and_sockets_are_no_files() {
    let scene = Scene::new();
    let path = |name: &str| scene.folder.path().join("data").join(name);
    mkfifoat(CWD, path("pipe"), Mode::from(0o666)).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(path("socket")).unwrap();
    let mut names = vec!["pipe", "socket"];
    let zero = rustix::fs::makedev(1, 5);
    // Only root can.
    if mknodat(
        CWD,
        path("zero"),
        FileType::CharacterDevice,
        Mode::from(0o666),
        zero,
    )
    .is_ok()
    {
        names.push("zero");
    }
    for files in scene.both() {
        for name in &names {
            let path = scene.at(name);
            for mode in [&b"r"[..], b"w", b"a", b"r+"] {
                let error = wait(files.open(&path, mode)).unwrap_err();
                assert!(
                    error.message.ends_with(": Not a regular file"),
                    "{name}: {error}"
                );
            }
            let read = wait(files.read(&path, ALL)).unwrap_err();
            assert!(read.message.ends_with(": Not a regular file"), "{read}");
            assert!(wait(files.write(&path, Vec::new())).is_err());
            assert_eq!(
                wait(files.stat(&path)).unwrap().unwrap().kind.as_str(),
                "other"
            );
        }
        let folder = scene.at("inner");
        for mode in [&b"r"[..], b"w", b"a+"] {
            let error = wait(files.open(&folder, mode)).unwrap_err();
            assert_eq!(error.name, "EISDIR");
        }
        assert_eq!(wait(files.read(&folder, ALL)).unwrap_err().name, "EISDIR");
        assert_eq!(
            wait(files.write(&folder, Vec::new())).unwrap_err().name,
            "EISDIR"
        );
        assert_eq!(
            wait(files.open(&scene.at("inner/x/"), b"r"))
                .unwrap_err()
                .name,
            "ENOTDIR"
        );
    }
}

#[test]
fn names_may_be_long_and_no_text() {
    let scene = Scene::new();
    for files in scene.both() {
        let longest = scene.at(&"n".repeat(255));
        wait(files.write(&longest, b"1".to_vec())).unwrap();
        assert_eq!(wait(files.remove(&longest)), Ok(true));
        let too_long = scene.at(&"n".repeat(256));
        assert_eq!(
            wait(files.write(&too_long, Vec::new())).unwrap_err().name,
            "ENAMETOOLONG"
        );
        assert!(wait(files.open(&scene.at(&"a/".repeat(5000)), b"r")).is_err());
        let no_text = [&scene.at("")[..], b"\xff\xfe\n"].concat();
        wait(files.write(&no_text, b"2".to_vec())).unwrap();
        let entries = wait(files.list(&scene.at(""), ALL)).unwrap().unwrap();
        assert!(entries.iter().any(|entry| entry.name == b"\xff\xfe\n"));
        assert_eq!(wait(files.read(&no_text, ALL)).unwrap().unwrap(), b"2");
        let error = wait(files.read(&no_text, 0)).unwrap_err();
        assert!(
            error.message.contains("\u{fffd}\u{fffd}\n: File too large"),
            "{error}"
        );
        wait(files.remove(&no_text)).unwrap();
    }
}

#[test]
fn more_files_than_a_vm_may_have_are_refused_as_the_system_does() {
    let scene = Scene::new();
    let files = Files::new(Arc::new(scene.roots()), 3);
    let open = || wait(files.open(&scene.at("inner/x"), b"r"));
    let mut held = vec![open().unwrap(), open().unwrap()];
    held.push(wait(files.temporary()).unwrap());
    let error = open().unwrap_err();
    assert_eq!((error.name, error.code), ("EMFILE", 24));
    assert!(
        error.message.ends_with("/inner/x: Too many open files"),
        "{error}"
    );
    // A file that is closed counts no more, also where somebody still has it.
    held[2].try_close();
    wait(held[2].close()).unwrap_or_default();
    held.push(open().unwrap());
    assert_eq!(files.open_files(), 3);
    assert_eq!(open().unwrap_err().name, "EMFILE");
}

#[test]
fn a_program_without_folders_has_no_files() {
    let files = Files::new(Arc::new(Roots::open([]).unwrap()), 10);
    let error = wait(files.open(b"x", b"w")).unwrap_err();
    assert_eq!((error.name, error.code), ("EACCES", 13));
    assert!(
        error.message.contains("the option `files` names no folder"),
        "{error}"
    );
    assert_eq!(wait(files.temporary()).unwrap_err().name, "EACCES");
}

/// The limit on the size of files is the process's, so it is one of its own that has it.
#[test]
fn a_disk_that_takes_no_more_is_told_of() {
    const WITHIN: &str = "ROVER_TEST_FILE_SIZE";
    if std::env::var_os(WITHIN).is_some() {
        return files_up_to_a_size();
    }
    let test = "files::tests::attacks::a_disk_that_takes_no_more_is_told_of";
    let own = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(WITHIN, "1")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&own.stderr).into_owned();
    assert!(own.status.success(), "{:?} {told}", own.status);
    assert!(told.contains("what was written to "), "{told}");
}

fn files_up_to_a_size() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    const SIZE: u64 = 100_000;
    let scene = Scene::new();
    let files = wait(async { Files::new(Arc::new(scene.roots()), 10) });
    let path = scene.at("large");
    wait(files.write(&path, b"old".to_vec())).unwrap();
    let limit = Rlimit {
        current: Some(SIZE),
        maximum: Some(SIZE),
    };
    setrlimit(Resource::Fsize, limit).unwrap();
    let more = || vec![b'x'; SIZE as usize + 1];
    let error = wait(files.write(&path, more())).unwrap_err();
    assert_eq!((error.name, error.code), ("EFBIG", 27));
    // Nothing is left of it, and the old file is what it was.
    assert_eq!(wait(files.read(&path, ALL)).unwrap().unwrap(), b"old");
    assert_eq!(
        fs::read_dir(scene.folder.path().join("data"))
            .unwrap()
            .count(),
        2
    );
    let file = wait(files.open(&path, b"w")).unwrap();
    assert_eq!(wait(file.write(more())).unwrap_err().name, "EFBIG");
    file.try_write(b"at the end").unwrap().unwrap();
    let error = wait(file.flush()).unwrap_err();
    assert_eq!(error.message, "File too large");
    // Told once; then it is gone, and the file can be closed.
    file.try_write(b"again").unwrap().unwrap();
    assert_eq!(wait(file.close()).unwrap_err().code, 27);
    assert_eq!(files.open_files(), 0);
    let file = wait(files.open(&path, b"a")).unwrap();
    file.try_write(b"for the log").unwrap().unwrap();
    drop(file);
    crate::files::pool::finish(std::time::Duration::from_secs(60));
    crate::log::finish();
}

/// What is read may grow while it is read.
#[test]
fn a_file_that_grows_is_read_up_to_the_limit() {
    let scene = Scene::new();
    let files = scene.both().into_iter().next().unwrap();
    let path = scene.folder.path().join("data/grows");
    fs::write(&path, "").unwrap();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            use std::io::Write;
            let mut file = fs::File::options().append(true).open(&path).unwrap();
            let mut size = 0;
            while !stop.load(Ordering::Relaxed) && size < 50_000_000 {
                file.write_all(&[b'x'; 50_000]).unwrap();
                size += 50_000;
            }
        });
        let own = scene.at("grows");
        let error = loop {
            match wait(files.read(&own, 1_000_000)) {
                Ok(read) => assert!(read.unwrap().len() <= 1_000_000),
                Err(error) => break error,
            }
        };
        assert_eq!(error.name, "EFBIG");
        stop.store(true, Ordering::Relaxed);
    });
}
