//! `LambdaConfig`: kept as it came (every member is answered back), read here where a function is needed.
use super::{TokenVersion, Trigger};
use crate::error::Result;
use crate::messages;
use crate::pool::PoolSettings;
use serde::Deserialize;

/// The members that name functions, read in place.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct LambdaConfig<'a> {
    #[serde(borrow)]
    pre_sign_up: Option<&'a str>,
    #[serde(borrow)]
    custom_message: Option<&'a str>,
    #[serde(borrow)]
    post_confirmation: Option<&'a str>,
    #[serde(borrow)]
    pre_authentication: Option<&'a str>,
    #[serde(borrow)]
    post_authentication: Option<&'a str>,
    #[serde(borrow)]
    define_auth_challenge: Option<&'a str>,
    #[serde(borrow)]
    create_auth_challenge: Option<&'a str>,
    #[serde(borrow)]
    verify_auth_challenge_response: Option<&'a str>,
    #[serde(borrow)]
    pre_token_generation: Option<&'a str>,
    #[serde(borrow)]
    user_migration: Option<&'a str>,
    #[serde(borrow)]
    pre_token_generation_config: Option<Versioned<'a>>,
    #[serde(borrow, rename = "CustomSMSSender")]
    custom_sms_sender: Option<Versioned<'a>>,
    #[serde(borrow)]
    custom_email_sender: Option<Versioned<'a>>,
    #[serde(borrow)]
    inbound_federation: Option<Versioned<'a>>,
    #[serde(borrow, rename = "KMSKeyID")]
    kms_key: Option<&'a str>,
}

/// A function and the version of the event it wants.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Versioned<'a> {
    lambda_version: &'a str,
    lambda_arn: &'a str,
}

/// What is there; a pool whose document has another form (an older release's) has no functions.
fn read(settings: &PoolSettings) -> Option<LambdaConfig<'_>> {
    LambdaConfig::deserialize(settings.documents.get("LambdaConfig")?).ok()
}

/// The function of a trigger. Token generation comes by [`token_function`].
pub(super) fn function(settings: &PoolSettings, trigger: Trigger) -> Option<&str> {
    let config = read(settings)?;
    let named = match trigger {
        Trigger::PreSignUp => config.pre_sign_up,
        Trigger::PostConfirmation => config.post_confirmation,
        Trigger::PreAuthentication => config.pre_authentication,
        Trigger::PostAuthentication => config.post_authentication,
        Trigger::CustomMessage => config.custom_message,
        Trigger::DefineAuthChallenge => config.define_auth_challenge,
        Trigger::CreateAuthChallenge => config.create_auth_challenge,
        Trigger::VerifyAuthChallengeResponse => config.verify_auth_challenge_response,
        Trigger::UserMigration => config.user_migration,
        Trigger::CustomEmailSender => config.custom_email_sender.map(|versioned| versioned.lambda_arn),
        Trigger::CustomSmsSender => config.custom_sms_sender.map(|versioned| versioned.lambda_arn),
        Trigger::InboundFederation => config.inbound_federation.map(|versioned| versioned.lambda_arn),
        Trigger::PreTokenGeneration(_) => token_function(settings).map(|(function, _)| function),
    };
    named.filter(|name| !name.is_empty())
}

/// The function before each issue of tokens, and the event's version. The old member alone means version 1.
pub(super) fn token_function(settings: &PoolSettings) -> Option<(&str, TokenVersion)> {
    let config = read(settings)?;
    let versioned = config.pre_token_generation_config.filter(|versioned| !versioned.lambda_arn.is_empty());
    match versioned {
        Some(versioned) => Some((versioned.lambda_arn, version(versioned.lambda_version))),
        None => Some((config.pre_token_generation.filter(|name| !name.is_empty())?, TokenVersion::V1)),
    }
}

/// The key by which custom senders read their codes.
pub(super) fn sender_key(settings: &PoolSettings) -> Option<&str> {
    read(settings)?.kms_key
}

fn version(name: &str) -> TokenVersion {
    match name {
        "V3_0" => TokenVersion::V3,
        "V2_0" => TokenVersion::V2,
        _ => TokenVersion::V1,
    }
}

/// Refuses settings that contradict themselves: checked whenever a pool is set up.
pub(crate) fn check(settings: &PoolSettings) -> Result<()> {
    let Some(config) = read(settings) else { return Ok(()) };
    if let (Some(old), Some(new)) = (config.pre_token_generation, config.pre_token_generation_config)
        && old != new.lambda_arn
    {
        return Err(messages::TOKEN_TRIGGERS_DIFFER);
    }
    let sends = config.custom_email_sender.is_some() || config.custom_sms_sender.is_some();
    if sends && config.kms_key.is_none_or(str::is_empty) {
        return Err(messages::SENDER_WITHOUT_KEY);
    }
    let rich = token_function(settings).is_some_and(|(_, version)| version != TokenVersion::V1);
    if rich && settings.tier == "LITE" { Err(messages::TOKEN_TRIGGER_TIER) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::users::fixtures::settings;
    use serde_json::{Value, json};

    fn with(config: Value) -> PoolSettings {
        let mut settings = settings();
        settings.documents.insert("LambdaConfig".to_owned(), config);
        settings
    }

    #[test]
    fn a_trigger_finds_its_function_and_nobody_elses() {
        let pool = with(json!({
            "PreSignUp": "a", "CustomSMSSender": {"LambdaVersion": "V1_0", "LambdaArn": "b"}, "KMSKeyID": "k",
        }));
        assert_eq!(function(&pool, Trigger::PreSignUp), Some("a"));
        assert_eq!(function(&pool, Trigger::CustomSmsSender), Some("b"));
        assert_eq!(function(&pool, Trigger::CustomEmailSender), None);
        assert_eq!(function(&settings(), Trigger::PreSignUp), None);
        assert_eq!(sender_key(&pool), Some("k"));
    }

    #[test]
    fn the_old_member_means_version_1_and_the_new_one_says_its_own() {
        assert_eq!(token_function(&with(json!({"PreTokenGeneration": "a"}))), Some(("a", TokenVersion::V1)));
        let new = json!({"PreTokenGenerationConfig": {"LambdaVersion": "V3_0", "LambdaArn": "a"}});
        assert_eq!(token_function(&with(new)), Some(("a", TokenVersion::V3)));
    }

    #[test]
    fn settings_that_contradict_themselves_are_refused() {
        let config = |arn: &str, version: &str| json!({"PreTokenGeneration": "a", "PreTokenGenerationConfig": {"LambdaVersion": version, "LambdaArn": arn}});
        assert!(check(&with(config("a", "V2_0"))).is_ok());
        assert_eq!(check(&with(config("b", "V2_0"))).unwrap_err().message, messages::TOKEN_TRIGGERS_DIFFER.message);
        let mut lite = with(config("a", "V2_0"));
        lite.tier = "LITE".to_owned();
        assert_eq!(check(&lite).unwrap_err().message, messages::TOKEN_TRIGGER_TIER.message);
        let sender = json!({"CustomEmailSender": {"LambdaVersion": "V1_0", "LambdaArn": "a"}});
        assert_eq!(check(&with(sender)).unwrap_err().message, messages::SENDER_WITHOUT_KEY.message);
    }
}
