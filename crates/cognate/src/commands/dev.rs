//! `cognate dev`: the whole lab on this machine.
use super::run::{aside, control_runtime, end, serve_admin, serve_hall, until_told};
use super::{env, say};
use crate::cli;
use crate::data::{DataFolder, Demo};
use crate::function_config;
use crate::mail::Mailbox;
use crate::page::{Page, PageWorker};
use crate::platform::{Clock, quoted};
use crate::server::{AnyKey, Bound, run as listen, uuid};
use crate::tls::{Authority, Bundle, Certificates, Tls, how_to_trust, renew};
use crate::wiring::seed::{NAME, Seed};
use crate::wiring::{App, FunctionSettings, Settings, Urls, with_port};
use serde_json::{Value, json};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::watch;
use user_pools::pool::IssuerForm;
use user_pools::{Carried, RequestContext, Scope};

const REGION: &str = "us-east-1";
const ACCOUNT: &str = "000000000000";
/// Any key pair is taken on loopback; these are printed.
const KEY: &str = "COGNATEDEVELOPMENT";
const SECRET: &str = "any-secret-works-on-loopback";

/// Runs until told to stop.
pub fn run(args: &cli::Dev) -> Result<(), String> {
    let started = Instant::now();
    crate::telemetry::start_log(
        false,
        "warn,cognate=info,control_plane=info,user_pools=info,store=info,functions=info",
    );
    let temporary = if args.ephemeral { Some(temporary_folder()?) } else { None };
    let root = temporary.clone().unwrap_or_else(|| args.data.clone());
    let served = serve(args, &root, started);
    if let Some(folder) = temporary
        && let Err(error) = std::fs::remove_dir_all(&folder)
    {
        tracing::warn!(%error, folder = %folder.display(), "the temporary folder could not be removed");
    }
    served
}

fn temporary_folder() -> Result<PathBuf, String> {
    let folder = std::env::temp_dir().join(format!("cognate-{}", uuid()));
    std::fs::DirBuilder::new()
        .mode(0o700)
        .create(&folder)
        .map_err(|error| format!("cannot make the temporary folder {}: {error}", folder.display()))?;
    Ok(folder)
}

fn serve(args: &cli::Dev, root: &Path, started: Instant) -> Result<(), String> {
    let folder = DataFolder::open(root).map_err(|error| error.to_string())?;
    let bound = Bound::loopback(args.port, "--port")?;
    let page_bound = Bound::loopback(args.dashboard_port, "--dashboard-port")?;
    let urls = Urls::local(port_of(&bound), port_of(&page_bound), args.tls);
    let https = if args.tls { Some(Https::open(&folder.tls())?) } else { None };
    let runtime = control_runtime()?;
    let settings = settings(args, urls, https.as_ref())?;
    let app = runtime.block_on(App::build(folder, settings)).map_err(|error| error.to_string())?;
    let demo = if args.no_demo { None } else { Some(runtime.block_on(seed(&app))?) };
    let mut values = values(&app, demo.as_ref());
    if let Some(https) = &https {
        values["caFile"] = json!(https.bundle.alone);
        values["caBundle"] = json!(https.bundle.whole);
    }
    let values = values;
    if let Ok(mut env) = app.env.lock() {
        env.clone_from(&values);
    }
    let (tell, stop) = watch::channel(false);
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let tls = https.map(|https| https.serve(&app, &runtime)).transpose()?;
    let mut threads = serve_hall(&app, &bound, tls.as_ref(), cores, &stop)?;
    threads.extend(serve_page(&app, &values, &page_bound, tls.as_ref(), &stop)?);
    runtime.block_on(async { serve_admin(&app) });
    say(&block(&values, args, started.elapsed().as_millis()));
    let told = runtime.block_on(until_told(&app));
    end(&app, &tell, threads, runtime);
    told
}

/// https with the authority of the data folder.
struct Https {
    authority: Authority,
    bundle: Bundle,
    certificates: Arc<Certificates>,
}

impl Https {
    fn open(folder: &Path) -> Result<Self, String> {
        let now = Clock::default().machine();
        let authority = Authority::open(folder, now)?;
        let bundle = Bundle::write(authority.certificate())
            .map_err(|error| format!("the certificates in {} cannot be written: {error}", folder.display()))?;
        let certificates = Certificates::new(vec![authority.vouch(now)?]);
        Ok(Self { authority, bundle, certificates })
    }

    fn serve(self, app: &App, runtime: &tokio::runtime::Runtime) -> Result<Tls, String> {
        let tls = Tls::new(Arc::clone(&self.certificates), app.metrics.handshakes_failed())?;
        runtime.spawn(renew(self.authority, self.certificates, app.clock.clone()));
        Ok(tls)
    }
}

fn port_of(bound: &Bound) -> u16 {
    bound.addresses().first().map_or(0, std::net::SocketAddr::port)
}

fn settings(args: &cli::Dev, urls: Urls, https: Option<&Https>) -> Result<Settings, String> {
    let mailbox = Mailbox::default();
    Ok(Settings {
        functions: function_settings(args, &urls, https)?,
        urls,
        scope: Scope { account: ACCOUNT.to_owned(), region: REGION.to_owned() },
        issuer_form: if args.aws_issuer { IssuerForm::Aws } else { IssuerForm::Own },
        signatures: Arc::new(AnyKey { account: ACCOUNT.to_owned() }),
        carrier: Arc::new(mailbox.clone()),
        mailbox: Some(mailbox),
        trusted: Vec::new(),
        path_apis: true,
        test_clock: args.test_clock,
        plain_login: args.plain_login,
        hashing_threads: std::thread::available_parallelism().map_or(1, usize::from).div_ceil(2),
        check_issuers: true,
    })
}

/// The functions of the command line. They reach this server as any AWS client does.
fn function_settings(args: &cli::Dev, urls: &Urls, https: Option<&Https>) -> Result<FunctionSettings, String> {
    let scope = Scope { account: ACCOUNT.to_owned(), region: REGION.to_owned() };
    let mut configured = match &args.functions {
        Some(file) => function_config::load(file, &scope)?,
        None => Vec::new(),
    };
    for text in &args.function {
        configured.push(function_config::argument(text, &scope)?);
    }
    let lent =
        [("AWS_ENDPOINT_URL", urls.base.as_str()), ("AWS_ACCESS_KEY_ID", KEY), ("AWS_SECRET_ACCESS_KEY", SECRET)];
    let files = https.iter().flat_map(|https| https.bundle.variables());
    let files = files.map(|(name, file)| (name.to_owned(), file.display().to_string()));
    let lent = lent.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).chain(files).collect();
    Ok(FunctionSettings { configured, lent, held_to_policies: false, uploads: true })
}

async fn seed(app: &App) -> Result<Demo, String> {
    let folder = app.folder().root();
    let known = Demo::load(folder).map_err(|error| error.to_string())?;
    let cx = RequestContext {
        now: app.clock.now(),
        request_id: uuid(),
        client_ip: std::net::Ipv4Addr::LOCALHOST.into(),
        trace_id: String::new(),
        locale: None,
        user_agent: None,
        carried: Carried::default(),
    };
    let scope = Scope { account: ACCOUNT.to_owned(), region: REGION.to_owned() };
    let seed = Seed { pools: &app.pools, apis: &app.store, gateway: &app.gateway, urls: &app.urls, scope, cx };
    let demo = seed.run(known).await.map_err(|error| error.to_string())?;
    demo.save(folder).map_err(|error| error.to_string())?;
    Ok(demo)
}

/// What `cognate env` prints and the page is told.
fn values(app: &App, demo: Option<&Demo>) -> Value {
    let urls = &app.urls;
    let mut values = json!({
        "base": urls.base, "region": REGION, "accountId": ACCOUNT, "accessKeyId": KEY, "secretAccessKey": SECRET,
        "mailboxUrl": format!("{}/mailbox", urls.base), "objectsUrl": urls.objects, "dashboardUrl": urls.pages.first(),
        "dataFolder": app.folder().root(),
    });
    let functions: Vec<String> = app.functions.configured().iter().map(functions::FunctionKey::arn).collect();
    if !functions.is_empty() {
        values["functions"] = json!(functions);
    }
    let Some(demo) = demo else { return values };
    let more = json!({
        "userPoolId": demo.user_pool_id, "clientId": demo.client_id, "apiId": demo.api_id,
        "issuer": format!("{}/{}", urls.base, demo.user_pool_id), "loginDomain": urls.login_of(NAME), "apiUrl": urls.api_of(&demo.api_id),
        "demoUser": demo.user, "demoAdmin": demo.admin,
    });
    if let (Some(values), Value::Object(more)) = (values.as_object_mut(), more) {
        values.extend(more);
    }
    values
}

fn serve_page(
    app: &Arc<App>,
    values: &Value,
    bound: &Bound,
    tls: Option<&Tls>,
    stop: &watch::Receiver<bool>,
) -> Result<Vec<std::thread::JoinHandle<()>>, String> {
    let text = |name: &str| values.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let config = json!({
        "region": REGION, "userPoolId": text("userPoolId"), "clientId": text("clientId"), "authority": text("issuer"), "loginDomain": text("loginDomain"),
        "apiUrl": text("apiUrl"), "cognitoEndpoint": text("base"), "demo": true,
    });
    let (api, login) = (text("apiUrl"), text("loginDomain"));
    let connect = [app.urls.base.as_str(), api.as_str(), app.urls.objects.as_str(), login.as_str()];
    let port = port_of(bound);
    let hosts = ["localhost", "127.0.0.1", "[::1]"].iter().map(|host| with_port(host, port, tls.is_some())).collect();
    let page = Arc::new(Page::new(&config, &connect, &app.urls.objects, hosts)?);
    listen(aside("page"), bound, tls, stop, move || PageWorker(Arc::clone(&page)))
        .map_err(|error| format!("cannot start the page's listener: {error}"))
}

/// What a command typed in this folder needs to find the server: nothing when the data folder is the default one.
fn data_option(folder: &str) -> String {
    let default = Path::new(cli::DATA).canonicalize().ok();
    if default.as_deref() == Some(Path::new(folder)) { String::new() } else { format!(" --data {}", quoted(folder)) }
}

/// The block a person can use at once. Every URL in it answers something useful as it is printed.
fn block(values: &Value, args: &cli::Dev, millis: u128) -> String {
    let exports: String = env::exports(values)
        .lines()
        .filter(|line| !line.contains(" COGNATE_"))
        .map(|line| format!("{line}\n"))
        .collect();
    let trust = trust(values);
    let commands = commands(values, &program());
    let state = if args.ephemeral { "nothing is kept" } else { "its state stays in the data folder" };
    format!(
        "\nCognate is ready ({millis} ms).\n\n{}\nFor AWS CLI, SDKs and Terraform, in another terminal:\n{exports}\n{trust}\
         Then:\n{commands}\nCtrl-C stops the server; {state}.\n",
        facts(values)
    )
}

/// With https: how browsers and this system come to trust it.
fn trust(values: &Value) -> String {
    let Some(file) = values.get("caFile").and_then(Value::as_str) else { return String::new() };
    let lines = how_to_trust(Path::new(file));
    let lines: String = lines.iter().map(|(who, command)| format!("  {who:<20}{command}\n")).collect();
    format!("So that browsers trust this server's own authority (it can vouch for localhost alone), once:\n{lines}\n")
}

fn text(values: &Value, at: &str) -> String {
    values.pointer(at).and_then(Value::as_str).unwrap_or("-").to_owned()
}

/// A route behind the authorizer, by a name that resolves everywhere and in letters that mean nothing to a shell.
fn guarded_url(values: &Value) -> String {
    format!("{}/execute-api/{}/%24default/metadata/list", text(values, "/base"), text(values, "/apiId"))
}

/// Name and value, a line each.
fn facts(values: &Value) -> String {
    let text = |at: &str| text(values, at);
    let login = |user: &str| format!("{}   {}", text(&format!("/{user}/username")), text(&format!("/{user}/password")));
    let mut rows = Vec::new();
    if values.get("userPoolId").is_some() {
        rows.extend([
            ("dashboard", text("/dashboardUrl")),
            ("demo user", login("demoUser")),
            ("demo admin", login("demoAdmin")),
            ("mailbox", text("/mailboxUrl")),
            ("user pool", text("/userPoolId")),
            ("app client", text("/clientId")),
            ("issuer", text("/issuer")),
            ("login domain", text("/loginDomain")),
            ("API", format!("{}   401 without a token: that is the point", guarded_url(values))),
        ]);
    }
    let functions = values.get("functions").and_then(Value::as_array).into_iter().flatten();
    rows.extend(functions.filter_map(Value::as_str).map(|arn| ("function", arn.to_owned())));
    rows.extend([("AWS endpoint", text("/base")), ("data folder", text("/dataFolder"))]);
    rows.into_iter().map(|(name, value)| format!("  {name:<16}{value}\n")).collect()
}

/// What to do first, and the command for it. The words stand before the command: not every shell takes comments after it.
fn commands(values: &Value, program: &str) -> String {
    let text = |at: &str| text(values, at);
    let folder = data_option(&text("/dataFolder"));
    if values.get("userPoolId").is_none() {
        return "  list the pools      aws cognito-idp list-user-pools --max-results 10\n".to_owned();
    }
    let trusted = values.get("caFile").and_then(Value::as_str).map(|file| format!(" --cacert {}", quoted(file)));
    let curl = format!("curl -i{} {}", trusted.unwrap_or_default(), guarded_url(values));
    let lines = [
        ("list the users", format!("aws cognito-idp list-users --user-pool-id {}", text("/userPoolId"))),
        ("get a 401", curl),
        ("ask why it was", format!("{program} explain last{folder}")),
        ("run the checklist", format!("{program} check{folder}")),
        ("see all values", format!("{program} env{folder}")),
    ];
    lines.into_iter().map(|(purpose, command)| format!("  {purpose:<20}{command}\n")).collect()
}

/// This program as it was called: after `make run` it is not on the path.
fn program() -> String {
    std::env::args().next().filter(|name| !name.is_empty()).unwrap_or_else(|| "cognate".to_owned())
}
