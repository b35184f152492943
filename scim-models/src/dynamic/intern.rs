//! Tables made at run time, once for each content, and kept for the life of the program.
//!
//! A table is compared by what it means: descriptions do not count, nor does anything of a
//! document that a table does not hold. So a service provider that is discovered a thousand times
//! has one table, and two with the same URN and different attributes have two.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash, RandomState},
    sync::{LazyLock, Mutex, PoisonError},
};

use super::draft::{Draft, DraftAttribute, DraftKind};
use crate::{
    model::{Attribute, Descriptor, Kind, Table, Values},
    resource::ResourceKind,
};

/// How many bytes all tables that are made at run time may take together, in one program.
///
/// Every tenant with its own schema adds a table. The table of the core User takes about 10 KB.
pub const MAX_TABLE_BYTES: usize = 64 << 20;

static POOL: LazyLock<Pool> = LazyLock::new(|| Pool::new(MAX_TABLE_BYTES));

/// The resource type with these contents; made if there is none yet.
///
/// # Errors
/// There is no room for another.
pub(super) fn intern(draft: &Draft<'_>) -> Result<ResourceKind, Full> {
    POOL.intern(draft)
}

/// Why a table could not be made: the pool has no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full;

/// All tables so far. They are never freed: `&'static` is what the rest of the crate knows tables by.
struct Pool {
    max_bytes: usize,
    hasher: RandomState,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    bytes: usize,
    /// By the hash of their contents.
    kinds: HashMap<u64, Vec<ResourceKind>>,
}

impl Pool {
    fn new(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            hasher: RandomState::new(),
            kept: Mutex::default(),
        }
    }

    fn intern(&self, draft: &Draft<'_>) -> Result<ResourceKind, Full> {
        let hash = self.hasher.hash_one(draft);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.kinds.get(&hash).into_iter().flatten();
        if let Some(kind) = known.copied().find(|kind| draft.is(*kind)) {
            return Ok(kind);
        }
        let bytes = draft.bytes();
        if kept.bytes.saturating_add(bytes) > self.max_bytes {
            return Err(Full);
        }
        kept.bytes += bytes;
        let kind = make(draft);
        kept.kinds.entry(hash).or_default().push(kind);
        Ok(kind)
    }
}

fn make(draft: &Draft<'_>) -> ResourceKind {
    let table = Descriptor::schema(
        text(draft.table_name),
        text(draft.schema),
        attributes(&draft.attributes),
    );
    let table = table.with_description(text(draft.description));
    ResourceKind::made(text(draft.name), text(draft.endpoint), leak(table))
}

fn attributes(drafts: &[DraftAttribute<'_>]) -> &'static [Attribute] {
    let made: Vec<_> = drafts.iter().map(attribute).collect();
    made.leak()
}

fn attribute(draft: &DraftAttribute<'_>) -> Attribute {
    let name = text(draft.name);
    let description = text(draft.description);
    let kind = match &draft.kind {
        DraftKind::Simple(kind) => *kind,
        DraftKind::Complex(subs) => {
            let table = Descriptor::complex(name, attributes(subs));
            Kind::Complex(Table::Made(leak(table.with_description(description))))
        }
        DraftKind::Extension(table_name, subs) => {
            let table = Descriptor::schema(text(table_name), name, attributes(subs));
            Kind::Complex(Table::Made(leak(table.with_description(description))))
        }
    };
    let has_values = !draft.canonical.is_empty() || !draft.references.is_empty();
    Attribute {
        name,
        // That of an extension is its table's.
        description: match draft.kind {
            DraftKind::Extension(..) => "",
            _ => description,
        },
        kind,
        facts: draft.facts,
        values: has_values.then(|| {
            leak(Values {
                canonical: texts(draft.canonical),
                references: texts(draft.references),
            })
        }),
    }
}

fn texts(all: &[String]) -> &'static [&'static str] {
    let made: Vec<_> = all.iter().map(|one| text(one)).collect();
    made.leak()
}

fn text(text: &str) -> &'static str {
    // Nothing is kept of the empty text.
    Box::leak(Box::from(text))
}

fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

impl Draft<'_> {
    /// Returns whether a table that was made has these contents.
    fn is(&self, kind: ResourceKind) -> bool {
        let table = kind.descriptor();
        kind.name() == self.name
            && kind.endpoint() == self.endpoint
            && table.name == self.table_name
            && table.urn == Some(self.schema)
            && are(&self.attributes, table.attributes)
    }

    /// About how many bytes a table of these contents takes.
    fn bytes(&self) -> usize {
        let texts = [
            self.name,
            self.endpoint,
            self.table_name,
            self.schema,
            self.description,
        ];
        let texts: usize = texts.into_iter().map(str::len).sum();
        texts + size_of::<Descriptor>() + bytes(&self.attributes)
    }
}

fn bytes(attributes: &[DraftAttribute<'_>]) -> usize {
    let lists = |all: &[String]| -> usize {
        let one = |text: &String| text.len() + size_of::<&str>();
        all.iter().map(one).sum()
    };
    let one = |attribute: &DraftAttribute<'_>| {
        let inner = match &attribute.kind {
            DraftKind::Simple(_) => 0,
            DraftKind::Complex(subs) => size_of::<Descriptor>() + bytes(subs),
            DraftKind::Extension(name, subs) => size_of::<Descriptor>() + name.len() + bytes(subs),
        };
        size_of::<Attribute>()
            + attribute.name.len()
            + attribute.description.len()
            + lists(attribute.canonical)
            + lists(attribute.references)
            + size_of::<Values>()
            + inner
    };
    attributes.iter().map(one).sum()
}

fn are(drafts: &[DraftAttribute<'_>], made: &[Attribute]) -> bool {
    drafts.len() == made.len() && drafts.iter().zip(made).all(|(draft, made)| is(draft, made))
}

fn is(draft: &DraftAttribute<'_>, made: &Attribute) -> bool {
    let same_kind = match (&draft.kind, made.kind.descriptor()) {
        (DraftKind::Simple(kind), None) => kind.as_str() == made.kind.as_str(),
        (DraftKind::Complex(subs), Some(table)) => {
            table.urn.is_none() && are(subs, table.attributes)
        }
        (DraftKind::Extension(name, subs), Some(table)) => {
            table.urn.is_some() && table.name == *name && are(subs, table.attributes)
        }
        _ => false,
    };
    same_kind
        && draft.name == made.name
        && draft.facts == made.facts
        && draft.canonical == made.suggested_values()
        && draft.references == made.referenced_types()
}

/// What counts for [`Draft::is`], and nothing else.
impl Hash for Draft<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (self.name, self.endpoint, self.table_name, self.schema).hash(state);
        self.attributes.hash(state);
    }
}

impl Hash for DraftAttribute<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (self.name, self.facts, self.canonical, self.references).hash(state);
        match &self.kind {
            DraftKind::Simple(kind) => kind.as_str().hash(state),
            DraftKind::Complex(subs) => subs.hash(state),
            DraftKind::Extension(name, subs) => (name, subs).hash(state),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(name: &str) -> Draft<'_> {
        let attribute = |name, description| DraftAttribute {
            name,
            description,
            kind: DraftKind::Simple(Kind::String),
            facts: 0,
            canonical: &[],
            references: &[],
        };
        Draft {
            name,
            endpoint: "/Things",
            schema: "urn:example:Thing",
            table_name: "Thing",
            description: "",
            attributes: vec![attribute("a", "one"), attribute("b", "")],
        }
    }

    #[test]
    fn what_means_the_same_is_one_table() {
        let pool = Pool::new(10_000);
        let one = pool.intern(&draft("One")).unwrap();
        let mut other = draft("One");
        other.description = "another description";
        other.attributes[0].description = "and here";
        let again = pool.intern(&other).unwrap();
        assert!(std::ptr::eq(one.descriptor(), again.descriptor()));
        let mut changed = draft("One");
        changed.attributes[1].facts = crate::model::facts::REQUIRED;
        let changed = pool.intern(&changed).unwrap();
        assert!(!std::ptr::eq(one.descriptor(), changed.descriptor()));
    }

    #[test]
    fn there_is_an_end_to_what_is_kept() {
        let pool = Pool::new(2_000);
        let names: Vec<_> = (0..100).map(|n| format!("Type{n}")).collect();
        let made = names
            .iter()
            .filter(|name| pool.intern(&draft(name)).is_ok());
        let count = made.count();
        assert!((1..20).contains(&count), "{count}");
        assert!(matches!(pool.intern(&draft("Type99")), Err(Full)));
        // What is there already is found.
        assert!(pool.intern(&draft("Type0")).is_ok());
    }

    #[test]
    fn all_threads_get_the_same_table() {
        let pool = Pool::new(100_000);
        let tables: Vec<usize> = std::thread::scope(|scope| {
            let make = || {
                let kind = pool.intern(&draft("One")).unwrap();
                std::ptr::from_ref(kind.descriptor()).addr()
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(make)).collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        assert!(tables.iter().all(|table| *table == tables[0]));
    }
}
