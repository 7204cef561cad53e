//! Whether a person pressed Ctrl-C, or a scheduler asked the program to end.

use std::panic::resume_unwind;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// A person who wants the program to end is heard this often.
pub const HEARD: Duration = Duration::from_millis(50);

static ASKED: AtomicBool = AtomicBool::new(false);

/// From now on being asked to end no longer ends the program by itself, so that no file is left half
/// written; whoever works looks at [`asked`].
pub fn listen() {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        // Without a handler the program ends at once: files are then still whole or absent, but for
        // the moment in which they are written.
        let _ = ctrlc::set_handler(|| ASKED.store(true, Ordering::Relaxed));
    });
}

/// Whether the program was asked to end.
pub fn asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}

/// What `work` gives, which cannot be ended in its midst and writes nothing; `None` once the program was asked to end,
/// which then ends what goes on.
pub fn unless_asked<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    unless(asked, work)
}

fn unless<T: Send + 'static>(
    asked: impl Fn() -> bool,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (done, made) = channel();
    // Who waits may be gone.
    let worker = thread::spawn(move || done.send(work()).unwrap_or_default());
    loop {
        match made.recv_timeout(HEARD) {
            Ok(made) => return Some(made),
            Err(RecvTimeoutError::Timeout) if asked() => return None,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => match worker.join() {
                Err(panic) => resume_unwind(panic),
                Ok(()) => unreachable!("it sends what it made before it ends"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_ended_is_left_and_nothing_else_is() {
        let forever = || loop {
            thread::park();
        };
        assert_eq!(unless(|| true, forever), None);
        let slow = || {
            thread::sleep(3 * HEARD);
            "made"
        };
        assert_eq!(unless(|| false, slow), Some("made"));
    }

    #[test]
    #[should_panic(expected = "in a thread of its own")]
    fn a_panic_goes_on() {
        unless(|| false, || panic!("in a thread of its own"));
    }
}
