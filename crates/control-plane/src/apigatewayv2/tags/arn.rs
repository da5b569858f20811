//! The ARN of a taggable thing in a request's path, read for the caller's region.

use http_apis::ApiError;
use http_apis::model::TagArn;

use crate::apigatewayv2::prelude::*;

/// The thing an ARN names. One of another region does not exist here.
pub(super) fn named(cx: &Cx, arn: &str) -> Result<TagArn> {
    let arn = TagArn::parse(arn)?;
    if arn.region == cx.scope.region { Ok(arn) } else { Err(ApiError::NoTaggable.into()) }
}
