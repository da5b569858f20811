//! Lines of a CSV file and their fields: commas part fields, `\,` is a comma within one, there are no quotes (spec H.7).

/// The longest row, in characters.
const ROW_MAX: usize = 16_000;
/// More bytes than any row has. A stretch without a line's end beyond this is no CSV file.
pub(super) const LINE_BYTES_MAX: usize = 4 * ROW_MAX + 2;

/// The next line within `bytes`, without its end, and how many bytes it takes with it; `None` when its end is not there yet.
pub(super) fn next(bytes: &[u8], at_the_end: bool) -> Option<(&[u8], usize)> {
    match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => Some((bytes.get(..end)?, end + 1)),
        None if at_the_end && !bytes.is_empty() => Some((bytes, bytes.len())),
        None => None,
    }
}

/// The fields of a line, trimmed; `None` for an empty line. Errors are for the log.
pub(super) fn fields(line: &[u8]) -> Result<Option<Vec<String>>, String> {
    let text = std::str::from_utf8(line).map_err(|_| "The row is not UTF-8 text.".to_owned())?;
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.trim().is_empty() {
        return Ok(None);
    }
    if text.chars().count() > ROW_MAX {
        return Err("The row has more than 16000 characters.".to_owned());
    }
    Ok(Some(split(text)))
}

fn split(text: &str) -> Vec<String> {
    let (mut fields, mut field) = (Vec::new(), String::new());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek() == Some(&',') => field.extend(chars.next()),
            ',' => fields.push(std::mem::take(&mut field)),
            other => field.push(other),
        }
    }
    fields.push(field);
    fields.iter().map(|field| field.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Vec<String> {
        fields(line.as_bytes()).unwrap().unwrap()
    }

    #[test]
    fn commas_part_fields_and_a_backslash_keeps_one() {
        assert_eq!(read("a, b ,c\\, d,,\r"), ["a", "b", "c, d", "", ""]);
        assert_eq!(read(r#""q",\x,é\\,z"#), ["\"q\"", "\\x", "é\\,z"]);
    }

    #[test]
    fn an_empty_line_is_no_row_and_a_broken_one_says_why() {
        assert_eq!(fields(b" \r"), Ok(None));
        assert_eq!(fields(b"a,\xff").unwrap_err(), "The row is not UTF-8 text.");
        assert!(fields("é".repeat(16_000).as_bytes()).is_ok());
        assert_eq!(fields("é".repeat(16_001).as_bytes()).unwrap_err(), "The row has more than 16000 characters.");
    }

    #[test]
    fn a_line_ends_at_its_end_or_that_of_the_file() {
        assert_eq!(next(b"ab\ncd", false), Some((&b"ab"[..], 3)));
        assert_eq!(next(b"cd", false), None);
        assert_eq!(next(b"cd", true), Some((&b"cd"[..], 2)));
        assert_eq!(next(b"", true), None);
    }
}
