//! `layers`: modules use only what stands below them, as ARCHITECTURE.md draws it.
//!
//! A block of ARCHITECTURE.md that begins with ```` ```layers CRATE ```` lists the modules of a
//! crate, a row for each layer, the highest first. Two things are asked of each crate: no file uses
//! a module beside its own in the layer or of a higher one, and no files lead in a circle.

mod circles;
mod file;
mod house;
#[cfg(test)]
mod smuggled;

use std::fmt::Write as _;

use crate::targets;
use house::House;

/// A crate as ARCHITECTURE.md draws it.
struct Plan {
    name: String,
    /// The modules of each layer, the highest first.
    rows: Vec<Vec<String>>,
}

/// Reads the plans and the code, and names each arrow that points the wrong way.
pub(crate) fn check() -> Result<(), String> {
    let root = targets::root();
    let picture = root.join("ARCHITECTURE.md");
    let text = std::fs::read_to_string(&picture)
        .map_err(|error| format!("{}: {error}", picture.display()))?;
    let plans = plans(&text);
    if plans.is_empty() {
        return Err("ARCHITECTURE.md has no block that begins with ```layers".to_owned());
    }
    let mut wrong = String::new();
    for plan in &plans {
        let house = House::read(&root.join(&plan.name).join("src"))?;
        let found = plan.faults(&house);
        println!(
            "{}: {} files, {} arrows, {} layers, {} wrong",
            plan.name,
            house.files.len(),
            house.arrows.len(),
            plan.rows.len(),
            found.len()
        );
        for fault in found {
            let _ = write!(wrong, "\n{}: {fault}", plan.name);
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!("the layers are not kept:{wrong}"))
}

/// The blocks of the document that list layers.
fn plans(text: &str) -> Vec<Plan> {
    let mut plans: Vec<Plan> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("```layers ") {
            open = true;
            plans.push(Plan {
                name: name.trim().to_owned(),
                rows: Vec::new(),
            });
        } else if line.starts_with("```") {
            open = false;
        } else if let (true, Some(plan)) = (open, plans.last_mut()) {
            let modules = line.split('|').next().unwrap_or_default();
            let row: Vec<String> = modules.split_whitespace().map(str::to_owned).collect();
            if !row.is_empty() {
                plan.rows.push(row);
            }
        }
    }
    plans
}

/// Returns whether a module is the other, or stands inside it.
fn is_inside(module: &str, other: &str) -> bool {
    let rest = module.strip_prefix(other);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

impl Plan {
    /// The layer and the module of the plan that a file belongs to: the longest that it is inside.
    fn place(&self, module: &str) -> Option<(usize, &str)> {
        let rows = self.rows.iter().enumerate();
        rows.flat_map(|(row, entries)| entries.iter().map(move |entry| (row, entry.as_str())))
            .filter(|(_, entry)| is_inside(module, entry))
            .max_by_key(|(_, entry)| entry.len())
    }

    fn faults(&self, house: &House) -> Vec<String> {
        let mut faults = house.lost.clone();
        for file in &house.files {
            if self.place(&file.module).is_none() {
                faults.push(format!(
                    "`{}` ({}) is in no layer of ARCHITECTURE.md",
                    file.module, file.path
                ));
            }
        }
        for entry in self.rows.iter().flatten() {
            if !house.files.iter().any(|file| file.module == *entry) {
                faults.push(format!(
                    "ARCHITECTURE.md lists `{entry}`, which is no module"
                ));
            }
        }
        for arrow in &house.arrows {
            let (from, to) = (&house.files[arrow.from], &house.files[arrow.to]);
            let (Some(high), Some(low)) = (self.place(&from.module), self.place(&to.module)) else {
                continue;
            };
            if high.1 != low.1 && high.0 >= low.0 {
                faults.push(format!(
                    "{}: `{}` uses `{}` (`{}`), which does not stand below it",
                    from.path, high.1, to.module, arrow.path
                ));
            }
        }
        // A module and what is inside it are one thing in two files.
        let apart = |arrow: &&house::Arrow| {
            let (from, to) = (
                &house.files[arrow.from].module,
                &house.files[arrow.to].module,
            );
            !is_inside(from, to) && !is_inside(to, from)
        };
        let arrows: Vec<&house::Arrow> = house.arrows.iter().filter(apart).collect();
        for circle in circles::of(house.files.len(), &arrows) {
            let names = circle.iter().map(|&file| house.files[file].module.as_str());
            let names: Vec<&str> = names.collect();
            let inside =
                |arrow: &&&house::Arrow| circle.contains(&arrow.from) && circle.contains(&arrow.to);
            let mut fault = format!("a circle of {} files: {}", names.len(), names.join(", "));
            for arrow in arrows.iter().filter(inside) {
                let (from, to) = (&house.files[arrow.from], &house.files[arrow.to]);
                let _ = write!(
                    fault,
                    "\n    {} -> {} ({})",
                    from.path, to.module, arrow.path
                );
            }
            faults.push(fault);
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::{House, plans};

    const PICTURE: &str = "words\n```layers thing\nlib   | the root\nhigh\nlow\n```\n";

    fn faults(files: &[(&str, &str)]) -> Vec<String> {
        let house = House::of(files).unwrap();
        plans(PICTURE)[0].faults(&house)
    }

    #[test]
    fn what_points_down_is_right() {
        let found = faults(&[
            ("lib.rs", "mod high; mod low; pub use high::High;"),
            ("high.rs", "use crate::low::Low; pub struct High(Low);"),
            ("low.rs", "pub struct Low;"),
        ]);
        assert_eq!(found, [""; 0]);
    }

    #[test]
    fn what_points_up_is_named_also_through_a_re_export() {
        let found = faults(&[
            ("lib.rs", "mod high; mod low; pub use high::High;"),
            ("high.rs", "pub struct High;"),
            ("low.rs", "pub struct Low;\nfn low(_: &crate::High) {}"),
        ]);
        assert_eq!(
            found,
            ["low.rs: `low` uses `high` (`crate::High`), which does not stand below it"]
        );
    }

    #[test]
    fn a_circle_within_a_layer_is_named() {
        let found = faults(&[
            ("lib.rs", "mod high; mod low;"),
            ("high.rs", "mod a; mod b;"),
            ("high/a.rs", "use super::b::B; pub struct A;"),
            (
                "high/b.rs",
                "pub struct B; #[cfg(test)] mod tests { use crate::high::B; } type C = super::a::A;",
            ),
            ("low.rs", "#[cfg(test)] mod tests { use crate::high::A; }"),
        ]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].starts_with("a circle of 2 files: high::a, high::b"),
            "{found:?}"
        );
    }

    #[test]
    fn the_picture_and_the_code_name_the_same_modules() {
        let found = faults(&[
            ("lib.rs", "mod high; mod new;"),
            ("high.rs", ""),
            ("new.rs", ""),
        ]);
        assert_eq!(
            found,
            [
                "`new` (new.rs) is in no layer of ARCHITECTURE.md",
                "ARCHITECTURE.md lists `low`, which is no module",
            ]
        );
    }
}
