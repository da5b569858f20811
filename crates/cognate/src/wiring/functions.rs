//! Functions, found by their Lambda ARN: the dashboard in this process, all others through the engine.
use crate::data::{DataError, DataFolder};
use crate::platform::{Clock, SystemRandom};
use async_trait::async_trait;
use bytes::Bytes;
use dashboard::Dashboard;
use events::HttpRequestV2;
use functions::{
    CodeFolder, Configured, FunctionRef, Functions as Service, Invoker, InvokerOptions, ServicePorts, Surroundings,
};
use http_apis::ports::{Calling, FunctionAnswer, Functions, InvokeError};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use store::SqliteStore;
use tokio::runtime::Handle;
use user_pools::sealing::KeyRing;

/// The name of the function in this process.
const DASHBOARD: &str = "dashboard";

/// The dashboard under the name `dashboard`, for the APIs of one account: another account's pools say nothing about who may see its files.
pub struct InProcess {
    /// The account.
    pub account: String,
    /// The function.
    pub dashboard: Arc<Dashboard>,
    /// All other functions.
    pub invoker: Invoker,
    /// Time.
    pub clock: Clock,
    /// Runtime it runs on: a listener's thread must not do its storage work.
    pub control: Handle,
}

/// The functions of the configuration, and what all functions are lent.
#[derive(Default)]
pub struct FunctionSettings {
    /// Those that the operator configured.
    pub configured: Vec<Configured>,
    /// Variables of every function, such as `AWS_ENDPOINT_URL`.
    pub lent: BTreeMap<String, String>,
    /// An uploaded function is called only by whom its policy permits.
    pub held_to_policies: bool,
    /// Whoever may sign may upload functions.
    pub uploads: bool,
}

impl functions::ports::Clock for Clock {
    fn now(&self) -> i64 {
        Self::now(self)
    }

    fn machine(&self) -> i64 {
        Self::machine(self)
    }
}

/// The functions of a data folder. Must run inside the control runtime, before anything is served.
pub async fn open(
    folder: &DataFolder,
    store: &SqliteStore,
    keys: Arc<KeyRing>,
    clock: &Clock,
    settings: FunctionSettings,
) -> Result<Service, DataError> {
    if settings.configured.iter().any(|it| it.key.name == DASHBOARD) {
        return Err(DataError(format!(
            "--function {DASHBOARD}: the name is taken by the file dashboard of this server"
        )));
    }
    let code = CodeFolder::open(&folder.functions())
        .map_err(|error| DataError(format!("the folder of functions' code: {error}")))?;
    let surroundings = Surroundings {
        path: std::env::var_os("PATH").unwrap_or_default(),
        home: std::env::var_os("HOME"),
        variables: settings.lent,
    };
    let ports = ServicePorts {
        store: Arc::new(store.clone()),
        code: Arc::new(code),
        keys,
        random: Arc::new(SystemRandom),
        clock: Arc::new(clock.clone()),
        runtime: Handle::current(),
        taken: vec![DASHBOARD.to_owned()],
    };
    let options =
        InvokerOptions { surroundings, held_to_policies: settings.held_to_policies, ..InvokerOptions::default() };
    let service = Service::new(ports, settings.configured, options);
    service
        .sweep_code(clock.machine(), true)
        .await
        .map_err(|error| DataError(format!("the code of functions: {error}")))?;
    Ok(service)
}

/// The ARN of a function here.
pub fn arn(region: &str, account: &str, name: &str) -> String {
    format!("arn:aws:lambda:{region}:{account}:function:{name}")
}

/// Whether an ARN names the dashboard of this account.
fn is_dashboard(arn: &str, account: &str) -> bool {
    FunctionRef::parse_arn(arn).is_some_and(|asked| asked.key.name == DASHBOARD && asked.key.account == account)
}

#[async_trait]
impl Functions for InProcess {
    async fn invoke(
        &self,
        by: Calling<'_>,
        arn: &str,
        payload: Bytes,
        deadline: i64,
    ) -> Result<FunctionAnswer, InvokeError> {
        if is_dashboard(arn, &self.account) && by.scope.account == self.account {
            self.dashboard(&payload, deadline).await
        } else {
            Functions::invoke(&self.invoker, by, arn, payload, deadline).await
        }
    }
}

impl InProcess {
    async fn dashboard(&self, payload: &[u8], deadline: i64) -> Result<FunctionAnswer, InvokeError> {
        let unhandled = |kind: &str, message: String| InvokeError::Unhandled { kind: kind.to_owned(), message };
        let event: HttpRequestV2 =
            serde_json::from_slice(payload).map_err(|error| unhandled("BadEvent", error.to_string()))?;
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
    fn the_dashboard_is_found_by_its_name_and_account() {
        let is = |arn: &str| is_dashboard(arn, "000000000000");
        assert!(is(&arn("us-east-1", "000000000000", "dashboard")));
        assert!(is("arn:aws:lambda:us-east-1:000000000000:function:dashboard:live"));
        assert!(!is(&arn("us-east-1", "111111111111", "dashboard")) && !is("arn:aws:s3:::dashboard"));
    }
}
