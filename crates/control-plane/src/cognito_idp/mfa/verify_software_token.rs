//! VerifySoftwareToken: the first code of the app proves the seed.
use super::super::prelude::*;
use super::enroller::Given;
use wire::{
    VerifySoftwareTokenRequest as Input, VerifySoftwareTokenResponse as Output,
    VerifySoftwareTokenResponseType as Status,
};

pub(crate) async fn run(cx: &Cx, _by: Permit<Public>, input: Input) -> Result<Output> {
    let given = Given::read(cx, input.access_token, input.session).await?;
    let name = input.friendly_device_name.as_deref();
    let enrolment = cx.pools.verify_software_token(&cx.request, given.enroller(), &input.user_code, name).await?;
    Ok(Output { status: Some(Status::Success), session: enrolment.session })
}
