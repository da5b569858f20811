//! Around the birth of a user: PreSignUp before the row is stored, PostConfirmation once the user is confirmed.
use super::Trigger;
use super::invoke::{Call, attributes, metadata, validation};
use crate::attributes::CONTACTS;
use crate::context::RequestContext;
use crate::error::Result;
use crate::ids::ClientId;
use crate::names;
use crate::pool::{Contact, UserPool};
use crate::service::UserPools;
use crate::user::{User, UserStatus};
use events::user_pools::{NoAnswer, PostConfirmationRequest, PreSignUpAnswer, PreSignUpRequest, Texts};

/// What comes into being, in AWS's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Birth {
    /// SignUp.
    SignUp,
    /// AdminCreateUser.
    AdminCreateUser,
    /// The first sign-in by an identity provider.
    ExternalProvider,
}

/// What has been confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Confirmed {
    /// The account.
    SignUp,
    /// A new password.
    ForgotPassword,
}

impl UserPools {
    /// Asks PreSignUp about a user who is not stored yet, and does as it says: confirmation (not for an operator's users, whose status the
    /// temporary password decides) and verified contacts.
    pub(crate) async fn pre_sign_up(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        client: Option<&ClientId>,
        user: &mut User,
        birth: Birth,
    ) -> Result<()> {
        let source = match birth {
            Birth::SignUp => "SignUp",
            Birth::AdminCreateUser => "AdminCreateUser",
            Birth::ExternalProvider => "ExternalProvider",
        };
        let user_attributes = given(user);
        let request = PreSignUpRequest {
            user_attributes: &user_attributes,
            validation_data: validation(cx),
            client_metadata: metadata(cx),
        };
        let trigger = Trigger::PreSignUp;
        let call = Call { pool, client, user_name: &user.username, trigger, source, request };
        if let Some(answer) = self.call(cx, call).await? {
            obey(pool, user, birth, &answer);
        }
        Ok(())
    }

    /// Tells PostConfirmation. The user stays confirmed whatever it answers; the caller hears of its failure.
    pub(crate) async fn post_confirmation(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        client: Option<&ClientId>,
        user: &User,
        what: Confirmed,
    ) -> Result<()> {
        let source = match what {
            Confirmed::SignUp => "ConfirmSignUp",
            Confirmed::ForgotPassword => "ConfirmForgotPassword",
        };
        let user_attributes = attributes(pool, user);
        let request = PostConfirmationRequest { user_attributes: &user_attributes, client_metadata: metadata(cx) };
        let trigger = Trigger::PostConfirmation;
        let call = Call { pool, client, user_name: &user.username, trigger, source, request };
        self.call::<_, NoAnswer>(cx, call).await.map(drop)
    }
}

/// The attributes as they were given: flags that only say "not verified" are ours.
fn given(user: &User) -> Texts {
    let ours = |name: &str, value: &str| {
        value == "false" && CONTACTS.into_iter().any(|contact| contact.verified_attribute() == name)
    };
    let given = user.attributes.iter().filter(|(name, value)| !ours(name, value));
    given.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn obey(pool: &UserPool, user: &mut User, birth: Birth, answer: &PreSignUpAnswer) {
    if birth == Birth::SignUp && answer.auto_confirm_user == Some(true) {
        user.status = UserStatus::Confirmed;
    }
    let verified = [(Contact::Email, answer.auto_verify_email), (Contact::Phone, answer.auto_verify_phone)];
    for (contact, verify) in verified {
        if verify == Some(true) && birth != Birth::AdminCreateUser && user.attributes.contains_key(contact.attribute())
        {
            user.attributes.insert(contact.verified_attribute().to_owned(), "true".to_owned());
        }
    }
    // A provider's user answers to no alias, whatever is verified: an address may be somebody else's here.
    if birth != Birth::ExternalProvider {
        user.aliases = names::active_aliases(&pool.settings, user.status, &user.attributes);
    }
}
