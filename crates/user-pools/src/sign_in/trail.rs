//! The trail of one decision: who asked for what, and the rule being looked at. When a check refuses, the rule at that moment is the one that decided.
use crate::client::AppClient;
use crate::context::RequestContext;
use crate::error::Result;
use crate::ids::{ClientId, PoolId};
use crate::ports::Decision;
use crate::service::UserPools;
use crate::threat::Witness;
use crate::user::User;

/// Facts that become a [`Decision`] at the end.
pub(crate) struct Trail {
    action: &'static str,
    rule: &'static str,
    pool: Option<PoolId>,
    client: Option<ClientId>,
    user: Option<String>,
    /// Who sees what the user does, where the pool is protected.
    pub witness: Option<Witness>,
    /// The sign-in that the request belongs to.
    pub sign_in: Option<String>,
}

impl Trail {
    /// A trail at a client's door.
    pub(crate) fn new(action: &'static str, client: &AppClient) -> Self {
        let pool = Some(client.pool.clone());
        Self {
            action,
            rule: "request",
            pool,
            client: Some(client.id.clone()),
            user: None,
            witness: None,
            sign_in: None,
        }
    }

    /// A trail that begins before the client is known to exist.
    pub(crate) fn at_client(action: &'static str, client: &ClientId) -> Self {
        Self {
            action,
            rule: "client",
            pool: None,
            client: Some(client.clone()),
            user: None,
            witness: None,
            sign_in: None,
        }
    }

    /// A trail about a user who is already known.
    pub(crate) fn of_user(action: &'static str, user: &User, client: Option<&ClientId>) -> Self {
        let pool = Some(user.pool.clone());
        Self {
            action,
            rule: "request",
            pool,
            client: client.cloned(),
            user: Some(user.sub.clone()),
            witness: None,
            sign_in: None,
        }
    }

    /// The user, if known.
    pub(crate) fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// The rule looked at from here on.
    pub(crate) fn at(&mut self, rule: &'static str) {
        self.rule = rule;
    }

    /// The pool, once known.
    pub(crate) fn within(&mut self, pool: &PoolId) {
        self.pool = Some(pool.clone());
    }

    /// The user, once known.
    pub(crate) fn of(&mut self, sub: &str) {
        self.user = Some(sub.to_owned());
    }
}

impl UserPools {
    /// Notes how it ended and passes the result on.
    pub(crate) fn conclude<T>(&self, cx: &RequestContext, trail: &Trail, result: Result<T>) -> Result<T> {
        // Some functions are asked where no rule is looked at: after the last factor, before tokens.
        let by_function = result.as_ref().is_err_and(|error| error.kind.is_of_a_function());
        let rule = if by_function && !trail.rule.starts_with("trigger") { "trigger" } else { trail.rule };
        let mut decision = Decision::of(cx, trail.action, result.is_ok(), rule);
        decision.pool = trail.pool.as_ref().map(ToString::to_string);
        decision.client = trail.client.as_ref().map(ToString::to_string);
        decision.user.clone_from(&trail.user);
        if let Err(error) = &result {
            decision.got = Some(error.reason.as_ref().unwrap_or(&error.message).to_string());
            decision.expected = expected(rule).map(str::to_owned);
            decision.fix = fix(rule).map(str::to_owned);
        }
        self.decisions.note(decision);
        result.map_err(crate::Error::noted)
    }
}

/// What the rule asks for, for people.
fn expected(rule: &str) -> Option<&'static str> {
    Some(match rule {
        "client" => "the id of an app client of this pool",
        "flow.client" => "a flow that the client's ExplicitAuthFlows open",
        "client.secret_hash" => "SECRET_HASH = Base64(HMAC-SHA256(client secret, username + client id))",
        "client.secret" => "the client's secret, exactly when it has one",
        "user.exists" => "a username, sub or active alias of a user of this pool",
        "lockout" => "no attempt before the lock ends",
        "threat.address" => "an address outside the ranges that the pool or the client blocks",
        "user.enabled" => "an enabled user",
        "user.status" => "a user whose status lets them sign in",
        "session" => "the Session of the step before, unspent and not expired",
        "session.single_use" => "a Session or SECRET_BLOCK that has not been answered yet",
        "srp.block" => "the SECRET_BLOCK of the step before, within 60 s",
        "srp.timestamp" => "a TIMESTAMP within 5 minutes of the server's clock",
        "mfa.code" => "the code that was sent for this Session, to the address the user still has",
        "mfa.choice" | "first_factor.choice" => "one of the factors that were offered",
        "device" => "the key of a device that this user has confirmed",
        "device.claim" => "a claim signed with the device's own secret",
        "passkey" => "the signature of a passkey of this user, over the challenge of this Session",
        "mfa.totp" => "the code of this moment (30 s, one step either way), not used before",
        "refresh_token" => "a live refresh token of this client",
        "refresh_token.revoked" => "a refresh token whose sign-in has not been ended",
        "refresh_token.rotation" => "the newest refresh token of the family",
        "custom.triggers" => "functions for DefineAuthChallenge, CreateAuthChallenge and VerifyAuthChallengeResponse",
        "user.migration" => "a user of that name whom the pool's UserMigration function knows, with that password",
        _ if rule.starts_with("trigger") => "an answer of the pool's function that lets it go on, within 5 s",
        _ => return None,
    })
}

/// What to do about it.
fn fix(rule: &str) -> Option<&'static str> {
    Some(match rule {
        "flow.client" => "add the matching ALLOW_... value with UpdateUserPoolClient",
        "client.secret_hash" => {
            "compute the hash over the USERNAME that is sent; when refreshing, over the user's real username"
        }
        "threat.address" => "change RiskExceptionConfiguration with SetRiskConfiguration",
        "srp.timestamp" => "set the client's clock",
        "refresh_token.rotation" => "store the refresh token of every answer, and refresh once at a time",
        "lockout" => "wait; an operator can set a new password",
        "custom.triggers" => "name the functions in the pool's LambdaConfig with UpdateUserPool",
        _ if rule.starts_with("trigger") => "look into the log of the function that the pool's LambdaConfig names",
        _ => return None,
    })
}
