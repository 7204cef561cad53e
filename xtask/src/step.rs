//! One printed line per step, with the time it took.

use std::time::{Duration, Instant};

use anyhow::Result;

/// Runs `work` and prints what it was and how long it took.
pub fn timed<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    let result = work();
    let outcome = if result.is_ok() { "done" } else { "FAILED" };
    println!("  {name}: {outcome} in {}", seconds(start.elapsed()));
    result
}

/// A duration as people read it: `0.4 s`, `12 s`, `3 min 5 s`.
pub fn seconds(duration: Duration) -> String {
    match duration.as_secs_f64() {
        short @ ..9.95 => format!("{short:.1} s"),
        medium @ ..99.5 => format!("{medium:.0} s"),
        _ => {
            let whole = duration.as_secs();
            format!("{} min {} s", whole / 60, whole % 60)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_readable() {
        assert_eq!(seconds(Duration::from_millis(412)), "0.4 s");
        assert_eq!(seconds(Duration::from_millis(11_900)), "12 s");
        assert_eq!(seconds(Duration::from_secs(185)), "3 min 5 s");
    }
}
