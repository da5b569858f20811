//! CustomMessage: a function writes the texts. What it forgets to put the code into is not sent; the pool's own text goes out then.
use super::Trigger;
use super::invoke::{Call, addressed, metadata};
use crate::context::RequestContext;
use crate::error::Result;
use crate::pool::Contact;
use crate::service::UserPools;
use crate::templates::{CODE, Letter, Occasion, USERNAME, link_text};
use events::user_pools::{CustomMessageAnswer, CustomMessageRequest};

/// What stands for the link; the text between the marks is shown.
const LINK: &str = "{##Click Here##}";

/// Texts in place of the pool's own, with their placeholders still in them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Written {
    pub subject: Option<String>,
    pub body: Option<String>,
}

impl UserPools {
    /// Asks the function for the texts of a letter. `link`: the pool confirms by link, so that is what must be in the text.
    pub(crate) async fn custom_message(&self, cx: &RequestContext, letter: &Letter<'_>, link: bool) -> Result<Written> {
        let invites = letter.occasion == Occasion::AdminCreateUser;
        let user_attributes = addressed(letter);
        let request = CustomMessageRequest {
            user_attributes: &user_attributes,
            code_parameter: CODE,
            link_parameter: LINK,
            username_parameter: invites.then_some(USERNAME),
            client_metadata: metadata(cx),
        };
        let call = Call {
            pool: letter.pool,
            client: letter.client,
            user_name: &letter.user.username,
            trigger: Trigger::CustomMessage,
            source: letter.occasion.as_str(),
            request,
        };
        let answer: Option<CustomMessageAnswer> = match self.call(cx, call).await {
            // Where users are hidden, the function is asked about made-up ones as well, and what it says of them must tell nothing.
            Err(error) if !letter.waits => {
                tracing::warn!(%error, reason = error.reason.as_deref(), "a message goes out in the pool's own words");
                None
            }
            answer => answer?,
        };
        Ok(answer.map(|answer| usable(answer, letter.contact, invites, link)).unwrap_or_default())
    }
}

fn usable(answer: CustomMessageAnswer, contact: Contact, invites: bool, link: bool) -> Written {
    let text = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let (subject, body) = match contact {
        Contact::Email => (text(answer.email_subject), text(answer.email_message)),
        Contact::Phone => (None, text(answer.sms_message)),
    };
    let complete = |body: &String| {
        let proof = if link { link_text(body).is_some() } else { body.contains(CODE) };
        proof && (!invites || body.contains(USERNAME))
    };
    Written { subject, body: body.filter(complete) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(email: &str, invites: bool, link: bool) -> Option<String> {
        let answer = CustomMessageAnswer {
            email_message: Some(email.to_owned()),
            email_subject: Some("s".to_owned()),
            sms_message: Some("sms {####}".to_owned()),
        };
        let written = usable(answer, Contact::Email, invites, link);
        assert_eq!(written.subject.as_deref(), Some("s"));
        written.body
    }

    #[test]
    fn a_text_without_its_placeholders_is_not_used() {
        assert!(written("code {####}", false, false).is_some());
        assert!(written("no code", false, false).is_none());
        assert!(written("{####}", true, false).is_none());
        assert!(written("{username} {####}", true, false).is_some());
        assert!(written("{####}", false, true).is_none());
        assert!(written("go {##here##}", false, true).is_some());
    }

    #[test]
    fn each_way_has_its_own_text() {
        let answer = CustomMessageAnswer { sms_message: Some("sms {####}".to_owned()), ..Default::default() };
        let sms = usable(answer.clone(), Contact::Phone, false, false);
        assert_eq!((sms.subject, sms.body.as_deref()), (None, Some("sms {####}")));
        assert_eq!(usable(answer, Contact::Email, false, false), Written::default());
    }
}
