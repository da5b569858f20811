//! From sign-up to sign-in without typing the password again (spec F): the browser that chose the password carries a sealed ticket, and
//! confirming the account there counts as having proven the password. Everything after it (status, MFA) is what every sign-in meets.
use super::session::{State, padded};
use super::trail::Trail;
use super::witnessed::watch;
use super::{Door, Outcome};
use crate::client::AppClient;
use crate::context::RequestContext;
use crate::error::Result;
use crate::ids::{ClientId, Millis, PoolId};
use crate::lockout::{self, Counted, Guess};
use crate::messages;
use crate::ports::StoreError;
use crate::random;
use crate::service::UserPools;
use crate::user::User;
use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

const CONTEXT: [&str; 1] = ["sign-up ticket"];
/// Long enough to look for a mail; later the user signs in with the password.
const LIFE: Millis = 60 * 60 * 1000;
/// Longer than any we make.
const LONGEST: usize = 4096;

/// What the browser carries from its sign-up, sealed. Single use.
#[derive(Serialize, Deserialize)]
struct Ticket {
    id: [u8; 16],
    pool: PoolId,
    client: ClientId,
    sub: String,
    /// Digest of the password hash: another password since makes it worthless.
    stamp: String,
    /// SHA-256 of a secret that only this browser holds.
    browser: [u8; 32],
    expires_at: Millis,
}

impl UserPools {
    /// A ticket for the browser that has just signed `sub` up. `browser` is a secret that only this browser holds (its cookie).
    pub async fn sign_up_ticket(
        &self,
        cx: &RequestContext,
        client: &AppClient,
        sub: &str,
        browser: &str,
    ) -> Result<String> {
        let user = self.store.user(client.pool.clone(), sub.to_owned()).await?;
        let ticket = Ticket {
            id: random::bytes(&*self.random),
            pool: client.pool.clone(),
            client: client.id.clone(),
            sub: user.sub.clone(),
            stamp: user.stamp(),
            browser: sha256(browser.as_bytes()),
            expires_at: cx.now.saturating_add(LIFE),
        };
        Ok(jose::base64url_encode(self.keys.seal(&*self.random, &CONTEXT, &padded(&ticket))))
    }

    /// Goes on to sign in the user of a ticket whose account has just been confirmed. Refused (sign in with the password then): forged,
    /// expired or used tickets, another client's or browser's, and when the password has changed.
    pub async fn continue_sign_up(
        &self,
        cx: &RequestContext,
        client: &ClientId,
        ticket: &str,
        browser: &str,
    ) -> Result<Outcome> {
        let mut trail = Trail::at_client("/confirmUser", client);
        let result = self.continued(cx, client, ticket, browser, &mut trail).await;
        let result = self.after_authentication(cx, result).await;
        self.witnessed(cx, &mut trail, None, &result);
        self.conclude(cx, &trail, result)
    }

    async fn continued(
        &self,
        cx: &RequestContext,
        client: &ClientId,
        ticket: &str,
        browser: &str,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        let place = self.place(&Door::ManagedLogin, client).await?;
        trail.within(&place.pool.id);
        watch(cx, &Door::ManagedLogin, &place, trail)?;
        trail.at("session");
        let ticket = self.read_ticket(ticket).ok_or(messages::SESSION_INVALID)?;
        let same_browser = ticket.browser.ct_eq(&sha256(browser.as_bytes()));
        if ticket.client != *client || ticket.pool != place.pool.id || !bool::from(same_browser) {
            return Err(messages::SESSION_FOREIGN.because("the ticket belongs to another browser or client"));
        }
        if ticket.expires_at <= cx.now {
            return Err(messages::SESSION_EXPIRED);
        }
        trail.of(&ticket.sub);
        let user = self.ticket_user(&ticket).await?;
        trail.at("trigger.pre_authentication");
        self.pre_authentication(cx, &place, Some(&user), &user.username).await?;
        trail.at("session.single_use");
        if !self.store.spend(cx.now, sha256(&ticket.id), ticket.expires_at).await? {
            return Err(messages::SESSION_REUSED);
        }
        let state = State::begin(self, cx, &place, &Door::ManagedLogin, &user.username, (&user.sub, user.stamp()));
        let guesses = lockout::key(Guess::Password, &place.pool.id, &user.username_folded);
        self.after_the_password(cx, &place, user, state, Counted::nothing(guesses), trail).await
    }

    fn read_ticket(&self, text: &str) -> Option<Ticket> {
        if text.len() > LONGEST {
            return None;
        }
        let ticket = self.keys.open(&CONTEXT, &jose::base64url_decode(text)?).ok()?;
        serde_json::from_slice(&ticket).ok()
    }

    async fn ticket_user(&self, ticket: &Ticket) -> Result<User> {
        match self.store.user(ticket.pool.clone(), ticket.sub.clone()).await {
            Ok(user) if user.stamp() == ticket.stamp => Ok(user),
            Ok(_) => Err(messages::SESSION_INVALID.because("the password has changed since")),
            Err(StoreError::NotFound) => Err(messages::SESSION_INVALID.because("its user does not exist")),
            Err(error) => Err(error.into()),
        }
    }
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}
