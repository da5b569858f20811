//! Who calls, and the proof of it. A permit is a value only the check can make: code without one cannot be written.
use aws::ServiceError;
use http::request::Parts;
use user_pools::Scope;

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Anybody: the operation checks what it is given (a password, a session, a code).
    Public,
    /// Somebody with an access token of a pool.
    AccessToken,
    /// An operator: the request is signed with SigV4.
    SigV4,
}

/// A verified signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Account of the key pair, and region of the credential scope.
    pub scope: Scope,
    /// The key id that signed.
    pub access_key_id: String,
}

/// The check of SigV4 signatures. `dev` accepts any key on loopback, `serve` knows its key pairs; the roof decides which.
pub trait Signatures: Send + Sync {
    /// Checks the signature of a request. `now` in epoch milliseconds; `service` is the signing name the door answers for.
    fn check(&self, now: i64, service: &str, parts: &Parts, body: &[u8]) -> Result<Signed, ServiceError>;

    /// Refuses what cannot pass [`Self::check`] whatever its body is; proves nothing. A door asks before it reads a large body.
    fn could_pass(&self, now: i64, service: &str, parts: &Parts) -> Result<(), ServiceError>;
}

/// Permission to run an operation.
pub(crate) struct Permit<P>(P);

/// Nothing was proven.
pub(crate) struct Public(());

/// A signature was proven.
pub(crate) struct SigV4(Signed);

impl Permit<Public> {
    /// Anybody may.
    pub(crate) const fn public() -> Self {
        Self(Public(()))
    }
}

impl Permit<SigV4> {
    /// Checks the signature.
    pub(crate) fn signed(
        signatures: &dyn Signatures,
        now: i64,
        service: &str,
        parts: &Parts,
        body: &[u8],
    ) -> Result<Self, ServiceError> {
        signatures.check(now, service, parts, body).map(|signed| Self(SigV4(signed)))
    }

    /// Account and region the caller acts in.
    pub(crate) const fn scope(&self) -> &Scope {
        &self.0.0.scope
    }
}

/// An access token was proven: whose it is and what it says.
pub(crate) struct AccessToken(user_pools::access::Access);

impl Permit<AccessToken> {
    /// Checks the token.
    pub(crate) async fn access_token(
        pools: &user_pools::UserPools,
        request: &user_pools::RequestContext,
        token: &str,
    ) -> user_pools::Result<Self> {
        pools.access(request.now, token).await.map(|access| Self(AccessToken(access)))
    }

    /// User, client, pool and claims behind the token.
    pub(crate) fn into_access(self) -> user_pools::access::Access {
        self.0.0
    }
}
