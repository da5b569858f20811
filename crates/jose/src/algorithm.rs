//! The allow-list of signature algorithms. It is closed: what is not a variant here cannot be verified.
use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RsaParameters,
};

/// A signature algorithm this room verifies (RFC 7518 section 3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA PKCS#1 v1.5 with SHA-256, the one that user pools sign with.
    Rs256,
    /// RSA PKCS#1 v1.5 with SHA-384.
    Rs384,
    /// RSA PKCS#1 v1.5 with SHA-512.
    Rs512,
}

impl Algorithm {
    /// Every algorithm, in the order of [`Algorithm::index`].
    pub(crate) const ALL: [Self; 3] = [Self::Rs256, Self::Rs384, Self::Rs512];

    /// Reads the `alg` member; names are case-sensitive. `None` for everything outside the allow-list.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// The name as it stands in a token's header and in a JWK.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
        }
    }

    /// The verification parameters; they hold the modulus to 2048..=8192 bits too.
    pub(crate) fn parameters(self) -> &'static RsaParameters {
        match self {
            Self::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
            Self::Rs384 => &RSA_PKCS1_2048_8192_SHA384,
            Self::Rs512 => &RSA_PKCS1_2048_8192_SHA512,
        }
    }

    /// Position in [`Algorithm::ALL`].
    pub(crate) fn index(self) -> usize {
        match self {
            Self::Rs256 => 0,
            Self::Rs384 => 1,
            Self::Rs512 => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rsa_pkcs1_names_are_known_and_case_counts() {
        for (index, algorithm) in Algorithm::ALL.into_iter().enumerate() {
            assert_eq!(Algorithm::from_name(algorithm.name()), Some(algorithm));
            assert_eq!(algorithm.index(), index);
        }
        for refused in ["none", "None", "rs256", "HS256", "ES256", "ES512", "PS256", "EdDSA", "RS1", "", "RS256 "] {
            assert_eq!(Algorithm::from_name(refused), None, "{refused}");
        }
    }
}
