//! Why a signature is refused, in AWS's words.

/// A refused signature. The texts are AWS's; nothing in them helps to guess a signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SigV4Error {
    /// Neither an Authorization header nor presigned query parameters.
    #[error("Missing Authentication Token")]
    MissingAuthenticationToken,
    /// Something that looks like a signature but lacks a part; the text says which.
    #[error("{0}")]
    IncompleteSignature(String),
    /// The signature, its scope or its signed headers are wrong; the text says which.
    #[error("{0}")]
    InvalidSignature(String),
    /// Unknown access key id, or a session token that is not the key's.
    #[error("The security token included in the request is invalid.")]
    UnrecognizedClient,
    /// Signed too long ago, or past a presigned request's end.
    #[error("{0}")]
    Expired(String),
    /// Signed in the future: one of the two clocks is wrong.
    #[error("{0}")]
    NotYetCurrent(String),
    /// The body is not the one that was signed.
    #[error("The provided 'x-amz-content-sha256' header does not match what was computed.")]
    PayloadMismatch,
    /// A form of signing that this room refuses; the text names it.
    #[error("{0} is not supported.")]
    Unsupported(&'static str),
}

impl SigV4Error {
    /// The exception's name at AWS's JSON and REST-JSON doors. Expired and skewed signatures are invalid signatures there.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingAuthenticationToken => "MissingAuthenticationTokenException",
            Self::IncompleteSignature(_) | Self::Unsupported(_) => "IncompleteSignatureException",
            Self::InvalidSignature(_) | Self::Expired(_) | Self::NotYetCurrent(_) | Self::PayloadMismatch => {
                "InvalidSignatureException"
            }
            Self::UnrecognizedClient => "UnrecognizedClientException",
        }
    }

    /// The answer to a signature that does not verify.
    pub(crate) fn mismatch() -> Self {
        Self::InvalidSignature(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key \
             and signing method. Consult the service documentation for details."
                .into(),
        )
    }
}
