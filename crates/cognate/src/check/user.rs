//! The throw-away user of the checklist: made, signed in, removed.
use super::target::Target;
use crate::platform::SystemRandom;
use serde_json::{Value, json};

/// Tokens of a sign-in.
pub struct Tokens {
    /// Access token.
    pub access: String,
    /// ID token.
    pub id: String,
}

/// A user with a password, not yet signed in.
pub struct Throwaway {
    username: String,
    password: String,
}

impl Throwaway {
    /// Makes the user; no message is sent.
    pub async fn make(target: &Target) -> Result<Self, String> {
        let mut random = [0; 12];
        SystemRandom::fill(&mut random);
        let tag = hex::encode(random);
        let user = Self { username: format!("check-{tag}@example.com"), password: format!("Aa1!{tag}") };
        let attributes =
            json!([{"Name": "email", "Value": user.username}, {"Name": "email_verified", "Value": "true"}]);
        let input = json!({"UserPoolId": target.pool, "Username": user.username, "MessageAction": "SUPPRESS", "UserAttributes": attributes});
        target.http.cognito(&target.cognito, "AdminCreateUser", &input).await?;
        let input =
            json!({"UserPoolId": target.pool, "Username": user.username, "Password": user.password, "Permanent": true});
        match target.http.cognito(&target.cognito, "AdminSetUserPassword", &input).await {
            Ok(_) => Ok(user),
            Err(why) => {
                user.remove(target).await?;
                Err(why)
            }
        }
    }

    /// Signs in by the first password flow that the client allows.
    pub async fn sign_in(&self, target: &Target, flows: &[String]) -> Result<Tokens, String> {
        let allows = |flow: &str| flows.iter().any(|allowed| allowed == flow);
        let parameters = json!({"USERNAME": self.username, "PASSWORD": self.password});
        let answer = if allows("ALLOW_ADMIN_USER_PASSWORD_AUTH") {
            let input = json!({"UserPoolId": target.pool, "ClientId": target.client, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": parameters});
            target.http.cognito(&target.cognito, "AdminInitiateAuth", &input).await?
        } else if allows("ALLOW_USER_PASSWORD_AUTH") {
            let input =
                json!({"ClientId": target.client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
            target.http.cognito(&target.cognito, "InitiateAuth", &input).await?
        } else {
            return Err("the client allows neither ALLOW_ADMIN_USER_PASSWORD_AUTH nor ALLOW_USER_PASSWORD_AUTH, so no user can be signed in for the test".to_owned());
        };
        let token = |name: &str| {
            answer.pointer(&format!("/AuthenticationResult/{name}")).and_then(Value::as_str).map(str::to_owned)
        };
        match (token("AccessToken"), token("IdToken")) {
            (Some(access), Some(id)) => Ok(Tokens { access, id }),
            _ => Err(format!(
                "signing in gave the challenge {} instead of tokens",
                answer.get("ChallengeName").unwrap_or(&Value::Null)
            )),
        }
    }

    /// Removes the user again.
    pub async fn remove(&self, target: &Target) -> Result<(), String> {
        let input = json!({"UserPoolId": target.pool, "Username": self.username});
        target.http.cognito(&target.cognito, "AdminDeleteUser", &input).await.map(|_| ())
    }
}
