//! How a sign-in's progress is shown, and how its parameters are read. The four operations share both.
use super::super::errors::Refusal;
use super::super::prelude::*;
use aws::ServiceError;
use http::StatusCode;
use std::collections::BTreeMap;
use user_pools::sign_in::{ChallengeName, Flow, Parameters, SignedIn};
use user_pools::token::Tokens;

/// The members that all four answers have.
pub(super) struct Shown {
    pub(super) challenge_name: Option<wire::ChallengeNameType>,
    pub(super) session: Option<String>,
    pub(super) challenge_parameters: BTreeMap<String, String>,
    pub(super) authentication_result: Option<wire::AuthenticationResultType>,
    pub(super) available_challenges: Option<Vec<wire::ChallengeNameType>>,
}

/// An answer of the type at hand.
macro_rules! answer {
    ($signed_in:expr) => {{
        let shown = super::shown::shown($signed_in)?;
        Output {
            challenge_name: shown.challenge_name,
            session: shown.session,
            challenge_parameters: Some(shown.challenge_parameters),
            authentication_result: shown.authentication_result,
            available_challenges: shown.available_challenges,
        }
    }};
}
pub(super) use answer;

pub(super) fn shown(signed_in: SignedIn) -> Result<Shown> {
    match signed_in {
        SignedIn::Tokens(tokens) => Ok(Shown {
            challenge_name: None,
            session: None,
            challenge_parameters: BTreeMap::new(),
            authentication_result: Some(result(tokens)),
            available_challenges: None,
        }),
        SignedIn::Challenge(challenge) => Ok(Shown {
            challenge_name: Some(name(challenge.name)?),
            session: Some(challenge.session),
            challenge_parameters: challenge
                .custom
                .into_iter()
                .chain(challenge.parameters.into_iter().map(|(name, value)| (name.to_owned(), value)))
                .collect(),
            authentication_result: None,
            available_challenges: offers(&challenge.available)?,
        }),
    }
}

/// `AuthenticationResult`.
pub(crate) fn result(tokens: Tokens) -> wire::AuthenticationResultType {
    wire::AuthenticationResultType {
        access_token: Some(tokens.access),
        expires_in: Some(i32::try_from(tokens.expires_in).unwrap_or(i32::MAX)),
        token_type: Some("Bearer".to_owned()),
        refresh_token: tokens.refresh,
        id_token: tokens.id,
        new_device_metadata: tokens.new_device.map(|device| wire::NewDeviceMetadataType {
            device_key: Some(device.key),
            device_group_key: Some(device.group),
        }),
    }
}

fn offers(available: &[&str]) -> Result<Option<Vec<wire::ChallengeNameType>>> {
    let named = |name: &&str| name.parse().map_err(|_| unknown("challenge"));
    let names: Vec<_> = available.iter().map(named).collect::<Result<_>>()?;
    Ok(Some(names).filter(|names| !names.is_empty()))
}

fn name(name: ChallengeName) -> Result<wire::ChallengeNameType> {
    name.as_str().parse().map_err(|_| unknown("challenge"))
}

/// `AuthFlow`, which the model's constraints have let through.
pub(super) fn flow(given: wire::AuthFlowType) -> Result<Flow> {
    Flow::from_name(given.as_str()).ok_or_else(|| unknown("flow"))
}

/// Only a newer model could bring a name that the ground floor does not have.
fn unknown(what: &'static str) -> Refusal {
    Refusal::Wire(
        ServiceError::new("InternalErrorException", "Something went wrong")
            .status(StatusCode::INTERNAL_SERVER_ERROR)
            .because(format!("the model has a {what} that the ground floor does not know")),
    )
}

/// `AuthParameters` or `ChallengeResponses`.
pub(super) fn parameters(given: Option<BTreeMap<String, String>>) -> Parameters {
    given.unwrap_or_default().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flow_of_the_model_is_known_below() {
        assert!(wire::AuthFlowType::VALUES.iter().all(|given| flow(*given).is_ok()));
    }

    #[test]
    fn every_challenge_that_is_asked_has_a_name_in_the_model() {
        for model in wire::ChallengeNameType::VALUES {
            let ours = ChallengeName::from_name(model.as_str());
            assert!(ours == ChallengeName::Other || name(ours).is_ok_and(|name| name == *model), "{model}");
        }
    }

    #[test]
    fn tokens_come_without_challenge_and_with_empty_parameters() {
        let tokens =
            Tokens { id: Some("i".into()), access: "a".into(), refresh: None, expires_in: 300, new_device: None };
        let shown = shown(SignedIn::Tokens(tokens)).unwrap();
        assert!(shown.challenge_name.is_none() && shown.session.is_none() && shown.challenge_parameters.is_empty());
        let result = shown.authentication_result.unwrap();
        assert_eq!((result.expires_in, result.token_type.as_deref()), (Some(300), Some("Bearer")));
    }
}
