//! The ways of mail and SMS out of the house: the dev mailbox, SMTP and an SMS gateway in `serve`, and the postman who takes the outbox to them.
mod mailbox;
mod postman;
mod sms;
mod smtp;

pub use mailbox::{Kept, Mailbox};
pub use postman::Round;
pub use sms::{Sms, SmsSettings};
pub use smtp::{Smtp, SmtpSettings};

use async_trait::async_trait;
use std::sync::Arc;
use user_pools::pool::Contact;
use user_pools::ports::Message;

/// One way out.
#[async_trait]
pub trait Carrier: Send + Sync {
    /// Hands one message over; the postman bounds the time.
    async fn carry(&self, message: &Message) -> Result<(), Undelivered>;

    /// Carrying takes no time: whoever asks for a message finds it there when the answer comes.
    fn is_instant(&self) -> bool {
        false
    }
}

/// Why a message was not taken. The reason is for the log: never a code.
#[derive(Clone, Debug)]
pub enum Undelivered {
    /// For good: the same message will be refused again.
    Refused(String),
    /// Not now.
    Unreachable(String),
}

/// Each medium its own way; a medium without one fails, visibly.
#[derive(Default)]
pub struct Ways {
    /// E-mail.
    pub mail: Option<Arc<dyn Carrier>>,
    /// SMS.
    pub sms: Option<Arc<dyn Carrier>>,
}

#[async_trait]
impl Carrier for Ways {
    async fn carry(&self, message: &Message) -> Result<(), Undelivered> {
        let (way, none) = match message.medium {
            Contact::Email => (&self.mail, "no way to send mail is configured ([smtp])"),
            Contact::Phone => (&self.sms, "no SMS gateway is configured ([sms])"),
        };
        match way {
            Some(way) => way.carry(message).await,
            None => Err(Undelivered::Refused(none.to_owned())),
        }
    }
}
