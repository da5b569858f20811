//! NEW_PASSWORD_REQUIRED: the user chooses a password of their own and fills in what the pool requires (spec C.8).
use super::answer::Given;
use super::trail::Trail;
use super::{ChallengeName, Outcome};
use crate::attributes::{self, Writer};
use crate::context::RequestContext;
use crate::error::Result;
use crate::messages;
use crate::names;
use crate::pool::PoolSettings;
use crate::service::UserPools;
use crate::triggers::TokenSource;
use crate::user::{User, UserStatus};
use crate::users::update::Aliases;

impl UserPools {
    pub(super) async fn answer_new_password(
        &self,
        cx: &RequestContext,
        given: Given<'_>,
        trail: &mut Trail,
    ) -> Result<Outcome> {
        let Given { place, answer, mut state, user } = given;
        trail.at("password.policy");
        let text = answer.responses.require("NEW_PASSWORD")?;
        let settings = &place.pool.settings;
        let values = given_attributes(answer.responses.iter(), &user);
        // Checked before the session is spent, so that the user may try again with the same one.
        trail.at("attributes");
        let writer = Writer::Client(&place.client.settings);
        fill_in(settings, writer, &mut user.clone(), &values)?;
        let named = names::preferred_alias(settings, values.iter().map(|(name, value)| (name, value)));
        self.refuse_squatting(&place.pool, named.into_iter()).await?;
        trail.at("password.policy");
        let password = self.accept_password(&place.pool, &user, text).await?;
        trail.at("session.single_use");
        self.spend_session(cx, &state).await?;
        let user = self
            .update_user(cx, &place.pool, &user.sub, Aliases::Respect, |user| {
                // Read anew: shut out, or changed by somebody else, in between.
                if !user.admits(&state.stamp) {
                    return Err(messages::SESSION_INVALID.because("the user has changed since"));
                }
                fill_in(settings, writer, user, &values)?;
                user.credentials.set_password(&settings.password_policy, password.clone());
                user.status = UserStatus::Confirmed;
                Ok(())
            })
            .await?;
        state.stamp = user.stamp();
        state.source = TokenSource::NewPasswordChallenge;
        if state.custom.is_some() {
            return self.continue_custom(cx, place, user, state, ChallengeName::NewPasswordRequired, trail).await;
        }
        trail.at("mfa");
        self.ask_second_factor(cx, place, user, &state).await
    }
}

/// The `userAttributes.` of an answer that differ from what is stored: clients often send back what they were shown.
fn given_attributes<'a>(responses: impl Iterator<Item = (&'a str, &'a str)>, user: &User) -> attributes::Given {
    responses
        .filter_map(|(name, value)| Some((name.strip_prefix("userAttributes.")?, value)))
        .filter(|(name, value)| user.attributes.get(*name).is_none_or(|stored| stored != value))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// A required attribute that has a value stays as it is (K 38); one that lacks must come (K 39).
fn fill_in(settings: &PoolSettings, writer: Writer<'_>, user: &mut User, given: &attributes::Given) -> Result<()> {
    let required = |name: &str| settings.schema.iter().any(|attribute| attribute.required && attribute.name == name);
    let fixed = |(name, _): &&(String, String)| required(name) && user.attributes.contains_key(name);
    if let Some((name, _)) = given.iter().find(fixed) {
        return Err(messages::attribute_already_provided(name));
    }
    attributes::update(settings, writer, user, given)?;
    match attributes::missing(settings, &user.attributes).first() {
        Some(name) => Err(messages::attribute_missing_in_answer(name)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::ClientSettings;
    use crate::users::fixtures::{settings, user};

    fn pool(required: &[&str]) -> PoolSettings {
        let mut settings = settings();
        for attribute in &mut settings.schema {
            attribute.required = required.contains(&attribute.name.as_str());
        }
        settings
    }

    fn filled(required: &[&str], given: &[(&str, &str)]) -> Result<User> {
        let mut user = user();
        user.attributes.insert("email".into(), "a@b.example".into());
        let given = given_attributes(given.iter().copied(), &user);
        fill_in(&pool(required), Writer::Client(&ClientSettings::default()), &mut user, &given)?;
        Ok(user)
    }

    #[test]
    fn a_required_attribute_with_a_value_cannot_change_but_may_come_back() {
        let refused = filled(&["email"], &[("userAttributes.email", "x@y.example")]).err().unwrap();
        assert_eq!(refused.message, "Cannot modify an already provided email");
        assert!(filled(&["email"], &[("userAttributes.email", "a@b.example")]).is_ok());
        assert!(filled(&["email"], &[]).is_ok());
    }

    #[test]
    fn a_required_attribute_that_lacks_must_come() {
        let refused = filled(&["email", "preferred_username"], &[]).err().unwrap();
        assert_eq!(refused.message, "Invalid attributes given, preferred_username is missing");
        let user = filled(&["email", "preferred_username"], &[("userAttributes.preferred_username", "al")]).unwrap();
        assert_eq!(user.attributes["preferred_username"], "al");
    }

    #[test]
    fn nobody_verifies_their_own_address() {
        let refused = filled(&[], &[("userAttributes.email_verified", "true")]).err().unwrap();
        assert_eq!(refused.message, "A client attempted to write unauthorized attribute");
    }

    #[test]
    fn other_answers_are_no_attributes() {
        assert!(given_attributes([("NEW_PASSWORD", "x"), ("USERNAME", "y")].into_iter(), &user()).is_empty());
    }
}
