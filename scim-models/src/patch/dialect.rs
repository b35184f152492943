//! PATCH messages for service providers that understand only a part of RFC 7644 §3.5.2.

mod check;
mod forms;
mod split;

pub(super) use self::forms::pathless;
use super::{Operation, PatchOp};

/// How elements of a multi-valued attribute are removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Removal {
    /// By a filter: `members[value eq "2819"]` (RFC 7644 §3.5.2.2).
    #[default]
    ByFilter,
    /// By a list of them as the value of `remove`, which the RFC does not define.
    ByValueList,
}

/// How a service provider's PATCH departs from RFC 7644, as data. `Default` is RFC 7644 itself.
///
/// ```
/// use scim_client::{Group, group::Member, patch::{Dialect, Patch}};
///
/// let mut members = Vec::new();
/// for id in 0..45 {
///     let mut member = Member::default();
///     member.value = Some(id.to_string());
///     members.push(member);
/// }
/// let patch = Patch::<Group>::new().add(|g| g.members, members);
/// let dialect = Dialect::default().with_max_added(Some(20));
/// assert_eq!(dialect.plan(patch.into_message()).len(), 3);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Dialect {
    /// Operations are written as `Add`, `Remove` and `Replace`.
    pub capitalised_ops: bool,
    /// How elements are removed.
    pub removal: Removal,
    /// Operations are written without a path: `{"op":"replace","value":{"active":false}}`.
    /// Operations that need a filter keep their path, and so does `remove`.
    pub no_paths: bool,
    /// All values that a request adds to an attribute are in one operation.
    pub adds_in_one_operation: bool,
    /// A request either adds or removes elements, but not both.
    pub separate_adds_and_removals: bool,
    /// A request changes one attribute only; sub-attributes count as their attribute.
    pub one_attribute: bool,
    /// The maximum number of operations in a request.
    pub max_operations: Option<usize>,
    /// The maximum number of elements that a request adds.
    pub max_added: Option<usize>,
    /// The maximum number of elements that a request removes.
    pub max_removed: Option<usize>,
    /// The maximum number of elements that a request adds and removes together.
    pub max_changed: Option<usize>,
}

impl Dialect {
    /// The dialect of RFC 7644, without limits.
    #[must_use]
    pub const fn rfc() -> Self {
        Self {
            capitalised_ops: false,
            removal: Removal::ByFilter,
            no_paths: false,
            adds_in_one_operation: false,
            separate_adds_and_removals: false,
            one_attribute: false,
            max_operations: None,
            max_added: None,
            max_removed: None,
            max_changed: None,
        }
    }

    /// Sets [`capitalised_ops`](Self::capitalised_ops).
    #[must_use]
    pub const fn with_capitalised_ops(mut self, capitalised: bool) -> Self {
        self.capitalised_ops = capitalised;
        self
    }

    /// Sets [`removal`](Self::removal).
    #[must_use]
    pub const fn with_removal(mut self, removal: Removal) -> Self {
        self.removal = removal;
        self
    }

    /// Sets [`no_paths`](Self::no_paths).
    #[must_use]
    pub const fn with_no_paths(mut self, no_paths: bool) -> Self {
        self.no_paths = no_paths;
        self
    }

    /// Sets [`adds_in_one_operation`](Self::adds_in_one_operation).
    #[must_use]
    pub const fn with_adds_in_one_operation(mut self, one: bool) -> Self {
        self.adds_in_one_operation = one;
        self
    }

    /// Sets [`separate_adds_and_removals`](Self::separate_adds_and_removals).
    #[must_use]
    pub const fn with_separate_adds_and_removals(mut self, separate: bool) -> Self {
        self.separate_adds_and_removals = separate;
        self
    }

    /// Sets [`one_attribute`](Self::one_attribute).
    #[must_use]
    pub const fn with_one_attribute(mut self, one: bool) -> Self {
        self.one_attribute = one;
        self
    }

    /// Sets [`max_operations`](Self::max_operations); 0 counts as 1.
    #[must_use]
    pub const fn with_max_operations(mut self, max: Option<usize>) -> Self {
        self.max_operations = max;
        self
    }

    /// Sets [`max_added`](Self::max_added); 0 counts as 1.
    #[must_use]
    pub const fn with_max_added(mut self, max: Option<usize>) -> Self {
        self.max_added = max;
        self
    }

    /// Sets [`max_removed`](Self::max_removed); 0 counts as 1.
    #[must_use]
    pub const fn with_max_removed(mut self, max: Option<usize>) -> Self {
        self.max_removed = max;
        self
    }

    /// Sets [`max_changed`](Self::max_changed); 0 counts as 1.
    #[must_use]
    pub const fn with_max_changed(mut self, max: Option<usize>) -> Self {
        self.max_changed = max;
        self
    }

    /// Splits `message` into messages that this dialect allows. Sent in order, they do the same
    /// together.
    ///
    /// Each of them is atomic, but not all of them together. The limits count the elements of
    /// arrays that are added, and elements that filters `value eq ...` remove. A `replace` of a
    /// whole attribute is not limited and never split.
    #[must_use]
    pub fn plan(&self, message: PatchOp) -> Vec<PatchOp> {
        let pieces = split::pieces(self, message.operations);
        let requests = split::requests(self, pieces);
        requests
            .into_iter()
            .map(|operations| {
                let operations = forms::rewrite(self, operations);
                PatchOp::new(operations).with_capitalised_ops(self.capitalised_ops)
            })
            .collect()
    }

    /// The bytes of all requests that it takes to do these operations.
    pub(super) fn encoded_len(&self, operations: &[Operation]) -> usize {
        let requests = self.plan(PatchOp::new(operations.to_vec()));
        requests.iter().map(|request| request.to_json().len()).sum()
    }

    /// Returns whether a replacement of `removed` elements by others, `all` of them then, is within
    /// what a request may change.
    pub(super) fn takes_whole(&self, removed: usize, all: usize) -> bool {
        let within = |limit: Option<usize>, count: usize| limit.is_none_or(|limit| count <= limit);
        let apart = self.separate_adds_and_removals && removed > 0;
        !apart
            && within(self.max_added, all)
            && within(self.max_removed, removed)
            && within(self.max_changed, removed.saturating_add(all))
    }

    /// Checks that a service provider with this dialect would accept a message. `text` is the
    /// message as it came. The error is what the service provider would say.
    #[doc(hidden)]
    pub fn understands(&self, message: &PatchOp, text: &str) -> Result<(), String> {
        check::understands(self, message, text)
    }
}
