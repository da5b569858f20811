//! Arithmetic modulo a fixed odd number over AWS-LC, for SRP: powers, products and sums in constant time.
//! The only room with `unsafe`: it owns the foreign pointers and lets none out. It knows no protocol, and refuses even
//! moduli and numbers above 4,096 bytes.
#![deny(clippy::undocumented_unsafe_blocks)]

use std::ptr::{NonNull, null_mut};

use aws_lc_sys as sys;
use thiserror::Error;
use zeroize::Zeroizing;

/// A number's bytes, big-endian without leading zeros (0 is empty), wiped when dropped.
pub type Number = Zeroizing<Vec<u8>>;

/// No number that comes in may be longer; SRP's longest is 512 bytes.
const MAX_BYTES: usize = 4096;

/// Why a calculation was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BignumError {
    /// The modulus is even, below 3, or too long.
    #[error("the modulus must be odd, at least 3, and at most 1,024 bytes long")]
    Modulus,
    /// A number of more than 4,096 bytes.
    #[error("the number is longer than 4,096 bytes")]
    TooLong,
    /// The library has no memory left.
    #[error("the cryptographic library is out of memory")]
    Library,
}

/// An odd modulus N, prepared once. Numbers are given as big-endian bytes; leading zeros are allowed and, for secrets,
/// recommended: the time of an operation depends on the lengths of what is given, not on the bytes.
///
/// (Two exceptions, both about whether and not about what: a number not below N is divided first, which takes longer;
/// and the length of an answer without its leading zeros shows. SRP's secrets are below N, and its `pad()` shows lengths.)
#[derive(Debug)]
pub struct Modulus {
    n: Bn,
    montgomery: Montgomery,
    len: usize,
}

// SAFETY: the pointers are owned by this value alone, and AWS-LC's bignums are plain heap memory without thread affinity.
unsafe impl Send for Modulus {}
// SAFETY: after `new` both objects are only ever passed as `*const`, and AWS-LC does not write through a `*const BIGNUM` or
// `*const BN_MONT_CTX` (RSA keys share theirs between threads in the same way); all scratch space is made per call.
unsafe impl Sync for Modulus {}

impl Modulus {
    /// Prepares the modulus `n` (big-endian).
    pub fn new(n: &[u8]) -> Result<Self, BignumError> {
        let n = &n[n.iter().take_while(|byte| **byte == 0).count()..];
        let odd = n.last().is_some_and(|byte| byte % 2 == 1);
        if !odd || n == [1] || n.len() > 1024 {
            return Err(BignumError::Modulus);
        }
        let (len, n) = (n.len(), Bn::read(n)?);
        let montgomery = Montgomery::new(&n)?;
        Ok(Self { n, montgomery, len })
    }

    /// `base ^ exponent mod N`.
    pub fn pow(&self, base: &[u8], exponent: &[u8]) -> Result<Number, BignumError> {
        let (base, exponent) = (self.reduced(base)?, Bn::read(exponent)?);
        let (result, scratch) = (Bn::zero()?, Scratch::new()?);
        // SAFETY: all pointers are live and distinct objects of the right types; `base` is below N and `montgomery` belongs to N.
        done(unsafe {
            sys::BN_mod_exp_mont_consttime(
                result.out(),
                base.get(),
                exponent.get(),
                self.n.get(),
                scratch.get(),
                self.montgomery.get(),
            )
        })?;
        result.write()
    }

    /// `a * b mod N`.
    pub fn mul(&self, a: &[u8], b: &[u8]) -> Result<Number, BignumError> {
        let (a, b) = (self.reduced(a)?, self.reduced(b)?);
        let (form, result, scratch) = (Bn::zero()?, Bn::zero()?, Scratch::new()?);
        // SAFETY: live, distinct objects; `a` is below N. The Montgomery form of `a` is `a * R mod N`.
        done(unsafe { sys::BN_to_montgomery(form.out(), a.get(), self.montgomery.get(), scratch.get()) })?;
        // SAFETY: live, distinct objects, both factors below N. The product `(a * R) * b / R mod N` is `a * b mod N`.
        done(unsafe {
            sys::BN_mod_mul_montgomery(result.out(), form.get(), b.get(), self.montgomery.get(), scratch.get())
        })?;
        result.write()
    }

    /// `a + b mod N`.
    pub fn add(&self, a: &[u8], b: &[u8]) -> Result<Number, BignumError> {
        let (a, b, result) = (self.reduced(a)?, self.reduced(b)?, Bn::zero()?);
        // SAFETY: live, distinct objects; both summands are below N, as this function demands.
        done(unsafe { sys::BN_mod_add_quick(result.out(), a.get(), b.get(), self.n.get()) })?;
        result.write()
    }

    /// `a - b mod N`, never negative.
    pub fn sub(&self, a: &[u8], b: &[u8]) -> Result<Number, BignumError> {
        let (a, b, result) = (self.reduced(a)?, self.reduced(b)?, Bn::zero()?);
        // SAFETY: live, distinct objects; both numbers are below N, as this function demands.
        done(unsafe { sys::BN_mod_sub_quick(result.out(), a.get(), b.get(), self.n.get()) })?;
        result.write()
    }

    /// `a mod N`; empty exactly when N divides `a`.
    pub fn reduce(&self, a: &[u8]) -> Result<Number, BignumError> {
        self.reduced(a)?.write()
    }

    /// Length of N in bytes.
    pub fn byte_len(&self) -> usize {
        self.len
    }

    /// Reads `bytes` as a number below N that is as wide as N, whatever its leading zeros.
    fn reduced(&self, bytes: &[u8]) -> Result<Bn, BignumError> {
        let number = self.widened(bytes)?;
        // SAFETY: both are live; neither is written.
        if unsafe { sys::BN_ucmp(number.get(), self.n.get()) } < 0 {
            return Ok(number);
        }
        let (rest, scratch) = (Bn::zero()?, Scratch::new()?);
        // SAFETY: live, distinct objects; N is not zero.
        done(unsafe { sys::BN_nnmod(rest.out(), number.get(), self.n.get(), scratch.get()) })?;
        self.widened(&rest.write()?)
    }

    fn widened(&self, bytes: &[u8]) -> Result<Bn, BignumError> {
        if bytes.len() >= self.len {
            return Bn::read(bytes);
        }
        let mut wide = Zeroizing::new(vec![0; self.len]);
        wide[self.len - bytes.len()..].copy_from_slice(bytes);
        Bn::read(&wide)
    }
}

/// AWS-LC answers 1 for success; with inputs in range only a failed allocation is left.
fn done(code: std::ffi::c_int) -> Result<(), BignumError> {
    if code == 1 { Ok(()) } else { Err(BignumError::Library) }
}

/// Owns one BIGNUM; wiped when dropped.
#[derive(Debug)]
struct Bn(NonNull<sys::BIGNUM>);

impl Bn {
    fn zero() -> Result<Self, BignumError> {
        // SAFETY: takes nothing; null is caught below.
        NonNull::new(unsafe { sys::BN_new() }).map(Self).ok_or(BignumError::Library)
    }

    /// As wide as `bytes`, leading zeros included, so that the width tells nothing about the value.
    fn read(bytes: &[u8]) -> Result<Self, BignumError> {
        if bytes.len() > MAX_BYTES {
            return Err(BignumError::TooLong);
        }
        // SAFETY: `bytes` is readable for its length; a null third argument asks for a new object, ours from here on.
        let number = unsafe { sys::BN_bin2bn(bytes.as_ptr(), bytes.len(), null_mut()) };
        NonNull::new(number).map(Self).ok_or(BignumError::Library)
    }

    fn write(&self) -> Result<Number, BignumError> {
        // SAFETY: the object is live and only read.
        let len = unsafe { sys::BN_num_bytes(self.get()) } as usize;
        let mut bytes = Zeroizing::new(vec![0; len]);
        // SAFETY: `bytes` is writable for `len` bytes, and exactly that many are written.
        done(unsafe { sys::BN_bn2bin_padded(bytes.as_mut_ptr(), len, self.get()) })?;
        Ok(bytes)
    }

    fn get(&self) -> *const sys::BIGNUM {
        self.0.as_ptr()
    }

    /// For results: the only place where a number is written, always one that this call has just made.
    fn out(&self) -> *mut sys::BIGNUM {
        self.0.as_ptr()
    }
}

impl Drop for Bn {
    fn drop(&mut self) {
        // SAFETY: made by AWS-LC, owned by this value, freed once.
        unsafe { sys::BN_clear_free(self.0.as_ptr()) }
    }
}

/// Owns N's Montgomery constants.
#[derive(Debug)]
struct Montgomery(NonNull<sys::BN_MONT_CTX>);

impl Montgomery {
    fn new(n: &Bn) -> Result<Self, BignumError> {
        let scratch = Scratch::new()?;
        // SAFETY: `n` is live, odd and positive (checked by the caller); it is copied, not kept.
        let montgomery = unsafe { sys::BN_MONT_CTX_new_for_modulus(n.get(), scratch.get()) };
        NonNull::new(montgomery).map(Self).ok_or(BignumError::Library)
    }

    fn get(&self) -> *const sys::BN_MONT_CTX {
        self.0.as_ptr()
    }
}

impl Drop for Montgomery {
    fn drop(&mut self) {
        // SAFETY: made by AWS-LC, owned by this value, freed once.
        unsafe { sys::BN_MONT_CTX_free(self.0.as_ptr()) }
    }
}

/// Owns the temporaries of one call (AWS-LC wipes all memory it frees).
struct Scratch(NonNull<sys::BN_CTX>);

impl Scratch {
    fn new() -> Result<Self, BignumError> {
        // SAFETY: takes nothing; null is caught below.
        NonNull::new(unsafe { sys::BN_CTX_new() }).map(Self).ok_or(BignumError::Library)
    }

    fn get(&self) -> *mut sys::BN_CTX {
        self.0.as_ptr()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // SAFETY: made by AWS-LC, owned by this value, freed once.
        unsafe { sys::BN_CTX_free(self.0.as_ptr()) }
    }
}
