//! No promise of later in the code: `todo!`, `unimplemented!`, ignored tests. Read as tokens, so that texts and
//! comments may speak of them and macros cannot hide them.

use std::path::Path;
use std::str::FromStr as _;

use proc_macro2::{TokenStream, TokenTree};

use super::sources::Source;

/// Every such token, with its line.
pub fn breaches(_: &Path, sources: &[Source]) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for source in sources {
        let tokens = TokenStream::from_str(&source.text).map_err(|e| format!("{}: {e}", source.path))?;
        let mut here = Vec::new();
        look(tokens, &mut here);
        found.extend(
            here.into_iter()
                .map(|(line, what)| format!("{}:{line}: {what}: finish it or answer a typed error", source.path)),
        );
    }
    Ok(found)
}

fn look(tokens: TokenStream, found: &mut Vec<(usize, &'static str)>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for pair in tokens.windows(2) {
        let line = pair[0].span().start().line;
        match (&pair[0], &pair[1]) {
            (TokenTree::Ident(name), TokenTree::Punct(bang)) if bang.as_char() == '!' => {
                found.extend((name == "todo").then_some((line, "todo!")));
                found.extend((name == "unimplemented").then_some((line, "unimplemented!")));
            }
            (TokenTree::Punct(hash), TokenTree::Group(attribute)) if hash.as_char() == '#' => {
                let first = attribute.stream().into_iter().next();
                let ignored = matches!(first, Some(TokenTree::Ident(name)) if name == "ignore");
                found.extend(ignored.then_some((line, "an ignored test")));
            }
            _ => {}
        }
    }
    for token in tokens {
        if let TokenTree::Group(group) = token {
            look(group.stream(), found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(usize, &'static str)> {
        let mut found = Vec::new();
        look(TokenStream::from_str(text).unwrap(), &mut found);
        found
    }

    #[test]
    fn unfinished_work_is_found_inside_macros_too() {
        let text = "fn a() {\n    m!({ todo!() });\n}\n#[ignore = \"slow\"]\nfn b() { unimplemented!(\"x\") }";
        let what: Vec<&str> = found(text).into_iter().map(|(_, what)| what).collect();
        assert_eq!(what, ["an ignored test", "todo!", "unimplemented!"]);
    }

    #[test]
    fn words_in_texts_and_comments_are_free() {
        assert!(found("// todo!()\nconst A: &str = \"todo!() #[ignore]\";\nfn todo() {}").is_empty());
    }
}
