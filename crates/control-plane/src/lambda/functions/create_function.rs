//! CreateFunction: a function from a zip. It is active at once.

use functions::{Created, FunctionsError, Settings};

use super::unsupported::{dead_letters, network, refuse, snap_start, some, text};
use super::{read, shown};
use crate::lambda::prelude::*;

pub(in crate::lambda) async fn run(
    cx: &Cx,
    _by: Permit<SigV4>,
    input: Input,
) -> Result<Json<wire::FunctionConfiguration>> {
    cx.may_upload()?;
    let asked: wire::CreateFunctionRequest = input.read()?;
    what_is_not_here(&asked)?;
    let named = cx.named(&asked.function_name, None)?;
    let settings = settings(&asked)?;
    let zip = asked.code.zip_file.ok_or_else(|| invalid("Please provide a source for function code."))?;
    let created = Created {
        settings,
        environment: asked.environment.map(read::environment).unwrap_or_default(),
        architecture: read::architecture(&asked.architectures.unwrap_or_default()).unwrap_or_default(),
        tags: asked.tags.unwrap_or_default(),
        zip: zip.0,
    };
    let made = cx.functions().create(cx.request.now, named.key, created).await?;
    Ok(Json(shown::configuration(&made, false)))
}

fn settings(asked: &wire::CreateFunctionRequest) -> Result<Settings> {
    let runtime = asked.runtime.map(|runtime| runtime.to_string()).unwrap_or_default();
    if runtime.is_empty() {
        let text = "Runtime and Handler are mandatory parameters for functions created with deployment packages.";
        return Err(FunctionsError::Parameter(text.to_owned()).into());
    }
    let mut settings = Settings::new(&runtime, asked.handler.as_deref().unwrap_or_default(), &asked.role);
    settings.description = asked.description.clone().unwrap_or_default();
    settings.timeout = asked.timeout.map_or(settings.timeout, read::whole);
    settings.memory = asked.memory_size.map_or(settings.memory, read::whole);
    settings.ephemeral_storage =
        asked.ephemeral_storage.as_ref().map_or(settings.ephemeral_storage, |storage| read::whole(storage.size));
    settings.tracing = asked.tracing_config.as_ref().map(read::tracing).unwrap_or_default();
    settings.logging = asked.logging_config.as_ref().map(read::logging).unwrap_or_default();
    Ok(settings)
}

fn what_is_not_here(asked: &wire::CreateFunctionRequest) -> Result<()> {
    let code = &asked.code;
    refuse(&[
        ("container images", asked.package_type == Some(wire::PackageType::Image) || text(code.image_uri.as_ref())),
        ("code from S3 (S3Bucket)", text(code.s3_bucket.as_ref())),
        ("published versions (Publish)", asked.publish == Some(true) || asked.publish_to.is_some()),
        ("layers", some(asked.layers.as_ref())),
        ("VPCs (VpcConfig)", network(asked.vpc_config.as_ref())),
        ("file systems (FileSystemConfigs)", some(asked.file_system_configs.as_ref())),
        ("dead-letter queues (DeadLetterConfig)", dead_letters(asked.dead_letter_config.as_ref())),
        ("keys of KMS (KMSKeyArn)", text(asked.kms_key_arn.as_ref())),
        ("code signing (CodeSigningConfigArn)", text(asked.code_signing_config_arn.as_ref())),
        ("ImageConfig", asked.image_config.is_some()),
        ("SnapStart", snap_start(asked.snap_start.as_ref())),
        ("TenancyConfig", asked.tenancy_config.is_some()),
        ("CapacityProviderConfig", asked.capacity_provider_config.is_some()),
        ("DurableConfig", asked.durable_config.is_some()),
        ("RuntimeConfig", asked.runtime_config.is_some()),
        ("AcceleratorConfig", asked.accelerator_config.is_some()),
    ])
}
