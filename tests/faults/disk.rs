//! A disk that fails: loaded before a program's own library (`LD_PRELOAD`), it has one thing go wrong with the files
//! that the program writes. `DISK_FAULT` says what: `bytes N WHAT` at the Nth byte that is written, or
//! `step N WHAT` at the Nth step: a folder or file that is made, a write, a rename or a removal; `steps N WHAT` at that
//! one and all after it; `read N WHAT` at the Nth read. `WHAT` is the number of an error, `kill`, which ends the program
//! there and then, or `interrupt`.

use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};

unsafe extern "C" {
    fn dlsym(handle: *mut c_void, symbol: *const c_char) -> *mut c_void;
    fn getenv(name: *const c_char) -> *const c_char;
    fn __errno_location() -> *mut c_int;
    fn lseek(file: c_int, offset: i64, whence: c_int) -> i64;
    fn raise(signal: c_int) -> c_int;
}

const NEXT: *mut c_void = -1_isize as *mut c_void;
const CREATE: c_int = 0o100;
const INTERRUPT: c_int = 2;
const KILL: c_int = 9;

#[derive(Clone, Copy, PartialEq)]
enum Counted {
    Bytes,
    Step,
    Steps,
    Read,
}

#[derive(Clone, Copy)]
enum Fault {
    Error(c_int),
    Signal(c_int),
}

/// What goes wrong, and how much is counted until then.
fn fault() -> Option<(Counted, Fault, &'static AtomicI64)> {
    static FAULT: OnceLock<Option<(Counted, Fault)>> = OnceLock::new();
    static LEFT: AtomicI64 = AtomicI64::new(0);
    let (counted, fault) = (*FAULT.get_or_init(|| {
        let text = unsafe { getenv(c"DISK_FAULT".as_ptr()) };
        if text.is_null() {
            return None;
        }
        let text = unsafe { CStr::from_ptr(text) }.to_str().ok()?;
        let mut words = text.split(' ');
        let counted = match words.next()? {
            "bytes" => Counted::Bytes,
            "step" => Counted::Step,
            "steps" => Counted::Steps,
            _ => Counted::Read,
        };
        LEFT.store(words.next()?.parse().ok()?, Ordering::SeqCst);
        let fault = match words.next()? {
            "kill" => Fault::Signal(KILL),
            "interrupt" => Fault::Signal(INTERRUPT),
            number => Fault::Error(number.parse().ok()?),
        };
        Some((counted, fault))
    }))?;
    Some((counted, fault, &LEFT))
}

/// Whether it happens at this step, or read; a signal is then raised, and an error is told.
fn strikes(reads: bool) -> bool {
    let Some((counted, fault, left)) = fault() else {
        return false;
    };
    if counted == Counted::Bytes || reads != (counted == Counted::Read) {
        return false;
    }
    let left = left.fetch_sub(1, Ordering::SeqCst);
    if left > 1 || (left < 1 && counted != Counted::Steps) {
        return false;
    }
    match fault {
        Fault::Error(number) => unsafe { *__errno_location() = number },
        Fault::Signal(signal) => unsafe {
            raise(signal);
        },
    }
    matches!(fault, Fault::Error(_))
}

/// Whether it is a file of a disk, where one can go back, and none of the program's three streams.
fn on_disk(file: c_int) -> bool {
    const HERE: c_int = 1;
    file > 2 && unsafe { lseek(file, 0, HERE) } >= 0
}

/// The library's own function of this name.
macro_rules! next {
    ($name:literal, $function:ty) => {{
        static FOUND: OnceLock<usize> = OnceLock::new();
        let found = *FOUND.get_or_init(|| unsafe { dlsym(NEXT, $name.as_ptr()) } as usize);
        unsafe { std::mem::transmute::<usize, $function>(found) }
    }};
}

#[unsafe(no_mangle)]
extern "C" fn write(file: c_int, bytes: *const c_void, count: usize) -> isize {
    let write = next!(
        c"write",
        extern "C" fn(c_int, *const c_void, usize) -> isize
    );
    if !on_disk(file) {
        return write(file, bytes, count);
    }
    if strikes(false) {
        return -1;
    }
    let Some((Counted::Bytes, fault, left)) = fault() else {
        return write(file, bytes, count);
    };
    // The disk takes what it has room for, and refuses the rest when it is asked again.
    let room = left.load(Ordering::SeqCst);
    if room >= count as i64 {
        left.fetch_sub(count as i64, Ordering::SeqCst);
        return write(file, bytes, count);
    }
    if room > 0 {
        let written = write(file, bytes, room as usize);
        left.fetch_sub(written.max(0) as i64, Ordering::SeqCst);
        return written;
    }
    match fault {
        // A disk that is full stays full.
        Fault::Error(number) => {
            unsafe { *__errno_location() = number };
            -1
        }
        Fault::Signal(signal) => {
            left.store(i64::MAX, Ordering::SeqCst);
            unsafe { raise(signal) };
            write(file, bytes, count)
        }
    }
}

#[unsafe(no_mangle)]
extern "C" fn read(file: c_int, bytes: *mut c_void, count: usize) -> isize {
    if on_disk(file) && strikes(true) {
        return -1;
    }
    next!(c"read", extern "C" fn(c_int, *mut c_void, usize) -> isize)(file, bytes, count)
}

#[unsafe(no_mangle)]
extern "C" fn open64(path: *const c_char, flags: c_int, mode: c_uint) -> c_int {
    if flags & CREATE != 0 && strikes(false) {
        return -1;
    }
    next!(
        c"open64",
        extern "C" fn(*const c_char, c_int, c_uint) -> c_int
    )(path, flags, mode)
}

#[unsafe(no_mangle)]
extern "C" fn mkdir(path: *const c_char, mode: c_uint) -> c_int {
    if strikes(false) {
        return -1;
    }
    next!(c"mkdir", extern "C" fn(*const c_char, c_uint) -> c_int)(path, mode)
}

#[unsafe(no_mangle)]
extern "C" fn rename(from: *const c_char, to: *const c_char) -> c_int {
    if strikes(false) {
        return -1;
    }
    next!(
        c"rename",
        extern "C" fn(*const c_char, *const c_char) -> c_int
    )(from, to)
}

#[unsafe(no_mangle)]
extern "C" fn unlink(path: *const c_char) -> c_int {
    if strikes(false) {
        return -1;
    }
    next!(c"unlink", extern "C" fn(*const c_char) -> c_int)(path)
}
