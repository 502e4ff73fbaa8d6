//! Waits until the disk is at rest: the first reads of a large district are else measured against the kernel writing it out.

use std::process::Command;
use std::time::{Duration, Instant};

/// What the kernel may still have to write.
const DIRTY_KIB_MAX: u64 = 32 * 1024;
/// Longer is not waited: something else on the machine writes.
const REST_WAIT_MAX: Duration = Duration::from_secs(180);
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Has everything written out, and waits for it; says so where the machine does not come to rest.
pub async fn come_to_rest() {
    let begun = Instant::now();
    // Asked of the kernel for all disks: PostgreSQL's files are not ours to open.
    let _ = Command::new("sync").status();
    loop {
        let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let Some(kib) = unwritten_kib(&text) else { return };
        if kib <= DIRTY_KIB_MAX {
            return;
        }
        if begun.elapsed() > REST_WAIT_MAX {
            eprintln!("the disk did not come to rest: {} MiB are still to be written", kib / 1024);
            return;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// What waits to be written and what is being written, out of `/proc/meminfo`; none on a system without it.
fn unwritten_kib(meminfo: &str) -> Option<u64> {
    let of = |name: &str| {
        let line = meminfo.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    Some(of("Dirty:")? + of("Writeback:")?)
}

#[cfg(test)]
mod tests {
    //! The kernel's own words.
    use super::unwritten_kib;

    #[test]
    fn both_kinds_of_unwritten_pages_count() {
        let text = "MemTotal:       24041048 kB\nDirty:              1024 kB\nWriteback:            16 kB\nWritebackTmp:          4 kB\n";
        assert_eq!(unwritten_kib(text), Some(1040));
        assert_eq!(unwritten_kib("MemTotal: 1 kB\n"), None);
    }
}
