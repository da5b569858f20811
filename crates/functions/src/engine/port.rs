//! The engine as the gateway sees it.

use async_trait::async_trait;
use bytes::Bytes;
use http_apis::ports::{FunctionAnswer, Functions, InvokeError};

use super::{Answer, Invoker};

#[async_trait]
impl Functions for Invoker {
    async fn invoke(&self, arn: &str, payload: Bytes, deadline: i64) -> Result<FunctionAnswer, InvokeError> {
        let id = self.fresh_id();
        match Self::invoke(self, arn, payload, deadline, &id).await {
            Ok(Answer::Payload(payload)) => Ok(FunctionAnswer { payload }),
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
