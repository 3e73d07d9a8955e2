//! What a person at work is shown: mistakes in place of the program, and why a handler failed.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

use rover_rt::development::{Asked, Development, FailedHandler, Page, PageKind};

use crate::dev::mistakes::Mistakes;
use crate::dev::page::{self, Failure};

/// Where open pages ask for the version.
const VERSION: &str = "/__rover/version";

/// What every version's workers share.
#[derive(Debug)]
pub(crate) struct Shown {
    /// The manifest's, for excerpts.
    folder: PathBuf,
    /// The number of what is shown next: pages that have another one load again.
    next: AtomicU64,
    mistakes: RwLock<Option<Arc<Current>>>,
}

#[derive(Debug)]
struct Current {
    mistakes: Mistakes,
    number: u64,
    /// A version without them is still there.
    served: bool,
}

impl Shown {
    pub(crate) fn new(folder: PathBuf) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        Shown {
            folder,
            // Pages that are open from an earlier start load again, too.
            next: AtomicU64::new(now.map_or(0, |now| now.as_millis() as u64)),
            mistakes: RwLock::new(None),
        }
    }

    /// What is served is the newest version.
    pub(crate) fn mended(&self) {
        self.set(None);
    }

    /// The newest version has mistakes; `served` says whether an older one is there.
    pub(crate) fn failed(&self, mistakes: Mistakes, served: bool) {
        let number = self.number();
        self.set(Some(Arc::new(Current {
            mistakes,
            number,
            served,
        })));
    }

    fn set(&self, current: Option<Arc<Current>>) {
        *self
            .mistakes
            .write()
            .unwrap_or_else(PoisonError::into_inner) = current;
    }

    fn current(&self) -> Option<Arc<Current>> {
        let current = self.mistakes.read().unwrap_or_else(PoisonError::into_inner);
        current.clone()
    }

    fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }
}

/// What one version's workers ask.
#[derive(Debug)]
pub(crate) struct ShownByVersion {
    all: Arc<Shown>,
    number: u64,
}

impl ShownByVersion {
    pub(crate) fn new(all: &Arc<Shown>) -> Self {
        ShownByVersion {
            number: all.number(),
            all: Arc::clone(all),
        }
    }

    /// That of what a page shows.
    fn number(&self) -> u64 {
        let mistakes = self.all.current();
        mistakes.map_or(self.number, |current| current.number)
    }

    fn html(&self, status: u16, body: String) -> Option<Page> {
        let body = body + &self.script();
        let kind = PageKind::Html;
        Some(Page { status, kind, body })
    }
}

impl Development for ShownByVersion {
    /// A browser that wants a page is shown the mistakes, and so is a client that asks for JSON.
    /// Others are answered by the version before, while there is one.
    fn instead(&self, asked: &Asked<'_>) -> Option<Page> {
        let current = self.all.current()?;
        if asked.accepts("text/html") {
            return self.html(500, page::mistakes(&current.mistakes, current.served));
        }
        let wanted = asked.accepts("application/json") || !current.served;
        wanted.then(|| Page {
            status: 500,
            kind: PageKind::Json,
            body: current.mistakes.json.to_string(),
        })
    }

    fn own(&self, path: &str) -> Option<Page> {
        (path == VERSION).then(|| Page {
            status: 200,
            kind: PageKind::Text,
            body: self.number().to_string(),
        })
    }

    fn failed(&self, asked: &Asked<'_>, handler: &FailedHandler<'_>) -> Option<Page> {
        let failure = Failure::new(asked, handler, &self.all.folder);
        if asked.accepts("text/html") {
            return self.html(handler.status, page::failure(&failure));
        }
        (!handler.answered).then(|| Page {
            status: handler.status,
            kind: PageKind::Json,
            body: failure.json().to_string(),
        })
    }

    fn script(&self) -> String {
        format!(
            "<script>(()=>{{const served=\"{}\";const ask=async()=>{{try{{\
             const answer=await fetch(\"{VERSION}\",{{cache:\"no-store\"}});\
             if(answer.ok&&await answer.text()!==served){{location.reload();return}}}}catch{{}}\
             setTimeout(ask,document.hidden?1000:200)}};setTimeout(ask,200)}})()</script>\n",
            self.number()
        )
    }
}
