//! What is sent: whole requests, written once before the clock starts.
use crate::Problem;
use std::path::{Path, PathBuf};

/// The form of the requests.
#[derive(clap::Args)]
pub struct Form {
    /// Method.
    #[arg(long, default_value = "GET")]
    method: String,
    /// Path and query.
    #[arg(long, default_value = "/")]
    path: String,
    /// The Host header.
    #[arg(long)]
    host: String,
    /// Another header, `name: value`.
    #[arg(long = "header", value_name = "HEADER")]
    headers: Vec<String>,
    /// A token a line: each request carries one as `Authorization: Bearer`.
    #[arg(long, value_name = "FILE", conflicts_with = "bodies")]
    tokens: Option<PathBuf>,
    /// A body a line: each request carries one.
    #[arg(long, value_name = "FILE")]
    bodies: Option<PathBuf>,
    /// Lines of the file to leave out at its beginning.
    #[arg(long, default_value_t = 0)]
    skip: usize,
    /// Lines of the file to use.
    #[arg(long, default_value_t = usize::MAX)]
    take: usize,
}

/// Requests to send in turn, as bytes. Never empty.
pub fn write(form: &Form) -> Result<Vec<Box<[u8]>>, Problem> {
    let lines = match form.tokens.as_ref().or(form.bodies.as_ref()) {
        Some(path) => lines(path, form.skip, form.take)?,
        None => vec![String::new()],
    };
    Ok(lines.iter().map(|line| one(form, line).into_bytes().into_boxed_slice()).collect())
}

fn lines(path: &Path, skip: usize, take: usize) -> Result<Vec<String>, Problem> {
    let text = std::fs::read_to_string(path).map_err(|error| Problem::File(path.display().to_string(), error))?;
    let lines: Vec<_> = text.lines().skip(skip).take(take).map(str::to_owned).collect();
    if lines.is_empty() || (take != usize::MAX && lines.len() < take) {
        return Err(Problem::Said(format!("{} has too few lines", path.display())));
    }
    Ok(lines)
}

fn one(form: &Form, line: &str) -> String {
    let (method, path, host) = (&form.method, &form.path, &form.host);
    let more: String = form.headers.iter().flat_map(|header| [header, "\r\n"]).collect();
    let end = if form.tokens.is_some() {
        format!("Authorization: Bearer {line}\r\n\r\n")
    } else if form.bodies.is_some() {
        format!("Content-Length: {}\r\n\r\n{line}", line.len())
    } else {
        "\r\n".to_owned()
    };
    format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n{more}{end}")
}
