//! The guide as a code host shows it: `docs/guide/`, written from the chapters in `scim-client/src/guide`.
//!
//! The chapters are made for rustdoc: their examples have lines that it hides, and their links are paths of
//! Rust. A code host would show the lines, and the links would lead nowhere.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::targets;

/// What chapters are called, where that is more than the name of the module.
const TITLES: [(&str, &str); 9] = [
    ("command_line", "The command line"),
    ("deviations", "Deviations from the RFCs"),
    ("lossless", "Reading and writing without loss"),
    ("own_types", "Your own types"),
    ("paging_and_limits", "Paging, retries and limits"),
    ("run_time_types", "Types known at run time"),
    ("service_provider", "A server of your own"),
    ("the_client", "What the client does"),
    ("webassembly", "WebAssembly"),
];

/// Where the copies are, from the root.
const COPIES: &str = "docs/guide";

/// Writes the copies, and takes away those of chapters that are no more.
pub(crate) fn write() -> Result<(), String> {
    let folder = targets::root().join(COPIES);
    let pages = pages()?;
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for name in names(&folder)?
        .iter()
        .filter(|name| !pages.contains_key(*name))
    {
        fs::remove_file(folder.join(name)).map_err(|error| format!("{name}: {error}"))?;
    }
    for (name, text) in pages {
        fs::write(folder.join(&name), text).map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(())
}

/// Fails if a copy is not what its chapter gives now.
pub(crate) fn check() -> Result<(), String> {
    let folder = targets::root().join(COPIES);
    let pages = pages()?;
    let fresh = |(name, text): (&String, &String)| {
        fs::read_to_string(folder.join(name)).is_ok_and(|there| there == *text)
    };
    let stale: Vec<_> = pages
        .iter()
        .filter(|page| !fresh(*page))
        .map(|(name, _)| name)
        .collect();
    let left: Vec<_> = names(&folder)?
        .into_iter()
        .filter(|name| !pages.contains_key(name))
        .collect();
    match (stale.as_slice(), left.as_slice()) {
        ([], []) => Ok(()),
        _ => Err(format!(
            "{COPIES} is not what scim-client/src/guide gives: {stale:?} {left:?}; run `cargo xtask generate`"
        )),
    }
}

fn names(folder: &Path) -> Result<Vec<String>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    let names = entries.filter_map(Result::ok).map(name);
    Ok(names.filter(|name| name.ends_with(".md")).collect())
}

/// The text of each page by its name.
fn pages() -> Result<BTreeMap<String, String>, String> {
    let source = targets::root().join("scim-client/src");
    let read = |path: PathBuf| {
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let front = read(source.join("guide.rs"))?;
    let lines = front.lines().filter_map(|line| line.strip_prefix("//!"));
    let front: String = lines
        .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)))
        .collect();
    let mut pages = BTreeMap::from([(
        "README.md".to_owned(),
        page("guide.rs", "The guide", &front),
    )]);
    for name in names(&source.join("guide"))? {
        let chapter = read(source.join("guide").join(&name))?;
        let title = title(name.trim_end_matches(".md"));
        pages.insert(
            name.clone(),
            page(&format!("guide/{name}"), &title, &chapter),
        );
    }
    Ok(pages)
}

/// `people_and_groups` is called "People and groups".
fn title(module: &str) -> String {
    if let Some((_, title)) = TITLES.iter().find(|(name, _)| *name == module) {
        return (*title).to_owned();
    }
    let words = module.replace('_', " ");
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// A chapter, as a page of its own.
fn page(source: &str, title: &str, chapter: &str) -> String {
    let mut page = format!(
        "<!-- `cargo xtask generate` writes this from scim-client/src/{source}. -->\n# {title}\n\n"
    );
    let (mut words, mut block) = (String::new(), None);
    for line in chapter.lines() {
        match (&block, line.strip_prefix("```")) {
            (None, Some(kind)) => {
                page.push_str(&with_links_of_files(&std::mem::take(&mut words)));
                let is_rust =
                    kind.is_empty() || kind == "no_run" || kind == "compile_fail" || kind == "rust";
                page.push_str("```");
                page.push_str(if is_rust { "rust" } else { kind });
                page.push('\n');
                block = Some(is_rust);
            }
            (Some(_), Some(_)) => {
                page.push_str("```\n");
                block = None;
            }
            // What rustdoc hides.
            (Some(true), None) if line == "#" || line.starts_with("# ") => {}
            // No line is empty at the beginning of a block, after those that are hidden.
            (Some(true), None) if line.is_empty() && page.ends_with("```rust\n") => {}
            (Some(_), None) => {
                page.push_str(line);
                page.push('\n');
            }
            (None, None) => {
                // The page has a heading of its own above all of them.
                words.push_str(if line.starts_with("# ") { "#" } else { "" });
                words.push_str(line);
                words.push('\n');
            }
        }
    }
    page.push_str(&with_links_of_files(&words));
    page
}

/// Links to chapters lead to their pages; of links to items of the crate, the words stay.
fn with_links_of_files(words: &str) -> String {
    let mut out = String::new();
    let mut rest = words;
    while let Some(start) = rest.find('[') {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let Some((text, target, after)) = link(from) else {
            out.push('[');
            rest = from.get(1..).unwrap_or_default();
            continue;
        };
        match target.strip_prefix("super::").or_else(|| chapter(target)) {
            Some(target) => {
                let (name, place) = target.split_at(target.find('#').unwrap_or(target.len()));
                let words = if text
                    .strip_prefix('`')
                    .is_some_and(|rest| rest.strip_suffix('`') == Some(name))
                {
                    title(name)
                } else {
                    text.to_owned()
                };
                out.push_str(&format!("[{words}]({name}.md{place})"));
            }
            None if target.contains("::") => out.push_str(text),
            None => out.push_str(from.strip_suffix(after).unwrap_or(from)),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// What stands between the brackets, what it leads to, and what comes after it.
fn link(from: &str) -> Option<(&str, &str, &str)> {
    let (text, after) = from.strip_prefix('[')?.split_once(']')?;
    if let Some((target, after)) = after
        .strip_prefix('(')
        .and_then(|after| after.split_once(')'))
    {
        return Some((text, target, after));
    }
    // [`filters`], as the front of the guide has it.
    let name = text.strip_prefix('`')?.strip_suffix('`')?;
    Some((text, name, after))
}

/// The front names chapters as they are called, perhaps with a place in them.
fn chapter(target: &str) -> Option<&str> {
    let fits = |letter: char| letter.is_ascii_lowercase() || "_#-".contains(letter);
    target.chars().all(fits).then_some(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copies_are_fresh() {
        check().unwrap();
    }

    #[test]
    fn what_only_rustdoc_understands_is_gone() {
        let chapter = "For whom.\n\n# Begin\n\n```no_run\n# use hidden;\n#\n\n#[test]\nlet x = [1](2);\n# Ok(())\n```\n\n\
                       A [`Client`](crate::Client), [see\nthere](super::own_types#names), `a[]`, [`x`] of [RFC](https://x.y).\n\n\
                       ```toml\n# A comment.\n```\n";
        let page = page("guide/x.md", "Title", chapter);
        let (_, page) = page.split_once('\n').unwrap();
        assert_eq!(
            page,
            "# Title\n\nFor whom.\n\n## Begin\n\n```rust\n#[test]\nlet x = [1](2);\n```\n\n\
             A `Client`, [see\nthere](own_types.md#names), `a[]`, [X](x.md) of [RFC](https://x.y).\n\n\
             ```toml\n# A comment.\n```\n"
        );
        assert_eq!(title("people_and_groups"), "People and groups");
    }
}
