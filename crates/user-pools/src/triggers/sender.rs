//! Custom senders: a function sends the message instead of us. It gets the code encrypted; the event lies in the outbox like a mail, is tried
//! again like one, and nobody waits for it.
use super::invoke::{Call, addressed, metadata};
use super::sender_code::{self, SenderKey};
use super::{Trigger, config};
use crate::context::RequestContext;
use crate::pool::Contact;
use crate::ports::{Calling, Message, TriggerFailed};
use crate::sealing::KeyRing;
use crate::service::UserPools;
use crate::templates::Letter;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use events::user_pools::{CustomSenderRequest, NoAnswer};

/// How long a sender may take, in milliseconds. Nobody waits for it.
const LIMIT_MS: u64 = 25_000;

impl UserPools {
    /// What the pool's sender is told of a letter: kept with the message and handed over when it leaves. `None`: no function sends it.
    pub(crate) fn sender_event(&self, cx: &RequestContext, letter: &Letter<'_>, secret: &str) -> Option<String> {
        config::function(&letter.pool.settings, sender(letter.contact))?;
        let name = config::sender_key(&letter.pool.settings)?;
        let (key, context) = (sender_key(&self.keys, name), [("userpool-id", letter.pool.id.0.as_str())]);
        // Encrypting fails only for absurd lengths; the sender is told of a message without a code then.
        let code = sender_code::encrypt(&*self.random, &key, name, &context, secret.as_bytes());
        let code = code.map(|message| STANDARD.encode(message));
        let user_attributes = addressed(letter);
        let request = CustomSenderRequest {
            kind: match letter.contact {
                Contact::Email => "customEmailSenderRequestV1",
                Contact::Phone => "customSMSSenderRequestV1",
            },
            code: code.as_deref(),
            client_metadata: metadata(cx),
            user_attributes: &user_attributes,
        };
        let call = Call {
            pool: letter.pool,
            client: letter.client,
            user_name: &letter.user.username,
            trigger: sender(letter.contact),
            source: letter.occasion.as_str(),
            request,
        };
        String::from_utf8(call.event::<NoAnswer>()).ok()
    }

    /// Hands a message to the function that sends it. `Ok(false)`: none does, or none any more; it goes out like any other.
    pub async fn send_by_function(&self, message: &Message) -> std::result::Result<bool, TriggerFailed> {
        let Some(event) = &message.event else { return Ok(false) };
        let pool = self.pool_by_id(&message.pool).await;
        let pool = pool.map_err(|error| TriggerFailed::Unavailable(error.message.into_owned()))?;
        let Some(function) = config::function(&pool.settings, sender(message.medium)) else { return Ok(false) };
        let calling = Calling { function, pool: &pool, request_id: &message.request_id, limit_ms: LIMIT_MS };
        self.triggers.invoke(calling, event.clone().into_bytes()).await.map(|_| true)
    }
}

const fn sender(contact: Contact) -> Trigger {
    match contact {
        Contact::Email => Trigger::CustomEmailSender,
        Contact::Phone => Trigger::CustomSmsSender,
    }
}

/// Stands in for the KMS key of that name: derived from the ring's active key, so it is in no database, and another after a rotation.
pub fn sender_key(ring: &KeyRing, name: &str) -> SenderKey {
    let derived = ring.peppered(&[b"custom sender", name.as_bytes()]);
    SenderKey::new(derived.into_iter().next().unwrap_or_default())
}
