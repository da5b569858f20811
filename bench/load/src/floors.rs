//! Floors: what the work that cannot be left out costs by itself, on this machine, now.
use crate::{Problem, cost};
use argon2::Argon2;
use jose::SigningKey;
use serde_json::{Value, json};
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How often.
#[derive(clap::Args)]
pub struct Times {
    /// Repetitions.
    #[arg(long, default_value_t = 500)]
    times: u32,
}

/// Where and how long.
#[derive(clap::Args)]
pub struct Flushes {
    /// A folder on the disk in question.
    #[arg(long, value_name = "DIR")]
    folder: PathBuf,
    /// Time to measure.
    #[arg(long, default_value_t = 1.0)]
    seconds: f64,
}

/// CPU of one RS256 signature with a 2048-bit key over small claims.
pub fn sign(times: &Times) -> Result<Value, Problem> {
    let key = SigningKey::generate()?;
    each(times.times, |n| key.sign_jwt(&json!({"sub": n})).map(drop).map_err(Problem::from))
}

/// CPU of one Argon2id hash, m = 19 MiB, t = 2, p = 1: the parameters of the server (the library's own).
pub fn hash(times: &Times) -> Result<Value, Problem> {
    let argon = Argon2::default();
    let mut out = [0; 32];
    each(times.times, |n| {
        let hashed = argon.hash_password_into(b"Passw0rd!correct", format!("salt of {n:08}").as_bytes(), &mut out);
        hashed.map_err(|error| Problem::Said(format!("argon2: {error}")))
    })
}

fn each(times: u32, mut act: impl FnMut(u32) -> Result<(), Problem>) -> Result<Value, Problem> {
    act(0)?;
    let begin = cost::own_cpu();
    for n in 0..times.max(1) {
        act(n)?;
    }
    let spent = cost::own_cpu().saturating_sub(begin);
    Ok(json!({"times": times, "cpu_us": spent.as_secs_f64() * 1e6 / f64::from(times.max(1))}))
}

/// Appends of 4 KiB, each flushed before the next.
pub fn flush(flushes: &Flushes) -> Result<Value, Problem> {
    let path = flushes.folder.join("flush.tmp");
    let failed = |error| Problem::File(path.display().to_string(), error);
    let mut file = File::create(&path).map_err(failed)?;
    let (begin, mut done) = (Instant::now(), 0_u32);
    while begin.elapsed() < Duration::from_secs_f64(flushes.seconds) {
        file.write_all(&[7; 4096]).and_then(|()| file.sync_data()).map_err(failed)?;
        done += 1;
    }
    let per_second = f64::from(done) / begin.elapsed().as_secs_f64();
    std::fs::remove_file(&path).map_err(failed)?;
    Ok(json!({"per_second": per_second}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floors_are_measured() {
        assert!(sign(&Times { times: 3 }).unwrap()["cpu_us"].as_f64().unwrap() > 50.0);
        assert!(hash(&Times { times: 1 }).unwrap()["cpu_us"].as_f64().unwrap() > 1_000.0);
    }

    #[test]
    fn flushes_leave_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let result = flush(&Flushes { folder: folder.path().to_owned(), seconds: 0.01 }).unwrap();
        assert!(result["per_second"].as_f64().unwrap() > 0.0);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
