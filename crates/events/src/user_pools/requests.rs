//! What each trigger is told (`request`) and may answer (`response`), but for tokens. Answers are preset by serialising their default.
use super::Texts;
use super::answer::texts;
use serde::{Deserialize, Serialize};

/// Metadata that a client sent along; left out when it sent none.
type Metadata<'a> = Option<&'a Texts>;

/// `PreSignUp`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PreSignUpRequest<'a> {
    /// The new user's attributes as given.
    pub user_attributes: &'a Texts,
    /// `ValidationData` of the call.
    pub validation_data: Option<&'a Texts>,
    /// `ClientMetadata` of the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_metadata: Metadata<'a>,
}

/// What `PreSignUp` answers.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PreSignUpAnswer {
    /// The user needs no code.
    pub auto_confirm_user: Option<bool>,
    /// The e-mail address counts as verified.
    pub auto_verify_email: Option<bool>,
    /// The phone number counts as verified.
    pub auto_verify_phone: Option<bool>,
}

impl Default for PreSignUpAnswer {
    fn default() -> Self {
        Self { auto_confirm_user: Some(false), auto_verify_email: Some(false), auto_verify_phone: Some(false) }
    }
}

/// The answer of triggers that answer nothing.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct NoAnswer {}

/// `PostConfirmation`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PostConfirmationRequest<'a> {
    /// The user's attributes.
    pub user_attributes: &'a Texts,
    /// `ClientMetadata` of the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_metadata: Metadata<'a>,
}

/// `PreAuthentication`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PreAuthenticationRequest<'a> {
    /// The user's attributes; empty when there is no such user.
    pub user_attributes: &'a Texts,
    /// `ClientMetadata` of the call that began the sign-in.
    pub validation_data: Option<&'a Texts>,
    /// Set where the client prevents user existence errors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_not_found: Option<bool>,
}

/// `PostAuthentication`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PostAuthenticationRequest<'a> {
    /// The user's attributes.
    pub user_attributes: &'a Texts,
    /// The pool tracks devices, and this one was not known.
    pub new_device_used: bool,
    /// `ClientMetadata` of the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_metadata: Metadata<'a>,
}

/// One round of a custom sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthChallengeResult {
    /// `CUSTOM_CHALLENGE`, or a challenge of Cognito's own.
    pub challenge_name: String,
    /// Whether it was answered rightly.
    pub challenge_result: bool,
    /// What `CreateAuthChallenge` called it.
    pub challenge_metadata: Option<String>,
}

/// `DefineAuthChallenge`, `CreateAuthChallenge` and `VerifyAuthChallengeResponse`; each sees its own part.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthChallengeRequest<'a> {
    /// The user's attributes; empty when there is no such user.
    pub user_attributes: Texts,
    /// The challenge to make (`CreateAuthChallenge`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge_name: Option<&'a str>,
    /// The rounds so far (`DefineAuthChallenge` and `CreateAuthChallenge`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<&'a [AuthChallengeResult]>,
    /// What only the triggers know (`VerifyAuthChallengeResponse`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_challenge_parameters: Option<&'a Texts>,
    /// What the client answered (`VerifyAuthChallengeResponse`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge_answer: Option<&'a str>,
    /// `ClientMetadata` of the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_metadata: Metadata<'a>,
    /// Set where the client prevents user existence errors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_not_found: Option<bool>,
}

/// What `DefineAuthChallenge` decides.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DefineAuthChallengeAnswer {
    /// The next challenge.
    pub challenge_name: Option<String>,
    /// Everything has been proven.
    pub issue_tokens: Option<bool>,
    /// Nothing more will be asked.
    pub fail_authentication: Option<bool>,
}

/// What `CreateAuthChallenge` makes.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CreateAuthChallengeAnswer {
    /// For the client.
    #[serde(deserialize_with = "texts")]
    pub public_challenge_parameters: Option<Texts>,
    /// For `VerifyAuthChallengeResponse` alone.
    #[serde(deserialize_with = "texts")]
    pub private_challenge_parameters: Option<Texts>,
    /// A name for the round.
    pub challenge_metadata: Option<String>,
}

/// What `VerifyAuthChallengeResponse` finds.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AuthChallengeAnswer {
    /// Whether the answer was right.
    pub answer_correct: Option<bool>,
}

/// `UserMigration`.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserMigrationRequest<'a> {
    /// The password that came; none when a password was forgotten.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<&'a str>,
    /// `ClientMetadata` of a sign-in's first call.
    pub validation_data: Option<&'a Texts>,
    /// `ClientMetadata` of another call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_metadata: Metadata<'a>,
}

/// What `UserMigration` found elsewhere.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UserMigrationAnswer {
    /// The user's attributes; without them there is no user.
    #[serde(deserialize_with = "texts")]
    pub user_attributes: Option<Texts>,
    /// Force aliases that others hold over to this user.
    pub force_alias_creation: Option<bool>,
    /// `CONFIRMED`, else `RESET_REQUIRED`.
    pub final_user_status: Option<String>,
    /// `SUPPRESS`, or `RESEND`.
    pub message_action: Option<String>,
    /// `EMAIL`, `SMS`.
    pub desired_delivery_mediums: Option<Vec<String>>,
    /// SMS codes become the user's second factor.
    #[serde(rename = "enableSMSMFA", skip_serializing_if = "Option::is_none")]
    pub enable_sms_mfa: Option<bool>,
}

/// `CustomMessage`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomMessageRequest<'a> {
    /// The user's attributes.
    pub user_attributes: &'a Texts,
    /// Stands for the code.
    pub code_parameter: &'a str,
    /// Stands for the confirmation link.
    pub link_parameter: &'a str,
    /// Stands for the username; in invitations only.
    pub username_parameter: Option<&'a str>,
    /// `ClientMetadata` of the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_metadata: Metadata<'a>,
}

/// The texts that `CustomMessage` wrote.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CustomMessageAnswer {
    /// Text of an SMS.
    pub sms_message: Option<String>,
    /// HTML of a mail.
    pub email_message: Option<String>,
    /// Subject of a mail.
    pub email_subject: Option<String>,
}

/// `CustomEmailSender` and `CustomSMSSender`.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomSenderRequest<'a> {
    /// `customEmailSenderRequestV1` or `customSMSSenderRequestV1`.
    #[serde(rename = "type")]
    pub kind: &'a str,
    /// The code or temporary password: Base64 of a message of the AWS Encryption SDK. None in notifications.
    pub code: Option<&'a str>,
    /// `ClientMetadata` of the call.
    pub client_metadata: Option<&'a Texts>,
    /// The user's attributes.
    pub user_attributes: &'a Texts,
}

/// `InboundFederation`: what an identity provider said.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InboundFederationRequest<'a> {
    /// The provider's name in the pool.
    pub provider_name: &'a str,
    /// `OIDC`, `SAML`, `Google` ...
    pub provider_type: &'a str,
    /// `tokenResponse`, `idToken`, `userInfo` or `samlResponse`.
    pub attributes: &'a serde_json::Value,
}

/// The attributes to map instead.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InboundFederationAnswer {
    /// A full replacement; empty keeps what the provider said.
    #[serde(deserialize_with = "texts")]
    pub user_attributes_to_map: Option<Texts>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user_pools::{CallerContext, TriggerEvent};
    use serde_json::json;

    fn event<Q: Serialize, A: Serialize>(source: &str, request: Q, response: A) -> serde_json::Value {
        let event = TriggerEvent {
            version: "1",
            trigger_source: source,
            region: "us-east-1",
            user_pool_id: "us-east-1_AbCdEf123",
            user_name: "ann",
            caller_context: CallerContext::of(Some("client")),
            request,
            response,
        };
        serde_json::to_value(event).unwrap()
    }

    fn attributes(pairs: &[(&str, &str)]) -> Texts {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_sign_up_is_told_as_cognito_tells_it() {
        let given = attributes(&[("email", "ann@example.com")]);
        let request = PreSignUpRequest { user_attributes: &given, validation_data: None, client_metadata: None };
        assert_eq!(
            event("PreSignUp_SignUp", request, PreSignUpAnswer::default()),
            json!({
                "version": "1",
                "triggerSource": "PreSignUp_SignUp",
                "region": "us-east-1",
                "userPoolId": "us-east-1_AbCdEf123",
                "userName": "ann",
                "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": "client"},
                "request": {"userAttributes": {"email": "ann@example.com"}, "validationData": null},
                "response": {"autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false},
            })
        );
    }

    #[test]
    fn each_trigger_of_a_custom_sign_in_sees_its_own_part() {
        let rounds =
            [AuthChallengeResult { challenge_name: "SRP_A".into(), challenge_result: true, challenge_metadata: None }];
        let define = AuthChallengeRequest { session: Some(&rounds), ..AuthChallengeRequest::default() };
        assert_eq!(
            serde_json::to_value(define).unwrap(),
            json!({
                "userAttributes": {},
                "session": [{"challengeName": "SRP_A", "challengeResult": true, "challengeMetadata": null}],
            })
        );
        let private = attributes(&[("answer", "5")]);
        let verify = AuthChallengeRequest {
            private_challenge_parameters: Some(&private),
            challenge_answer: Some("4"),
            user_not_found: Some(false),
            ..AuthChallengeRequest::default()
        };
        assert_eq!(
            serde_json::to_value(verify).unwrap(),
            json!({
                "userAttributes": {},
                "privateChallengeParameters": {"answer": "5"},
                "challengeAnswer": "4",
                "userNotFound": false,
            })
        );
    }

    #[test]
    fn answers_are_preset() {
        let preset = |answer: Result<serde_json::Value, _>| answer.unwrap();
        assert_eq!(
            preset(serde_json::to_value(DefineAuthChallengeAnswer::default())),
            json!({"challengeName": null, "issueTokens": null, "failAuthentication": null})
        );
        assert_eq!(
            preset(serde_json::to_value(CustomMessageAnswer::default())),
            json!({"smsMessage": null, "emailMessage": null, "emailSubject": null})
        );
        assert_eq!(serde_json::to_value(AuthChallengeAnswer::default()).unwrap(), json!({"answerCorrect": null}));
        assert_eq!(serde_json::to_value(NoAnswer::default()).unwrap(), json!({}));
        assert_eq!(
            preset(serde_json::to_value(UserMigrationAnswer::default())),
            json!({
                "userAttributes": null, "forceAliasCreation": null, "finalUserStatus": null,
                "messageAction": null, "desiredDeliveryMediums": null,
            })
        );
    }
}
