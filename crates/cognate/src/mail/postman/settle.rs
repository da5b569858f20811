//! The end of a row: delivered, tried again after a pause, or given up and seen.
use super::{ATTEMPTS, Failed, Round, pause};
use user_pools::UserPools;
use user_pools::pool::Contact;
use user_pools::ports::{Decision, Message, Parcel};

impl Round {
    /// Ends the row, or has it tried again.
    pub(super) async fn settle(&self, parcel: &Parcel, verdict: Result<(), Failed>) {
        let Some(pools) = self.pools.get() else { return };
        let now = self.clock.now();
        let failed = parcel.attempts + 1;
        let again = now.saturating_add(pause(failed));
        let stored = match (&parcel.message, verdict) {
            (_, Err(Failed::NotOurs)) => Ok(()),
            (None, _) => {
                if parcel.sub.is_some() {
                    self.lost(pools, parcel);
                }
                pools.store.end_message(now, parcel.id.clone()).await
            }
            (Some(message), Ok(())) => {
                self.metrics.message(message.medium.medium(), "delivered");
                pools.store.end_message(now, parcel.id.clone()).await
            }
            (Some(message), Err(Failed::Unreachable(why))) if failed < ATTEMPTS && again < parcel.expires_at => {
                self.metrics.message(message.medium.medium(), "retried");
                tracing::warn!(request_id = %message.request_id, kind = %message.kind, pool = %message.pool, attempt = failed, %why, "a message could not be delivered; it is tried again");
                pools.store.retry_message(now, parcel.id.clone(), again).await
            }
            (Some(message), Err(Failed::Unreachable(why) | Failed::Refused(why))) => {
                self.give_up(pools, parcel, message, &why);
                let details =
                    format!("The {} message ({}) could not be delivered: {why}", message.medium.medium(), message.kind);
                pools.log_undeliverable(now, &message.pool, &details).await;
                pools.store.end_message(now, parcel.id.clone()).await
            }
        };
        if let Err(error) = stored {
            // The row stays and is claimed when it is due.
            tracing::warn!(%error, "the outbox cannot be written now");
        }
    }

    /// Seen, but without address, text and code.
    fn give_up(&self, pools: &UserPools, parcel: &Parcel, message: &Message, why: &str) {
        self.metrics.message(message.medium.medium(), "undeliverable");
        tracing::error!(request_id = %message.request_id, kind = %message.kind, pool = %message.pool, attempts = parcel.attempts + 1, %why, "a message was given up");
        pools.decisions.note(Decision {
            request_id: message.request_id.clone(),
            pool: Some(message.pool.0.clone()),
            expected: Some(format!("the {} message taken by the way out", message.medium.medium())),
            got: Some(format!("{why}, after {} attempts", parcel.attempts + 1)),
            fix: Some(fix(message).to_owned()),
            ..self.undelivered(parcel)
        });
    }

    /// A row about somebody that does not open: nobody knows any more what it said, but nothing goes unseen.
    fn lost(&self, pools: &UserPools, parcel: &Parcel) {
        self.metrics.message("UNKNOWN", "undeliverable");
        tracing::error!(row = %parcel.id, "a message in the outbox does not open and was given up");
        pools.decisions.note(Decision {
            request_id: parcel.id.clone(),
            expected: Some("a row sealed with a key of the key file".to_owned()),
            got: Some("a row of the outbox that does not open".to_owned()),
            fix: Some("the user has to ask for the code again".to_owned()),
            ..self.undelivered(parcel)
        });
    }

    fn undelivered(&self, parcel: &Parcel) -> Decision {
        Decision {
            at: self.clock.now(),
            request_id: String::new(),
            ip: String::new(),
            action: "deliver".to_owned(),
            pool: None,
            client: None,
            user: parcel.sub.clone(),
            allowed: false,
            rule: "message.delivered".to_owned(),
            expected: None,
            got: None,
            fix: None,
        }
    }
}

fn fix(message: &Message) -> &'static str {
    match message.event {
        Some(_) => "look into the log of the function that the pool's LambdaConfig names as its sender",
        None => match message.medium {
            Contact::Email => "look at [smtp] of the configuration, and at the relay's own log",
            Contact::Phone => "look at [sms] of the configuration, and at the gateway's own log",
        },
    }
}
