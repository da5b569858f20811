//! The dev mailbox: the last messages, in memory only, for a person and for tests to read the codes from.
//! Never written to disk: the data folder holds no plaintext secret.
use super::{Carrier, Undelivered};
use async_trait::async_trait;
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use user_pools::ports::Message;

const KEPT: usize = 500;

/// Cheap to clone; all clones share the messages.
#[derive(Clone, Default)]
pub struct Mailbox {
    messages: Arc<Mutex<(u64, VecDeque<Kept>)>>,
}

/// A message as the mailbox shows it.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Kept {
    /// Rising number.
    pub id: u64,
    /// Epoch milliseconds.
    pub at: i64,
    /// `EMAIL` or `SMS`.
    pub medium: &'static str,
    /// Address or number.
    pub to: String,
    /// Subject (e-mail only).
    pub subject: String,
    /// The text.
    pub body: String,
    /// The code or temporary password in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The pool it came from.
    pub user_pool_id: String,
    /// Whom it concerns.
    pub username: String,
    /// What it is for.
    pub kind: std::borrow::Cow<'static, str>,
}

impl Mailbox {
    /// The messages, newest first; only those to one address when asked.
    pub fn read(&self, to: Option<&str>) -> Vec<Kept> {
        let held = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        held.1.iter().rev().filter(|kept| to.is_none_or(|to| kept.to.eq_ignore_ascii_case(to))).cloned().collect()
    }

    fn keep(&self, message: Message) {
        let mut held = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        held.0 += 1;
        let kept = Kept {
            id: held.0,
            at: message.at,
            medium: message.medium.medium(),
            to: message.to,
            subject: message.subject,
            body: message.body,
            code: message.code,
            user_pool_id: message.pool.0,
            username: message.username,
            kind: message.kind,
        };
        held.1.push_back(kept);
        if held.1.len() > KEPT {
            held.1.pop_front();
        }
    }
}

#[async_trait]
impl Carrier for Mailbox {
    async fn carry(&self, message: &Message) -> Result<(), Undelivered> {
        self.keep(message.clone());
        Ok(())
    }

    fn is_instant(&self) -> bool {
        true
    }
}
