//! The engine as the gateway and user pools see it.

use async_trait::async_trait;
use bytes::Bytes;
use http_apis::ports::{Calling, FunctionAnswer, Functions, InvokeError};
use user_pools::Scope;
use user_pools::ports::{Calling as ByPool, TriggerFailed, Triggers};

use super::{Answer, Denied, Invoker};
use crate::model::Caller;

const GATEWAY: &str = "apigateway.amazonaws.com";
const POOLS: &str = "cognito-idp.amazonaws.com";

#[async_trait]
impl Functions for Invoker {
    async fn invoke(
        &self,
        by: Calling<'_>,
        arn: &str,
        payload: Bytes,
        deadline: i64,
    ) -> Result<FunctionAnswer, InvokeError> {
        let scope = Scope { account: by.scope.account.clone(), region: by.scope.region.clone() };
        let caller = Caller { service: GATEWAY, scope: &scope, source_arn: by.source_arn, by_role: by.by_role };
        match Self::invoke(self, &caller, arn, payload, deadline, by.request_id).await {
            Ok(Answer::Payload(payload)) => Ok(FunctionAnswer { payload }),
            Ok(Answer::Denied(Denied { why, fix })) => Err(InvokeError::Denied { why, fix }),
            Ok(Answer::NotFound) => Err(InvokeError::NotFound),
            Ok(Answer::Deadline) => Err(InvokeError::Timeout),
            Ok(Answer::Throttled) => {
                Err(InvokeError::Unavailable("all workers of the function are busy and its queue is full".to_owned()))
            }
            Ok(Answer::Failed(error)) => {
                Err(InvokeError::Unhandled { kind: error.error_type, message: error.error_message })
            }
            Err(error) => Err(InvokeError::Unavailable(error.0)),
        }
    }
}

#[async_trait]
impl Triggers for Invoker {
    async fn invoke(&self, by: ByPool<'_>, event: Vec<u8>) -> Result<Vec<u8>, TriggerFailed> {
        let scope = &by.pool.scope;
        let source_arn = by.pool.id.arn(&scope.account);
        let caller = Caller { service: POOLS, scope, source_arn: &source_arn, by_role: false };
        let deadline = self.core.clock.now().saturating_add_unsigned(by.limit_ms);
        match Self::invoke(self, &caller, by.function, event.into(), deadline, by.request_id).await {
            Ok(Answer::Payload(payload)) => Ok(payload.to_vec()),
            Ok(Answer::Denied(Denied { why, fix })) => Err(TriggerFailed::Denied(format!("{why}; {fix}"))),
            Ok(Answer::NotFound) => Err(TriggerFailed::NotFound),
            Ok(Answer::Deadline) => Err(TriggerFailed::Timeout),
            Ok(Answer::Throttled) => Err(TriggerFailed::Refused("TooManyRequestsException".to_owned())),
            Ok(Answer::Failed(error)) => Err(TriggerFailed::Function(error.error_message)),
            Err(error) => Err(TriggerFailed::Unavailable(error.0)),
        }
    }
}
