//! What a process has cost so far, as the kernel keeps it in /proc.
use crate::Problem;
use std::time::Duration;

/// CPU (user and system, all threads, dead ones too) of these processes. The kernel's unit is 10 ms: measure for seconds.
pub fn cpu(processes: &[u32]) -> Result<Duration, Problem> {
    processes.iter().map(|process| one(*process)).sum()
}

/// CPU of this process, to the nanosecond.
pub fn own_cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let (seconds, nanos) = (u64::try_from(time.tv_sec), u32::try_from(time.tv_nsec));
    Duration::new(seconds.unwrap_or_default(), nanos.unwrap_or_default())
}

fn one(process: u32) -> Result<Duration, Problem> {
    let text = read(process, "stat")?;
    let ticks =
        ticks(&text).ok_or_else(|| Problem::Said(format!("/proc/{process}/stat is not as expected: {text}")))?;
    Ok(Duration::from_millis(ticks * 1000 / rustix::param::clock_ticks_per_second().max(1)))
}

/// `utime` and `stime`: the 12th and 13th field behind the name, which may hold anything but ends in the last `)`.
fn ticks(stat: &str) -> Option<u64> {
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace().skip(11);
    Some(fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?)
}

/// Resident memory now, KiB.
pub fn resident_kib(process: u32) -> Result<u64, Problem> {
    let text = read(process, "status")?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.trim().split(' ').next()?.parse().ok());
    number.ok_or_else(|| Problem::Said(format!("/proc/{process}/status has no VmRSS")))
}

fn read(process: u32, file: &str) -> Result<String, Problem> {
    let path = format!("/proc/{process}/{file}");
    std::fs::read_to_string(&path).map_err(|error| Problem::File(path, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_found_behind_any_name() {
        let stat = "12 (a) b (c) S 1 12 12 0 -1 4194304 100 0 0 0 70 30 5 5 20 0 3 0 100 1 1";
        assert_eq!(ticks(stat), Some(100));
    }

    #[test]
    fn the_own_process_costs_something_by_both_measures() {
        let spin = |until: Duration| while own_cpu() < until {};
        spin(Duration::from_millis(60));
        assert!(cpu(&[std::process::id()]).unwrap() >= Duration::from_millis(40));
        assert!(resident_kib(std::process::id()).unwrap() > 100);
    }
}
