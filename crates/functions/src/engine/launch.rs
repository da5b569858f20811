//! What starts a function's process: program, arguments, environment. The environment is made from nothing: of the
//! server's own only the search path and the home folder are handed on.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::programs::Programs;
use crate::model::{Definition, LATEST, RuntimeFamily, Source};

const PYTHON: &str = include_str!("../../bootstrap/bootstrap.py");
const NODE: &str = include_str!("../../bootstrap/bootstrap.mjs");

/// What the server lends to its functions.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// `PATH`, where programs are looked for.
    pub path: OsString,
    /// `HOME`.
    pub home: Option<OsString>,
    /// Variables every function gets, such as `AWS_ENDPOINT_URL`; a function's own win.
    pub variables: BTreeMap<String, String>,
}

/// A process to be started.
#[derive(Debug)]
pub(crate) struct Launch {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) folder: PathBuf,
}

/// Finds the program. The error is a sentence for the function's owner.
pub(crate) async fn launch(
    definition: &Definition,
    surroundings: &Surroundings,
    programs: &Programs,
) -> Result<Launch, String> {
    let Source::Folder { path: folder, command, .. } = &definition.source else {
        return Err("this function is a URL".to_owned());
    };
    if !folder.is_dir() {
        return Err(format!("the folder {} of the function is not there", folder.display()));
    }
    if let Some(command) = command {
        return own_command(command, folder, surroundings);
    }
    let Some(runtime) = &definition.runtime else {
        return Err("the function has no runtime that runs here".to_owned());
    };
    let at = |program: PathBuf, arguments: &[&str]| Launch {
        program,
        arguments: arguments.iter().map(OsString::from).collect(),
        folder: folder.clone(),
    };
    match runtime.family {
        RuntimeFamily::Provided => {
            let bootstrap = folder.join("bootstrap");
            if !is_executable(&bootstrap) {
                return Err(format!("Couldn't find valid bootstrap(s): [{}]", bootstrap.display()));
            }
            Ok(at(bootstrap, &[]))
        }
        RuntimeFamily::Python => {
            let own = [".venv/bin/python", "venv/bin/python"].iter().map(|program| folder.join(program));
            let found = own.into_iter().find(|program| is_executable(program));
            let found = match found {
                Some(own) => Some(own),
                None => programs.find(runtime, surroundings).await,
            };
            let python = found.ok_or_else(|| missing(&runtime.name, "python3", "Python 3"))?;
            Ok(at(python, &["-u", "-c", PYTHON, &definition.handler]))
        }
        RuntimeFamily::Node => {
            let node = programs.find(runtime, surroundings).await;
            let node = node.ok_or_else(|| missing(&runtime.name, "node", "Node.js"))?;
            Ok(at(node, &["--input-type=module", "-e", NODE, "--", &definition.handler]))
        }
    }
}

fn missing(runtime: &str, program: &str, what: &str) -> String {
    format!(
        "the runtime {runtime} needs {program} on the server's PATH, and it is not there; install {what} and try again"
    )
}

fn own_command(command: &[String], folder: &Path, surroundings: &Surroundings) -> Result<Launch, String> {
    let Some((program, arguments)) = command.split_first() else {
        return Err("the function's command is empty".to_owned());
    };
    let found = if program.contains('/') {
        let path = folder.join(program);
        is_executable(&path).then_some(path)
    } else {
        which(program, &surroundings.path)
    };
    let program =
        found.ok_or_else(|| format!("the function's command {program:?} is no program that can be started"))?;
    Ok(Launch { program, arguments: arguments.iter().map(OsString::from).collect(), folder: folder.to_path_buf() })
}

pub(super) fn which(name: &str, path: &OsStr) -> Option<PathBuf> {
    std::env::split_paths(path).map(|folder| folder.join(name)).find(|program| is_executable(program))
}

pub(super) fn is_executable(path: &Path) -> bool {
    let mode = |data: std::fs::Metadata| std::os::unix::fs::PermissionsExt::mode(&data.permissions());
    std::fs::metadata(path).is_ok_and(|data| data.is_file() && mode(data) & 0o111 != 0)
}

/// The variables of a process. `api` is where its Runtime API is: `127.0.0.1:<port>/<token>`.
pub(crate) fn environment(
    definition: &Definition,
    surroundings: &Surroundings,
    folder: &Path,
    api: &str,
    stream: &str,
) -> Vec<(OsString, OsString)> {
    let key = &definition.key;
    let mut variables: BTreeMap<String, OsString> = BTreeMap::new();
    let mut put = |name: &str, value: &dyn AsRef<OsStr>| {
        variables.insert(name.to_owned(), value.as_ref().to_owned());
    };
    put("PATH", &surroundings.path);
    if let Some(home) = &surroundings.home {
        put("HOME", home);
    }
    put("LANG", &"en_US.UTF-8");
    put("TZ", &":UTC");
    for (name, value) in &surroundings.variables {
        put(name, value);
    }
    for (name, value) in &definition.environment {
        put(name, value);
    }
    put("AWS_REGION", &key.region);
    put("AWS_DEFAULT_REGION", &key.region);
    put("AWS_LAMBDA_FUNCTION_NAME", &key.name);
    put("AWS_LAMBDA_FUNCTION_VERSION", &LATEST);
    put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &definition.memory.to_string());
    put("AWS_LAMBDA_INITIALIZATION_TYPE", &"on-demand");
    put("AWS_LAMBDA_LOG_GROUP_NAME", &format!("/aws/lambda/{}", key.name));
    put("AWS_LAMBDA_LOG_STREAM_NAME", &stream);
    put("AWS_LAMBDA_RUNTIME_API", &api);
    if let Some(runtime) = &definition.runtime {
        put("AWS_EXECUTION_ENV", &format!("AWS_Lambda_{}", runtime.name));
    }
    put("_HANDLER", &definition.handler);
    put("LAMBDA_TASK_ROOT", &folder);
    put("LAMBDA_RUNTIME_DIR", &folder);
    variables.into_iter().map(|(name, value)| (OsString::from(name), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FunctionKey, Runtime};
    use std::time::Duration;

    fn definition(runtime: &str, folder: &Path) -> Definition {
        Definition {
            key: FunctionKey { account: "000000000000".into(), region: "eu-west-1".into(), name: "f".into() },
            source: Source::Folder { path: folder.to_path_buf(), command: None, reload: false },
            runtime: Runtime::parse(runtime),
            handler: "app.handler".into(),
            environment: BTreeMap::from([("A".into(), "own".into()), ("AWS_REGION".into(), "mars-1".into())]),
            timeout: Duration::from_secs(3),
            memory: 128,
            concurrency: 1,
            revision: "1".into(),
            policy: None,
        }
    }

    #[test]
    fn nothing_of_the_servers_environment_is_handed_on() {
        let folder = Path::new("/task");
        let variables = BTreeMap::from([
            ("A".to_owned(), "lent".to_owned()),
            ("AWS_ENDPOINT_URL".to_owned(), "http://x".to_owned()),
        ]);
        let surroundings = Surroundings { path: "/bin".into(), home: None, variables };
        let made = environment(&definition("python3.12", folder), &surroundings, folder, "127.0.0.1:1/t", "s");
        let made: BTreeMap<_, _> =
            made.into_iter().map(|(name, value)| (name.into_string().unwrap(), value.into_string().unwrap())).collect();
        assert!(!made.contains_key("CARGO_MANIFEST_DIR"), "the test's own environment has this");
        assert_eq!((made["A"].as_str(), made["AWS_REGION"].as_str()), ("own", "eu-west-1"));
        assert_eq!(made["AWS_ENDPOINT_URL"], "http://x");
        assert_eq!(made["_HANDLER"], "app.handler");
    }

    #[tokio::test]
    async fn a_missing_program_is_told_with_what_to_install() {
        let folder = tempfile::tempdir().unwrap();
        let surroundings = Surroundings { path: folder.path().into(), ..Surroundings::default() };
        for (runtime, text) in [
            ("python3.12", "install Python 3"),
            ("nodejs22.x", "install Node.js"),
            ("provided.al2023", "Couldn't find valid bootstrap(s)"),
            ("java21", "no runtime"),
        ] {
            let definition = definition(runtime, folder.path());
            let said = launch(&definition, &surroundings, &Programs::default()).await.unwrap_err();
            assert!(said.contains(text), "{said}");
        }
    }
}
