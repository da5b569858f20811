//! The whole API on one page: operation and file. Every operation needs a SigV4 signature. Adding one touches its file
//! and one row here.

use std::future::Future;
use std::pin::Pin;

use aws::{Input, Operation, rest_json};
use bytes::Bytes;
use http::{Response, StatusCode};
use serde::Serialize;

use super::cx::Cx;
use super::prelude::Result;
use crate::caller::{Permit, SigV4};

/// A request that has passed its door.
pub(super) struct Call<'a> {
    pub(super) cx: &'a Cx,
    pub(super) permit: Permit<SigV4>,
    pub(super) input: Input,
    pub(super) operation: &'static Operation,
}

/// A JSON answer with the operation's status.
pub(super) struct Json<T>(pub(super) T);

/// 204 without a body.
pub(super) struct NoContent;

/// An answer that is not JSON alone.
pub(super) struct Whole(pub(super) Response<Bytes>);

/// What an operation gives back.
trait Answers {
    fn answer(self, operation: &Operation, request_id: &str) -> Response<Bytes>;
}

impl<T: Serialize> Answers for Json<T> {
    fn answer(self, operation: &Operation, request_id: &str) -> Response<Bytes> {
        rest_json::answer(operation, Some(&self.0), request_id)
    }
}

impl Answers for NoContent {
    fn answer(self, operation: &Operation, request_id: &str) -> Response<Bytes> {
        let mut response = rest_json::answer(operation, None::<&()>, request_id);
        *response.status_mut() = StatusCode::NO_CONTENT;
        response
    }
}

impl Answers for Whole {
    fn answer(self, operation: &Operation, request_id: &str) -> Response<Bytes> {
        let frame = rest_json::answer(operation, None::<&()>, request_id);
        let mut response = self.0;
        for (name, value) in frame.headers() {
            response.headers_mut().insert(name, value.clone());
        }
        response
    }
}

type Answer<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>>> + Send + 'a>>;

/// One operation.
pub(super) struct Row {
    pub(super) operation: &'static str,
    /// What of the operation does not work yet; it answers a typed refusal, or is kept without effect.
    pub(super) missing: Option<&'static str>,
    pub(super) run: for<'a> fn(Call<'a>) -> Answer<'a>,
}

/// The row of an operation, if it is supported.
pub(super) fn row(operation: &str) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.operation == operation)
}

macro_rules! missing_of {
    () => {
        None
    };
    ($missing:literal) => {
        Some($missing)
    };
}

macro_rules! operations {
    ($($name:ident = $folder:ident :: $file:ident $(, missing $missing:literal)?;)*) => {
        static TABLE: &[Row] = &[$(Row {
            operation: stringify!($name),
            missing: missing_of!($($missing)?),
            run: |call| Box::pin(async move {
                let output = super::$folder::$file::run(call.cx, call.permit, call.input).await?;
                Ok(output.answer(call.operation, &call.cx.request.request_id))
            }),
        },)*];
    };
}

operations! {
    CreateFunction = functions::create_function,
        missing "refused: container images, code from S3, Publish, layers, VPCs, file systems, dead-letter queues, KMS keys, code signing, SnapStart, tenants, durable functions, runtimes other than python3.x, nodejsNN.x and provided.*; kept without effect: Role, MemorySize, EphemeralStorage, Architectures, TracingConfig, LoggingConfig";
    GetFunction = functions::get_function,
        missing "Code.Location: the zip cannot be downloaded";
    GetFunctionConfiguration = functions::get_function_configuration;
    UpdateFunctionCode = functions::update_function_code,
        missing "refused: container images, code from S3, Publish";
    UpdateFunctionConfiguration = functions::update_function_configuration,
        missing "as CreateFunction";
    ListFunctions = functions::list_functions;
    ListVersionsByFunction = functions::list_versions_by_function,
        missing "there is one version, $LATEST";
    DeleteFunction = functions::delete_function;
    GetFunctionCodeSigningConfig = functions::get_function_code_signing_config;
    GetFunctionConcurrency = functions::get_function_concurrency;

    AddPermission = permissions::add_permission,
        missing "statements for accounts and organizations are kept without effect: functions of one account are called from it alone";
    RemovePermission = permissions::remove_permission;
    GetPolicy = permissions::get_policy;

    Invoke = invocations::invoke,
        missing "Event: tried once, no destinations; DurableExecutionName and TenantId are ignored";

    ListTags = tags::list_tags;
    TagResource = tags::tag_resource;
    UntagResource = tags::untag_resource;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_row_is_an_operation_of_the_model_with_shapes_and_stands_once() {
        let mut seen = BTreeSet::new();
        for row in TABLE {
            let model = aws::lambda::SERVICE.operation(row.operation);
            assert!(model.is_some_and(|operation| operation.input.is_some()), "{}", row.operation);
            assert!(seen.insert(row.operation), "{}", row.operation);
        }
    }
}
