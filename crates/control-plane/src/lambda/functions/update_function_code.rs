//! UpdateFunctionCode: the next call runs another zip; DryRun only checks it.

use super::unsupported::{refuse, text};
use super::{read, shown};
use crate::lambda::prelude::*;

pub(in crate::lambda) async fn run(
    cx: &Cx,
    _by: Permit<SigV4>,
    input: Input,
) -> Result<Json<wire::FunctionConfiguration>> {
    cx.may_upload()?;
    let asked: wire::UpdateFunctionCodeRequest = input.read()?;
    refuse(&[
        ("container images", text(asked.image_uri.as_ref())),
        ("code from S3 (S3Bucket)", text(asked.s3_bucket.as_ref())),
        ("published versions (Publish)", asked.publish == Some(true) || asked.publish_to.is_some()),
        ("keys of KMS (SourceKMSKeyArn)", text(asked.source_kms_key_arn.as_ref())),
    ])?;
    let named = cx.named(&asked.function_name, None)?;
    let zip = asked.zip_file.ok_or_else(|| invalid("Please provide a source for function code."))?;
    let architecture = read::architecture(&asked.architectures.unwrap_or_default());
    let (revision, dry_run) = (asked.revision_id.as_deref(), asked.dry_run == Some(true));
    let updated = cx.functions().update_code(cx.request.now, &named, zip.0, architecture, revision, dry_run).await?;
    Ok(Json(shown::configuration(&updated, false)))
}
