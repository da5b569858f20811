//! SMTP through `lettre`. A message that cannot be handed over is an error the caller sees (`CodeDeliveryFailureException`).
use async_trait::async_trait;
use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use serde::Deserialize;
use std::time::Duration;
use user_pools::pool::Contact;
use user_pools::ports::{DeliveryFailed, Message, Messenger};

/// `[smtp]` of `cognate.toml`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpSettings {
    /// Server name; its certificate must be for it.
    pub host: String,
    /// Port; 587 by default.
    pub port: Option<u16>,
    /// `starttls` (default), `tls` or `none` (loopback relays only).
    pub security: Option<String>,
    /// User to authenticate as.
    pub username: Option<String>,
    /// Its password, or better the file that holds it.
    pub password: Option<String>,
    /// A file whose first line is the password.
    pub password_file: Option<std::path::PathBuf>,
    /// The sender, `Name <address>` or an address.
    pub from: String,
}

/// An SMTP relay.
pub struct Smtp {
    relay: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Smtp {
    /// Checks the settings; connects only when there is something to send.
    pub fn new(settings: &SmtpSettings) -> Result<Self, String> {
        let from = settings.from.parse().map_err(|error| format!("smtp.from: {error}"))?;
        let relay = match settings.security.as_deref().unwrap_or("starttls") {
            "starttls" => AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(&settings.host),
            "tls" => AsyncSmtpTransport::<Tokio1Executor>::relay(&settings.host),
            "none" => Ok(AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)),
            other => return Err(format!("smtp.security: {other:?} must be one of starttls, tls, none")),
        };
        let mut relay = relay.map_err(|error| format!("smtp.host: {error}"))?.timeout(Some(Duration::from_secs(10)));
        if let Some(port) = settings.port {
            relay = relay.port(port);
        }
        if let Some(username) = &settings.username {
            relay = relay.credentials(Credentials::new(username.clone(), password(settings)?));
        }
        Ok(Self { relay: relay.build(), from })
    }
}

fn password(settings: &SmtpSettings) -> Result<String, String> {
    match (&settings.password, &settings.password_file) {
        (Some(password), None) => Ok(password.clone()),
        (None, Some(file)) => std::fs::read_to_string(file)
            .map(|text| text.lines().next().unwrap_or_default().to_owned())
            .map_err(|error| format!("smtp.password_file: {}: {error}", file.display())),
        _ => Err("smtp: with username, exactly one of password and password_file must be given".to_owned()),
    }
}

#[async_trait]
impl Messenger for Smtp {
    async fn send(&self, message: Message) -> Result<(), DeliveryFailed> {
        if message.medium == Contact::Phone {
            return Err(DeliveryFailed("no SMS gateway is configured".to_owned()));
        }
        let to: Mailbox =
            message.to.parse().map_err(|_| DeliveryFailed("the e-mail address cannot be written to".to_owned()))?;
        let kind = if message.body.contains("</") || message.body.contains("<br") {
            ContentType::TEXT_HTML
        } else {
            ContentType::TEXT_PLAIN
        };
        let letter = lettre::Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(message.subject)
            .header(kind)
            .body(message.body);
        let letter = letter.map_err(|error| DeliveryFailed(error.to_string()))?;
        self.relay.send(letter).await.map(|_| ()).map_err(|error| DeliveryFailed(error.to_string()))
    }
}
