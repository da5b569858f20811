//! Request and trace ids: unique, not secret. Randomness is drawn a page at a time, so that an id costs no system call.

use std::{
    fmt::Write as _,
    sync::{Arc, Mutex, PoisonError},
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

use crate::ports::Random;

const PAGE: usize = 4096;

/// A worker's supply of random bytes.
pub(crate) struct Entropy {
    random: Arc<dyn Random>,
    page: Mutex<(Box<[u8; PAGE]>, usize)>,
}

/// `apigw-requestid`: 15 characters of base64url and `=`.
#[derive(Clone, Copy)]
pub(crate) struct RequestId([u8; 16]);

impl Entropy {
    pub(crate) fn new(random: Arc<dyn Random>) -> Self {
        Self { random, page: Mutex::new((Box::new([0; PAGE]), PAGE)) }
    }

    /// Bytes that were never given out before.
    pub(crate) fn take<const N: usize>(&self) -> [u8; N] {
        let mut page = self.page.lock().unwrap_or_else(PoisonError::into_inner);
        if page.1 + N > PAGE {
            self.random.fill(page.0.as_mut_slice());
            page.1 = 0;
        }
        let start = page.1;
        page.1 += N;
        let mut out = [0; N];
        out.copy_from_slice(&page.0[start..start + N]);
        out
    }

    /// A fresh request id.
    pub(crate) fn request_id(&self) -> RequestId {
        let mut id = [b'='; 16];
        // 11 bytes make exactly 15 characters; a buffer too small is impossible.
        let written = BASE64_URL_SAFE_NO_PAD.encode_slice(self.take::<11>(), &mut id);
        debug_assert_eq!(written, Ok(15));
        RequestId(id)
    }

    /// Writes a fresh trace id, `1-{8 hex of epoch seconds}-{24 hex}`.
    pub(crate) fn trace_id(&self, now: i64, out: &mut String) {
        let seconds = u32::try_from(now.div_euclid(1000)).unwrap_or_default();
        let mut digits = [0; 24];
        // 12 bytes make exactly 24 digits.
        let written = hex::encode_to_slice(self.take::<12>(), &mut digits);
        debug_assert_eq!(written, Ok(()));
        // Writing to a string cannot fail.
        let _ = write!(out, "1-{seconds:08x}-{}", str::from_utf8(&digits).unwrap_or_default());
    }
}

impl RequestId {
    /// Its text.
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Its header value.
    pub(crate) fn header(&self) -> Option<http::HeaderValue> {
        http::HeaderValue::from_bytes(&self.0).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU8, Ordering};

    struct Counting(AtomicU8);
    impl Random for Counting {
        fn fill(&self, into: &mut [u8]) {
            for byte in into {
                *byte = self.0.fetch_add(59, Ordering::Relaxed);
            }
        }
    }

    #[test]
    fn a_request_id_has_awss_form() {
        let entropy = Entropy::new(Arc::new(Counting(AtomicU8::new(3))));
        for _ in 0..2000 {
            let id = entropy.request_id();
            let text = id.as_str();
            assert_eq!(text.len(), 16);
            assert!(text.ends_with('='));
            assert!(text[..15].bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{text}");
        }
    }

    #[test]
    fn a_trace_id_carries_the_time() {
        let entropy = Entropy::new(Arc::new(Counting(AtomicU8::new(3))));
        let mut id = String::new();
        entropy.trace_id(1_787_996_002_000, &mut id);
        assert!(id.starts_with("1-6a92a762-"), "{id}");
        assert_eq!(id.len(), 35);
    }
}
