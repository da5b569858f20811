//! The command line.
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// The data folder of `cognate dev` unless told otherwise.
pub const DATA: &str = ".cognate";

/// Amazon Cognito user pools and API Gateway HTTP APIs in one binary.
#[derive(Parser)]
#[command(name = "cognate", version, about, propagate_version = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Subcommand)]
pub enum Command {
    /// Run the whole lab on this machine: no configuration, no account, demo content.
    Dev(Dev),
    /// Run the server for real traffic, as a configuration file says.
    Serve(Serve),
    /// Print the values of a running server (URLs, ids, credentials) as shell exports.
    Env(Env),
    /// Prove the lesson's checklist against a running system.
    Check(Check),
    /// Say why a request was refused: which rule, what was expected, what came, and the fix.
    Explain(Explain),
    /// Work with the server's keys.
    Keys(Keys),
    /// List every AWS operation and whether it is supported.
    Coverage(Coverage),
}

/// `cognate dev`
#[derive(Args, Clone)]
pub struct Dev {
    /// Port of the AWS endpoint, issuer, managed login and gateway.
    #[arg(long, default_value_t = 4566)]
    pub port: u16,
    /// Port of the dashboard's page (another origin, so that CORS is really exercised).
    #[arg(long, default_value_t = 4567)]
    pub dashboard_port: u16,
    /// Folder that keeps the state.
    #[arg(long, default_value = DATA, value_name = "DIR")]
    pub data: PathBuf,
    /// Keep nothing: the state lives in a temporary folder that goes with the process.
    #[arg(long, conflicts_with = "data")]
    pub ephemeral: bool,
    /// Serve https, with a certificate of an authority that lives in the data folder; how to trust it is printed.
    #[arg(long)]
    pub tls: bool,
    /// Let `POST /_cognate/clock` move the server's clock (for tests of expiry).
    #[arg(long)]
    pub test_clock: bool,
    /// Name all endpoints in the discovery document on the plain base instead of the login domain.
    #[arg(long)]
    pub plain_login: bool,
    /// Tokens name AWS's issuer (https://cognito-idp.<region>.amazonaws.com/<pool id>), as aws-jwt-verify's CognitoJwtVerifier demands.
    #[arg(long)]
    pub aws_issuer: bool,
    /// Do not make the demo pool, API and users.
    #[arg(long)]
    pub no_demo: bool,
    /// A function of your own: name=folder:file.function (Python or Node.js by the file's ending), name=folder with a program named
    /// bootstrap in it, or name=https://… (may be repeated). Started anew when its folder changes.
    #[arg(long, value_name = "NAME=FOLDER:HANDLER")]
    pub function: Vec<String>,
    /// A file with [functions.<name>] tables, as in cognate.toml.
    #[arg(long, value_name = "FILE")]
    pub functions: Option<PathBuf>,
}

/// `cognate serve`
#[derive(Args, Clone)]
pub struct Serve {
    /// The configuration file.
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
}

/// Which server to ask.
#[derive(Args, Clone)]
pub struct Server {
    /// Data folder of the running server.
    #[arg(long, default_value = DATA, value_name = "DIR")]
    pub data: PathBuf,
    /// Answer as JSON.
    #[arg(long)]
    pub json: bool,
}

/// `cognate env`
#[derive(Args, Clone)]
pub struct Env {
    #[command(flatten)]
    pub server: Server,
}

/// `cognate explain`
#[derive(Args, Clone)]
pub struct Explain {
    /// A request id (`apigw-requestid`, `x-amzn-requestid`), or `last` for the newest refusal.
    // The gateway's ids are Base64 and may begin with a hyphen.
    #[arg(default_value = "last", allow_hyphen_values = true)]
    pub id: String,
    #[command(flatten)]
    pub server: Server,
}

/// `cognate keys`
#[derive(Args, Clone)]
pub struct Keys {
    #[command(subcommand)]
    pub command: KeysCommand,
}

/// What to do with keys.
#[derive(Subcommand, Clone)]
pub enum KeysCommand {
    /// List the key ring's and the pools' signing keys (ids and states only).
    List {
        #[command(flatten)]
        server: Server,
    },
    /// Make a new sealing key the active one; with --signing, new signing keys for the pools.
    Rotate {
        /// Rotate the pools' token signing keys instead of the sealing key.
        #[arg(long)]
        signing: bool,
        /// Only this pool (with --signing).
        #[arg(long, value_name = "POOL", requires = "signing")]
        pool: Option<String>,
        /// Stop publishing the old keys at once: tokens signed by them become invalid (after a compromise).
        #[arg(long, requires = "signing")]
        now: bool,
        #[command(flatten)]
        server: Server,
    },
    /// Print the key that stands in for a KMS key: by it, a custom sender's function decrypts its codes (AWS Encryption SDK, raw AES keyring).
    /// It is a secret, and another after `rotate`.
    Sender {
        /// The pool's `LambdaConfig.KMSKeyID`, exactly.
        name: String,
        #[command(flatten)]
        server: Server,
    },
    /// An emergency act: stop publishing one signing key at once. Tokens it signed become invalid, and new ones too until `rotate --signing`.
    Withdraw {
        /// The key's id, as `keys list` shows it.
        kid: String,
        #[command(flatten)]
        server: Server,
    },
}

/// `cognate check`
#[derive(Args, Clone)]
pub struct Check {
    /// AWS endpoint to talk to; the running `cognate dev` of the data folder by default.
    #[arg(long, value_name = "URL")]
    pub endpoint: Option<String>,
    /// The user pool.
    #[arg(long, value_name = "ID")]
    pub pool: Option<String>,
    /// The app client.
    #[arg(long, value_name = "ID")]
    pub client: Option<String>,
    /// The HTTP API.
    #[arg(long, value_name = "ID")]
    pub api: Option<String>,
    /// Where the API answers, without trailing slash.
    #[arg(long, value_name = "URL")]
    pub api_url: Option<String>,
    /// Origin of managed login.
    #[arg(long, value_name = "URL")]
    pub login_url: Option<String>,
    /// The page's origin for the CORS preflight.
    #[arg(long, value_name = "URL")]
    pub page: Option<String>,
    #[command(flatten)]
    pub server: Server,
}

/// `cognate coverage`
#[derive(Args, Clone)]
pub struct Coverage {
    /// Answer as JSON.
    #[arg(long)]
    pub json: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_may_begin_with_a_hyphen() {
        for line in
            [["cognate", "explain", "-pXyZ3kGoAMEV8g=", "--json"], ["cognate", "explain", "--json", "-pXyZ3kGoAMEV8g="]]
        {
            let Command::Explain(explain) = Cli::try_parse_from(line).unwrap().command else { panic!("not explain") };
            assert_eq!((explain.id.as_str(), explain.server.json), ("-pXyZ3kGoAMEV8g=", true));
        }
    }
}
