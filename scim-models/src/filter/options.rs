//! Options for parsing and checking filters and PATCH paths.

/// Which forms are accepted in addition to the grammar of RFC 7644 §3.4.2.2, and what is refused
/// although the grammar allows it.
///
/// [`Filter::parse_with`](super::Filter::parse_with) and
/// [`PatchPath::parse_with`](super::PatchPath::parse_with) use the options about the form of the
/// text. [`Filter::check_with`](super::Filter::check_with) and
/// [`PatchPath::check_with`](super::PatchPath::check_with) use those that need a schema. A form
/// that is not standard becomes the standard filter that it stands for, so that later code only
/// sees standard filters.
///
/// ```
/// use scim_client::{User, filter::{Filter, FilterOptions}, resource::Root};
///
/// let options = FilterOptions::entra();
/// let filter = Filter::parse_with(r#"emails[primary eq "True"].value eq "a@b.example""#, &options)?;
/// assert_eq!(
///     filter.check_with(User::DESCRIPTOR, &options)?.to_string(),
///     r#"emails[primary eq true and value eq "a@b.example"]"#,
/// );
///
/// let strict = FilterOptions::strict();
/// assert!(Filter::parse_with("( title pr )", &strict).is_err());
///
/// // Or some of it.
/// let own = FilterOptions::default()
///     .with_strict_blanks(true)
///     .with_sub_after_value_path(true)
///     .with_any_case_literals(true)
///     .with_lenient_values(true)
///     .with_complex_by_value(true)
///     .with_refuse_unknown(true)
///     .with_refuse_never_returned(true);
/// assert!(Filter::parse_with("active eq True", &own).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each stands for one form, and they are independent"
)]
pub struct FilterOptions {
    /// Blanks are accepted only where the grammar has them.
    pub strict_blanks: bool,
    /// `emails[type eq "work"].value eq "x"` is accepted as `emails[type eq "work" and value eq "x"]`.
    pub sub_after_value_path: bool,
    /// `true`, `false` and `null` are accepted in any letter case, such as `True`.
    pub any_case_literals: bool,
    /// A value of another JSON type is converted to the attribute's type: `"True"` or `1` to a
    /// boolean, `"5"` to a number, `5` or `true` to a string.
    pub lenient_values: bool,
    /// A complex attribute that is not multi-valued is compared by its `value`: `manager eq "26118915"`.
    /// An attribute of an extension may lack its URN, if no other attribute has the name.
    pub complex_by_value: bool,
    /// An attribute that the schema does not have is refused.
    pub refuse_unknown: bool,
    /// An attribute that is never returned is refused, because repeated filters on it could reveal
    /// its value (RFC 7643 §7, `returned`; RFC 7644 §7.5.2).
    pub refuse_never_returned: bool,
}

impl FilterOptions {
    pub(super) const USUAL: &'static Self = &Self {
        strict_blanks: false,
        sub_after_value_path: false,
        any_case_literals: false,
        lenient_values: false,
        complex_by_value: false,
        refuse_unknown: false,
        refuse_never_returned: false,
    };

    pub(super) const STRICT: &'static Self = &Self {
        strict_blanks: true,
        refuse_unknown: true,
        refuse_never_returned: true,
        ..*Self::USUAL
    };

    /// Options that follow the grammar exactly, and refuse attributes that the schema does not have
    /// or that are never returned.
    #[must_use]
    pub fn strict() -> Self {
        *Self::STRICT
    }

    /// Options that accept the filters of Entra ID's provisioning: `emails[type eq "work"].value eq
    /// "x"`, `emails[primary eq "True"]`, `manager eq "26118915"` and similar ones. Attributes that
    /// are never returned are refused: Entra ID does not ask for them.
    #[must_use]
    pub fn entra() -> Self {
        Self {
            sub_after_value_path: true,
            any_case_literals: true,
            lenient_values: true,
            complex_by_value: true,
            refuse_never_returned: true,
            ..Self::default()
        }
    }

    /// Sets [`strict_blanks`](Self::strict_blanks).
    #[must_use]
    pub fn with_strict_blanks(mut self, strict: bool) -> Self {
        self.strict_blanks = strict;
        self
    }

    /// Sets [`sub_after_value_path`](Self::sub_after_value_path).
    #[must_use]
    pub fn with_sub_after_value_path(mut self, understood: bool) -> Self {
        self.sub_after_value_path = understood;
        self
    }

    /// Sets [`any_case_literals`](Self::any_case_literals).
    #[must_use]
    pub fn with_any_case_literals(mut self, understood: bool) -> Self {
        self.any_case_literals = understood;
        self
    }

    /// Sets [`lenient_values`](Self::lenient_values).
    #[must_use]
    pub fn with_lenient_values(mut self, lenient: bool) -> Self {
        self.lenient_values = lenient;
        self
    }

    /// Sets [`complex_by_value`](Self::complex_by_value).
    #[must_use]
    pub fn with_complex_by_value(mut self, understood: bool) -> Self {
        self.complex_by_value = understood;
        self
    }

    /// Sets [`refuse_unknown`](Self::refuse_unknown).
    #[must_use]
    pub fn with_refuse_unknown(mut self, refuse: bool) -> Self {
        self.refuse_unknown = refuse;
        self
    }

    /// Sets [`refuse_never_returned`](Self::refuse_never_returned).
    #[must_use]
    pub fn with_refuse_never_returned(mut self, refuse: bool) -> Self {
        self.refuse_never_returned = refuse;
        self
    }

    /// These options, with the further forms that `others` accept.
    #[doc(hidden)]
    pub fn or_forms_of(self, others: Self) -> Self {
        Self {
            strict_blanks: self.strict_blanks && others.strict_blanks,
            sub_after_value_path: self.sub_after_value_path || others.sub_after_value_path,
            any_case_literals: self.any_case_literals || others.any_case_literals,
            lenient_values: self.lenient_values || others.lenient_values,
            complex_by_value: self.complex_by_value || others.complex_by_value,
            ..self
        }
    }

    /// Returns whether a schema may turn a filter into another one.
    pub(crate) fn rewrites(self) -> bool {
        self.lenient_values || self.complex_by_value
    }
}
