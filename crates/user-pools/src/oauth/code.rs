//! Authorization codes: issued to a signed-in browser, redeemed once at the token endpoint, bound to client, redirect URI and verifier.
use super::login_session::{may_continue, sha256};
use super::scopes::check_readable;
use super::{AuthCode, ErrorCode, LoginOf, Refusal};
use crate::client::AppClient;
use crate::context::RequestContext;
use crate::error::Result;
use crate::ids::Millis;
use crate::ports::{CodeRedeemed, StoreError};
use crate::random;
use crate::service::UserPools;
use crate::token::{OAuth, Opening, Tokens};
use crate::triggers::TokenSource;
use crate::user::User;
use std::fmt;
use subtle::ConstantTimeEq as _;

/// Life of a code.
const LIFE: Millis = 5 * 60 * 1000;

/// What a code is issued for: a checked authorize request.
#[derive(Clone, Copy, Debug)]
pub struct CodeRequest<'a> {
    /// The client.
    pub client: &'a AppClient,
    /// The redirect URI, exactly as it will come again.
    pub redirect_uri: &'a str,
    /// Granted scopes.
    pub scopes: &'a [String],
    /// `nonce`.
    pub nonce: Option<&'a str>,
    /// `code_challenge` (S256).
    pub code_challenge: Option<&'a str>,
}

/// What a client redeems a code with.
#[derive(Clone, Copy)]
pub struct Redemption<'a> {
    /// `code`.
    pub code: &'a str,
    /// `redirect_uri`; may be absent where the client's default was used.
    pub redirect_uri: Option<&'a str>,
    /// `code_verifier`.
    pub verifier: Option<&'a str>,
}

impl fmt::Debug for Redemption<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redemption").field("redirect_uri", &self.redirect_uri).finish_non_exhaustive()
    }
}

/// Whether a text can be an S256 challenge at all: base64url of 32 bytes.
pub fn is_code_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

impl UserPools {
    /// Issues a code to a signed-in browser.
    pub async fn issue_code_for(&self, cx: &RequestContext, asked: CodeRequest<'_>, login: &LoginOf) -> Result<String> {
        let code = random::uuid(&*self.random);
        let row = AuthCode {
            hash: sha256(&code),
            pool: asked.client.pool.clone(),
            client: asked.client.id.clone(),
            redirect_uri: asked.redirect_uri.to_owned(),
            sub: login.user.sub.clone(),
            code_challenge: asked.code_challenge.map(str::to_owned),
            nonce: asked.nonce.map(str::to_owned),
            scopes: asked.scopes.to_vec(),
            auth_time: login.session.auth_time,
            methods: login.session.methods.clone(),
            stamp: login.session.stamp.clone(),
            login: Some(login.id()),
            origin_jti: random::uuid(&*self.random),
            expires_at: cx.now.saturating_add(LIFE),
            redeemed_at: None,
        };
        match self.store.insert_auth_code(cx.now, row).await {
            Ok(()) => Ok(code),
            Err(error) => Err(self.shut_out(&login.user, error).await),
        }
    }

    /// Redeems a code. All bindings are checked first; then using it up, opening the sign-in and storing its refresh token are one act.
    /// When that act fails the code is as good as before. A code that was redeemed before ends the family it opened.
    pub async fn redeem_code(
        &self,
        cx: &RequestContext,
        client: &AppClient,
        given: Redemption<'_>,
    ) -> Result<Tokens, Refusal> {
        let row = self.code_of(cx, client, given.code).await?;
        self.refuse_redeemed(cx, &row).await?;
        check_redirect(&row, client, given.redirect_uri)?;
        check_verifier(row.code_challenge.as_deref(), given.verifier)?;
        check_readable(&client.settings, &row.scopes)?;
        let user = self.user_of_code(&row).await?;
        let pool = self.pool_by_id(&client.pool).await?;
        let oauth = OAuth {
            scopes: &row.scopes,
            nonce: row.nonce.as_deref(),
            origin_jti: Some(&row.origin_jti),
            login: row.login.as_deref(),
            refreshable: true,
        };
        let opening = Opening {
            pool: &pool,
            client,
            user: &user,
            auth_time: row.auth_time,
            methods: &row.methods,
            source: TokenSource::HostedAuth,
            device_key: None,
            oauth: Some(oauth),
        };
        let opened = self.issue_for(cx, &opening).await?;
        match self.store.redeem_auth_code(cx.now, row.hash, opened.sign_in, opened.refresh).await {
            Ok(CodeRedeemed::Yes) => {
                self.evict(cx.now, &pool, &user.sub).await;
                Ok(opened.tokens)
            }
            Ok(CodeRedeemed::Reused) => Err(reused()),
            Ok(CodeRedeemed::Absent) => Err(unknown("it has just expired")),
            Err(StoreError::Conflict) => {
                Err(shut_out("the user was disabled, changed or signed out at the same moment"))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Another client's code reads as unknown, and nothing happens to it.
    async fn code_of(&self, cx: &RequestContext, client: &AppClient, code: &str) -> Result<AuthCode, Refusal> {
        match self.store.auth_code(cx.now, sha256(code)).await {
            Ok(row) if row.client == client.id && row.pool == client.pool => Ok(row),
            Ok(_) => Err(Refusal::new(ErrorCode::InvalidGrant, "code.client").got("a code of another client")),
            Err(StoreError::NotFound) => Err(unknown("no live code")),
            Err(error) => Err(error.into()),
        }
    }

    /// Whoever comes second holds a leaked code, with or without the verifier: the tokens of the first go.
    async fn refuse_redeemed(&self, cx: &RequestContext, row: &AuthCode) -> Result<(), Refusal> {
        if row.redeemed_at.is_none() {
            return Ok(());
        }
        self.store.revoke_sign_in(cx.now, row.origin_jti.clone()).await?;
        Err(reused())
    }

    async fn user_of_code(&self, row: &AuthCode) -> Result<User, Refusal> {
        match self.store.user(row.pool.clone(), row.sub.clone()).await {
            Ok(user) if may_continue(&user, &row.stamp) => Ok(user),
            Ok(_) => Err(shut_out("the user has been disabled, or the password was changed or reset")),
            Err(StoreError::NotFound) => Err(shut_out("the user has been deleted")),
            Err(error) => Err(error.into()),
        }
    }
}

fn shut_out(got: &'static str) -> Refusal {
    Refusal::new(ErrorCode::InvalidGrant, "user.may_continue").got(got)
}

fn unknown(got: &'static str) -> Refusal {
    Refusal::new(ErrorCode::InvalidGrant, "code.exists").expected("a code issued in the last five minutes").got(got)
}

fn reused() -> Refusal {
    Refusal::new(ErrorCode::InvalidGrant, "code.single_use")
        .got("a code that had been redeemed; its tokens are revoked")
}

/// Spec E.5: AWS answers `unauthorized_client` here, where RFC 6749 has `invalid_grant`.
fn check_redirect(row: &AuthCode, client: &AppClient, given: Option<&str>) -> Result<(), Refusal> {
    let given = given.or(client.settings.default_redirect_uri.as_deref());
    if given == Some(row.redirect_uri.as_str()) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::UnauthorizedClient, "code.redirect_uri")
        .saying("invalid_redirect")
        .expected(row.redirect_uri.clone())
        .got(given.unwrap_or("none").to_owned()))
}

/// The verifier must be there exactly when a challenge was: one without the other is a downgrade (RFC 9700, 4.8.2).
fn check_verifier(challenge: Option<&str>, verifier: Option<&str>) -> Result<(), Refusal> {
    let refused = |got| Refusal::new(ErrorCode::InvalidGrant, "pkce.verifier").got(got);
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(refused("a code_verifier, though the authorize request had no code_challenge")),
        (Some(_), None) => Err(refused("no code_verifier")),
        (Some(_), Some(verifier)) if !is_verifier(verifier) => Err(refused("a code_verifier of another form")),
        (Some(challenge), Some(verifier)) => {
            let right = jose::base64url_encode(sha256(verifier)).as_bytes().ct_eq(challenge.as_bytes());
            if right.into() { Ok(()) } else { Err(refused("another code_verifier")) }
        }
    }
}

/// RFC 7636, 4.1: 43 to 128 unreserved characters.
fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_verifier_of_the_rfc_fits_its_challenge() {
        assert!(check_verifier(Some(CHALLENGE), Some(VERIFIER)).is_ok());
        assert!(is_code_challenge(CHALLENGE));
    }

    #[test]
    fn any_other_verifier_and_any_downgrade_is_refused() {
        let wrong = format!("{}x", &VERIFIER[..42]);
        for (challenge, verifier) in [
            (Some(CHALLENGE), Some(wrong.as_str())),
            (Some(CHALLENGE), Some(CHALLENGE)),
            (Some(CHALLENGE), Some("")),
            (Some(CHALLENGE), None),
            (None, Some(VERIFIER)),
        ] {
            let refusal = check_verifier(challenge, verifier).unwrap_err();
            assert_eq!((refusal.code, refusal.rule), (ErrorCode::InvalidGrant, "pkce.verifier"));
        }
        assert!(check_verifier(None, None).is_ok());
    }

    #[test]
    fn a_challenge_is_43_base64url_characters() {
        for text in ["", "short", &"a".repeat(42), &"a".repeat(44), &format!("{}=", "a".repeat(42)), &"ä".repeat(43)] {
            assert!(!is_code_challenge(text), "{text}");
        }
    }
}
