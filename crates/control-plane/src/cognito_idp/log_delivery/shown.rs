//! How log configurations are shown, and how one is read from a request.
use super::super::prelude::*;
use user_pools::log_delivery::{Destination, LogConfiguration, LogDestinations, LogSource};

/// `LogDeliveryConfigurationType`.
pub(super) fn delivery(pool: PoolId, configurations: Vec<LogConfiguration>) -> wire::LogDeliveryConfigurationType {
    let log_configurations = configurations.into_iter().map(shown).collect();
    wire::LogDeliveryConfigurationType { user_pool_id: pool.0, log_configurations }
}

fn shown(one: LogConfiguration) -> wire::LogConfigurationType {
    let LogDestinations { cloud_watch, s3, firehose } = one.to;
    wire::LogConfigurationType {
        log_level: if one.info { wire::LogLevel::Info } else { wire::LogLevel::Error },
        event_source: match one.source {
            LogSource::Notifications => wire::EventSourceName::UserNotification,
            LogSource::AuthEvents => wire::EventSourceName::UserAuthEvents,
        },
        cloud_watch_logs_configuration: cloud_watch
            .map(|to| wire::CloudWatchLogsConfigurationType { log_group_arn: to.arn }),
        s3_configuration: s3.map(|to| wire::S3ConfigurationType { bucket_arn: to.arn }),
        firehose_configuration: firehose.map(|to| wire::FirehoseConfigurationType { stream_arn: to.arn }),
    }
}

/// A configuration as it is asked for.
pub(super) fn given(one: wire::LogConfigurationType) -> LogConfiguration {
    LogConfiguration {
        source: match one.event_source {
            wire::EventSourceName::UserNotification => LogSource::Notifications,
            wire::EventSourceName::UserAuthEvents => LogSource::AuthEvents,
        },
        info: one.log_level == wire::LogLevel::Info,
        to: LogDestinations {
            cloud_watch: one.cloud_watch_logs_configuration.map(|to| Destination { arn: to.log_group_arn }),
            s3: one.s3_configuration.map(|to| Destination { arn: to.bucket_arn }),
            firehose: one.firehose_configuration.map(|to| Destination { arn: to.stream_arn }),
        },
    }
}
