//! How large functions and files may grow. Lines are counted on the syntax tree (`syn`): a function from its signature
//! to its closing brace, attributes and documentation left out, comments and blank lines inside counted.

use std::path::Path;

use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

use super::sources::Source;

const MAX_FUNCTION: usize = 100;
const MAX_FILE: usize = 800;

/// Functions and files above the maxima.
#[expect(clippy::unnecessary_wraps, reason = "all laws have one form")]
pub fn breaches(_: &Path, sources: &[Source]) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for source in sources {
        let lines = source.text.lines().count();
        if lines > MAX_FILE {
            found.push(format!("{}: {lines} lines; a file may have {MAX_FILE}: split it by what it does", source.path));
        }
        for function in functions(&source.syntax).iter().filter(|function| function.lines > MAX_FUNCTION) {
            found.push(format!(
                "{}:{}: fn {} has {} lines; a function may have {MAX_FUNCTION}: name its steps",
                source.path, function.line, function.name, function.lines
            ));
        }
    }
    Ok(found)
}

/// Medians and 95th percentiles, to see where the house is going.
pub fn summary(sources: &[Source]) -> String {
    let mut of_functions: Vec<usize> =
        sources.iter().flat_map(|source| functions(&source.syntax)).map(|function| function.lines).collect();
    let mut of_files: Vec<usize> = sources.iter().map(|source| source.text.lines().count()).collect();
    let told = |name: &str, sizes: &mut Vec<usize>| {
        sizes.sort_unstable();
        let at = |percent: usize| sizes.get(sizes.len().saturating_sub(1) * percent / 100).copied().unwrap_or_default();
        format!("{name}: median {}, 95 % within {}, largest {}", at(50), at(95), at(100))
    };
    format!("lines of {}; of {}", told("functions", &mut of_functions), told("files", &mut of_files))
}

struct Function {
    name: String,
    line: usize,
    lines: usize,
}

#[derive(Default)]
struct Functions(Vec<Function>);

impl Functions {
    fn note(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let (first, last) = (signature.span().start().line, block.span().end().line);
        self.0.push(Function { name: signature.ident.to_string(), line: first, lines: last + 1 - first });
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, it: &'ast syn::ItemFn) {
        self.note(&it.sig, &it.block);
        visit::visit_item_fn(self, it);
    }
    fn visit_impl_item_fn(&mut self, it: &'ast syn::ImplItemFn) {
        self.note(&it.sig, &it.block);
        visit::visit_impl_item_fn(self, it);
    }
    fn visit_trait_item_fn(&mut self, it: &'ast syn::TraitItemFn) {
        if let Some(block) = &it.default {
            self.note(&it.sig, block);
        }
        visit::visit_trait_item_fn(self, it);
    }
}

fn functions(file: &syn::File) -> Vec<Function> {
    let mut found = Functions::default();
    found.visit_file(file);
    found.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source { path: "a.rs".into(), text: text.into(), syntax: syn::parse_file(text).unwrap() }
    }

    #[test]
    fn a_function_is_counted_from_its_signature_to_its_brace() {
        let file =
            syn::parse_file("/// Doc.\n#[inline]\nfn a() {\n    // why\n\n    b();\n}\nimpl X { fn c(&self) {} }")
                .unwrap();
        let found: Vec<(String, usize)> = functions(&file).into_iter().map(|f| (f.name, f.lines)).collect();
        assert_eq!(found, [("a".to_owned(), 5), ("c".to_owned(), 1)]);
    }

    #[test]
    fn a_long_function_and_a_long_file_are_breaches() {
        let ok = format!("fn a() {{\n{}}}\n", "b();\n".repeat(98));
        let long = format!("fn a() {{\n{}}}\n", "b();\n".repeat(99));
        assert!(breaches(Path::new("."), &[source(&ok)]).unwrap().is_empty());
        assert_eq!(breaches(Path::new("."), &[source(&long)]).unwrap().len(), 1);
        assert_eq!(breaches(Path::new("."), &[source(&"\n".repeat(801))]).unwrap().len(), 1);
    }
}
