//! What comes back: as compiled resources, whichever kind of type it came through.

use scim_client::{
    Partial, Resource, Stored,
    attribute_path::AttributePath,
    dynamic::{AttributeError, DynamicResource},
    json::DecodeError,
    typed::{PathClosure, Projection},
};

use crate::outcome::Trouble;

/// What an operation gives.
pub(crate) type Done<T = ()> = Result<T, Trouble>;

impl From<AttributeError> for Trouble {
    fn from(error: AttributeError) -> Self {
        Self::Schema {
            said: error.to_string(),
            path: error.path().to_owned(),
        }
    }
}

impl From<DecodeError> for Trouble {
    fn from(error: DecodeError) -> Self {
        Self::Ours(format!("from one kind of type to the other: {error}"))
    }
}

/// What was read of a type that is known at run time, as the compiled type.
pub(crate) fn typed<R: Resource>(stored: &Stored<DynamicResource>) -> Done<Stored<R>> {
    Ok(stored.to_typed()?)
}

/// The attributes that a closure of typed paths names.
pub(crate) fn names<R: Resource, P: Projection<R>>(
    paths: impl PathClosure<R, Choice = P>,
) -> Vec<AttributePath> {
    let mut names = Vec::new();
    paths(R::PATHS).names(&mut names);
    names
}

/// Some attributes of a resource.
pub(crate) enum Shown<R: Resource> {
    Compiled(Partial<R>),
    AtRunTime(Partial<DynamicResource>),
}

impl<R: Resource> Shown<R> {
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Compiled(shown) => shown.id(),
            Self::AtRunTime(shown) => shown.id(),
        }
    }

    /// The text of an attribute, by its typed path or by its name.
    pub(crate) fn text<'a>(
        &'a self,
        name: &str,
        compiled: impl FnOnce(&'a Partial<R>) -> Option<&'a str>,
    ) -> Done<Option<String>> {
        match self {
            Self::Compiled(shown) => Ok(compiled(shown).map(str::to_owned)),
            Self::AtRunTime(shown) => {
                let value = shown.value(name)?;
                Ok(value.map(|value| value.to_text().into_owned()))
            }
        }
    }

    /// How many values an attribute has, by its typed path or by its name.
    pub(crate) fn count(
        &self,
        name: &str,
        compiled: impl FnOnce(&Partial<R>) -> usize,
    ) -> Done<usize> {
        match self {
            Self::Compiled(shown) => Ok(compiled(shown)),
            Self::AtRunTime(shown) => {
                let value = shown.value(name)?;
                Ok(value.map_or(0, |value| value.elements().count()))
            }
        }
    }
}
