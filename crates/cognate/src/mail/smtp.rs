//! SMTP through `lettre`. What the relay refuses with a permanent answer is refused for good; everything else may be tried again.
use super::{Carrier, Undelivered};
use async_trait::async_trait;
use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use serde::Deserialize;
use std::net::IpAddr;
use std::time::Duration;
use user_pools::pool::Contact;
use user_pools::ports::Message;

/// `[smtp]` of `cognate.toml`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpSettings {
    /// Server name; its certificate must be for it.
    pub host: String,
    /// Port; 587 by default.
    pub port: Option<u16>,
    /// `starttls` (default), `tls` or `none` (loopback relays only, unless `allow_plaintext`).
    pub security: Option<String>,
    /// With `security = "none"`: codes and passwords may cross the network to another host in the clear.
    #[serde(default)]
    pub allow_plaintext: bool,
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
            "none" if !settings.allow_plaintext && !is_loopback(&settings.host) => {
                return Err(format!(
                    "smtp.security: \"none\" would send codes and passwords to {} in the clear; use starttls or tls, or say smtp.allow_plaintext = true",
                    settings.host
                ));
            }
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

/// The relay refuses us, not the message: an operator will mend that (RFC 4954: 530, 534, 535, 538).
fn is_about_us(error: &lettre::transport::smtp::Error) -> bool {
    error.status().is_some_and(|code| ["530", "534", "535", "538"].contains(&code.to_string().as_str()))
}

/// By what is written: a name that resolves to loopback today may resolve elsewhere tomorrow.
fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
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
impl Carrier for Smtp {
    async fn carry(&self, message: &Message) -> Result<(), Undelivered> {
        if message.medium == Contact::Phone {
            return Err(Undelivered::Refused("no SMS gateway is configured".to_owned()));
        }
        let refused = |why: &str| Undelivered::Refused(why.to_owned());
        let to: Mailbox = message.to.parse().map_err(|_| refused("the e-mail address cannot be written to"))?;
        let kind = if message.body.contains("</") || message.body.contains("<br") {
            ContentType::TEXT_HTML
        } else {
            ContentType::TEXT_PLAIN
        };
        let letter = lettre::Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(message.subject.clone())
            .header(kind)
            .body(message.body.clone());
        let letter = letter.map_err(|error| Undelivered::Refused(error.to_string()))?;
        match self.relay.send(letter).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() && !is_about_us(&error) => Err(Undelivered::Refused(error.to_string())),
            Err(error) => Err(Undelivered::Unreachable(error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(host: &str, security: Option<&str>, plaintext: bool) -> SmtpSettings {
        SmtpSettings {
            host: host.to_owned(),
            port: None,
            security: security.map(str::to_owned),
            allow_plaintext: plaintext,
            username: None,
            password: None,
            password_file: None,
            from: "Cognate <no-reply@example.com>".to_owned(),
        }
    }

    #[tokio::test]
    async fn codes_cross_a_network_in_the_clear_only_where_that_is_said() {
        for host in ["localhost", "127.0.0.1", "127.9.9.9", "::1"] {
            assert!(Smtp::new(&settings(host, Some("none"), false)).is_ok(), "{host}");
        }
        for host in ["mail.example.com", "10.0.0.1", "localhost.example.com", "127.0.0.1.example.com"] {
            let refused = Smtp::new(&settings(host, Some("none"), false)).err().unwrap();
            assert!(refused.contains("smtp.allow_plaintext"), "{host}: {refused}");
            assert!(Smtp::new(&settings(host, Some("none"), true)).is_ok(), "{host}");
            assert!(Smtp::new(&settings(host, None, false)).is_ok(), "{host}");
        }
    }
}
