//! Operations on a resource in memory (RFC 7644 §3.5.2).

mod assign;
mod create;
mod current;
mod elements;
mod filled;
mod listed;
mod locate;
mod options;
mod paths;
mod pending;
mod places;
mod scope;
mod unknown;

pub use self::options::{
    ApplyOptions, ComplexValues, DEFAULT_MAX_STEPS, ElementValues, Identity, NoMatch,
    ReadOnlyValues, RemovedValues, Unknown,
};
use std::cell::RefCell;

use self::{pending::Pending, places::Places, scope::Scope};
use super::{
    Op, Operation, PatchError,
    equality::{self, Hashes},
    list::List,
    steps::Steps,
};
use crate::{filter::PatchPath, model::Reflect, resource::AnyResource, resource::stored::Stored};

type Result<T = ()> = std::result::Result<T, PatchError>;

/// A value that a patch can be applied to: an `R` or a [`Stored<R>`](crate::Stored).
pub trait Patchable: sealed::Layers {
    /// The type of the resource.
    type Resource: AnyResource;
}

impl<R: AnyResource> Patchable for R {
    type Resource = R;
}

impl<R: AnyResource> Patchable for Stored<R> {
    type Resource = R;
}

mod sealed {
    use super::{AnyResource, Reflect, Stored};

    /// The resource, and `id` and `meta` where they are known.
    pub trait Layers {
        type Own: AnyResource;
        fn own(&self) -> &Self::Own;
        fn own_mut(&mut self) -> &mut Self::Own;
        fn common(&self) -> Option<&dyn Reflect>;
    }

    impl<R: AnyResource> Layers for R {
        type Own = R;

        fn own(&self) -> &R {
            self
        }

        fn own_mut(&mut self) -> &mut R {
            self
        }

        fn common(&self) -> Option<&dyn Reflect> {
            None
        }
    }

    impl<R: AnyResource> Layers for Stored<R> {
        type Own = R;

        fn own(&self) -> &R {
            self
        }

        fn own_mut(&mut self) -> &mut R {
            self
        }

        fn common(&self) -> Option<&dyn Reflect> {
            Some(self.envelope())
        }
    }
}

/// Applies all operations to a copy, which then takes the resource's place.
pub(super) fn apply<T: Patchable>(
    operations: &[Operation],
    target: &mut T,
    options: &ApplyOptions,
) -> Result<bool> {
    let mut copy = target.own().clone();
    let mut looked = Looked::default();
    let left_out = run(operations, &mut copy, target.common(), options, &mut looked)?;
    let changed = !equality::same_object(target.own(), &copy);
    if let Some(error) = left_out.filter(|_| !changed && options.refuse_unknown_alone) {
        return Err(error);
    }
    *target.own_mut() = copy;
    Ok(changed)
}

/// Applies operations to a value of any type, as [`PatchOp::apply`](super::PatchOp::apply) does
/// to a resource.
///
/// # Errors
/// An operation cannot be applied. The operations before it are applied then, and the operation
/// itself may be applied in part. If you need all or nothing, work on a copy, as `PatchOp::apply`
/// does.
pub fn apply_to(
    object: &mut dyn Reflect,
    operations: &[Operation],
    options: &ApplyOptions,
) -> Result {
    run(operations, object, None, options, &mut Looked::default()).map(drop)
}

/// Like [`apply_to`], after earlier operations on the same value, which nobody has changed since.
#[cfg(feature = "dynamic")]
pub(crate) fn apply_on(
    object: &mut dyn Reflect,
    operations: &[Operation],
    options: &ApplyOptions,
    looked: &mut Looked,
) -> Result {
    run(operations, object, None, options, looked).map(drop)
}

/// What was learned of a value while elements were looked for in it: where they are.
#[derive(Default)]
pub(crate) struct Looked {
    hashes: Hashes,
    lists: Vec<(Scope, List)>,
}

impl Looked {
    /// Returns whether there is more to know than a look at the value tells as quickly.
    #[cfg(feature = "dynamic")]
    pub(crate) fn is_worth_keeping(&self) -> bool {
        const FEW: usize = 16;
        self.lists.iter().any(|(_, list)| list.left() > FEW)
    }
}

/// Does all operations. Gives what would refuse the first unknown attribute that was left out.
fn run(
    operations: &[Operation],
    object: &mut dyn Reflect,
    common: Option<&dyn Reflect>,
    options: &ApplyOptions,
    looked: &mut Looked,
) -> Result<Option<PatchError>> {
    let Looked { hashes, lists } = std::mem::take(looked);
    let run = Run {
        options,
        common,
        pending: Pending::default(),
        places: Places::knowing(lists),
        hashes,
        steps: Steps::new(options.max_steps),
        left_out: RefCell::default(),
    };
    let mut operations = operations.iter().enumerate();
    let done = operations.try_for_each(|(index, operation)| {
        run.pending.start(index);
        let named = |error: PatchError| {
            let path = operation.path.as_ref().map(PatchPath::to_string);
            error.in_operation(index, path)
        };
        run.operation(object, operation).map_err(named)?;
        let mut left_out = run.left_out.borrow_mut();
        if left_out
            .as_ref()
            .is_some_and(|error| error.operation().is_none())
        {
            *left_out = left_out.take().map(named);
        }
        Ok(())
    });
    run.settle(object, Scope::RESOURCE, Scope::RESOURCE);
    done.and_then(|()| run.pending.finish())?;
    *looked = Looked {
        hashes: run.hashes,
        lists: run.places.into_lists(),
    };
    Ok(run.left_out.into_inner())
}

struct Run<'a> {
    options: &'a ApplyOptions,
    common: Option<&'a dyn Reflect>,
    pending: Pending,
    places: Places,
    hashes: Hashes,
    steps: Steps,
    /// What would refuse the first unknown attribute that was left out.
    left_out: RefCell<Option<PatchError>>,
}

/// What is done at a place. The value of a `remove` is mostly none.
#[derive(Clone, Copy)]
struct Action<'a> {
    op: Op,
    value: Option<&'a str>,
}

impl<'a> Action<'a> {
    fn with(self, value: &'a str) -> Self {
        Self {
            value: Some(value),
            ..self
        }
    }
}

#[cfg(all(test, feature = "dynamic"))]
mod tests {
    use super::*;
    use crate::{Group, Resource as _};

    #[test]
    fn what_was_learned_earlier_takes_no_steps_from_later_operations() {
        let member = |at: usize| format!("{{\"value\":\"{at}\"}}");
        let members: Vec<_> = (0..100).map(member).collect();
        let text = format!(
            "{{\"displayName\":\"g\",\"members\":[{}]}}",
            members.join(",")
        );
        let mut group = Group::from_json(&text).unwrap();
        let options = ApplyOptions::default().with_max_steps(0);
        let mut looked = Looked::default();
        for turn in 0..100 {
            let path = format!("members[display co \"{turn}\" or value eq \"x\"]")
                .parse()
                .unwrap();
            let add = Operation::add(
                "members".parse::<PatchPath>().unwrap(),
                crate::Json::trusted(&member(100 + turn)),
            );
            for operation in [add, Operation::remove(path)] {
                apply_on(&mut group, &[operation], &options, &mut looked).unwrap();
            }
            assert!(looked.is_worth_keeping());
        }
        assert_eq!(group.members.len(), 200);
    }
}
