//! Sending: a message is stored in the same act as the code it carries, sealed, and leaves in the background. Whoever may not be told whether
//! a user exists gets the same work done for a made-up one: the same code, text, sealing and write, and a row that nobody delivers.
use crate::codes::{life, word};
use crate::context::RequestContext;
use crate::error::Result;
use crate::ids::Millis;
use crate::messages;
use crate::ports::{CodePurpose, Message, Parcel, Queued};
use crate::service::UserPools;
use crate::templates::{Delivery, Letter};

/// A new message belongs to the process that made it for so long; then anybody may claim it.
const HELD: Millis = 2 * 60 * 1000;
/// How long an invitation is worth sending where the temporary password has no end of its own.
const INVITATION: Millis = 7 * 24 * 60 * 60 * 1000;

impl UserPools {
    /// Issues a code for an address and sends it. CodeDeliveryFailure when the letter `waits` and was refused for good; the code stands then,
    /// and asking again replaces it.
    pub(crate) async fn send_code(
        &self,
        cx: &RequestContext,
        purpose: CodePurpose,
        letter: Letter<'_>,
    ) -> Result<Delivery> {
        let (code, row) = self.new_code(cx, letter.user, purpose, letter.contact, letter.address);
        let message = self.write(cx, &letter, code).await?;
        let queued = self.queued(cx, &message, Some(&letter.user.sub), word(purpose), row.expires_at);
        self.store.put_code(cx.now, row, queued.clone()).await?;
        self.hand_over(queued, message, letter.waits).await?;
        Ok(letter.delivery())
    }

    /// Does for a made-up user what [`UserPools::send_code`] does for a real one, and sets `mark` for as long as the code would have lived.
    pub(crate) async fn simulate_code(
        &self,
        cx: &RequestContext,
        purpose: CodePurpose,
        letter: Letter<'_>,
        mark: [u8; 32],
    ) -> Result<()> {
        let (code, row) = self.new_code(cx, letter.user, purpose, letter.contact, letter.address);
        let message = self.write(cx, &letter, code).await?;
        let queued = self.queued(cx, &message, None, word(purpose), row.expires_at);
        self.store.put_simulated(cx.now, mark, cx.now.saturating_add(life(purpose)), queued.clone()).await?;
        self.hand_over(queued, message, letter.waits).await
    }

    /// Sends a temporary password. CodeDeliveryFailure as for a code.
    pub(crate) async fn send_invitation(&self, cx: &RequestContext, letter: &Letter<'_>, password: &str) -> Result<()> {
        let message = self.write(cx, letter, password.to_owned()).await?;
        let topic = format!("invitation:{}", letter.contact.attribute());
        let end = letter.user.credentials.password.as_ref().and_then(|password| password.expires_at);
        let end = end.unwrap_or(cx.now.saturating_add(INVITATION));
        let queued = self.queued(cx, &message, Some(&letter.user.sub), &topic, end);
        self.store.put_message(cx.now, queued.clone()).await?;
        self.hand_over(queued, message, letter.waits).await
    }

    /// Sends a code that no row holds: its session does. `real` is false for somebody made up: the same work, and nobody delivers it.
    pub(crate) async fn send_bare_code(
        &self,
        cx: &RequestContext,
        letter: &Letter<'_>,
        code: String,
        real: bool,
        expires_at: Millis,
    ) -> Result<()> {
        let message = self.write(cx, letter, code).await?;
        // Each session has a code of its own: none takes the place of another's.
        let topic = format!("sign-in:{}", self.fresh_uuid());
        let receiver = real.then_some(letter.user.sub.as_str());
        let queued = self.queued(cx, &message, receiver, &topic, expires_at);
        self.store.put_message(cx.now, queued.clone()).await?;
        self.hand_over(queued, message, letter.waits).await
    }

    /// What a row of the outbox holds. `None` for a message about nobody, and for one that does not open.
    pub fn open_message(&self, queued: &Queued) -> Option<Message> {
        queued.sub.as_ref()?;
        let plain = self.keys.open(&["outbox", &queued.id], &queued.sealed).ok()?;
        serde_json::from_slice(&plain).ok()
    }

    fn queued(
        &self,
        cx: &RequestContext,
        message: &Message,
        sub: Option<&str>,
        topic: &str,
        expires_at: Millis,
    ) -> Queued {
        let id = self.fresh_uuid();
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(message).unwrap_or_default());
        Queued {
            pool: message.pool.clone(),
            sub: sub.map(str::to_owned),
            topic: topic.to_owned(),
            attempts: 0,
            due_at: cx.now.saturating_add(HELD),
            expires_at,
            sealed: self.keys.seal(&*self.random, &["outbox", &id], &plain),
            id,
        }
    }

    async fn hand_over(&self, queued: Queued, message: Message, waits: bool) -> Result<()> {
        // Senders are not waited for.
        let waits = waits && message.event.is_none();
        let parcel = Parcel {
            id: queued.id,
            message: queued.sub.is_some().then_some(message),
            sub: queued.sub,
            attempts: 0,
            held_until: queued.due_at,
            expires_at: queued.expires_at,
            waits,
        };
        match self.messenger.hand_over(parcel).await {
            Err(failure) if waits => Err(messages::DELIVERY_FAILED.because(failure.0)),
            _ => Ok(()),
        }
    }
}

impl Letter<'_> {
    /// What a client may know of where it goes. Masked as the pool compares addresses: the case in which somebody once entered theirs is not
    /// for whoever types it now.
    pub(crate) fn delivery(&self) -> Delivery {
        Delivery::to(self.contact, &crate::names::fold(&self.pool.settings, self.address))
    }
}
