//! The ways of mail and SMS out of the house: the dev mailbox, SMTP in `serve`.
mod mailbox;
mod smtp;

pub use mailbox::{Kept, Mailbox};
pub use smtp::{Smtp, SmtpSettings};
