//! AssociateSoftwareToken: a seed for the user's authenticator app.
use super::super::prelude::*;
use super::enroller::Given;
use wire::{AssociateSoftwareTokenRequest as Input, AssociateSoftwareTokenResponse as Output};

pub(crate) async fn run(cx: &Cx, _by: Permit<Public>, input: Input) -> Result<Output> {
    let given = Given::read(cx, input.access_token, input.session).await?;
    let enrolment = cx.pools.associate_software_token(&cx.request, given.enroller()).await?;
    Ok(Output { secret_code: enrolment.secret_code, session: enrolment.session })
}
