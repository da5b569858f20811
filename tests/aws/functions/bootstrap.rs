//! A function for any trigger that speaks the Lambda Runtime API itself: notes each event and does what the script for its source says.
//! Nothing but the standard library, so that `rustc` alone builds it. It reads JSON by looking for names: both sides are ours.
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::{env, fs, process, thread, time::Duration};

fn main() {
    let api = env::var("AWS_LAMBDA_RUNTIME_API").expect("AWS_LAMBDA_RUNTIME_API");
    loop {
        let (headers, event) = http(&api, "GET", "/2018-06-01/runtime/invocation/next", "");
        let id = headers
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("lambda-runtime-aws-request-id: ").map(str::to_owned))
            .expect("a request id");
        let (way, body) = match handle(&event) {
            Ok(answer) => ("response", answer),
            Err(message) => ("error", format!("{{\"errorType\":\"Raised\",\"errorMessage\":\"{message}\"}}")),
        };
        http(&api, "POST", &format!("/2018-06-01/runtime/invocation/{}/{way}", id.trim()), &body);
    }
}

fn handle(event: &str) -> Result<String, String> {
    let folder = env::var("SCRIPTS").expect("SCRIPTS");
    let mut log = fs::OpenOptions::new().create(true).append(true).open(format!("{folder}/log")).expect("the log");
    writeln!(log, "{event}").expect("the log");
    let source = text(event, "\"triggerSource\":\"").unwrap_or_default();
    let script = fs::read_to_string(format!("{folder}/{source}")).unwrap_or_default();
    if let Some(seconds) = number(&script, "\"sleep\": ") {
        thread::sleep(Duration::from_secs(seconds));
    }
    if let Some(code) = number(&script, "\"exit\": ") {
        process::exit(i32::try_from(code).unwrap_or(1));
    }
    if let Some(message) = text(&script, "\"raise\": \"") {
        return Err(message.to_owned());
    }
    if let Some(answer) = member(&script, "{\"answer\": ") {
        return Ok(answer.to_owned());
    }
    // The event ends with its response.
    let (before, preset) = event.rsplit_once("\"response\":").expect("an event");
    let response = member(&script, "{\"response\": ").map_or(preset.to_owned(), |response| format!("{response}}}"));
    Ok(format!("{before}\"response\":{response}"))
}

fn text<'a>(json: &'a str, name: &str) -> Option<&'a str> {
    json.split_once(name)?.1.split_once('"').map(|(text, _)| text)
}

fn number(json: &str, name: &str) -> Option<u64> {
    let digits: String = json.split_once(name)?.1.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// The one member of a script.
fn member<'a>(json: &'a str, name: &str) -> Option<&'a str> {
    json.trim().strip_prefix(name)?.strip_suffix('}')
}

fn http(api: &str, method: &str, path: &str, body: &str) -> (String, String) {
    // The address may end in a path of its own.
    let (host, base) = api.find('/').map_or((api, ""), |at| api.split_at(at));
    let mut stream = TcpStream::connect(host).expect("the runtime");
    write!(stream, "{method} {base}{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len())
        .expect("the runtime");
    let mut reader = BufReader::new(stream);
    let mut headers = String::new();
    while reader.read_line(&mut headers).expect("an answer") > 2 {}
    let length = headers
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.trim().parse().ok());
    let mut answer = Vec::new();
    match length {
        Some(length) => {
            answer.resize(length, 0);
            reader.read_exact(&mut answer).expect("an answer");
        }
        None => drop(reader.read_to_end(&mut answer)),
    }
    (headers, String::from_utf8(answer).expect("text"))
}
