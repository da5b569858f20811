//! What is printed to be typed.

/// A text as one word of a shell's command line.
pub fn quoted(text: &str) -> String {
    let plain = |char: char| char.is_ascii_alphanumeric() || "/._-+:=@%,".contains(char);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn what_means_something_to_a_shell_is_quoted() {
        assert_eq!(quoted("/var/lib/cognate/tls/ca.pem"), "/var/lib/cognate/tls/ca.pem");
        assert_eq!(quoted("https://a.localhost:4566"), "https://a.localhost:4566");
        assert_eq!(quoted("/home/a b"), "'/home/a b'");
        assert_eq!(quoted("it's $HOME"), "'it'\\''s $HOME'");
        assert_eq!(quoted(""), "''");
    }
}
