//! Functions that the operator configures: `[functions.<name>]` tables of a file, and `--function name=folder:handler`.
use functions::{Configured, FunctionKey, Runtime, Settings, Source};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use user_pools::Scope;

/// Runtimes by what a folder holds, where none is named.
const PYTHON: &str = "python3.12";
const NODE: &str = "nodejs22.x";
const PROVIDED: &str = "provided.al2023";

/// One `[functions.<name>]` table.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunctionConfig {
    /// Folder of the code; relative to the file's own folder.
    pub folder: Option<PathBuf>,
    /// Instead of a folder: where the event is POSTed to.
    pub url: Option<String>,
    /// `python3.x`, `nodejsNN.x`, `provided.al2023`; by what the folder holds when absent.
    pub runtime: Option<String>,
    /// `file.function`.
    pub handler: Option<String>,
    /// A program and its arguments that speak the Lambda Runtime API themselves.
    pub command: Option<Vec<String>>,
    /// Environment variables.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Seconds a call may take; 30 by default.
    pub timeout: Option<u32>,
    /// MB, told to the function; 128 by default.
    pub memory: Option<u32>,
    /// Workers at most; 10 by default.
    pub concurrency: Option<usize>,
}

/// A file of `[functions.<name>]` tables alone (`cognate dev --functions FILE`).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FunctionsFile {
    functions: BTreeMap<String, FunctionConfig>,
}

/// Reads a file of function tables.
pub fn load(path: &Path, scope: &Scope) -> Result<Vec<Configured>, String> {
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| told(&error))?;
    // The message of the parser quotes the line, which may hold a secret of a function's environment.
    let file: FunctionsFile = toml::from_str(&text).map_err(|error| told(&error.message()))?;
    all(&file.functions, path, scope, true).map_err(|error| told(&error))
}

/// All functions of a file. `reload`: a changed folder is started anew.
pub fn all(
    tables: &BTreeMap<String, FunctionConfig>,
    file: &Path,
    scope: &Scope,
    reload: bool,
) -> Result<Vec<Configured>, String> {
    let beside = file.parent().unwrap_or(Path::new(""));
    let one = |(name, table): (&String, &FunctionConfig)| {
        table.read(name, beside, scope, reload).map_err(|why| format!("functions.{name}: {why}"))
    };
    tables.iter().map(one).collect()
}

/// Reads `name=folder:handler`, `name=folder` (a custom runtime) or `name=https://…`.
pub fn argument(text: &str, scope: &Scope) -> Result<Configured, String> {
    let form =
        "must be name=folder:file.function, name=folder (with a program named bootstrap in it) or name=https://…";
    let (name, rest) = text.split_once('=').ok_or_else(|| format!("--function {text}: {form}"))?;
    let table = if rest.starts_with("http://") || rest.starts_with("https://") {
        FunctionConfig { url: Some(rest.to_owned()), ..FunctionConfig::default() }
    } else {
        let (folder, handler) = rest.rsplit_once(':').map_or((rest, None), |(folder, handler)| (folder, Some(handler)));
        let (folder, handler) = (Some(PathBuf::from(folder)), handler.map(str::to_owned));
        FunctionConfig { folder, handler, ..FunctionConfig::default() }
    };
    table.read(name, Path::new(""), scope, true).map_err(|why| format!("--function {name}: {why}"))
}

impl FunctionConfig {
    fn read(&self, name: &str, beside: &Path, scope: &Scope, reload: bool) -> Result<Configured, String> {
        let key = FunctionKey::new(scope, name);
        if functions::FunctionRef::parse(scope, name).is_none_or(|read| read.key != key) {
            return Err("a function's name has 1 to 64 letters, digits, hyphens and underscores".to_owned());
        }
        let (source, runtime, handler) = match (&self.folder, &self.url) {
            (Some(folder), None) => self.in_folder(&beside.join(folder), reload)?,
            (None, Some(url)) => (Source::Url(http(url)?), PROVIDED.to_owned(), String::new()),
            _ => return Err("either folder or url is needed".to_owned()),
        };
        let mut settings = Settings::new(&runtime, &handler, "");
        settings.timeout = self.timeout.unwrap_or(30);
        settings.memory = self.memory.unwrap_or(settings.memory);
        if !(1..=900).contains(&settings.timeout) {
            return Err("timeout: must be from 1 to 900 seconds".to_owned());
        }
        if self.concurrency.is_some_and(|workers| !(1..=1000).contains(&workers)) {
            return Err("concurrency: must be from 1 to 1000".to_owned());
        }
        let (environment, concurrency) = (self.environment.clone(), self.concurrency);
        Ok(Configured { key, source, settings, environment, concurrency })
    }

    fn in_folder(&self, folder: &Path, reload: bool) -> Result<(Source, String, String), String> {
        let path = std::fs::canonicalize(folder).map_err(|error| format!("folder {}: {error}", folder.display()))?;
        let handler = self.handler.clone().unwrap_or_default();
        let runtime = match &self.runtime {
            Some(runtime) => runtime.clone(),
            None if self.command.is_some() => PROVIDED.to_owned(),
            None => guess(&path, &handler)?.to_owned(),
        };
        let Some(known) = Runtime::parse(&runtime) else {
            return Err(format!(
                "runtime: {runtime:?} does not run here; python3.x, nodejsNN.x and provided.al2023 do"
            ));
        };
        if known.needs_handler() && self.command.is_none() && !handler.contains('.') {
            return Err("handler: file.function is needed, such as app.handler".to_owned());
        }
        let command = self.command.clone();
        Ok((Source::Folder { path, command, reload }, runtime, handler))
    }
}

/// The runtime by the file that the handler names.
fn guess(folder: &Path, handler: &str) -> Result<&'static str, String> {
    let file = handler.rsplit_once('.').map_or("", |(file, _)| file);
    let there = |endings: &[&str]| endings.iter().any(|ending| folder.join(format!("{file}.{ending}")).is_file());
    if !file.is_empty() && there(&["py"]) {
        return Ok(PYTHON);
    }
    if !file.is_empty() && there(&["js", "mjs", "cjs"]) {
        return Ok(NODE);
    }
    if folder.join("bootstrap").is_file() {
        return Ok(PROVIDED);
    }
    Err(format!(
        "in {} there is neither {file}.py nor {file}.js, .mjs or .cjs, nor a program named bootstrap; name the handler as file.function, or the runtime",
        folder.display()
    ))
}

fn http(text: &str) -> Result<url::Url, String> {
    let url = url::Url::parse(text).map_err(|error| format!("url: {error}"))?;
    let good = matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
    if good { Ok(url) } else { Err("url: must begin with http:// or https://".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope() -> Scope {
        Scope { account: "000000000000".to_owned(), region: "us-east-1".to_owned() }
    }

    #[test]
    fn the_runtime_is_guessed_by_the_handlers_file() {
        let root = tempfile::tempdir().unwrap();
        for (folder, file) in [("py", "app.py"), ("js", "src/index.mjs"), ("rs", "bootstrap")] {
            let path = root.path().join(folder).join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let at = |rest: &str| argument(&format!("f={}/{rest}", root.path().display()), &scope());
        assert_eq!(at("py:app.handler").unwrap().settings.runtime, PYTHON);
        assert_eq!(at("js:src/index.handler").unwrap().settings.runtime, NODE);
        assert_eq!(at("rs").unwrap().settings.runtime, PROVIDED);
        assert!(at("py:other.handler").err().unwrap().contains("neither other.py nor other.js"));
        assert!(at("nowhere:app.handler").err().unwrap().contains("nowhere"));
    }

    #[test]
    fn a_url_may_stand_for_a_folder_and_never_beside_one() {
        let made = argument("f=https://abc.lambda-url.us-east-1.on.aws/", &scope()).unwrap();
        assert!(matches!(made.source, Source::Url(_)));
        let both =
            FunctionConfig { folder: Some(".".into()), url: Some("http://x/".into()), ..FunctionConfig::default() };
        assert!(both.read("f", Path::new(""), &scope(), true).err().unwrap().contains("either folder or url"));
        assert!(argument("a b=https://x/", &scope()).err().unwrap().contains("1 to 64 letters"));
        assert!(argument("nonsense", &scope()).err().unwrap().contains("name=folder:file.function"));
    }

    #[test]
    fn tables_are_read_with_their_environment() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("app.py"), "").unwrap();
        let file = root.path().join("functions.toml");
        let text =
            "[functions.hello]\nfolder = \".\"\nhandler = \"app.handler\"\ntimeout = 5\nenvironment = { A = \"b\" }\n";
        std::fs::write(&file, text).unwrap();
        let read = load(&file, &scope()).unwrap();
        assert_eq!((read[0].settings.timeout, read[0].environment["A"].as_str()), (5, "b"));
        std::fs::write(&file, text.replace("timeout = 5", "timeuot = 5")).unwrap();
        assert!(load(&file, &scope()).err().unwrap().contains("timeuot"));
    }
}
