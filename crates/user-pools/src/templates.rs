//! What users are written: subjects and bodies from the pool's templates or Cognito's own texts, and how a destination is shown to clients
//! (spec H.3). How they leave is not known here.
use crate::context::RequestContext;
use crate::error::Result;
use crate::ids::ClientId;
use crate::messages;
use crate::pool::{Contact, MessageTemplates, PoolSettings, UserPool};
use crate::ports::Message;
use crate::service::UserPools;
use crate::triggers::Written;
use crate::user::User;

/// Stands for the code or temporary password.
pub(crate) const CODE: &str = "{####}";
/// Stands for the username.
pub(crate) const USERNAME: &str = "{username}";

/// `CodeDeliveryDetailsType`: where a code went, as far as a client may know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Masked address.
    pub destination: String,
    /// The contact: medium and attribute name follow from it.
    pub contact: Contact,
}

impl Delivery {
    /// To a real address.
    pub fn to(contact: Contact, address: &str) -> Self {
        Self { destination: masked(contact, address), contact }
    }
}

/// `f***@e***` for an e-mail address, `+*******9934` for a number.
pub fn masked(contact: Contact, address: &str) -> String {
    match contact {
        Contact::Email => {
            let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
            let first = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
            format!("{}***@{}***", first(local), first(domain))
        }
        Contact::Phone => {
            let digits: Vec<char> = address.chars().filter(char::is_ascii_digit).collect();
            let hidden = digits.len().saturating_sub(4);
            format!("+{}{}", "*".repeat(hidden), digits[hidden..].iter().collect::<String>())
        }
    }
}

/// What a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// After SignUp.
    SignUp,
    /// ResendConfirmationCode.
    ResendCode,
    /// ForgotPassword and AdminResetUserPassword.
    ForgotPassword,
    /// A contact was changed.
    UpdateUserAttribute,
    /// GetUserAttributeVerificationCode.
    VerifyUserAttribute,
    /// The invitation of AdminCreateUser.
    AdminCreateUser,
    /// A code at sign-in, as first or second factor.
    Authentication,
}

impl Occasion {
    /// AWS's trigger-source word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "SignUp",
            Self::ResendCode => "ResendCode",
            Self::ForgotPassword => "ForgotPassword",
            Self::UpdateUserAttribute => "UpdateUserAttribute",
            Self::VerifyUserAttribute => "VerifyUserAttribute",
            Self::AdminCreateUser => "AdminCreateUser",
            Self::Authentication => "Authentication",
        }
    }
}

/// Subject and body, with their placeholders still in them.
struct Texts<'a> {
    subject: &'a str,
    body: &'a str,
}

fn texts(pool: &MessageTemplates, occasion: Occasion, contact: Contact, link: bool) -> Texts<'_> {
    let verification = |member: &str| pool.verification.get(member).map(String::as_str);
    let invite = |member: &str| pool.invite.get(member).map(String::as_str);
    if occasion == Occasion::AdminCreateUser {
        let member = if contact == Contact::Email { "EmailMessage" } else { "SMSMessage" };
        return Texts {
            subject: invite("EmailSubject").unwrap_or("Your temporary password"),
            body: invite(member).unwrap_or("Your username is {username} and temporary password is {####}. "),
        };
    }
    if link {
        return Texts {
            subject: verification("EmailSubjectByLink").unwrap_or("Your verification link"),
            body: verification("EmailMessageByLink")
                .unwrap_or("Please click the link below to verify your email address. {##Verify Email##} "),
        };
    }
    let own = match contact {
        Contact::Email => verification("EmailMessage").or(pool.email_verification_message.as_deref()),
        Contact::Phone => verification("SmsMessage").or(pool.sms_verification_message.as_deref()),
    };
    Texts {
        subject: verification("EmailSubject")
            .or(pool.email_verification_subject.as_deref())
            .unwrap_or("Your verification code"),
        body: own.unwrap_or(match occasion {
            Occasion::ForgotPassword => "Your password reset code is {####}",
            _ => "Your confirmation code is {####}",
        }),
    }
}

/// The texts of a code at sign-in: those of the pool's MFA settings.
fn sign_in_texts(pool: &PoolSettings, contact: Contact) -> Texts<'_> {
    let own = |member: &str, name: &str| pool.documents.get(member).and_then(|document| document.get(name)?.as_str());
    let sms = || {
        own("SmsMfaConfiguration", "SmsAuthenticationMessage").or(pool.messages.sms_authentication_message.as_deref())
    };
    let body = match contact {
        Contact::Email => own("EmailMfaConfiguration", "Message"),
        Contact::Phone => sms(),
    };
    Texts {
        subject: own("EmailMfaConfiguration", "Subject").unwrap_or("Your authentication code"),
        body: body.unwrap_or("Your authentication code is {####}. "),
    }
}

/// Whether sign-up mails of the pool carry a link instead of a code.
fn confirms_by_link(pool: &MessageTemplates) -> bool {
    pool.verification.get("DefaultEmailOption").is_some_and(|option| option == "CONFIRM_WITH_LINK")
}

/// Refuses texts that lack a placeholder: checked when a pool is set up. InvalidParameter names the member.
pub fn check(pool: &MessageTemplates) -> Result<()> {
    let codes = [
        ("EmailVerificationMessage", pool.email_verification_message.as_ref()),
        ("SmsVerificationMessage", pool.sms_verification_message.as_ref()),
        ("SmsAuthenticationMessage", pool.sms_authentication_message.as_ref()),
        ("VerificationMessageTemplate.EmailMessage", pool.verification.get("EmailMessage")),
        ("VerificationMessageTemplate.SmsMessage", pool.verification.get("SmsMessage")),
        ("InviteMessageTemplate.EmailMessage", pool.invite.get("EmailMessage")),
        ("InviteMessageTemplate.SMSMessage", pool.invite.get("SMSMessage")),
    ];
    for (member, text) in codes {
        needs(member, text, CODE)?;
    }
    needs("InviteMessageTemplate.EmailMessage", pool.invite.get("EmailMessage"), USERNAME)?;
    needs("InviteMessageTemplate.SMSMessage", pool.invite.get("SMSMessage"), USERNAME)?;
    match pool.verification.get("EmailMessageByLink") {
        Some(text) if link_text(text).is_none() => {
            Err(messages::template_lacks("VerificationMessageTemplate.EmailMessageByLink", "{##text##}"))
        }
        _ => Ok(()),
    }
}

fn needs(member: &str, text: Option<&String>, placeholder: &str) -> Result<()> {
    match text {
        Some(text) if !text.contains(placeholder) => Err(messages::template_lacks(member, placeholder)),
        _ => Ok(()),
    }
}

/// The `{##text##}` of a link template: the whole placeholder and the text in it.
pub(crate) fn link_text(body: &str) -> Option<(&str, &str)> {
    let start = body.find("{##")?;
    let inside = &body[start + 3..];
    let length = inside.find("##}")?;
    (length > 0).then(|| (&body[start..start + 3 + length + 3], &inside[..length]))
}

/// Fills the placeholders. Mail is HTML, so what a user chose is escaped there; the template itself is the operator's.
fn fill(body: &str, contact: Contact, username: &str, code: &str) -> String {
    let safe = |text: &str| if contact == Contact::Email { escape(text) } else { text.to_owned() };
    // The code first: a username may contain the other placeholder, and must not be filled in itself.
    body.replace(CODE, &safe(code)).replace(USERNAME, &safe(username))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// Percent-encodes everything but the unreserved characters of RFC 3986.
fn encode(text: &str) -> String {
    let encode_byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode_byte).collect()
}

/// A message about to be written to a user.
pub(crate) struct Letter<'a> {
    /// The pool it comes from.
    pub pool: &'a UserPool,
    /// To whom.
    pub user: &'a User,
    /// What for.
    pub occasion: Occasion,
    /// By which way.
    pub contact: Contact,
    /// E-mail address or number; not always the user's present one.
    pub address: &'a str,
    /// The client through which it was asked for: a confirmation link names it.
    pub client: Option<&'a ClientId>,
    /// The caller waits for the first attempt and is told when it was refused for good. Never where that would tell users apart.
    pub waits: bool,
}

impl UserPools {
    /// The text of the occasion around a secret (a code or a temporary password).
    pub(crate) async fn write(&self, cx: &RequestContext, letter: &Letter<'_>, secret: String) -> Result<Message> {
        let templates = &letter.pool.settings.messages;
        let link = if confirms_by_link(templates) { self.link(letter, &secret).await? } else { None };
        let event = self.sender_event(cx, letter, &secret);
        let written = match event {
            Some(_) => Written::default(),
            None => self.custom_message(cx, letter, link.is_some()).await?,
        };
        let own = match letter.occasion {
            Occasion::Authentication => sign_in_texts(&letter.pool.settings, letter.contact),
            occasion => texts(templates, occasion, letter.contact, link.is_some()),
        };
        let texts = Texts {
            subject: written.subject.as_deref().unwrap_or(own.subject),
            body: written.body.as_deref().unwrap_or(own.body),
        };
        let name = shown_name(letter);
        let body = match (&link, link_text(texts.body)) {
            (Some(link), Some((placeholder, text))) => {
                let anchor = format!("<a href=\"{}\">{text}</a>", escape(link));
                fill(texts.body, letter.contact, name, &secret).replace(placeholder, &anchor)
            }
            _ => fill(texts.body, letter.contact, name, &secret),
        };
        Ok(Message {
            request_id: cx.request_id.clone(),
            at: cx.now,
            pool: letter.pool.id.clone(),
            username: letter.user.username.clone(),
            kind: letter.occasion.as_str().into(),
            medium: letter.contact,
            to: letter.address.to_owned(),
            subject: one_line(&texts.subject.replace(CODE, &secret).replace(USERNAME, name)),
            body,
            code: Some(secret),
            event,
        })
    }

    /// The link that confirms a sign-up by mail; only sign-ups have one.
    async fn link(&self, letter: &Letter<'_>, code: &str) -> Result<Option<String>> {
        let sign_up = matches!(letter.occasion, Occasion::SignUp | Occasion::ResendCode);
        let Some(client) = letter.client.filter(|_| sign_up && letter.contact == Contact::Email) else {
            return Ok(None);
        };
        let domains = self.store.domains_of(letter.pool.id.clone()).await?;
        Ok(Some(format!(
            "{}/confirmUser?client_id={}&user_name={}&confirmation_code={}",
            self.config.login_at(&domains),
            encode(&client.0),
            encode(&letter.user.username),
            encode(code)
        )))
    }
}

/// The name a user knows themselves by: where the username is a UUID, the address by which they sign in.
fn shown_name<'a>(letter: &Letter<'a>) -> &'a str {
    let kinds = &letter.pool.settings.username_attributes;
    let by_contact = kinds.iter().find_map(|kind| letter.user.attributes.get(kind.attribute()));
    by_contact.map_or(letter.user.username.as_str(), String::as_str)
}

/// A subject is one line: a username in it must not start a header.
fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn templates(verification: &[(&str, &str)], invite: &[(&str, &str)]) -> MessageTemplates {
        let map = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        MessageTemplates { verification: map(verification), invite: map(invite), ..MessageTemplates::default() }
    }

    #[test]
    fn destinations_are_masked_as_aws_masks_them() {
        assert_eq!(masked(Contact::Email, "frank@example.com"), "f***@e***");
        assert_eq!(masked(Contact::Phone, "+12065559934"), "+*******9934");
        assert_eq!(masked(Contact::Phone, "+12"), "+12");
    }

    #[test]
    fn a_text_without_its_placeholder_is_refused_by_name() {
        let says = |templates: MessageTemplates| check(&templates).unwrap_err().message.into_owned();
        assert!(
            says(templates(&[("EmailMessage", "hello")], &[])).starts_with("VerificationMessageTemplate.EmailMessage")
        );
        assert!(says(templates(&[], &[("EmailMessage", "{####}")])).contains("{username}"));
        assert!(says(templates(&[("EmailMessageByLink", "click {####}")], &[])).contains("{##text##}"));
        let good = templates(
            &[("EmailMessage", "{####}"), ("EmailMessageByLink", "{##Click##}")],
            &[("EmailMessage", "{username} {####}")],
        );
        assert!(check(&good).is_ok());
        assert!(check(&MessageTemplates::default()).is_ok());
    }

    #[test]
    fn a_username_cannot_bring_markup_or_placeholders_into_a_mail() {
        let body = fill("Hi {username}: {####}", Contact::Email, "<b>{####}</b>", "123456");
        assert_eq!(body, "Hi &lt;b&gt;{####}&lt;/b&gt;: 123456");
    }

    #[test]
    fn default_texts_are_cognitos() {
        let none = MessageTemplates::default();
        let text = |occasion, link| texts(&none, occasion, Contact::Email, link).body.to_owned();
        assert_eq!(text(Occasion::SignUp, false), "Your confirmation code is {####}");
        assert_eq!(
            text(Occasion::AdminCreateUser, false),
            "Your username is {username} and temporary password is {####}. "
        );
        assert_eq!(link_text(&text(Occasion::SignUp, true)), Some(("{##Verify Email##}", "Verify Email")));
    }

    #[test]
    fn the_pools_template_wins_over_the_legacy_member() {
        let mut both = templates(&[("EmailMessage", "new {####}")], &[]);
        both.email_verification_message = Some("old {####}".into());
        assert_eq!(texts(&both, Occasion::SignUp, Contact::Email, false).body, "new {####}");
        both.verification.clear();
        assert_eq!(texts(&both, Occasion::SignUp, Contact::Email, false).body, "old {####}");
    }

    #[test]
    fn links_escape_what_they_carry() {
        assert_eq!(encode("a b&c=ü~"), "a%20b%26c%3D%C3%BC~");
    }
}
