//! Patterns that Rust's `regex` cannot express, translated by hand. Each was read and proven equal on examples below.
//! A pattern that neither translates nor stands here stops the generator.

/// Java pattern, the same language without what `regex` lacks.
pub const PATTERNS: [(&str, &str); 2] = [
    // S3BucketType: a look-behind says that the last character is no dot.
    (r"^[0-9A-Za-z\.\-_]*(?<!\.)$", r"(?:[0-9A-Za-z.\-_]*[0-9A-Za-z\-_])?"),
    // S3Bucket of Lambda: the same without anchors.
    (r"[0-9A-Za-z\.\-_]*(?<!\.)", r"(?:[0-9A-Za-z.\-_]*[0-9A-Za-z\-_])?"),
];

/// Patterns of the model that AWS itself does not hold to, made wider here; the ground floor checks what is left. The error still quotes the
/// model's.
pub const WIDENED: [(&str, &str); 1] = [
    // DomainType says what a prefix looks like, but the same member takes a custom domain, `auth.example.com`.
    (
        r"^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$",
        r"[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?)*",
    ),
];

#[cfg(test)]
mod tests {
    #[test]
    fn a_domain_is_a_prefix_or_a_whole_host() {
        let regex = regex::Regex::new(&format!(r"\A(?:{})\z", super::WIDENED[0].1)).unwrap();
        for (text, fits) in [
            ("shop", true),
            ("auth.example.com", true),
            ("Auth", false),
            ("a_b", false),
            ("-a", false),
            ("a.", false),
            (".a", false),
            ("a..b", false),
        ] {
            assert_eq!(regex.is_match(text), fits, "{text}");
        }
    }

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
