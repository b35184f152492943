//! What the RFC leaves open about PATCH, and what real clients send.

use crate::model::Json;

/// Attributes that the resource type does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unknown {
    /// A path that names one is refused (`invalidPath`); in a value they are left out.
    #[default]
    LeaveOut,
    /// Refused in paths and in values (`invalidPath`).
    Refuse,
    /// Kept in `extra`, for a client that works on what a service provider returned.
    Keep,
}

/// `readOnly` attributes that are given another value. The same value is never an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReadOnlyValues {
    /// Refused (`mutability`).
    #[default]
    Refuse,
    /// Left as they are.
    Ignore,
}

/// The value of a complex attribute that is not multi-valued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ComplexValues {
    /// Sub-attributes that the value leaves out stay as they are (RFC 7644 §3.5.2.1, §3.5.2.3).
    #[default]
    Merge,
    /// Sub-attributes that the value leaves out become unassigned.
    Replace,
}

/// An object as the value of `replace` at a filter, as in `emails[type eq "work"]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ElementValues {
    /// It is the whole new element (RFC 7644 §3.5.2.3).
    #[default]
    Replace,
    /// Sub-attributes that it leaves out stay as they are, as `add` does.
    Merge,
}

/// A filter that matches no element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NoMatch {
    /// `add` and `replace` fail (`noTarget`), `remove` has nothing to do.
    #[default]
    Standard,
    /// `add` and `replace` make an element for which the filter holds; `remove` has nothing to
    /// do.
    Create,
    /// All three fail (`noTarget`), and so does a `remove` of what is unassigned.
    Refuse,
}

/// The value of a `remove` without a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RemovedValues {
    /// Has no meaning: everything at the path is removed, to the letter of RFC 7644 §3.5.2.2.
    #[default]
    RemoveAll,
    /// Only the listed elements are removed.
    RemoveListed,
    /// Is refused (`invalidSyntax`), since the client may mean either.
    Refuse,
}

/// When an added element is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Identity {
    /// When an equal element is there.
    #[default]
    Whole,
    /// When an element is there whose `value` is equal, and whose `type` is if the added one has
    /// one.
    Value,
}

/// How a patch is applied where RFC 7644 §3.5.2 leaves it open. `Default` is the common reading.
///
/// ```
/// use scim_client::patch::{ApplyOptions, RemovedValues};
///
/// let options = ApplyOptions::default().with_removed_values(RemovedValues::Refuse);
/// assert_eq!(options.removed_values, RemovedValues::Refuse);
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
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
    /// value for a complex one that has a `value`.
    pub lenient_values: bool,
    /// Without a path, the name of a member may be `name.givenName`.
    pub dotted_names: bool,
    /// `emails.type` means every element; otherwise such a path is refused (`invalidPath`).
    pub every_element: bool,
}

impl ApplyOptions {
    /// For what Entra ID's provisioning sends: `"False"`, dotted names, the listed members of a
    /// `remove`, filters that stand for an element to be made, and members that are there
    /// already. (`Add` and the like are always understood.)
    #[must_use]
    pub fn entra() -> Self {
        Self {
            read_only_values: ReadOnlyValues::Ignore,
            no_match: NoMatch::Create,
            removed_values: RemovedValues::RemoveListed,
            identity: Identity::Value,
            lenient_values: true,
            dotted_names: true,
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

    /// Sets [`every_element`](Self::every_element).
    #[must_use]
    pub fn with_every_element(mut self, every: bool) -> Self {
        self.every_element = every;
        self
    }

    /// What stands for no value: nothing, and `null` where it is understood.
    pub(super) fn refuses(&self, value: &Json) -> bool {
        self.refuse_null && value.as_str().trim() == "null"
    }
}
