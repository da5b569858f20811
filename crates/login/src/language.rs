//! The language of a page: the `lang` parameter, else the browser's cookie, else its `Accept-Language`, else English. The texts are compiled in
//! from `texts/`, one array a language: looking one up costs an index.
use crate::routes::Call;

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

/// The parameter. The cookie has a name of its own: `browser` knows it.
const NAME: &str = "lang";
/// More entries than this no browser sends.
const ENTRIES: usize = 32;

/// Puts values into a sentence, in one pass: what stands in a value is not looked at.
fn filled(sentence: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(sentence.len() + 32);
    let mut parts = sentence.split('{');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap_or((part, ""));
        text.push_str(values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value));
        text.push_str(rest);
    }
    text
}

/// The weight that an entry of `Accept-Language` gives itself: `q=0.5`, from 0 to 1.
fn quality(parameter: &str) -> Option<f32> {
    let (name, value) = parameter.split_once('=')?;
    let value: f32 = value.trim().parse().ok()?;
    (name.trim().eq_ignore_ascii_case("q") && (0.0..=1.0).contains(&value)).then_some(value)
}

#[allow(clippy::derivable_impls, reason = "the enum is generated")]
impl Default for Lang {
    fn default() -> Self {
        Self::En
    }
}

impl Lang {
    /// The language of the answer to a request.
    pub(crate) fn of(call: &Call<'_>) -> Self {
        let asked = call.query.get(NAME).and_then(Self::named);
        let kept = || crate::browser::language(call).and_then(Self::named);
        let accepted = || call.header("accept-language").and_then(Self::accepted);
        asked.or_else(kept).or_else(accepted).unwrap_or(Self::En)
    }

    /// The tag, as HTML and the `lang` parameter write it.
    pub(crate) const fn tag(self) -> &'static str {
        TAGS[self as usize]
    }

    /// AWS's name of the language in terms documents; it has none for Arabic.
    pub(crate) const fn cognito_name(self) -> &'static str {
        match self {
            Self::Ar => "cognito:default",
            Self::De => "cognito:german",
            Self::En => "cognito:english",
            Self::Es => "cognito:spanish",
            Self::Fr => "cognito:french",
            Self::Id => "cognito:bahasa-indonesia",
            Self::It => "cognito:italian",
            Self::Ja => "cognito:japanese",
            Self::Ko => "cognito:korean",
            Self::PtBr => "cognito:portuguese-brazil",
            Self::ZhCn => "cognito:chinese-simplified",
            Self::ZhTw => "cognito:chinese-traditional",
        }
    }

    /// A tag of BCP 47 as far as we have its language. Chinese goes by script, else by where it is spoken.
    fn named(tag: &str) -> Option<Self> {
        let tag = tag.to_ascii_lowercase();
        let mut parts = tag.split(['-', '_']);
        let language = parts.next().unwrap_or_default();
        if language == "zh" {
            // Script comes before region, so the first that tells is the one that counts.
            let told = parts.find_map(|part| match part {
                "hant" | "tw" | "hk" | "mo" => Some(Self::ZhTw),
                "hans" | "cn" | "sg" | "my" => Some(Self::ZhCn),
                _ => None,
            });
            return Some(told.unwrap_or(Self::ZhCn));
        }
        // Java wrote Indonesian so for decades.
        let language = if language == "in" { "id" } else { language };
        ALL.into_iter().find(|known| known.tag().split('-').next() == Some(language))
    }

    /// The best of `Accept-Language` that we have.
    fn accepted(header: &str) -> Option<Self> {
        let mut best: Option<(Self, f32)> = None;
        for entry in header.split(',').take(ENTRIES) {
            let (tag, parameter) = entry.split_once(';').unwrap_or((entry, "q=1"));
            let quality = quality(parameter).unwrap_or(0.0);
            let better = quality > 0.0 && best.is_none_or(|(_, known)| quality > known);
            if let Some(language) = Self::named(tag.trim()).filter(|_| better) {
                best = Some((language, quality));
            }
        }
        best.map(|(language, _)| language)
    }

    /// The cookie that keeps a choice, where the request makes one.
    pub(crate) fn set_cookie(call: &Call<'_>) -> Option<String> {
        let chosen = call.query.get(NAME).and_then(Self::named)?;
        let known = crate::browser::language(call) == Some(chosen.tag());
        (!known).then(|| crate::browser::set_language(call, chosen.tag()))
    }

    /// Words as a list: `a, b and c`.
    pub(crate) fn listed(self, words: &[&str]) -> String {
        if let [one, other] = words {
            return self.list_two(one, other);
        }
        let Some((last, most)) = words.split_last() else { return String::new() };
        let joined = most.iter().map(|word| (*word).to_owned()).reduce(|first, next| self.list(&first, &next));
        joined.map_or_else(|| (*last).to_owned(), |first| self.list_end(&first, last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_read_by_its_language_and_chinese_by_its_script() {
        for (tag, language) in [
            ("de", Lang::De),
            ("de-AT", Lang::De),
            ("PT-pt", Lang::PtBr),
            ("pt_BR", Lang::PtBr),
            ("in", Lang::Id),
            ("zh", Lang::ZhCn),
            ("zh-Hans-CN", Lang::ZhCn),
            ("zh-SG", Lang::ZhCn),
            ("zh-Hant", Lang::ZhTw),
            ("zh-HK", Lang::ZhTw),
            ("zh-Hans-HK", Lang::ZhCn),
            ("zh_Hans_TW", Lang::ZhCn),
            ("ZH-HANT-CN", Lang::ZhTw),
            ("ar-EG", Lang::Ar),
        ] {
            assert_eq!(Lang::named(tag), Some(language), "{tag}");
        }
        for tag in ["", "-", "tlh", "d", "german", "*", "zz-DE"] {
            assert_eq!(Lang::named(tag), None, "{tag}");
        }
    }

    #[test]
    fn the_best_accepted_language_that_we_have_is_taken() {
        assert_eq!(Lang::accepted("tlh, fr;q=0.4, ja;q=0.8, en;q=0.1"), Some(Lang::Ja));
        assert_eq!(Lang::accepted("de;q=0, it;q=0.1"), Some(Lang::It));
        assert_eq!(Lang::accepted("ko;q=nonsense, *;q=0.5"), None);
        assert_eq!(Lang::accepted("fr ; Q = 0.4 , ja; q= 0.8"), Some(Lang::Ja));
        assert_eq!(Lang::accepted("ko;q=inf, fr;q=NaN, ja;q=1.5, es;q=-1, it;q=0.1"), Some(Lang::It));
        assert_eq!(Lang::accepted("es,de"), Some(Lang::Es), "the first of equals");
        assert_eq!(Lang::accepted(&"x,".repeat(100_000)), None);
    }

    #[test]
    fn values_are_put_in_as_they_are() {
        assert_eq!(Lang::En.too_short("{bound}", "{label}"), "{bound}: at least {label} characters are needed.");
        assert_eq!(filled("a {x} b {y}", &[("y", "{x}"), ("x", "1")]), "a 1 b {x}");
    }

    #[test]
    fn no_text_was_left_in_english() {
        let of = |language: Lang| &TEXTS[language as usize];
        for language in ALL.into_iter().filter(|language| *language != Lang::En) {
            let pairs = of(language).iter().zip(of(Lang::En));
            // `Error:` and `Website (URL)` are the same in several languages.
            let same = pairs.filter(|(text, english)| text == english && text.split(' ').count() > 2);
            let same: Vec<_> = same.map(|(text, _)| text).filter(|text| !text.starts_with('{')).collect();
            assert!(same.is_empty(), "{language:?}: {same:?}");
        }
    }

    #[test]
    fn lists_read_as_lists() {
        assert_eq!(Lang::En.listed(&["a", "b", "c"]), "a, b and c");
        assert_eq!(Lang::En.listed(&["a", "b"]), "a and b");
        assert_eq!(Lang::Id.listed(&["a", "b"]), "a dan b");
        assert_eq!(Lang::Id.listed(&["a", "b", "c"]), "a, b, dan c");
        assert_eq!(Lang::En.listed(&["a"]), "a");
        assert_eq!(Lang::En.listed(&[]), "");
    }

    #[test]
    fn arabic_alone_runs_from_right_to_left() {
        let rtl: Vec<_> = ALL.into_iter().filter(|language| language.direction() == "rtl").collect();
        assert_eq!(rtl, [Lang::Ar]);
        assert!(ALL.iter().all(|language| ["ltr", "rtl"].contains(&language.direction())));
    }
}
