//! From the model to source texts: one file with the types of each schema, one with their impls.

#[cfg(feature = "derive")]
mod derived;
pub(crate) mod docs;
mod enums;
mod methods;
mod paths;
mod shape;
mod shared;
mod table;
mod types;

use std::collections::BTreeMap;

use proc_macro2::{Ident, LexError, Span, TokenStream};
use quote::quote;

#[cfg(feature = "text")]
use crate::format;
use crate::options::Options;
use scim_schema::model::{Model, Schema};

use self::paths::Call;
use self::shape::Module;
#[cfg(feature = "derive")]
pub(crate) use self::shape::{Form, Spelled, kind_of};
use self::shared::Shared;
#[cfg(feature = "derive")]
pub(crate) use self::{
    derived::{Derived, derived},
    enums::Call as EnumCall,
};

/// A part of a file: tokens to format, or text that is laid out already.
enum Chunk {
    Tokens(TokenStream),
    Text(String),
}

impl Chunk {
    fn tokens(self) -> Result<TokenStream, LexError> {
        match self {
            Self::Tokens(tokens) => Ok(tokens),
            Self::Text(text) => text.parse(),
        }
    }
}

/// The files by path.
///
/// # Errors
///
/// The emitter produced something that is no Rust.
#[cfg(feature = "text")]
pub(crate) fn emit(
    model: &Model,
    sources: &[&str],
    options: &Options,
) -> Result<BTreeMap<String, String>, syn::Error> {
    let header = docs::header(&options.command, sources);
    let runtime: TokenStream = options
        .runtime
        .parse()
        .map_err(|_| syn::Error::new(Span::call_site(), "the runtime is no path"))?;
    let shared = Shared::with(&options.runtime);
    let root = &options.reading.module;
    let mut files = BTreeMap::new();
    files.insert(
        format!("{root}.rs"),
        file(
            &header,
            vec![Chunk::Tokens(modules(
                model,
                (&shared, &runtime),
                &TokenStream::new(),
                |_| quote!(;),
            ))],
        )?,
    );
    for schema in model.schemas().iter().filter(|schema| !shared.has(schema)) {
        let module = Module::new(schema, model);
        let path = format!("{root}/{}", schema.module);
        files.insert(
            format!("{path}.rs"),
            file(
                &header,
                types(&module, &runtime, &quote!(;), options.examples.as_deref()),
            )?,
        );
        files.insert(
            format!("{path}/impls.rs"),
            file(&header, impls(&module, &runtime))?,
        );
    }
    Ok(files)
}

/// Every module in one stream of items.
///
/// # Errors
///
/// The emitter produced something that is no Rust.
pub(crate) fn inline(model: &Model, options: &Options) -> Result<TokenStream, LexError> {
    let runtime: TokenStream = options.runtime.parse()?;
    let body = |schema: &Schema| {
        let module = Module::new(schema, model);
        let impls = joined(impls(&module, &runtime))?;
        joined(types(&module, &runtime, &quote!({ #impls }), None))
    };
    let shared = Shared::with(&options.runtime);
    let bodies = model
        .schemas()
        .iter()
        .filter(|schema| !shared.has(schema))
        .map(|schema| body(schema).map(|body| (&schema.module, body)));
    let bodies = bodies.collect::<Result<BTreeMap<_, _>, _>>()?;
    let lints = quote! {
        #[allow(dead_code, unreachable_pub, unused_imports, reason = "not every part is used")]
    };
    Ok(modules(model, (&shared, &runtime), &lints, |schema| {
        let body = bodies.get(&schema.module);
        quote!({ #body })
    }))
}

fn joined(chunks: Vec<Chunk>) -> Result<TokenStream, LexError> {
    chunks.into_iter().map(Chunk::tokens).collect()
}

/// The text of a file: a header, and items.
///
/// # Errors
///
/// The tokens are no items.
#[cfg(feature = "text")]
pub(crate) fn text(
    tokens: TokenStream,
    sources: &[&str],
    options: &Options,
) -> Result<String, syn::Error> {
    file(
        &docs::header(&options.command, sources),
        vec![Chunk::Tokens(tokens)],
    )
}

#[cfg(feature = "text")]
fn file(header: &str, chunks: Vec<Chunk>) -> Result<String, syn::Error> {
    let mut text = header.to_owned();
    for chunk in chunks {
        text.push('\n');
        match chunk {
            Chunk::Tokens(tokens) => text.push_str(&format::items(tokens)?),
            Chunk::Text(lines) => text.push_str(&lines),
        }
    }
    Ok(text)
}

/// The modules, each with a body or a semicolon, and their types.
fn modules(
    model: &Model,
    (shared, runtime): (&Shared, &TokenStream),
    lints: &TokenStream,
    body: impl Fn(&Schema) -> TokenStream,
) -> TokenStream {
    let mut schemas: Vec<&Schema> = model.schemas().iter().collect();
    schemas.sort_by(|a, b| a.module.cmp(&b.module));
    let modules = schemas.iter().map(|schema| {
        let module = ident(&schema.module);
        let doc = docs::lines(&[format!("The parts of [`{}`].", schema.type_name)], 0);
        if shared.has(schema) {
            return quote!(#lints pub use #runtime::#module;);
        }
        let body = body(schema);
        quote!(#doc #lints pub mod #module #body)
    });
    let types = schemas.iter().map(|schema| {
        let (module, name) = (ident(&schema.module), ident(&schema.type_name));
        quote!(#lints pub use self::#module::#name;)
    });
    quote!(#(#modules)* #(#types)*)
}

fn types(
    module: &Module<'_>,
    runtime: &TokenStream,
    impls: &TokenStream,
    examples: Option<&str>,
) -> Vec<Chunk> {
    let imports = types::imports(module, runtime);
    let head = quote! {
        #imports

        #[allow(clippy::too_many_arguments, reason = "one argument for each required attribute")]
        mod impls #impls

        pub use self::impls::*;
    };
    let declared = module.structs.iter();
    let structs = declared.map(|item| types::declaration(item, examples));
    let enums = module.enums.iter().map(enums::declaration);
    vec![
        Chunk::Tokens(head),
        Chunk::Tokens(structs.chain(enums).collect()),
    ]
}

fn impls(module: &Module<'_>, runtime: &TokenStream) -> Vec<Chunk> {
    let imports = quote! {
        use #runtime::codegen_v1 as scim;

        use super::*;
    };
    let mut chunks = vec![Chunk::Tokens(imports)];
    for item in &module.structs {
        chunks.push(Chunk::Tokens(methods::inherent(item)));
        chunks.push(Chunk::Tokens(table::table(item, &ident("scim"))));
        let call = Call::of(item, &ident(item.name), &ident("scim"));
        chunks.push(Chunk::Text(call.text()));
    }
    chunks.extend(
        module
            .enums
            .iter()
            .map(|item| Chunk::Text(enums::Call::of(item).text())),
    );
    chunks.push(Chunk::Tokens(paths::names(module)));
    chunks
}

/// An identifier; every name of the model is one.
fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}
