//! The ways of mail and SMS out of the house: the dev mailbox, SMTP in `serve`.
mod mailbox;
mod smtp;

pub use mailbox::{Kept, Mailbox};
pub use smtp::{Smtp, SmtpSettings};

use async_trait::async_trait;
use user_pools::ports::{DeliveryFailed, Message, Messenger};

/// No way out is configured: every message fails, visibly.
pub struct NoMail;

#[async_trait]
impl Messenger for NoMail {
    async fn send(&self, message: Message) -> Result<(), DeliveryFailed> {
        tracing::warn!(kind = message.kind, "a message could not be sent: no [smtp] is configured");
        Err(DeliveryFailed("no way to send messages is configured".to_owned()))
    }
}
