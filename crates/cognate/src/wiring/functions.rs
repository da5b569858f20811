//! Functions in this process, found by their Lambda ARN. The dashboard is one of them.
use crate::platform::Clock;
use async_trait::async_trait;
use bytes::Bytes;
use dashboard::Dashboard;
use events::HttpRequestV2;
use http_apis::ports::{FunctionAnswer, Functions, InvokeError};
use std::sync::Arc;
use std::time::Duration;

/// The dashboard under the name `dashboard`, for the APIs of one account: another account's pools say nothing about who may see its files.
pub struct InProcess {
    /// The account.
    pub account: String,
    /// The function.
    pub dashboard: Arc<Dashboard>,
    /// Time.
    pub clock: Clock,
    /// Runtime it runs on: a listener's thread must not do its storage work.
    pub control: tokio::runtime::Handle,
}

/// The ARN of a function here.
pub fn arn(region: &str, account: &str, name: &str) -> String {
    format!("arn:aws:lambda:{region}:{account}:function:{name}")
}

/// The name in a function's ARN, `None` when it is no such ARN.
fn name(arn: &str) -> Option<&str> {
    arn.strip_prefix("arn:aws:lambda:")?.split(':').nth(3)
}

#[async_trait]
impl Functions for InProcess {
    async fn invoke(&self, arn: &str, payload: Bytes, deadline: i64) -> Result<FunctionAnswer, InvokeError> {
        if name(arn) != Some("dashboard") {
            return Err(InvokeError::NotFound);
        }
        let unhandled = |kind: &str, message: String| InvokeError::Unhandled { kind: kind.to_owned(), message };
        let event: HttpRequestV2 =
            serde_json::from_slice(&payload).map_err(|error| unhandled("BadEvent", error.to_string()))?;
        if event.request_context.account_id != self.account {
            return Err(InvokeError::NotFound);
        }
        let now = self.clock.now();
        let left = Duration::from_millis(u64::try_from(deadline.saturating_sub(now)).unwrap_or(0));
        let dashboard = Arc::clone(&self.dashboard);
        let task = self.control.spawn(async move { dashboard.handle(&event, now).await });
        let answer = tokio::time::timeout(left, task).await.map_err(|_| InvokeError::Timeout)?;
        let answer = answer.map_err(|error| unhandled("Panic", error.to_string()))?;
        let payload = serde_json::to_vec(&answer).map_err(|error| unhandled("BadAnswer", error.to_string()))?;
        Ok(FunctionAnswer { payload: payload.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_found_by_the_name_in_its_arn() {
        assert_eq!(name(&arn("us-east-1", "000000000000", "dashboard")), Some("dashboard"));
        assert_eq!(name("arn:aws:lambda:us-east-1:000000000000:function:dashboard:live"), Some("dashboard"));
        assert_eq!(name("arn:aws:s3:::dashboard"), None);
    }
}
