//! SMS through an HTTP gateway: a form in the words of SNS's Publish (`PhoneNumber`, `Message`), which an SNS stand-in or a few lines in front
//! of any provider can take. https, or http to this machine: what it carries are codes.
use super::{Carrier, Undelivered};
use async_trait::async_trait;
use http::StatusCode;
use http_apis::outbound::{Ask, Outbound};
use serde::Deserialize;
use std::time::Duration;
use url::Url;
use user_pools::ports::Message;
use zeroize::Zeroizing;

/// The postman waits no longer either.
const WITHIN: Duration = Duration::from_secs(10);
/// Nothing in an answer is read but its status.
const LARGEST: usize = 64 * 1024;

/// `[sms]` of `cognate.toml`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmsSettings {
    /// Where forms are posted to.
    pub url: String,
    /// A file whose first line is sent as `Authorization: Bearer`.
    pub token_file: Option<std::path::PathBuf>,
}

/// An SMS gateway.
pub struct Sms {
    url: String,
    token: Option<Zeroizing<String>>,
    outbound: Outbound,
}

impl Sms {
    /// Checks the settings; connects only when there is something to send.
    pub fn new(settings: &SmsSettings) -> Result<Self, String> {
        let url = Url::parse(&settings.url).map_err(|error| format!("sms.url: {error}"))?;
        if !is_private(&url) {
            return Err(
                "sms.url: must be https, or http to this machine: codes would cross the network in the clear".into()
            );
        }
        let token = settings.token_file.as_ref().map(|file| {
            let text = std::fs::read_to_string(file).map(Zeroizing::new);
            let line = text.map(|text| Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()));
            line.map_err(|error| format!("sms.token_file: {}: {error}", file.display()))
        });
        Ok(Self { url: settings.url.clone(), token: token.transpose()?, outbound: Outbound::default() })
    }
}

/// By what is written: a name that resolves to this machine today may resolve elsewhere tomorrow.
fn is_private(url: &Url) -> bool {
    let here = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || url.scheme() == "http" && here
}

#[async_trait]
impl Carrier for Sms {
    async fn carry(&self, message: &Message) -> Result<(), Undelivered> {
        let pairs = [
            ("Action", "Publish"),
            ("Version", "2010-03-31"),
            ("PhoneNumber", message.to.as_str()),
            ("Message", message.body.as_str()),
        ];
        let form = Zeroizing::new(form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish());
        let token = self.token.as_ref().map(|token| token.as_str());
        let ask = Ask { url: &self.url, form: Some(&form), bearer: token, within: WITHIN, largest: LARGEST };
        match self.outbound.ask(ask).await {
            Ok((status, _)) => judged(status),
            Err(why) => Err(Undelivered::Unreachable(why)),
        }
    }
}

/// A status against the message is for good; one about us, or about this moment, an operator or time will mend.
fn judged(status: StatusCode) -> Result<(), Undelivered> {
    let about_us = [401, 403, 404, 408, 425, 429];
    let why = || format!("the SMS gateway answered {}", status.as_u16());
    match status {
        _ if status.is_success() => Ok(()),
        _ if status.is_client_error() && !about_us.contains(&status.as_u16()) => Err(Undelivered::Refused(why())),
        _ => Err(Undelivered::Unreachable(why())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use user_pools::pool::Contact;

    fn settings(url: &str) -> SmsSettings {
        SmsSettings { url: url.to_owned(), token_file: None }
    }

    #[test]
    fn codes_cross_no_network_in_the_clear() {
        for url in ["https://sms.example.com/send", "http://localhost:9911/", "http://127.0.0.1:1", "http://[::1]/"] {
            assert!(Sms::new(&settings(url)).is_ok(), "{url}");
        }
        for url in
            ["http://sms.example.com", "http://10.0.0.1", "http://localhost.example.com", "ftp://localhost", "sms"]
        {
            assert!(Sms::new(&settings(url)).is_err(), "{url}");
        }
    }

    #[test]
    fn only_a_status_against_the_message_is_for_good() {
        let of = |status: u16| judged(StatusCode::from_u16(status).unwrap());
        assert!(of(200).is_ok() && of(202).is_ok());
        for status in [400, 413, 422] {
            assert!(matches!(of(status), Err(Undelivered::Refused(_))), "{status}");
        }
        for status in [302, 401, 403, 404, 408, 429, 500, 503] {
            assert!(matches!(of(status), Err(Undelivered::Unreachable(_))), "{status}");
        }
    }

    #[tokio::test]
    async fn a_message_goes_as_a_form_with_the_operators_token() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/publish", listener.local_addr().unwrap());
        let gateway = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut read = Vec::new();
            while !String::from_utf8_lossy(&read).contains("123456") {
                let mut some = [0; 1024];
                let got = stream.read(&mut some).await.unwrap();
                assert_ne!(got, 0, "the request ended early");
                read.extend_from_slice(&some[..got]);
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.unwrap();
            String::from_utf8(read).unwrap()
        });
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        std::fs::write(&file, "s3cret\n").unwrap();
        let sms = Sms::new(&SmsSettings { token_file: Some(file), ..settings(&url) }).unwrap();
        let message = Message {
            request_id: "r".to_owned(),
            at: 0,
            pool: user_pools::PoolId("us-east-1_a".to_owned()),
            username: "ann".to_owned(),
            kind: "Authentication".into(),
            medium: Contact::Phone,
            to: "+12065550100".to_owned(),
            subject: String::new(),
            body: "Your code is 123456".to_owned(),
            code: Some("123456".to_owned()),
            event: None,
        };
        sms.carry(&message).await.unwrap();
        let request = gateway.await.unwrap();
        assert!(request.starts_with("POST /publish HTTP/1.1\r\n"), "{request}");
        assert!(request.to_ascii_lowercase().contains("authorization: bearer s3cret\r\n"), "{request}");
        let body = "Action=Publish&Version=2010-03-31&PhoneNumber=%2B12065550100&Message=Your+code+is+123456";
        assert!(request.ends_with(body), "{request}");
    }
}
