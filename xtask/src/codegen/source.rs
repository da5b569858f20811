//! Finds an installed botocore of the pinned version and reads its service models.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::read::GzDecoder;

use super::model::Model;

/// The version the shapes come from. Raising it is a change of its own: read the diff of the generated files.
pub const VERSION: &str = "1.44.5";

const ASK: &str = "import botocore, os; print(botocore.__version__); print(os.path.dirname(botocore.__file__))";

/// An installed botocore.
pub struct Source {
    /// The package's folder.
    pub folder: PathBuf,
    /// How it was found.
    pub how: String,
}

/// Looks in `$COGNATE_BOTOCORE`, then the project's `.venv`, then the `python3` on the path. The first place that has
/// a botocore decides: another version there is an error, not a reason to look further.
pub fn find(root: &Path) -> Result<Source, String> {
    let found = from_variable()
        .or_else(|| ask(&root.join(".venv/bin/python").to_string_lossy(), "the project's .venv"))
        .or_else(|| ask("python3", "python3 on the path"));
    let Some((version, source)) = found else {
        return Err(format!(
            "codegen: no botocore found ($COGNATE_BOTOCORE, .venv, python3). Install the pinned one:\n  \
             python3 -m venv .venv && .venv/bin/pip install botocore=={VERSION}"
        ));
    };
    if version != VERSION {
        return Err(format!(
            "codegen: botocore {version} found in {} ({}), but {VERSION} is pinned:\n  .venv/bin/pip install botocore=={VERSION}",
            source.folder.display(),
            source.how
        ));
    }
    Ok(source)
}

fn from_variable() -> Option<(String, Source)> {
    let folder = PathBuf::from(std::env::var_os("COGNATE_BOTOCORE")?);
    let init = std::fs::read_to_string(folder.join("__init__.py")).unwrap_or_default();
    let version = init
        .lines()
        .find_map(|line| line.strip_prefix("__version__ = "))
        .map_or("of unknown version", |quoted| quoted.trim().trim_matches(['\'', '"']));
    Some((version.to_owned(), Source { folder, how: "$COGNATE_BOTOCORE".to_owned() }))
}

fn ask(python: &str, how: &str) -> Option<(String, Source)> {
    let output = Command::new(python).args(["-c", ASK]).output().ok()?;
    let said = String::from_utf8(output.stdout).ok()?;
    let mut lines = said.lines();
    let (version, folder) = (lines.next()?, lines.next()?);
    Some((version.to_owned(), Source { folder: PathBuf::from(folder), how: how.to_owned() }))
}

impl Source {
    /// A service's model, e.g. of `cognito-idp/2016-04-18`; gzipped or plain.
    pub fn model(&self, service: &str) -> Result<Model, String> {
        let plain = self.folder.join("data").join(service).join("service-2.json");
        let gzipped = plain.with_extension("json.gz");
        let text = if plain.exists() { std::fs::read(&plain) } else { unzip(&gzipped) };
        let text = text.map_err(|e| format!("codegen: {}: {e}", gzipped.display()))?;
        let json = serde_json::from_slice(&text).map_err(|e| format!("codegen: {service}: {e}"))?;
        Model::read(&json).map_err(|e| format!("codegen: {service}: {e}"))
    }
}

fn unzip(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    GzDecoder::new(std::fs::File::open(path)?).read_to_end(&mut text)?;
    Ok(text)
}
