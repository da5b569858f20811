//! Exported logs: SetLogDeliveryConfiguration. What a pool would send to CloudWatch, S3 or Firehose goes to the server's own log, one line a
//! record in AWS's form under the target `user_pools::log_delivery`, with the destination beside it; whoever ships that log gets it there.
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{Millis, PoolId, Scope};
use crate::messages;
use crate::pool::PoolSettings;
use crate::service::UserPools;
use crate::threat::{Asked, AuthEvent, EventKind, Happened};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The document's name.
const DOCUMENT: &str = "LogConfigurations";

/// Of what a pool sends logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogSource {
    /// `userNotification`: messages to users that could not be sent.
    Notifications,
    /// `userAuthEvents`: what users do.
    AuthEvents,
}

/// Where to; kept as an ARN.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogDestinations {
    /// `CloudWatchLogsConfiguration`.
    pub cloud_watch: Option<Destination>,
    /// `S3Configuration`.
    pub s3: Option<Destination>,
    /// `FirehoseConfiguration`.
    pub firehose: Option<Destination>,
}

/// One destination; its ARN may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    /// `LogGroupArn`, `BucketArn` or `StreamArn`.
    pub arn: Option<String>,
}

/// `LogConfigurationType`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogConfiguration {
    /// `EventSource`.
    pub source: LogSource,
    /// `LogLevel` is INFO; else it is ERROR.
    pub info: bool,
    /// The destination.
    pub to: LogDestinations,
}

impl LogConfiguration {
    fn check(&self) -> Result<()> {
        let given = [&self.to.cloud_watch, &self.to.s3, &self.to.firehose];
        let count = given.iter().filter(|destination| destination.is_some()).count();
        match self.source {
            LogSource::Notifications if self.info => Err(messages::LOG_LEVEL_OF_NOTIFICATIONS),
            LogSource::Notifications if count != 1 || self.to.cloud_watch.is_none() => {
                Err(messages::LOG_DESTINATION_OF_NOTIFICATIONS)
            }
            LogSource::AuthEvents if !self.info => Err(messages::LOG_LEVEL_OF_AUTH_EVENTS),
            LogSource::AuthEvents if count != 1 => Err(messages::LOG_DESTINATION_OF_AUTH_EVENTS),
            _ => Ok(()),
        }
    }

    fn destination(&self) -> &str {
        let given = [&self.to.cloud_watch, &self.to.s3, &self.to.firehose];
        given.into_iter().flatten().find_map(|destination| destination.arn.as_deref()).unwrap_or_default()
    }

    fn level(&self) -> &'static str {
        if self.info { "INFO" } else { "ERROR" }
    }
}

fn check(configurations: &[LogConfiguration]) -> Result<()> {
    let twice = |source| configurations.iter().filter(|one| one.source == source).count() > 1;
    if twice(LogSource::Notifications) || twice(LogSource::AuthEvents) {
        return Err(messages::LOG_SOURCE_TWICE);
    }
    configurations.iter().try_for_each(LogConfiguration::check)
}

fn of(settings: &PoolSettings) -> Vec<LogConfiguration> {
    let read = settings.documents.get(DOCUMENT).map(Vec::<LogConfiguration>::deserialize);
    read.and_then(std::result::Result::ok).unwrap_or_default()
}

/// Where the records of a source go; `None`: nowhere.
pub(crate) fn configured(settings: &PoolSettings, source: LogSource) -> Option<LogConfiguration> {
    of(settings).into_iter().find(|one| one.source == source)
}

/// A record in AWS's form.
pub(crate) fn record(pool: &PoolId, configuration: &LogConfiguration, now: Millis, message: &Value) -> String {
    let source = match configuration.source {
        LogSource::Notifications => "USER_NOTIFICATION",
        LogSource::AuthEvents => "USER_ACTIVITY",
    };
    json!({
        "eventTimestamp": now.to_string(),
        "eventSource": source,
        "logLevel": configuration.level(),
        "message": message,
        "logSourceId": { "userPoolId": pool },
    })
    .to_string()
}

/// The line of an event in the pool's exported log.
pub fn export(happened: &Happened) {
    let (Some(configuration), event) = (&happened.export, &happened.event) else { return };
    let record = record(&event.pool, configuration, event.at, &activity(event));
    tracing::info!(pool = %event.pool, destination = configuration.destination(), record, "a record of a user pool's log");
}

/// The message of an event, by AWS's names. What is not known here is left out.
fn activity(event: &AuthEvent) -> Value {
    let kind = match event.kind {
        EventKind::SignIn => "SIGN_IN",
        EventKind::SignUp => "SIGN_UP",
        EventKind::ForgotPassword => "FORGOT_PASSWORD",
        EventKind::PasswordChange => "PASSWORD_CHANGE",
        EventKind::ResendCode => "RESEND_CODE",
    };
    let answer = |(asked, right): &(Asked, bool)| format!("{asked:?}:{}", if *right { "Success" } else { "Failure" });
    json!({
        "version": "1",
        "eventId": event.id,
        "eventType": kind,
        "userSub": event.sub,
        "userPool": event.pool,
        "clientId": event.client,
        "creationDate": event.at,
        "eventResponse": format!("{:?}", event.response),
        "riskDecision": event.risk_decision(),
        "challenges": event.answers.iter().map(answer).collect::<Vec<_>>(),
        "deviceName": event.device,
        "ipAddress": event.ip,
        "requestId": event.request_id,
    })
}

impl UserPools {
    /// SetLogDeliveryConfiguration: replaces all of a pool's.
    pub async fn set_log_configurations(
        &self,
        now: Millis,
        scope: &Scope,
        pool: &PoolId,
        configurations: Vec<LogConfiguration>,
    ) -> Result<Vec<LogConfiguration>> {
        check(&configurations)?;
        let document = serde_json::to_value(&configurations)
            .map_err(|error| Error::new(ErrorKind::InternalError, "Internal error").because(error.to_string()))?;
        let change = |settings: &mut PoolSettings| {
            settings.documents.insert(DOCUMENT.to_owned(), document.clone());
            Ok(())
        };
        self.update_pool(now, scope, pool, change).await?;
        Ok(configurations)
    }

    /// GetLogDeliveryConfiguration.
    pub async fn log_configurations(&self, scope: &Scope, pool: &PoolId) -> Result<Vec<LogConfiguration>> {
        Ok(of(&self.pool_in(scope, pool).await?.settings))
    }

    /// A message of the pool was given up: said in the log where the pool exports such errors. `details` holds no address, text or code.
    pub async fn log_undeliverable(&self, now: Millis, pool: &PoolId, details: &str) {
        if let Some((destination, record)) = self.undeliverable(now, pool, details).await {
            tracing::info!(%pool, destination, record, "a record of a user pool's log");
        }
    }

    /// That record and where it is meant to go; `None` where the pool exports none.
    pub async fn undeliverable(&self, now: Millis, pool: &PoolId, details: &str) -> Option<(String, String)> {
        let stored = self.store.pool(pool.clone()).await.ok()?;
        let configuration = configured(&stored.settings, LogSource::Notifications)?;
        let record = record(pool, &configuration, now, &json!({ "details": details }));
        Some((configuration.destination().to_owned(), record))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(cloud_watch: bool, s3: bool) -> LogDestinations {
        let one = |given: bool| given.then(|| Destination { arn: Some("arn".to_owned()) });
        LogDestinations { cloud_watch: one(cloud_watch), s3: one(s3), firehose: None }
    }

    #[test]
    fn each_source_has_its_level_and_its_destinations() {
        let says = |source, info, to| check(&[LogConfiguration { source, info, to }]).map_err(|error| error.message);
        assert!(says(LogSource::Notifications, false, to(true, false)).is_ok());
        assert!(says(LogSource::AuthEvents, true, to(false, true)).is_ok());
        for (source, info, to, sentence) in [
            (LogSource::Notifications, true, to(true, false), messages::LOG_LEVEL_OF_NOTIFICATIONS),
            (LogSource::Notifications, false, to(false, true), messages::LOG_DESTINATION_OF_NOTIFICATIONS),
            (LogSource::Notifications, false, to(true, true), messages::LOG_DESTINATION_OF_NOTIFICATIONS),
            (LogSource::AuthEvents, false, to(true, false), messages::LOG_LEVEL_OF_AUTH_EVENTS),
            (LogSource::AuthEvents, true, to(true, true), messages::LOG_DESTINATION_OF_AUTH_EVENTS),
            (LogSource::AuthEvents, true, to(false, false), messages::LOG_DESTINATION_OF_AUTH_EVENTS),
        ] {
            assert_eq!(says(source, info, to), Err(sentence.message));
        }
    }

    #[test]
    fn a_source_is_configured_once() {
        let one = LogConfiguration { source: LogSource::AuthEvents, info: true, to: to(true, false) };
        assert_eq!(check(&[one.clone(), one]).unwrap_err().message, messages::LOG_SOURCE_TWICE.message);
    }

    #[test]
    fn a_record_has_awss_form() {
        let one = LogConfiguration { source: LogSource::Notifications, info: false, to: to(true, false) };
        let record = record(&PoolId("us-east-1_a".into()), &one, 1_687_297_330_677, &json!({ "details": "why" }));
        let expected = json!({
            "eventTimestamp": "1687297330677", "eventSource": "USER_NOTIFICATION", "logLevel": "ERROR",
            "message": { "details": "why" }, "logSourceId": { "userPoolId": "us-east-1_a" },
        });
        assert_eq!(serde_json::from_str::<Value>(&record).unwrap(), expected);
    }
}
