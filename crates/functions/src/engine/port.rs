//! The engine as the gateway sees it.

use async_trait::async_trait;
use bytes::Bytes;
use http_apis::ports::{Calling, FunctionAnswer, Functions, InvokeError};
use user_pools::Scope;

use super::{Answer, Denied, Invoker};
use crate::model::Caller;

const SERVICE: &str = "apigateway.amazonaws.com";

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
        let caller = Caller { service: SERVICE, scope: &scope, source_arn: by.source_arn, by_role: by.by_role };
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
