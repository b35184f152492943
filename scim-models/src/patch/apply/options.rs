//! Options for questions about PATCH that the RFC leaves open, and for what real clients send.

use crate::model::Json;

/// How to treat attributes that the resource type does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Unknown {
    /// Refused in paths (`invalidPath`, or `invalidFilter` in a filter), and left out of values.
    #[default]
    LeaveOut,
    /// Refused in paths and in values (`invalidPath`, or `invalidFilter` in a filter).
    Refuse,
    /// Kept in `extra`. This is for clients, which work on resources that a service provider returned.
    Keep,
}

/// How to treat a new value for a `readOnly` attribute. Its current value is never an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ReadOnlyValues {
    /// Refused (`mutability`).
    #[default]
    Refuse,
    /// Ignored: the attribute keeps its value.
    Ignore,
}

/// How to set a complex attribute that is not multi-valued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ComplexValues {
    /// Sub-attributes that the value leaves out stay as they are (RFC 7644 §3.5.2.1, §3.5.2.3).
    #[default]
    Merge,
    /// Sub-attributes that the value leaves out become unassigned.
    Replace,
}

/// What an object means as the value of a `replace` whose path ends with a filter, such as `emails[type
/// eq "work"]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ElementValues {
    /// The object is the whole new element (RFC 7644 §3.5.2.3).
    #[default]
    Replace,
    /// Sub-attributes that the object leaves out stay as they are, as with `add`.
    Merge,
}

/// What to do if a filter matches no element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum NoMatch {
    /// `add` makes an element if the filter determines it: comparisons such as `type eq "work"`,
    /// joined by `and` (RFC 7644 §3.5.2.1). Otherwise it fails (`noTarget`), and so does `replace`
    /// (§3.5.2.3). `remove` does nothing.
    #[default]
    Standard,
    /// `replace` makes an element too.
    Create,
    /// All three fail (`noTarget`). A `remove` of an unassigned attribute fails too.
    Refuse,
}

/// What the value of a `remove` at a multi-valued attribute means. RFC 7644 §3.5.2.2 does not define it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum RemovedValues {
    /// Only the listed elements are removed, and none for an empty array or object. An element is
    /// found by its `value`, and also by its `type` if the list has one. If a listed element has no
    /// `value`, it is found by all its sub-attributes. If the path has a filter, only elements that
    /// the filter selects are removed.
    #[default]
    RemoveListed,
    /// The value is ignored, and everything at the path is removed, as the RFC says.
    RemoveAll,
    /// The operation is refused (`invalidSyntax`), since the client may mean either.
    Refuse,
}

/// When an added element counts as already present. Its values are compared as by `eq` in a filter:
/// letter case counts as `caseExact` says, and of a time, a decimal or binary data any form.
///
/// Elements without a `value`, such as addresses, are compared as a whole, except for `readOnly`
/// sub-attributes. An element also counts as present if the existing one has additional unknown
/// attributes, unless more than 32 differ in their unknown attributes alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Identity {
    /// If an element has the same `type` and `value` (RFC 7643 §2.4).
    #[default]
    TypeAndValue,
    /// If an element has the same `value`, and also the same `type` if the added element has one.
    Value,
    /// If an element is equal as a whole.
    Whole,
}

/// How a patch is applied if RFC 7644 §3.5.2 leaves it open. `Default` is the common interpretation.
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
    /// How to treat attributes that the resource type does not know.
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
    /// When an added element counts as already present.
    pub identity: Identity,
    /// Whether `null` as a value is refused (`invalidValue`). Otherwise it means unassigned.
    pub refuse_null: bool,
    /// Whether values are converted generously: `"False"` to a boolean, a number to a string, a
    /// simple value to a complex one that has a `value`, and the other way round. An attribute of an
    /// extension may lack its URN, if no other attribute has the name.
    pub lenient_values: bool,
    /// Whether the names of members may be paths in an operation without a path: `name.givenName`,
    /// `emails[type eq "work"].value`, with or without the URN of the schema. A name that leads
    /// nowhere is then refused like a path (`invalidPath`), unless unknown attributes are kept.
    pub dotted_names: bool,
    /// Whether a `remove` may have no path. Its value then lists what to remove, as in `{"members":
    /// [{"value": "2819"}]}`. Otherwise it is refused (`noTarget`).
    pub remove_without_path: bool,
    /// Whether a patch is refused (`invalidPath`) if it changes nothing and unknown attributes were
    /// left out of it.
    pub refuse_unknown_alone: bool,
    /// Whether a path like `emails.type` means every element. Otherwise it is refused (`invalidPath`).
    pub every_element: bool,
    /// How many values the operations of one patch may look at one by one, in addition to 32 for
    /// each element of the attributes that they change. Beyond that, the patch is refused
    /// (`tooMany`).
    ///
    /// Elements that are added, listed in a `remove`, or selected by `eq` are found by an index
    /// and do not count. A filter such as `members[display co "x"]` counts the number of elements
    /// times the number of conditions. So does `eq` on an attribute that may hold any JSON. The
    /// default is [`DEFAULT_MAX_STEPS`].
    pub max_steps: u64,
}

/// The default of [`max_steps`](ApplyOptions::max_steps), which takes about a second.
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
    /// Options that accept the patches of Entra ID's provisioning: `"False"` for a boolean, names of
    /// members that are paths, a manager as a plain id, filters that describe a new element, members
    /// that the group already has, and a `remove` that lists members, even without a path. A patch
    /// that is not understood is an error, and never `Ok(false)`. (`Add` and other letter case of
    /// `op` is always accepted.)
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

    /// Returns whether the operation's value is a `null` that is not understood.
    pub(super) fn refuses(&self, value: &Json) -> bool {
        self.refuse_null && value.as_str().trim() == "null"
    }
}
