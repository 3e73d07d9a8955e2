//! Opening what is below a folder's descriptor, and nothing else: whatever the path has of double
//! dots and links, and whatever others rename meanwhile.

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{Mode, OFlags, openat};
#[cfg(target_os = "linux")]
use rustix::fs::{ResolveFlags, openat2};
use rustix::io::Errno;

/// How paths are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// The kernel does it, by `openat2` (Linux 5.6): links are followed that stay below.
    #[cfg(target_os = "linux")]
    Kernel,
    /// One component after the other, where the kernel does not know how or may not be asked:
    /// links are refused.
    Walk,
}

/// Why something below a folder was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The path leads out of the folder.
    Outside,
    /// The system's reason.
    System(Errno),
}

impl From<Errno> for Refusal {
    fn from(error: Errno) -> Self {
        Refusal::System(error)
    }
}

/// For a folder that is only looked from: no permission to list it is needed where the system can
/// tell the two apart.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
pub(crate) const LOOK: OFlags = OFlags::PATH;
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
pub(crate) const LOOK: OFlags = OFlags::RDONLY;

/// The kernel gives up with `EAGAIN` where folders are renamed while it follows double dots.
#[cfg(target_os = "linux")]
const ATTEMPTS: usize = 100;

impl Way {
    /// The better one that works here. Containers may forbid `openat2`, with one of two errors.
    pub(crate) fn best(folder: BorrowedFd<'_>) -> Self {
        #[cfg(target_os = "linux")]
        if open_by_kernel(folder, &[], LOOK | OFlags::DIRECTORY, Mode::empty()).is_ok() {
            return Way::Kernel;
        }
        let _ = folder;
        Way::Walk
    }

    /// Opens the path of these components below the folder; none is the folder itself.
    pub(crate) fn open(
        self,
        folder: BorrowedFd<'_>,
        components: &[&[u8]],
        flags: OFlags,
        mode: Mode,
    ) -> Result<OwnedFd, Refusal> {
        match self {
            #[cfg(target_os = "linux")]
            Way::Kernel => open_by_kernel(folder, components, flags, mode),
            Way::Walk => open_by_walking(folder, components, flags, mode),
        }
    }
}

#[cfg(target_os = "linux")]
fn open_by_kernel(
    folder: BorrowedFd<'_>,
    components: &[&[u8]],
    flags: OFlags,
    mode: Mode,
) -> Result<OwnedFd, Refusal> {
    let path = match components {
        [] => b".".to_vec(),
        components => components.join(&b'/'),
    };
    let flags = flags | OFlags::CLOEXEC;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    let mut attempts = 0;
    loop {
        match openat2(folder, &*path, flags, mode, resolve) {
            Ok(found) => return Ok(found),
            Err(Errno::XDEV) => return Err(Refusal::Outside),
            Err(Errno::AGAIN) if attempts < ATTEMPTS => attempts += 1,
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn open_by_walking(
    folder: BorrowedFd<'_>,
    components: &[&[u8]],
    flags: OFlags,
    mode: Mode,
) -> Result<OwnedFd, Refusal> {
    let on_the_way = LOOK | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    // Those that were entered, so that double dots lead back to where we came from, wherever
    // that has been moved to.
    let mut entered: Vec<OwnedFd> = Vec::new();
    let (last, others) = match components.split_last() {
        Some((last, others)) if *last != b".." => (*last, others),
        _ => (b".".as_slice(), components),
    };
    for component in others {
        if *component == b".." {
            entered.pop().ok_or(Refusal::Outside)?;
            continue;
        }
        let from = entered.last().map_or(folder, |folder| folder.as_fd());
        let found = openat(from, *component, on_the_way, Mode::empty())?;
        entered.push(found);
    }
    let from = entered.last().map_or(folder, |folder| folder.as_fd());
    let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(openat(from, last, flags, mode)?)
}
