//! The whole API on one page: operation and file. Every operation needs a SigV4 signature. Adding one touches its file
//! and one row here.

use aws::{Operation, rest_json};
use bytes::Bytes;
use http::{Response, StatusCode};
use serde::Serialize;

use super::cx::Cx;
use super::errors::Refusal;
use crate::rest::Call;
use crate::table::{Answer, Row, Table, missing_of};

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

type Run = for<'a> fn(Call<'a, Cx>) -> Answer<'a, Refusal>;

macro_rules! operations {
    ($($name:ident = $folder:ident :: $file:ident $(, missing $missing:literal)?;)*) => {
        /// All of them.
        pub(super) static TABLE: Table<Run> = Table { service: &aws::lambda::SERVICE, rows: &[$(Row {
            operation: stringify!($name),
            by: (),
            missing: missing_of!($($missing)?),
            run: |call| Box::pin(async move {
                let output = super::$folder::$file::run(call.cx, call.permit, call.input).await?;
                Ok(output.answer(call.operation, &call.cx.request.request_id))
            }),
        },)*] };
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

    #[test]
    fn every_row_is_an_operation_of_the_model_with_shapes_and_stands_once() {
        TABLE.hold_against_the_model();
    }
}
