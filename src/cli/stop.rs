//! Whether a person pressed Ctrl-C, or a scheduler asked the program to end.

use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

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
