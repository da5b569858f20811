use super::*;

fn v2(payload: &str) -> Answer {
    Answer::read_v2(payload.as_bytes()).unwrap()
}

fn v1(payload: &str) -> Answer {
    Answer::read_v1(payload.as_bytes()).unwrap()
}

fn content_type(answer: &Answer) -> Option<&str> {
    answer.headers.iter().find(|(name, _)| name == "content-type").map(|(_, value)| value.as_str())
}

fn lines(answer: &Answer) -> Vec<String> {
    answer.header_lines().map(|(name, value)| format!("{name}: {value}")).collect()
}

#[test]
fn an_answer_without_status_code_is_a_json_body() {
    let verbatim = ["42", "true", "[1, 2, 3, 4, 5]", r#"{"name": "John Doe", "age":"#, "", "null", r#"{ "a" : 1 }"#];
    for payload in verbatim {
        let answer = v2(payload);
        assert_eq!((answer.status, content_type(&answer)), (200, Some("application/json")), "{payload}");
        assert_eq!(answer.body, payload.as_bytes(), "{payload}");
    }
    assert_eq!(Answer::read_v2(&[0xff, 0xfe]).unwrap().body, [0xff, 0xfe]);
}

#[test]
fn a_json_string_is_unescaped() {
    assert_eq!(v2(r#""Hello, World!""#).body, b"Hello, World!");
    assert_eq!(v2(r#""Special \"quoted\" text""#).body, br#"Special "quoted" text"#);
}

#[test]
fn an_answer_with_status_code_defaults_to_plain_text() {
    let answer = v2(r#"{"statusCode":200,"body":"Hello, World!"}"#);
    assert_eq!(content_type(&answer), Some("text/plain; charset=utf-8"));
    assert_eq!((answer.status, answer.body.len()), (200, 13));
    let answer = v2(r#"{"statusCode":200,"headers":{"Content-Type":"a/b"}}"#);
    assert_eq!(answer.headers, [("Content-Type".to_owned(), "a/b".to_owned())]);
}

#[test]
fn a_status_code_that_is_no_status_is_a_bad_answer() {
    for status in ["0", "200.5", "200.0", "99", "600", "-1", "null", "\"\"", "\"2oo\"", "[]", "99999999999999999999"] {
        let payload = format!(r#"{{"statusCode":{status}}}"#);
        assert_eq!(Answer::read_v2(payload.as_bytes()), Err(BadAnswer::Status), "{status}");
        assert_eq!(Answer::read_v1(payload.as_bytes()), Err(BadAnswer::Status), "{status}");
    }
    assert_eq!(v2(r#"{"statusCode":"201"}"#).status, 201);
}

#[test]
fn payload_1_0_needs_an_object_with_a_status_code() {
    assert_eq!(Answer::read_v1(br#"{"body":"x"}"#), Err(BadAnswer::Status));
    for payload in ["{\"statusCode\":200", "\"text\"", "", "[]", "null"] {
        assert_eq!(Answer::read_v1(payload.as_bytes()), Err(BadAnswer::NotAnObject), "{payload}");
    }
}

#[test]
fn payload_1_0_puts_the_single_value_before_the_multi_values() {
    let answer = v1(r#"{"statusCode":200,"headers":{"Combined-Header":"single-value","A":"1"},
            "multiValueHeaders":{"Z":["9"],"combined-header":["multi-value1","multi-value2"]},"cookies":["a=1"],"odd":1}"#);
    assert_eq!(
        lines(&answer),
        [
            "Combined-Header: single-value",
            "combined-header: multi-value1",
            "combined-header: multi-value2",
            "A: 1",
            "Z: 9",
            "content-type: text/plain; charset=utf-8"
        ]
    );
}

#[test]
fn payload_1_0_does_not_repeat_a_value_that_stands_in_both_maps() {
    let answer = v1(
        r#"{"statusCode":200,"headers":{"content-type":"a/b"},"multiValueHeaders":{"content-type":["a/b"],"none":null}}"#,
    );
    assert_eq!(lines(&answer), ["content-type: a/b"]);
}

#[test]
fn cookies_come_before_a_set_cookie_header() {
    let answer =
        v2(r#"{"statusCode":200,"headers":{"set-cookie":"c=3","content-type":"a/b"},"cookies":["a=1; Path=/","b=2"]}"#);
    assert_eq!(lines(&answer), ["set-cookie: a=1; Path=/", "set-cookie: b=2", "set-cookie: c=3", "content-type: a/b"]);
}

#[test]
fn header_values_are_printed_and_nulls_left_out() {
    let answer = v2(
        r#"{"statusCode":200,"headers":{"n":1,"b":true,"x":null,"Myheader":"test,other"},"multiValueHeaders":{"m":["1"]}}"#,
    );
    assert_eq!(lines(&answer)[..3], ["n: 1", "b: true", "Myheader: test,other"]);
    assert_eq!(answer.headers.len(), 4);
}

#[test]
fn a_header_cannot_smuggle_a_second_line() {
    for headers in [r#"{"a":"b\r\nset-cookie: x=1"}"#, r#"{"a b":"c"}"#, r#"{"":"c"}"#, r#"{"a":["b"]}"#, r#"["a"]"#] {
        let payload = format!(r#"{{"statusCode":200,"headers":{headers}}}"#);
        assert!(matches!(Answer::read_v2(payload.as_bytes()), Err(BadAnswer::Header(_))), "{headers}");
    }
    assert_eq!(Answer::read_v2(br#"{"statusCode":200,"cookies":["a\nb"]}"#), Err(BadAnswer::Cookies));
    assert_eq!(Answer::read_v2(br#"{"statusCode":200,"cookies":"a=b"}"#), Err(BadAnswer::Cookies));
}

#[test]
fn a_base64_body_is_decoded_whatever_its_type() {
    let answer =
        v2(r#"{"statusCode":200,"headers":{"content-type":"text/plain"},"body":"aGVsbG8=","isBase64Encoded":true}"#);
    assert_eq!(answer.body, b"hello");
    for broken in [r#""body":"***","isBase64Encoded":true"#, r#""body":"aGVsbG8=","isBase64Encoded":"yes""#] {
        let payload = format!(r#"{{"statusCode":200,{broken}}}"#);
        assert_eq!(Answer::read_v2(payload.as_bytes()), Err(BadAnswer::Base64));
    }
}

#[test]
fn a_body_that_is_no_string_is_a_bad_answer() {
    for body in [r#"{"a":1}"#, "[1]", "1", "true"] {
        let payload = format!(r#"{{"statusCode":200,"body":{body}}}"#);
        assert_eq!(Answer::read_v2(payload.as_bytes()), Err(BadAnswer::Body), "{body}");
    }
    assert_eq!(v2(r#"{"statusCode":200,"body":null}"#).body, b"");
}

#[test]
fn no_content_has_neither_body_nor_type() {
    for status in [204, 304] {
        let answer = v2(&format!(r#"{{"statusCode":{status},"body":"x"}}"#));
        assert_eq!((answer.headers.len(), answer.body.len()), (0, 0));
    }
}
