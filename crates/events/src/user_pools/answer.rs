//! Reading what a trigger gave back: the whole event, of which only `response` counts.
use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde_json::Value;
use std::collections::BTreeMap;

/// The answer is no event, or a member of its response has another type. The text says which; for the operator only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadTriggerAnswer(pub String);

/// The `response` of an answer. A JSON object is needed; one without `response` leaves everything as it was preset.
pub fn read_trigger_answer<A: DeserializeOwned + Default>(answer: &[u8]) -> Result<A, BadTriggerAnswer> {
    let mut answer: Value = serde_json::from_slice(answer).map_err(|error| bad(&error))?;
    let Some(event) = answer.as_object_mut() else {
        return Err(BadTriggerAnswer("the answer is not a JSON object".to_owned()));
    };
    match event.remove("response") {
        None | Some(Value::Null) => Ok(A::default()),
        Some(response @ Value::Object(_)) => serde_json::from_value(response).map_err(|error| bad(&error)),
        Some(_) => Err(BadTriggerAnswer("response is not a JSON object".to_owned())),
    }
}

/// What is wrong, without the value that is: it may be the right answer to a challenge.
fn bad(error: &serde_json::Error) -> BadTriggerAnswer {
    let said = error.to_string();
    BadTriggerAnswer(match said.find(", expected ") {
        Some(at) => format!("a member of response has another type: {}", &said[at + 2..]),
        None => said,
    })
}

/// A map of texts; numbers and booleans are written out, null entries left away, as Cognito's own reader does.
pub(super) fn texts<'de, D: Deserializer<'de>>(from: D) -> Result<Option<BTreeMap<String, String>>, D::Error> {
    let Some(map) = Option::<BTreeMap<String, Value>>::deserialize(from)? else { return Ok(None) };
    let text = |(name, value): (String, Value)| match value {
        Value::Null => None,
        Value::String(text) => Some(Ok((name, text))),
        Value::Bool(_) | Value::Number(_) => Some(Ok((name, value.to_string()))),
        Value::Array(_) | Value::Object(_) => Some(Err(serde::de::Error::custom(format!("{name} must be a text")))),
    };
    map.into_iter().filter_map(text).collect::<Result<_, _>>().map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user_pools::{CreateAuthChallengeAnswer, PreSignUpAnswer};

    #[test]
    fn only_an_object_is_an_answer() {
        for bad in ["", "null", "\"ok\"", "[]", "{\"response\": []}", "{\"response\": {\"autoConfirmUser\": \"yes\"}}"]
        {
            assert!(read_trigger_answer::<PreSignUpAnswer>(bad.as_bytes()).is_err(), "{bad}");
        }
        for preset in
            ["{}", "{\"response\": null}", "{\"response\": {}}", "{\"response\": {\"autoConfirmUser\": null}}"]
        {
            let answer: PreSignUpAnswer = read_trigger_answer(preset.as_bytes()).unwrap();
            assert_ne!(answer.auto_confirm_user, Some(true), "{preset}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_without_the_value() {
        let answer = br#"{"response": {"privateChallengeParameters": "hunter2"}}"#;
        let BadTriggerAnswer(said) = read_trigger_answer::<CreateAuthChallengeAnswer>(answer).unwrap_err();
        assert_eq!(said, "a member of response has another type: expected a map");
    }

    #[test]
    fn scalars_become_texts_and_structures_are_refused() {
        let read = |parameters: &str| {
            let answer = format!("{{\"response\": {{\"publicChallengeParameters\": {parameters}}}}}");
            read_trigger_answer::<CreateAuthChallengeAnswer>(answer.as_bytes())
        };
        let read_well = read(r#"{"a": 1, "b": true, "c": "x", "d": null}"#).unwrap();
        let expected = [("a", "1"), ("b", "true"), ("c", "x")].map(|(n, v)| (n.to_owned(), v.to_owned()));
        assert_eq!(read_well.public_challenge_parameters, Some(expected.into()));
        assert!(read(r#"{"a": {}}"#).is_err());
    }
}
