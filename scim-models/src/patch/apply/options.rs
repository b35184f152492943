//! What the RFC leaves open about PATCH, and what real clients send.

use crate::model::Json;

/// Attributes that the resource type does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Unknown {
    /// A path that names one is refused (`invalidPath`, in a filter `invalidFilter`); in a value
    /// they are left out.
    #[default]
    LeaveOut,
    /// Refused in paths and in values (`invalidPath`, in a filter `invalidFilter`).
    Refuse,
    /// Kept in `extra`, for a client that works on what a service provider returned.
    Keep,
}

/// `readOnly` attributes that are given another value. The same value is never an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ReadOnlyValues {
    /// Refused (`mutability`).
    #[default]
    Refuse,
    /// Left as they are.
    Ignore,
}

/// The value of a complex attribute that is not multi-valued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ComplexValues {
    /// Sub-attributes that the value leaves out stay as they are (RFC 7644 §3.5.2.1, §3.5.2.3).
    #[default]
    Merge,
    /// Sub-attributes that the value leaves out become unassigned.
    Replace,
}

/// An object as the value of `replace` at a filter, as in `emails[type eq "work"]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ElementValues {
    /// It is the whole new element (RFC 7644 §3.5.2.3).
    #[default]
    Replace,
    /// Sub-attributes that it leaves out stay as they are, as `add` does.
    Merge,
}

/// A filter that matches no element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum NoMatch {
    /// `add` makes an element where the filter says what it is: for `type eq "work"` and the like,
    /// joined by `and` (RFC 7644 §3.5.2.1). Otherwise it fails (`noTarget`), as `replace` does
    /// (§3.5.2.3). `remove` has nothing to do.
    #[default]
    Standard,
    /// `replace` makes an element too.
    Create,
    /// All three fail (`noTarget`), and so does a `remove` of what is unassigned.
    Refuse,
}

/// The value of a `remove` at a multi-valued attribute. RFC 7644 §3.5.2.2 gives it no meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum RemovedValues {
    /// Only the listed elements are removed: none for an empty array or object. An element is
    /// found by its `value`, and by its `type` where the list gives one; without a `value`, by all
    /// that the list says of it. Behind a filter, a list leaves fewer of the chosen elements.
    #[default]
    RemoveListed,
    /// It does not count: everything at the path is removed, to the letter of the RFC.
    RemoveAll,
    /// Is refused (`invalidSyntax`), since the client may mean either.
    Refuse,
}

/// When an added element is there already. Letter case counts as `caseExact` says.
///
/// Elements without a `value`, such as addresses, are compared as a whole, without what only a
/// service provider sets. An element is there, too, if the one that is there has unknown
/// attributes besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Identity {
    /// When an element is there whose `type` and `value` are equal (RFC 7643 §2.4).
    #[default]
    TypeAndValue,
    /// When an element is there whose `value` is equal, and whose `type` is if the added one has
    /// one.
    Value,
    /// When an equal element is there.
    Whole,
}

/// How a patch is applied where RFC 7644 §3.5.2 leaves it open. `Default` is the common reading.
///
/// ```
/// use scim_client::patch::{ApplyOptions, RemovedValues};
///
/// let options = ApplyOptions::default().with_removed_values(RemovedValues::Refuse);
/// assert_eq!(options.removed_values, RemovedValues::Refuse);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ApplyOptions {
    /// Attributes that the resource type does not know.
    pub unknown: Unknown,
    /// `readOnly` attributes.
    pub read_only_values: ReadOnlyValues,
    /// The value of a complex attribute.
    pub complex_values: ComplexValues,
    /// The value of `replace` at a filter.
    pub element_values: ElementValues,
    /// A filter that matches nothing.
    pub no_match: NoMatch,
    /// The value of `remove`.
    pub removed_values: RemovedValues,
    /// When an added element is there already.
    pub identity: Identity,
    /// `null` as a value is refused (`invalidValue`) rather than understood as unassigned.
    pub refuse_null: bool,
    /// Values are read generously: `"False"` for a boolean, a number for a string, a simple
    /// value for a complex one that has a `value`, and the other way round.
    pub lenient_values: bool,
    /// Without a path, the name of a member may be a path: `name.givenName`,
    /// `emails[type eq "work"].value`, with the URN of its schema or without. A name that leads
    /// nowhere is then refused as a path is (`invalidPath`), unless it is kept.
    pub dotted_names: bool,
    /// `remove` may have no path: then its value lists what is removed, as in
    /// `{"members": [{"value": "2819"}]}`. Otherwise it is refused (`noTarget`).
    pub remove_without_path: bool,
    /// A patch that changes nothing, and has attributes that are left out because they are unknown,
    /// is refused (`invalidPath`).
    pub refuse_unknown_alone: bool,
    /// `emails.type` means every element; otherwise such a path is refused (`invalidPath`).
    pub every_element: bool,
    /// How many values the operations of one patch may look at one by one, besides 32 times each
    /// element of the attributes that they change; beyond that the patch is refused (`tooMany`).
    ///
    /// Elements that are added, or chosen by `eq` on text or a whole number, are found by an index
    /// and do not count. What counts is, for example, `members[display co "x"]`: each element that
    /// it is asked about, times the number of conditions. [`DEFAULT_MAX_STEPS`] unless set.
    pub max_steps: u64,
}

/// How many values a patch may look at one by one by default: about a second's work.
pub const DEFAULT_MAX_STEPS: u64 = 5_000_000;

impl Default for ApplyOptions {
    fn default() -> Self {
        Self {
            unknown: Unknown::default(),
            read_only_values: ReadOnlyValues::default(),
            complex_values: ComplexValues::default(),
            element_values: ElementValues::default(),
            no_match: NoMatch::default(),
            removed_values: RemovedValues::default(),
            identity: Identity::default(),
            refuse_null: false,
            lenient_values: false,
            dotted_names: false,
            remove_without_path: false,
            refuse_unknown_alone: false,
            every_element: false,
            max_steps: DEFAULT_MAX_STEPS,
        }
    }
}

impl ApplyOptions {
    /// For what Entra ID's provisioning sends: `"False"`, names of members that are paths, a
    /// manager as a plain id, filters that stand for an element to be made, members that are there
    /// already, and a `remove` that lists them, be it without a path. What is not understood is never
    /// `Ok(false)`. (`Add` and the like are always understood.)
    #[must_use]
    pub fn entra() -> Self {
        Self {
            read_only_values: ReadOnlyValues::Ignore,
            no_match: NoMatch::Create,
            removed_values: RemovedValues::RemoveListed,
            identity: Identity::Value,
            lenient_values: true,
            dotted_names: true,
            remove_without_path: true,
            refuse_unknown_alone: true,
            every_element: true,
            ..Self::default()
        }
    }

    /// Sets [`unknown`](Self::unknown).
    #[must_use]
    pub fn with_unknown(mut self, unknown: Unknown) -> Self {
        self.unknown = unknown;
        self
    }

    /// Sets [`read_only_values`](Self::read_only_values).
    #[must_use]
    pub fn with_read_only_values(mut self, values: ReadOnlyValues) -> Self {
        self.read_only_values = values;
        self
    }

    /// Sets [`complex_values`](Self::complex_values).
    #[must_use]
    pub fn with_complex_values(mut self, values: ComplexValues) -> Self {
        self.complex_values = values;
        self
    }

    /// Sets [`element_values`](Self::element_values).
    #[must_use]
    pub fn with_element_values(mut self, values: ElementValues) -> Self {
        self.element_values = values;
        self
    }

    /// Sets [`no_match`](Self::no_match).
    #[must_use]
    pub fn with_no_match(mut self, no_match: NoMatch) -> Self {
        self.no_match = no_match;
        self
    }

    /// Sets [`removed_values`](Self::removed_values).
    #[must_use]
    pub fn with_removed_values(mut self, values: RemovedValues) -> Self {
        self.removed_values = values;
        self
    }

    /// Sets [`identity`](Self::identity).
    #[must_use]
    pub fn with_identity(mut self, identity: Identity) -> Self {
        self.identity = identity;
        self
    }

    /// Sets [`refuse_null`](Self::refuse_null).
    #[must_use]
    pub fn with_refuse_null(mut self, refuse: bool) -> Self {
        self.refuse_null = refuse;
        self
    }

    /// Sets [`lenient_values`](Self::lenient_values).
    #[must_use]
    pub fn with_lenient_values(mut self, lenient: bool) -> Self {
        self.lenient_values = lenient;
        self
    }

    /// Sets [`dotted_names`](Self::dotted_names).
    #[must_use]
    pub fn with_dotted_names(mut self, dotted: bool) -> Self {
        self.dotted_names = dotted;
        self
    }

    /// Sets [`remove_without_path`](Self::remove_without_path).
    #[must_use]
    pub fn with_remove_without_path(mut self, remove: bool) -> Self {
        self.remove_without_path = remove;
        self
    }

    /// Sets [`refuse_unknown_alone`](Self::refuse_unknown_alone).
    #[must_use]
    pub fn with_refuse_unknown_alone(mut self, refuse: bool) -> Self {
        self.refuse_unknown_alone = refuse;
        self
    }

    /// Sets [`max_steps`](Self::max_steps).
    #[must_use]
    pub fn with_max_steps(mut self, steps: u64) -> Self {
        self.max_steps = steps;
        self
    }

    /// Sets [`every_element`](Self::every_element).
    #[must_use]
    pub fn with_every_element(mut self, every: bool) -> Self {
        self.every_element = every;
        self
    }

    /// Whether the operation's value is a `null` that is not understood.
    pub(super) fn refuses(&self, value: &Json) -> bool {
        self.refuse_null && value.as_str().trim() == "null"
    }
}
