//! SMTP through `lettre`. What the relay refuses with a permanent answer is refused for good; everything else may be tried again.
use super::{Carrier, Undelivered};
use async_trait::async_trait;
use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use serde::Deserialize;
use std::net::IpAddr;
use std::time::Duration;
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
        let Err(error) = self.relay.send(letter).await else { return Ok(()) };
        let why = without_private(&error.to_string(), message);
        let for_good = error.is_permanent() && !is_about_us(&error);
        Err(if for_good { Undelivered::Refused(why) } else { Undelivered::Unreachable(why) })
    }
}

/// A relay's words go to the log, and they often repeat the address, or what it disliked in the text.
fn without_private(words: &str, message: &Message) -> String {
    let private = [Some(message.to.as_str()), message.code.as_deref()];
    private.into_iter().flatten().fold(words.to_owned(), |words, private| without(&words, private))
}

/// Letters without regard to case; ASCII alone, so that no place in the text moves.
fn without(words: &str, private: &str) -> String {
    let (lower, private) = (words.to_ascii_lowercase(), private.to_ascii_lowercase());
    let (mut out, mut at) = (String::new(), 0);
    for (start, found) in lower.match_indices(&private).filter(|(_, found)| !found.is_empty()) {
        out.push_str(&words[at..start]);
        out.push_str("***");
        at = start + found.len();
    }
    out + &words[at..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
    use tokio::net::TcpListener;
    use user_pools::pool::Contact;

    /// A relay on loopback that takes nobody's mail, in these words; its port.
    async fn refusing_relay(words: &'static str) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let (read, mut write) = stream.into_split();
            let mut lines = BufReader::new(read).lines();
            write.write_all(b"220 relay\r\n").await.unwrap();
            while let Ok(Some(line)) = lines.next_line().await {
                let answer = if line.starts_with("RCPT") { words } else { "250 relay" };
                write.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
            }
        });
        port
    }

    #[tokio::test]
    async fn a_relays_words_reach_the_log_without_address_and_code() {
        let port = refusing_relay("550 5.1.1 <Ann@Example.com>: no such user, and 123456 is spam").await;
        let smtp = Smtp::new(&SmtpSettings { port: Some(port), ..settings("127.0.0.1", Some("none"), false) }).unwrap();
        let message = Message {
            request_id: "r".to_owned(),
            at: 0,
            pool: user_pools::PoolId("us-east-1_a".to_owned()),
            username: "ann".to_owned(),
            kind: "ForgotPassword".into(),
            medium: Contact::Email,
            to: "ann@example.com".to_owned(),
            subject: "s".to_owned(),
            body: "123456".to_owned(),
            code: Some("123456".to_owned()),
            event: None,
        };
        let Err(Undelivered::Refused(why)) = smtp.carry(&message).await else { panic!("the relay refuses for good") };
        assert!(why.contains("<***>: no such user, and *** is spam"), "{why}");
    }

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
