//! The texts of the pages: `texts/<tag>.txt`, one file a language, into the enum `Lang` with one method a key. `en.txt` is the source; a file
//! with a key too few, a key too many or other placeholders stops the build, as does French that lets a mark go to the next line alone. A key
//! that no page uses is dead code to the compiler.
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

type Texts = Vec<(String, String)>;

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=texts");
    println!("cargo::rerun-if-changed=build.rs");
    let mut languages = Vec::new();
    for entry in fs::read_dir("texts")? {
        let path = entry?.path();
        languages.push((tag(&path), read(&path)?));
    }
    languages.sort_by(|one, other| one.0.cmp(&other.0));
    let Some((_, source)) = languages.iter().find(|(tag, _)| tag == "en") else {
        return Err(wrong("en", "is not there"));
    };
    for (tag, texts) in &languages {
        compare(tag, source, texts)?;
    }
    let out = PathBuf::from(env::var("OUT_DIR").unwrap_or_default());
    fs::write(out.join("texts.rs"), code(source, &languages))
}

fn wrong(tag: &str, what: &str) -> io::Error {
    io::Error::other(format!("crates/login/texts/{tag}.txt: {what}"))
}

fn tag(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// `key = sentence` lines; `#` begins a comment.
fn read(path: &Path) -> io::Result<Texts> {
    let text = fs::read_to_string(path)?;
    let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let pair = |line: &str| {
        let (key, sentence) = line.split_once(" = ").ok_or_else(|| wrong(&tag(path), line))?;
        Ok((key.to_owned(), sentence.trim().to_owned()))
    };
    lines.map(pair).collect()
}

fn compare(tag: &str, source: &Texts, texts: &Texts) -> io::Result<()> {
    for (at, (key, sentence)) in texts.iter().enumerate() {
        let Some((_, original)) = source.iter().find(|(known, _)| known == key) else {
            return Err(wrong(tag, &format!("{key} is not in en.txt")));
        };
        let (mut given, mut wanted) = (placeholders(sentence), placeholders(original));
        given.sort_unstable();
        wanted.sort_unstable();
        if sentence.is_empty() || given != wanted {
            return Err(wrong(tag, &format!("{key} is empty or has other placeholders than in en.txt")));
        }
        if tag == "fr" && [" ?", " !", " ;", " :"].iter().any(|mark| sentence.contains(mark)) {
            return Err(wrong(tag, &format!("{key} has a blank before a mark at which a line may break")));
        }
        if texts[..at].iter().any(|(before, _)| before == key) {
            return Err(wrong(tag, &format!("{key} is there twice")));
        }
    }
    match source.iter().find(|(key, _)| !texts.iter().any(|(known, _)| known == key)) {
        Some((key, _)) => Err(wrong(tag, &format!("{key} is missing"))),
        None => Ok(()),
    }
}

fn placeholders(text: &str) -> Vec<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

/// `pt-BR` is `PtBr`.
fn variant(tag: &str) -> String {
    let word = |part: &str| {
        let (first, rest) = part.split_at(1);
        first.to_ascii_uppercase() + &rest.to_ascii_lowercase()
    };
    tag.split('-').map(word).collect()
}

fn code(source: &Texts, languages: &[(String, Texts)]) -> String {
    let names: Vec<_> = languages.iter().map(|(tag, _)| variant(tag)).collect();
    let all = names.iter().map(|name| format!("Lang::{name}")).collect::<Vec<_>>().join(", ");
    let tags: Vec<_> = languages.iter().map(|(tag, _)| tag).collect();
    let mut code = format!(
        "/// A language of the pages.\n#[derive(Clone, Copy, Debug, PartialEq, Eq)]\npub(crate) enum Lang {{ {} }}\n\
         /// All, by tag.\npub(crate) const ALL: [Lang; {count}] = [{all}];\nconst TAGS: [&str; {count}] = {tags:?};\n\
         static TEXTS: [[&str; {keys}]; {count}] = [\n",
        names.join(", "),
        count = languages.len(),
        keys = source.len(),
    );
    for (_, texts) in languages {
        let sentence = |key: &str| texts.iter().find(|(known, _)| known == key).map_or("", |(_, sentence)| sentence);
        let row: Vec<_> = source.iter().map(|(key, _)| sentence(key)).collect();
        let _ = writeln!(code, "{row:?},");
    }
    code.push_str("];\nimpl Lang {\n");
    for (at, (key, sentence)) in source.iter().enumerate() {
        let _ = writeln!(code, "/// {sentence:?}");
        let names = placeholders(sentence);
        if names.is_empty() {
            let _ = writeln!(code, "pub(crate) const fn {key}(self) -> &'static str {{ TEXTS[self as usize][{at}] }}");
            continue;
        }
        let parameters: String = names.iter().map(|name| format!(", {name}: &str")).collect();
        let pairs = names.iter().map(|name| format!("({name:?}, {name})")).collect::<Vec<_>>().join(", ");
        let _ = writeln!(
            code,
            "pub(crate) fn {key}(self{parameters}) -> String {{ filled(TEXTS[self as usize][{at}], &[{pairs}]) }}"
        );
    }
    code.push_str("}\n");
    code
}
