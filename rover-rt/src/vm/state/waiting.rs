//! Who polls the tasks of a VM while they wait: they hear of it when nothing runs there any more.

use std::cell::{Cell, RefCell};
use std::task::Waker;

/// The wakers of the tasks that wait.
#[derive(Default)]
pub(crate) struct WaitingTasks {
    has_ended: Cell<bool>,
    places: RefCell<Places>,
}

#[derive(Default)]
struct Places {
    wakers: Vec<Option<Waker>>,
    free: Vec<usize>,
}

/// A task's place among them, which it has from its first wait on.
#[derive(Default)]
pub(crate) struct WaitingPlace(Option<usize>);

impl WaitingTasks {
    /// A task waits: this is who is woken.
    pub(crate) fn enter(&self, place: &mut WaitingPlace, waker: &Waker) {
        let Places { wakers, free } = &mut *self.places.borrow_mut();
        let at = *place.0.get_or_insert_with(|| {
            free.pop().unwrap_or_else(|| {
                wakers.push(None);
                wakers.len() - 1
            })
        });
        match &mut wakers[at] {
            Some(known) => known.clone_from(waker),
            none => *none = Some(waker.clone()),
        }
    }

    /// It waits no longer.
    pub(crate) fn leave(&self, place: &mut WaitingPlace) {
        if let Some(at) = place.0.take() {
            let Places { wakers, free } = &mut *self.places.borrow_mut();
            wakers[at] = None;
            free.push(at);
        }
    }

    /// Nothing runs in this VM any more.
    pub(crate) fn end(&self) {
        self.has_ended.set(true);
        for waker in self.places.borrow().wakers.iter().flatten() {
            waker.wake_by_ref();
        }
    }

    pub(crate) fn have_ended(&self) -> bool {
        self.has_ended.get()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn those_that_wait_are_woken_and_places_are_used_again() {
        let tasks = WaitingTasks::default();
        let counts: Vec<Arc<Count>> = (0..3).map(|_| Arc::default()).collect();
        let wakers: Vec<Waker> = counts
            .iter()
            .map(|count| Arc::clone(count).into())
            .collect();
        let [mut first, mut second, mut third] = [(); 3].map(|()| WaitingPlace::default());
        tasks.enter(&mut first, &wakers[0]);
        tasks.enter(&mut second, &wakers[0]);
        tasks.enter(&mut second, &wakers[1]);
        tasks.leave(&mut first);
        tasks.leave(&mut first);
        tasks.enter(&mut third, &wakers[2]);
        assert_eq!(tasks.places.borrow().wakers.len(), 2);
        assert!(!tasks.have_ended());
        tasks.end();
        assert!(tasks.have_ended());
        let woken: Vec<usize> = counts
            .iter()
            .map(|count| count.0.load(Ordering::Relaxed))
            .collect();
        assert_eq!(woken, [0, 1, 1]);
    }
}
