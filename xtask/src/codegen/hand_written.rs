//! Patterns that Rust's `regex` cannot express, translated by hand. Each was read and proven equal on examples below.
//! A pattern that neither translates nor stands here stops the generator.

/// Java pattern, the same language without what `regex` lacks.
pub const PATTERNS: [(&str, &str); 1] = [
    // S3BucketType: a look-behind says that the last character is no dot.
    (r"^[0-9A-Za-z\.\-_]*(?<!\.)$", r"(?:[0-9A-Za-z.\-_]*[0-9A-Za-z\-_])?"),
];

#[cfg(test)]
mod tests {
    #[test]
    fn a_bucket_name_does_not_end_with_a_dot() {
        let regex = regex::Regex::new(&format!(r"\A(?:{})\z", super::PATTERNS[0].1)).unwrap();
        for (text, fits) in
            [("", true), ("a", true), ("a.b", true), ("a.", false), (".", false), ("-", true), ("ä", false)]
        {
            assert_eq!(regex.is_match(text), fits, "{text}");
        }
    }
}
