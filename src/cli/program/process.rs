//! The process of a program, with those that it starts itself.

use std::io;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long a process is given to end by itself.
const TO_END: Duration = Duration::from_secs(2);

/// A process; on Unix the first of a group of its own, which all that it starts belong to.
pub struct Process(Child);

impl Process {
    /// Starts a program with its arguments, and what it reads from and writes to.
    pub fn start(words: &[String]) -> io::Result<(Self, ChildStdin, ChildStdout)> {
        let mut command = Command::new(&words[0]);
        command
            .args(&words[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn()?;
        let input = child.stdin.take().expect("it is piped");
        let output = child.stdout.take().expect("it is piped");
        Ok((Self(child), input, output))
    }

    /// How it ended; `None` if it has not after a while.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        let start = Instant::now();
        loop {
            match self.0.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if start.elapsed() < TO_END => thread::sleep(Duration::from_millis(5)),
                _ => return None,
            }
        }
    }

    /// Ends it where it still runs, and on Unix all of its group.
    pub fn end(&mut self) {
        // Until it has been waited for, nobody else has its number.
        if !matches!(self.0.try_wait(), Ok(None)) {
            return;
        }
        // It may have ended in between.
        #[cfg(unix)]
        if let Ok(group) = self.0.id().try_into() {
            use nix::{sys::signal, unistd::Pid};
            let _ = signal::killpg(Pid::from_raw(group), signal::Signal::SIGKILL);
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
