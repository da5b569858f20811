//! An API as the wire shows it, whoever asked.

use serde::Serialize;

use crate::apigatewayv2::prelude::*;

/// The JSON of an API. Made while the API is at hand, for the view only borrows it.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(in crate::apigatewayv2) struct Shown(serde_json::Value);

impl Shown {
    /// The wire's form of this API.
    pub(super) fn of(cx: &Cx, api: &model::Api) -> Result<Self> {
        serde_json::to_value(api.view(cx.endpoint(api))).map(Self).map_err(|e| {
            let fault = aws::ServiceError::new("InternalServerErrorException", "Internal server error");
            fault.status(http::StatusCode::INTERNAL_SERVER_ERROR).because(e.to_string()).into()
        })
    }
}
