//! `cognate serve`: the same server for real traffic, as a configuration file says, without demo content.
use super::run::{aside, control_runtime, end, serve_admin, serve_hall, until_told};
use super::say;
use crate::cli;
use crate::config::Config;
use crate::data::DataFolder;
use crate::function_config;
use crate::mail::{Carrier, Sms, Smtp, Ways};
use crate::ops::{Ops, OpsWorker};
use crate::platform::Clock;
use crate::server::{Bound, KnownKeys, host_of, run as listen};
use crate::tls::{Keeper, Tls};
use crate::wiring::{App, FunctionSettings, Settings, Urls};
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::watch;
use user_pools::Scope;

/// Runs until told to stop.
pub fn run(args: &cli::Serve) -> Result<(), String> {
    crate::telemetry::start_log(true, "info,cognate::telemetry::decisions=debug");
    let config = Config::load(&args.config)?;
    let runtime = control_runtime()?;
    // The mail relay's pool of connections is made, and at the end dropped, inside a runtime.
    let handle = runtime.handle().clone();
    let _inside = handle.enter();
    let settings = settings(&config, &args.config)?;
    let keeper = keeper(&config, &args.config, &settings.urls)?;
    let folder = DataFolder::open(&config.data).map_err(|error| error.to_string())?;
    let bound = Bound::explicit(&config.listen)?;
    let admin_bound = config.admin_listen.map(|address| Bound::explicit(&[address])).transpose()?;
    let app = runtime.block_on(App::build(folder, settings)).map_err(|error| error.to_string())?;
    if let Ok(mut env) = app.env.lock() {
        *env = json!({"base": app.urls.base, "region": config.region, "accountId": config.account, "dataFolder": app.folder().root()});
    }
    if config.public.api.is_none() && !config.has_path_apis() {
        tracing::info!("HTTP APIs answer at AWS's own host names only; public.api gives them addresses of their own");
    }
    let (tell, stop) = watch::channel(false);
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let tls = keeper.map(|keeper| https(&app, keeper, &runtime)).transpose()?;
    let mut threads = serve_hall(&app, &bound, tls.as_ref(), config.workers.unwrap_or(cores).max(1), &stop)?;
    if let Some(bound) = admin_bound {
        let ops = Arc::new(Ops::new(&app));
        threads.extend(
            listen(aside("admin"), &bound, None, &stop, move || OpsWorker(Arc::clone(&ops)))
                .map_err(|error| format!("admin_listen: {error}"))?,
        );
    }
    runtime.block_on(async { serve_admin(&app) });
    say(&format!("cognate serves {} on {:?}\n", app.urls.base, bound.addresses()));
    let told = runtime.block_on(until_told(&app));
    end(&app, &tell, threads, runtime);
    told
}

/// The certificates of the configuration, read and checked.
fn keeper(config: &Config, file: &Path, urls: &Urls) -> Result<Option<Keeper>, String> {
    let Some(settings) = &config.tls else { return Ok(None) };
    let any = |url: &str| host_of(&url.replace("{domain}", "any").replace("{apiId}", "any"));
    let mut hosts: Vec<String> =
        [&urls.base, &urls.login, &urls.api, &urls.objects].into_iter().filter_map(|url| any(url)).collect();
    hosts.retain(|host| !host.ends_with(".amazonaws.com"));
    hosts.dedup();
    let beside = file.parent().unwrap_or(Path::new(""));
    Keeper::open(settings.files(beside), hosts, Clock::default().machine()).map(Some)
}

/// https with these certificates, kept as their files are.
fn https(app: &App, keeper: Keeper, runtime: &tokio::runtime::Runtime) -> Result<Tls, String> {
    let tls = Tls::new(Arc::clone(keeper.certificates()), app.metrics.handshakes_failed())?;
    runtime.spawn(keeper.keep(app.clock.clone(), Arc::clone(&app.metrics)));
    Ok(tls)
}

fn settings(config: &Config, file: &Path) -> Result<Settings, String> {
    let mail = config.smtp.as_ref().map(|smtp| Smtp::new(smtp).map(|smtp| Arc::new(smtp) as Arc<dyn Carrier>));
    let sms = config.sms.as_ref().map(|sms| Sms::new(sms).map(|sms| Arc::new(sms) as Arc<dyn Carrier>));
    let ways = Ways { mail: mail.transpose()?, sms: sms.transpose()? };
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    Ok(Settings {
        urls: Urls::public(config),
        scope: Scope { account: config.account.clone(), region: config.region.clone() },
        issuer_form: config.issuer.unwrap_or_default(),
        signatures: Arc::new(KnownKeys::new(&config.credentials, &config.account)),
        carrier: Arc::new(ways),
        mailbox: None,
        trusted: config.networks()?,
        path_apis: config.has_path_apis(),
        test_clock: false,
        plain_login: config.public.login.is_none(),
        hashing_threads: config.hashing_threads.unwrap_or(cores.div_ceil(2)).max(1),
        check_issuers: true,
        functions: function_settings(config, file)?,
    })
}

fn function_settings(config: &Config, file: &Path) -> Result<FunctionSettings, String> {
    let scope = Scope { account: config.account.clone(), region: config.region.clone() };
    let configured = function_config::all(&config.functions, file, &scope, false)?;
    let lent = [("AWS_ENDPOINT_URL".to_owned(), config.public.base.clone())].into();
    Ok(FunctionSettings { configured, lent, held_to_policies: true, uploads: config.function_uploads })
}
