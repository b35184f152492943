//! The impls of a struct that its author wrote: the table and the paths, and no constructors.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::methods::{self, Scope};
use super::paths::Call;
use super::shape::{ExtensionField, Field, Form, Spelled, Struct, Value};
use super::{ident, table};
use scim_schema::model::{Attribute, Kind, Role, Schema};

/// A struct that a derive lowered, and how its author spells it.
pub(crate) struct Derived<'m> {
    pub(crate) lowered: Form<'m>,
    /// The struct.
    pub(crate) name: Ident,
    /// The visibility of the struct, and so of its paths.
    pub(crate) visibility: TokenStream,
    /// The attributes, in the order of the schema.
    pub(crate) fields: Vec<Spelled>,
    /// The extensions, in the order of the resource.
    pub(crate) extensions: Vec<Spelled>,
    /// The field for unknown attributes; none if the struct is refused.
    pub(crate) extra: Option<TokenStream>,
    /// Whether the author wants `new` and setters.
    pub(crate) constructors: bool,
}

/// Items that refer to the runtime as `__scim`: `scim` may be a name of the author's.
pub(crate) fn derived(derived: Derived<'_>) -> TokenStream {
    let mut item = shape(derived.lowered);
    for (field, spelled) in item.fields.iter_mut().zip(derived.fields) {
        field.spelled = Some(spelled);
    }
    let extensions = match item.form {
        Form::Resource(_, resource) => resource.extensions.as_slice(),
        Form::Extension(_) | Form::Complex(_) => &[],
    };
    item.extensions = extensions
        .iter()
        .zip(derived.extensions)
        .map(|(extension, spelled)| ExtensionField {
            name: &extension.field,
            spelled: Some(spelled),
            urn: &extension.schema,
            type_name: String::new(),
            required: extension.required,
        })
        .collect();
    let (visibility, extra) = (derived.visibility, derived.extra);
    let table = table::table(&item, &ident("__scim"));
    let constructors = derived.constructors.then(|| {
        let scope = Scope {
            scim: ident("__scim"),
            name: derived.name.clone(),
            visibility: visibility.clone(),
            derived: true,
        };
        methods::constructors(&item, &scope)
    });
    let scim = ident("__scim");
    let calls = Call::of(&item, &derived.name, &scim)
        .tokens(&scim, &quote!([derived #visibility __name #extra]));
    // Says first, and at the type itself, which type is none of an attribute.
    let declared = item.fields.iter().filter_map(|field| match field.value {
        Value::Declared(_) => field.spelled.as_ref().map(|spelled| {
            let (single, name) = (&spelled.single, &spelled.name);
            quote_spanned!(single.span()=> #single: __scim::Declared<__name::#name>)
        }),
        _ => None,
    });
    let check = quote! {
        fn __attribute_types() where #(#declared,)* {}
    };
    let fields = item.fields.iter().map(Field::ident);
    let extensions = item.extensions.iter().map(ExtensionField::ident);
    let names = fields.chain(extensions);
    quote! {
        #check
        #table
        #calls
        #constructors
        #[allow(non_camel_case_types, missing_docs, reason = "names of attributes")]
        mod __name {
            #(pub enum #names {})*
        }
    }
}

fn shape(form: Form<'_>) -> Struct<'_> {
    match form {
        Form::Resource(schema, _) | Form::Extension(schema) => Struct::new(
            (&schema.type_name, &schema.name),
            &schema.description,
            form,
            &schema.attributes,
        ),
        Form::Complex(attribute) => {
            let (name, attributes) = match &attribute.kind {
                Kind::Complex(complex) => (complex.type_name.as_str(), &*complex.attributes),
                _ => ("", [].as_slice()),
            };
            Struct::new(
                (name, &attribute.name),
                &attribute.description,
                form,
                attributes,
            )
        }
    }
}

impl<'m> Form<'m> {
    /// A resource or an extension.
    pub(crate) fn of_schema(schema: &'m Schema) -> Self {
        match &schema.role {
            Role::Resource(resource) => Self::Resource(schema, resource),
            Role::Extension => Self::Extension(schema),
        }
    }

    /// The type of a complex attribute.
    pub(crate) fn of_complex(attribute: &'m Attribute) -> Self {
        Self::Complex(attribute)
    }
}
