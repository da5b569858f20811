//! Which runtimes run here, and what starts each.

/// How a runtime's handlers are started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuntimeFamily {
    /// `python3.x`: `awslambdaric` where the function's Python has it, else a small bootstrap of ours.
    Python,
    /// `nodejsNN.x`: a small bootstrap of ours.
    Node,
    /// `provided.*`: the executable `bootstrap` in the function's folder, as it is.
    Provided,
}

/// A runtime by AWS's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runtime {
    /// AWS's name, such as `python3.12`.
    pub name: String,
    /// What starts it.
    pub family: RuntimeFamily,
}

impl Runtime {
    /// The runtime of this name; `None` when it does not run here. `custom` is another word for `provided.al2023`.
    pub fn parse(name: &str) -> Option<Self> {
        let family = match name {
            "provided" | "provided.al2" | "provided.al2023" | "custom" => RuntimeFamily::Provided,
            _ if minor(name, "python3.", "").is_some() => RuntimeFamily::Python,
            _ if minor(name, "nodejs", ".x").is_some_and(|version| version >= 12) => RuntimeFamily::Node,
            _ => return None,
        };
        Some(Self { name: name.to_owned(), family })
    }

    /// The programs that may run it, the best first.
    pub fn programs(&self) -> Vec<String> {
        match self.family {
            RuntimeFamily::Python => vec![self.name.clone(), "python3".to_owned()],
            RuntimeFamily::Node => vec!["node".to_owned()],
            RuntimeFamily::Provided => Vec::new(),
        }
    }

    /// Whether a handler must be named.
    pub fn needs_handler(&self) -> bool {
        self.family != RuntimeFamily::Provided
    }
}

fn minor(name: &str, before: &str, after: &str) -> Option<u32> {
    name.strip_prefix(before)?.strip_suffix(after)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runtimes_that_run_here_are_known_by_awss_names() {
        let family = |name| Runtime::parse(name).map(|runtime| runtime.family);
        assert_eq!(family("python3.12"), Some(RuntimeFamily::Python));
        assert_eq!(family("nodejs22.x"), Some(RuntimeFamily::Node));
        assert_eq!(family("provided.al2023"), Some(RuntimeFamily::Provided));
        for other in ["python2.7", "nodejs4.3", "nodejs8.10", "nodejs", "java21", "go1.x", "python3.", "ruby3.3", ""] {
            assert_eq!(family(other), None, "{other}");
        }
    }
}
