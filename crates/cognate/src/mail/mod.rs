//! The ways of mail and SMS out of the house: the dev mailbox, SMTP in `serve`, and the postman who takes the outbox to them.
mod mailbox;
mod postman;
mod smtp;

pub use mailbox::{Kept, Mailbox};
pub use postman::Round;
pub use smtp::{Smtp, SmtpSettings};

use async_trait::async_trait;
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

/// No way out is configured: every message fails, visibly.
pub struct NoMail;

#[async_trait]
impl Carrier for NoMail {
    async fn carry(&self, _message: &Message) -> Result<(), Undelivered> {
        Err(Undelivered::Refused("no way to send messages is configured".to_owned()))
    }
}
