//! What `rover.fs` does.

use std::os::unix::fs::PermissionsExt;

use super::{ALL, Folder, wait};
use crate::files::front::Files;
use crate::files::open::format::{Format, Value};
use crate::files::open::state::Whence;
use crate::files::pool;
use crate::files::roots::Roots;

fn names(folder: &Folder, name: &str) -> Vec<String> {
    let entries = wait(folder.files().list(&folder.at(name), ALL)).unwrap();
    let entries = entries.unwrap().into_iter().map(|entry| {
        let name = String::from_utf8(entry.name).unwrap();
        format!("{name} {}", entry.kind.as_str())
    });
    entries.collect()
}

#[test]
fn what_is_written_is_read() {
    let folder = Folder::new();
    let files = folder.files();
    let path = folder.at("a");
    assert_eq!(wait(files.read(&path, ALL)), Ok(None));
    for bytes in [&b"one"[..], b"", b"\0\xff", &vec![b'x'; 300_000]] {
        wait(files.write(&path, bytes.to_vec())).unwrap();
        assert_eq!(wait(files.read(&path, ALL)).unwrap().unwrap(), bytes);
    }
    wait(files.append(&path, b"!".to_vec())).unwrap();
    assert_eq!(
        wait(files.read(&path, ALL)).unwrap().unwrap().len(),
        300_001
    );
    wait(files.append(&folder.at("new"), b"+".to_vec())).unwrap();
    assert_eq!(
        wait(files.read(&folder.at("new"), 1)).unwrap().unwrap(),
        b"+"
    );
    let error = wait(files.read(&path, 300_000)).unwrap_err();
    assert_eq!((error.name, error.code), ("EFBIG", 27));
    let error = wait(files.write(&folder.at("no/where"), Vec::new())).unwrap_err();
    assert_eq!(error.name, "ENOENT");
    assert!(
        error
            .message
            .ends_with("/no/where: No such file or directory"),
        "{error}"
    );
}

#[test]
fn a_reader_sees_the_old_bytes_or_the_new_ones() {
    let folder = Folder::new();
    let files = folder.files();
    let path = folder.at("a");
    let versions: [Vec<u8>; 2] = [vec![b'0'; 200_000], vec![b'1'; 100_000]];
    wait(files.write(&path, versions[0].clone())).unwrap();
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let files = folder.files();
            let mut changes = 0;
            let mut last = None;
            while changes < 20 {
                let read = wait(files.read(&path, ALL)).unwrap();
                assert!(read.as_ref().is_some_and(|read| versions.contains(read)));
                changes += usize::from(last != read);
                last = read;
            }
        });
        let mut index = 0;
        while !reader.is_finished() {
            index = 1 - index;
            wait(files.write(&path, versions[index].clone())).unwrap();
        }
    });
    assert_eq!(names(&folder, ""), ["a file"]);
}

#[test]
fn the_permissions_of_a_file_stay() {
    let folder = Folder::new();
    let path = folder.path().join("secret");
    std::fs::write(&path, "old").unwrap();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
    wait(folder.files().write(&folder.at("secret"), b"new".to_vec())).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"new");
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}

#[test]
fn folders_are_made_listed_and_removed() {
    let folder = Folder::new();
    let files = folder.files();
    for is_new in [true, false] {
        assert_eq!(wait(files.make_dir(&folder.at("a/b/c/"))), Ok(is_new));
    }
    wait(files.write(&folder.at("a/x"), b"12345".to_vec())).unwrap();
    std::os::unix::fs::symlink("x", folder.path().join("a/l")).unwrap();
    assert_eq!(names(&folder, "a"), ["b folder", "l link", "x file"]);
    assert_eq!(wait(files.list(&folder.at("none"), ALL)), Ok(None));
    assert_eq!(
        wait(files.list(&folder.at("a/x"), ALL)).unwrap_err().name,
        "ENOTDIR"
    );
    assert_eq!(
        wait(files.list(&folder.at("a"), 150)).unwrap_err().name,
        "EFBIG"
    );
    let facts = wait(files.stat(&folder.at("a/x"))).unwrap().unwrap();
    assert_eq!((facts.size, facts.kind.as_str()), (5, "file"));
    let modified = std::fs::metadata(folder.path().join("a/x"))
        .unwrap()
        .modified()
        .unwrap();
    let modified = modified.duration_since(std::time::UNIX_EPOCH).unwrap();
    assert!((facts.modified - modified.as_secs_f64()).abs() < 1e-3);
    assert_eq!(
        wait(files.stat(&folder.at("")))
            .unwrap()
            .unwrap()
            .kind
            .as_str(),
        "folder"
    );
    assert_eq!(
        wait(files.make_dir(&folder.at("a/x"))).unwrap_err().name,
        "EEXIST"
    );
    assert_eq!(
        wait(files.make_dir(&folder.at("a/x/y"))).unwrap_err().name,
        "ENOTDIR"
    );
    assert_eq!(
        wait(files.remove(&folder.at("a"))).unwrap_err().name,
        "ENOTEMPTY"
    );
    assert_eq!(
        wait(files.remove(&folder.at("a/x/"))).unwrap_err().name,
        "ENOTDIR"
    );
    for name in ["a/l", "a/x", "a/b/c", "a/b/", "a"] {
        assert_eq!(wait(files.exists(&folder.at(name))), Ok(true), "{name}");
        assert_eq!(wait(files.remove(&folder.at(name))), Ok(true), "{name}");
        assert_eq!(wait(files.exists(&folder.at(name))), Ok(false), "{name}");
        assert_eq!(wait(files.remove(&folder.at(name))), Ok(false), "{name}");
    }
    let error = wait(files.remove(&folder.at("."))).unwrap_err();
    assert_eq!(error.name, "EBUSY");
}

#[test]
fn names_change() {
    let folder = Folder::new();
    let files = folder.files();
    wait(files.write(&folder.at("a"), b"a".to_vec())).unwrap();
    wait(files.write(&folder.at("b"), b"b".to_vec())).unwrap();
    wait(files.make_dir(&folder.at("c"))).unwrap();
    wait(files.rename(&folder.at("a"), &folder.at("b"))).unwrap();
    wait(files.rename(&folder.at("b"), &folder.at("c/d"))).unwrap();
    wait(files.rename(&folder.at("c/"), &folder.at("e/"))).unwrap();
    assert_eq!(
        wait(files.read(&folder.at("e/d"), ALL)).unwrap().unwrap(),
        b"a"
    );
    assert_eq!(names(&folder, ""), ["e folder"]);
    let error = wait(files.rename(&folder.at("e/d/"), &folder.at("f"))).unwrap_err();
    assert_eq!(error.name, "ENOTDIR");
    let error = wait(files.rename(&folder.at("none"), &folder.at("f"))).unwrap_err();
    assert_eq!(error.name, "ENOENT");
}

#[test]
fn pieces_make_the_whole_also_of_a_file_that_grows() {
    let folder = Folder::new();
    let files = folder.files();
    let path = folder.at("a");
    let whole: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
    wait(files.write(&path, whole.clone())).unwrap();
    let file = wait(files.open(&path, b"r")).unwrap();
    let next = || wait(file.read(vec![Format::Bytes(30_000)], ALL)).unwrap();
    let mut found: Vec<u8> = Vec::new();
    while let [Value::Bytes(piece)] = &next()[..] {
        assert_eq!(piece.len(), 30_000.min(whole.len() - found.len()));
        found.extend(piece);
    }
    assert!(found == whole);
    wait(files.append(&path, b"more".to_vec())).unwrap();
    assert_eq!(next(), [Value::Bytes(b"more".to_vec())]);
    assert_eq!(next(), [Value::Nothing]);
}

#[test]
fn a_root_that_is_not_there_is_named() {
    let folder = Folder::new();
    let missing = format!("{}/data", folder.path().display());
    let error = Roots::open([&*missing]).unwrap_err().to_string();
    assert_eq!(error, format!("{missing:?}: No such file or directory"));
    std::fs::write(&missing, "").unwrap();
    let error = Roots::open([&*missing]).unwrap_err().to_string();
    assert_eq!(error, format!("{missing:?}: Not a directory"));
    let error = Roots::open(["no-such-folder"]).unwrap_err().to_string();
    assert!(
        error.starts_with("\"no-such-folder\": No such file"),
        "{error}"
    );
    assert!(error.contains(" (in /"), "{error}");
}

#[test]
fn the_nearest_root_is_taken() {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.path().join("a/b")).unwrap();
    let name = |name: &str| format!("{}/{name}", folder.path().display());
    let roots = Roots::open([&*name("a"), &name("./a//b/")]).unwrap();
    let files = Files::new(std::sync::Arc::new(roots), 10);
    // The nearer one has a descriptor of its own, so it may be moved.
    wait(files.write(&folder.at("a/b/x"), b"near".to_vec())).unwrap();
    std::fs::rename(name("a/b"), name("moved")).unwrap();
    wait(files.write(&folder.at("a/./b//x"), b"far away".to_vec())).unwrap();
    assert_eq!(std::fs::read(name("moved/x")).unwrap(), b"far away");
    assert_eq!(
        wait(files.write(&folder.at("ab"), Vec::new()))
            .unwrap_err()
            .name,
        "EACCES"
    );
}

#[test]
fn what_nobody_waits_for_any_more_closes_its_files() {
    let folder = Folder::new();
    let files = folder.files();
    wait(files.write(&folder.at("a"), b"1234".to_vec())).unwrap();
    wait(async {
        for _ in 0..300 {
            let opened = files.open(&folder.at("a"), b"r+");
            tokio::select! {
                biased;
                // Of those that nobody waited for, not all may be closed yet.
                file = opened => assert!(file.map_or_else(|error| error.name == "EMFILE", |_| true)),
                () = tokio::task::yield_now() => {}
            }
        }
    });
    until(|| files.open_files() == 0);
}

#[test]
fn bytes_in_a_buffer_are_written_when_the_request_ends_or_the_file_goes() {
    let folder = Folder::new();
    let files = folder.files();
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let kept = wait(files.open(&folder.at("kept"), b"a")).unwrap();
    let gone = wait(files.open(&folder.at("gone"), b"w")).unwrap();
    for file in [&kept, &gone] {
        file.try_write(b"written").unwrap().unwrap();
    }
    assert_eq!(read("kept"), "");
    files.settle();
    until(|| read("kept") == "written" && read("gone") == "written");
    for file in [&kept, &gone] {
        file.try_write(b" again").unwrap().unwrap();
    }
    drop(gone);
    until(|| read("gone") == "written again" && files.open_files() == 1);
    assert_eq!(read("kept"), "written");
    files.settle();
    until(|| read("kept") == "written again");
}

#[test]
fn a_file_survives_a_request_that_was_cancelled_while_it_used_it() {
    let folder = Folder::new();
    let files = folder.files();
    let file = wait(files.open(&folder.at("a"), b"w+")).unwrap();
    wait(async {
        for _ in 0..100 {
            let write = file.write(vec![b'x'; 50_000]);
            tokio::select! {
                biased;
                written = write => written.unwrap(),
                () = tokio::task::yield_now() => {}
            }
        }
        // Those that had begun are finished before this one.
        file.write(b"end".to_vec()).await.unwrap();
        let size = file.seek(Whence::Current, 0).await.unwrap();
        assert_eq!(size % 50_000, 3);
        file.seek(Whence::Start, size as i64 - 3).await.unwrap();
        let rest = file.read(vec![Format::All], ALL).await.unwrap();
        assert_eq!(rest, [Value::Bytes(b"end".to_vec())]);
    });
}

#[test]
fn the_pool_has_few_threads_and_does_all_in_order_of_need() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NOW: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);
    let work = || {
        let now = NOW.fetch_add(1, Ordering::SeqCst) + 1;
        MOST.fetch_max(now, Ordering::SeqCst);
        std::thread::yield_now();
        NOW.fetch_sub(1, Ordering::SeqCst);
        Ok(())
    };
    wait(async {
        let all = (0..1000).map(|_| pool::run(work));
        let all: Vec<_> = all.map(Box::pin).collect();
        let mut set = Vec::new();
        for one in all {
            set.push(tokio::spawn(one));
        }
        for one in set {
            one.await.unwrap().unwrap();
        }
    });
    assert!(MOST.load(Ordering::SeqCst) <= pool::THREADS);
    let panicked: Result<(), _> = wait(pool::run(|| panic!("a test of a panic")));
    assert_eq!(panicked.unwrap_err().name, "EIO");
    wait(pool::run(work)).unwrap();
}

/// Waits for what threads do without being waited for.
fn until(mut is_so: impl FnMut() -> bool) {
    let since = std::time::Instant::now();
    while !is_so() {
        assert!(since.elapsed().as_secs() < 60, "it never becomes so");
        std::thread::yield_now();
    }
}
