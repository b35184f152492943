//! What the structs look like: the type of each field, and what a client may do with it.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote};

use super::ident;
use scim_schema::model::{
    Attribute, ComplexType, Kind, Model, Mutability, OpenEnum, Resource, Returned, Role, Schema,
};

/// Everything that one schema becomes.
pub(super) struct Module<'m> {
    pub(super) structs: Vec<Struct<'m>>,
    pub(super) enums: Vec<Enum<'m>>,
    /// The extension types that the module imports: module, type, name in this module.
    pub(super) imports: Vec<(&'m str, &'m str, String)>,
}

pub(super) struct Struct<'m> {
    pub(super) name: &'m str,
    /// The name in the table: the schema's, or the attribute's.
    pub(super) wire: &'m str,
    pub(super) description: &'m str,
    pub(super) form: Form<'m>,
    pub(super) fields: Vec<Field<'m>>,
    pub(super) extensions: Vec<ExtensionField<'m>>,
}

#[derive(Clone, Copy)]
pub(crate) enum Form<'m> {
    Resource(&'m Schema, &'m Resource),
    Extension(&'m Schema),
    Complex(&'m Attribute),
}

pub(super) struct Field<'m> {
    pub(super) attribute: &'m Attribute,
    pub(super) name: &'m str,
    /// The type as a derived struct spells it.
    pub(super) spelled: Option<Spelled>,
    /// The type of one value.
    pub(super) value: Value<'m>,
    pub(super) plurality: Plurality,
    pub(super) access: Access,
    /// In a plain schema, or within a readOnly attribute: the Rust type says nothing of mutability.
    pub(super) bare: bool,
    pub(super) plain: bool,
}

/// A field as its author wrote it, so that messages of the compiler point there.
#[derive(Clone)]
#[cfg_attr(
    not(feature = "derive"),
    allow(dead_code, reason = "only a derive makes one")
)]
pub(crate) struct Spelled {
    pub(crate) name: Ident,
    pub(crate) value: TokenStream,
    /// The type of one value: without `Option`, `Vec` and the like.
    pub(crate) single: TokenStream,
}

pub(super) struct ExtensionField<'m> {
    pub(super) name: &'m str,
    /// The field of a derived struct; its type says what the URN is.
    pub(super) spelled: Option<Spelled>,
    pub(super) urn: &'m str,
    pub(super) type_name: String,
    pub(super) required: bool,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Plurality {
    Required,
    Optional,
    Many,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Access {
    Plain,
    ReadOnly,
    WriteOnly,
}

/// The type of one value.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Value<'m> {
    /// A type of the language or of the runtime.
    Simple(&'static str),
    Enum(&'m str),
    Complex(&'m str),
    /// A type that is declared elsewhere.
    Declared(&'m str),
}

pub(super) struct Enum<'m> {
    pub(super) values: &'m OpenEnum,
    pub(super) path: String,
    pub(super) case_exact: bool,
}

impl<'m> Module<'m> {
    pub(super) fn new(schema: &'m Schema, model: &'m Model) -> Self {
        let mut module = Self {
            structs: Vec::new(),
            enums: Vec::new(),
            imports: Vec::new(),
        };
        let form = match &schema.role {
            Role::Resource(resource) => Form::Resource(schema, resource),
            Role::Extension => Form::Extension(schema),
        };
        let context = Context {
            plain: schema.plain,
            read_only: false,
            path: "",
        };
        let (head, description) = ((&*schema.type_name, &*schema.name), &*schema.description);
        module.add(head, description, form, &schema.attributes, context);
        if let Role::Resource(resource) = &schema.role {
            let extensions = module.extensions(resource, model);
            if let Some(first) = module.structs.first_mut() {
                first.extensions = extensions;
            }
        }
        module
    }

    fn add(
        &mut self,
        (name, wire): (&'m str, &'m str),
        description: &'m str,
        form: Form<'m>,
        attributes: &'m [Attribute],
        context: Context<'_>,
    ) {
        let fields = attributes
            .iter()
            .map(|attribute| Field::new(attribute, context))
            .collect();
        let extensions = Vec::new();
        self.structs.push(Struct {
            name,
            wire,
            description,
            form,
            fields,
            extensions,
        });
        for attribute in attributes {
            let path = match context.path {
                "" => attribute.name.clone(),
                outer => format!("{outer}.{}", attribute.name),
            };
            match &attribute.kind {
                Kind::Complex(ComplexType {
                    type_name,
                    attributes,
                    ..
                }) => {
                    let inner = Context {
                        read_only: context.read_only
                            || attribute.mutability == Mutability::ReadOnly,
                        path: &path,
                        ..context
                    };
                    let form = Form::Complex(attribute);
                    let names = (type_name.as_str(), attribute.name.as_str());
                    self.add(names, &attribute.description, form, attributes, inner);
                }
                Kind::String(Some(values)) => {
                    self.enums.push(Enum {
                        values,
                        path,
                        case_exact: attribute.case_exact,
                    });
                }
                _ => {}
            }
        }
    }

    /// The extension fields of a resource. An extension type whose name the module has already is
    /// imported under another one.
    fn extensions(&mut self, resource: &'m Resource, model: &'m Model) -> Vec<ExtensionField<'m>> {
        let mut fields = Vec::new();
        for extension in &resource.extensions {
            let Some(schema) = model.schema(&extension.schema) else {
                continue;
            };
            let mut type_name = schema.type_name.clone();
            while self.has(&type_name) {
                type_name.push_str("Extension");
            }
            self.imports
                .push((&schema.module, &schema.type_name, type_name.clone()));
            fields.push(ExtensionField {
                name: &extension.field,
                spelled: None,
                urn: &extension.schema,
                type_name,
                required: extension.required,
            });
        }
        fields
    }

    fn has(&self, name: &str) -> bool {
        let same = |found: &str| {
            found.eq_ignore_ascii_case(name) || format!("{found}Paths").eq_ignore_ascii_case(name)
        };
        self.structs.iter().any(|item| same(item.name))
            || self.enums.iter().any(|item| {
                let found = &item.values.type_name;
                found.eq_ignore_ascii_case(name)
                    || format!("Unknown{found}").eq_ignore_ascii_case(name)
            })
            || self.imports.iter().any(|(.., found)| found == name)
    }
}

#[derive(Clone, Copy)]
struct Context<'c> {
    plain: bool,
    read_only: bool,
    path: &'c str,
}

impl<'m> Field<'m> {
    fn new(attribute: &'m Attribute, context: Context<'_>) -> Self {
        let value = Value::of(&attribute.kind);
        let plurality = match (attribute.multi_valued, attribute.required && !context.plain) {
            (true, _) => Plurality::Many,
            (false, true) => Plurality::Required,
            (false, false) => Plurality::Optional,
        };
        let bare = context.plain || context.read_only;
        let access = match (attribute.mutability, attribute.returned) {
            _ if bare => Access::Plain,
            (Mutability::ReadOnly, _) => Access::ReadOnly,
            (Mutability::WriteOnly, _) | (_, Returned::Never) => Access::WriteOnly,
            _ => Access::Plain,
        };
        let plain = context.plain;
        Self {
            attribute,
            name: &attribute.field,
            spelled: None,
            value,
            plurality,
            access,
            bare,
            plain,
        }
    }

    /// The name of the field.
    pub(super) fn ident(&self) -> Ident {
        match &self.spelled {
            Some(spelled) => spelled.name.clone(),
            None => ident(self.name),
        }
    }

    /// The type of one value.
    pub(super) fn single_tokens(&self) -> TokenStream {
        match &self.spelled {
            Some(spelled) => spelled.single.clone(),
            None => ident(self.value.name()).into_token_stream(),
        }
    }

    /// Returns whether a client has to give it.
    pub(super) fn is_required(&self) -> bool {
        self.attribute.required && !self.plain && self.access != Access::ReadOnly
    }

    /// The type of the field.
    pub(super) fn type_tokens(&self) -> TokenStream {
        if let Some(spelled) = &self.spelled {
            return spelled.value.clone();
        }
        let value = ident(self.value.name());
        let inner = match self.plurality {
            Plurality::Required => quote!(#value),
            Plurality::Optional => quote!(Option<#value>),
            Plurality::Many => quote!(Vec<#value>),
        };
        match self.access {
            Access::Plain => inner,
            Access::ReadOnly => quote!(ReadOnly<#inner>),
            Access::WriteOnly => quote!(WriteOnly<#inner>),
        }
    }
}

/// The data types of simple values.
#[cfg(any(test, feature = "derive"))]
const SIMPLE: [Kind; 8] = [
    Kind::String(None),
    Kind::Boolean,
    Kind::Decimal,
    Kind::Integer,
    Kind::DateTime,
    Kind::Binary,
    Kind::Reference,
    Kind::Any,
];

/// The data type of a simple value that has this Rust type.
#[cfg(any(test, feature = "derive"))]
pub(crate) fn kind_of(rust_type: &str) -> Option<Kind> {
    let has_type =
        |kind: &&Kind| matches!(Value::of(kind), Value::Simple(name) if name == rust_type);
    SIMPLE.iter().find(has_type).cloned()
}

impl<'m> Value<'m> {
    fn of(kind: &'m Kind) -> Self {
        match kind {
            Kind::String(Some(values)) => Value::Enum(&values.type_name),
            Kind::Complex(complex) => Value::Complex(&complex.type_name),
            Kind::Declared(path) => Value::Declared(path),
            Kind::String(None) => Value::Simple("String"),
            Kind::Boolean => Value::Simple("bool"),
            Kind::Decimal => Value::Simple("Decimal"),
            Kind::Integer => Value::Simple("i64"),
            Kind::DateTime => Value::Simple("DateTime"),
            Kind::Reference => Value::Simple("Reference"),
            Kind::Binary => Value::Simple("Binary"),
            Kind::Any => Value::Simple("Json"),
        }
    }

    pub(super) fn name(self) -> &'m str {
        match self {
            Self::Simple(name) => name,
            Self::Enum(name) | Self::Complex(name) | Self::Declared(name) => name,
        }
    }
}

impl ExtensionField<'_> {
    /// The name of the field.
    pub(super) fn ident(&self) -> Ident {
        match &self.spelled {
            Some(spelled) => spelled.name.clone(),
            None => ident(self.name),
        }
    }

    /// The type of the extension.
    pub(super) fn single_tokens(&self) -> TokenStream {
        match &self.spelled {
            Some(spelled) => spelled.single.clone(),
            None => ident(&self.type_name).into_token_stream(),
        }
    }

    /// The type of the field.
    pub(super) fn type_tokens(&self) -> TokenStream {
        if let Some(spelled) = &self.spelled {
            return spelled.value.clone();
        }
        let value = ident(&self.type_name);
        quote!(Option<#value>)
    }
}

impl<'m> Struct<'m> {
    /// A struct alone, without the types of its attributes.
    #[cfg(feature = "derive")]
    pub(super) fn new(
        (name, wire): (&'m str, &'m str),
        description: &'m str,
        form: Form<'m>,
        attributes: &'m [Attribute],
    ) -> Self {
        let context = Context {
            plain: false,
            read_only: false,
            path: "",
        };
        let fields = attributes.iter().map(|a| Field::new(a, context)).collect();
        Self {
            name,
            wire,
            description,
            form,
            fields,
            extensions: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The derives find a data type by the Rust type that the generator gives it: all of them.
    #[test]
    fn every_simple_data_type_is_known_by_its_rust_type() {
        for kind in &SIMPLE {
            let Value::Simple(name) = Value::of(kind) else {
                panic!("{kind:?}");
            };
            assert_eq!(kind_of(name).as_ref(), Some(kind));
        }
        // `complex` is none of them, and what no RFC defines is one.
        assert_eq!(SIMPLE.len(), scim_schema::lists::types().len());
    }
}
