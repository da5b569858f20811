//! AdminUpdateAuthEventFeedback: an operator says whether an event was the user's own doing.
use super::super::prelude::*;
use wire::{AdminUpdateAuthEventFeedbackRequest as Input, AdminUpdateAuthEventFeedbackResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let user = cx.user(&pool, &input.username).await?;
    let valid = input.feedback_value == wire::FeedbackValueType::Valid;
    cx.pools.admin_event_feedback(cx.request.now, &pool, &user, (input.event_id, valid)).await?;
    Ok(Output {})
}
