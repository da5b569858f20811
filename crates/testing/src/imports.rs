//! Files and logs of import jobs, in memory.
use async_trait::async_trait;
use std::collections::HashMap;
use std::sync::Mutex;
use user_pools::Millis;
use user_pools::ports::{Imports, Uploaded};

/// What would lie in the data folder. The bell rings nothing: a test calls the rounds itself.
#[derive(Debug, Default)]
pub struct MemoryImports {
    files: Mutex<HashMap<String, Vec<u8>>>,
    logs: Mutex<HashMap<String, String>>,
}

impl MemoryImports {
    /// A file arrives for a job, in place of an earlier one.
    pub fn arrive(&self, job: &str, bytes: impl Into<Vec<u8>>) {
        self.files.lock().unwrap().insert(job.to_owned(), bytes.into());
    }

    /// Whether a file lies there.
    pub fn has_file(&self, job: &str) -> bool {
        self.files.lock().unwrap().contains_key(job)
    }

    /// The log of a job.
    pub fn log_of(&self, job: &str) -> String {
        self.logs.lock().unwrap().get(job).cloned().unwrap_or_default()
    }
}

fn described(bytes: &[u8]) -> Uploaded {
    // Not a checksum to trust: enough to tell one test file from another.
    let sum = bytes.iter().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
    Uploaded { size: bytes.len() as u64, sha256: format!("{sum:064x}") }
}

#[async_trait]
impl Imports for MemoryImports {
    fn upload_url(&self, at: Millis, job: &str) -> Option<String> {
        Some(format!("https://objects.example/{job}?at={at}"))
    }

    async fn uploaded(&self, job: String) -> Result<Option<Uploaded>, String> {
        Ok(self.files.lock().unwrap().get(&job).map(|bytes| described(bytes)))
    }

    async fn read(&self, job: String, file: Uploaded, offset: u64, most: usize) -> Result<Option<Vec<u8>>, String> {
        let files = self.files.lock().unwrap();
        let Some(bytes) = files.get(&job).filter(|bytes| described(bytes) == file) else { return Ok(None) };
        let rest = bytes.get(usize::try_from(offset).unwrap()..).unwrap_or_default();
        Ok(Some(rest[..rest.len().min(most)].to_vec()))
    }

    async fn log(&self, job: String, offset: u64, text: String) -> Result<(), String> {
        let mut logs = self.logs.lock().unwrap();
        let log = logs.entry(job).or_default();
        log.truncate(usize::try_from(offset).unwrap());
        log.push_str(&text);
        Ok(())
    }

    async fn discard(&self, job: String) -> Result<(), String> {
        self.files.lock().unwrap().remove(&job);
        Ok(())
    }

    fn wake(&self) {}
}
