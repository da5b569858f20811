//! UpdateFunctionConfiguration: what is given changes, what is absent stays; the next call runs under it.

use functions::Change;

use super::unsupported::{dead_letters, network, refuse, snap_start, some, text};
use super::{read, shown};
use crate::lambda::prelude::*;

pub(in crate::lambda) async fn run(
    cx: &Cx,
    _by: Permit<SigV4>,
    input: Input,
) -> Result<Json<wire::FunctionConfiguration>> {
    cx.may_upload()?;
    let asked: wire::UpdateFunctionConfigurationRequest = input.read()?;
    what_is_not_here(&asked)?;
    let named = cx.named(&asked.function_name, None)?;
    let change = Change {
        runtime: asked.runtime.map(|runtime| runtime.to_string()),
        handler: asked.handler,
        role: asked.role,
        description: asked.description,
        timeout: asked.timeout.map(read::whole),
        memory: asked.memory_size.map(read::whole),
        ephemeral_storage: asked.ephemeral_storage.map(|storage| read::whole(storage.size)),
        tracing: asked.tracing_config.as_ref().map(read::tracing),
        logging: asked.logging_config.as_ref().map(read::logging),
        environment: asked.environment.map(read::environment),
    };
    let revision = asked.revision_id.as_deref();
    let updated = cx.functions().update_configuration(cx.request.now, &named, change, revision).await?;
    Ok(Json(shown::configuration(&updated, false)))
}

fn what_is_not_here(asked: &wire::UpdateFunctionConfigurationRequest) -> Result<()> {
    refuse(&[
        ("layers", some(asked.layers.as_ref())),
        ("VPCs (VpcConfig)", network(asked.vpc_config.as_ref())),
        ("file systems (FileSystemConfigs)", some(asked.file_system_configs.as_ref())),
        ("dead-letter queues (DeadLetterConfig)", dead_letters(asked.dead_letter_config.as_ref())),
        ("keys of KMS (KMSKeyArn)", text(asked.kms_key_arn.as_ref())),
        ("ImageConfig", asked.image_config.is_some()),
        ("SnapStart", snap_start(asked.snap_start.as_ref())),
        ("CapacityProviderConfig", asked.capacity_provider_config.is_some()),
        ("DurableConfig", asked.durable_config.is_some()),
        ("RuntimeConfig", asked.runtime_config.is_some()),
        ("AcceleratorConfig", asked.accelerator_config.is_some()),
    ])
}
