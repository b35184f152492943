//! `include_schemas!`

use std::path::{Path, PathBuf};

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use scim_codegen::{Diagnostic, Options, folder};
use syn::parse::{Parse, ParseStream};
use syn::{LitStr, Token};

/// The crate of the macro, `"path"`, `crate = "path"` and switches.
pub(crate) struct Input {
    own: TokenTree,
    path: LitStr,
    runtime: Option<LitStr>,
    lenient: bool,
    nothing_required: bool,
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let own = input.parse()?;
        input.parse::<Token![;]>()?;
        let mut read = Self {
            own,
            path: input.parse()?,
            runtime: None,
            lenient: false,
            nothing_required: false,
        };
        while input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
            if input.parse::<Option<Token![crate]>>()?.is_some() {
                input.parse::<Token![=]>()?;
                read.runtime = Some(input.parse()?);
                continue;
            }
            let switch: Ident = input.parse()?;
            match switch.to_string().as_str() {
                "lenient" => read.lenient = true,
                "nothing_required" => read.nothing_required = true,
                other => {
                    let known = ["crate = \"...\"", "lenient", "nothing_required"].join("`, `");
                    let message = format!("there is no option `{other}`; there are `{known}`");
                    return Err(syn::Error::new(switch.span(), message));
                }
            }
        }
        Ok(read)
    }
}

/// The modules of the schemas, or an error at the path for each thing that is wrong.
pub(crate) fn expand(input: &Input) -> TokenStream {
    let error = |message: String| syn::Error::new(input.path.span(), message).into_compile_error();
    let mut options = Options::default();
    options.reading.lenient = input.lenient;
    options.reading.nothing_required = input.nothing_required;
    options.runtime = OWN.to_owned();
    if let Some(runtime) = &input.runtime {
        match runtime.parse_with(syn::Path::parse_mod_style) {
            Ok(_) => options.runtime = runtime.value(),
            Err(error) => return error.into_compile_error(),
        }
    }
    let root = std::env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .unwrap_or_default();
    let sources = match folder::read(&root, Path::new(&input.path.value())) {
        Ok(sources) => sources,
        Err(problem) => {
            return error(format!(
                "{problem} (paths begin at the folder of Cargo.toml)"
            ));
        }
    };
    // The compiler reads the files too, and so learns of a change.
    let files = sources.iter().map(|source| {
        let path = root.join(&source.name).display().to_string();
        quote!(
            const _: &str = include_str!(#path);
        )
    });
    let items = match scim_codegen::tokens(&sources, &options) {
        Ok((items, findings)) => {
            let warnings = findings.warnings().map(|found| warning(found, &input.path));
            quote!(#items #(#warnings)*)
        }
        Err(findings) => findings
            .errors()
            .map(|finding| error(message(finding)))
            .collect(),
    };
    let items = replaced(items, &input.own);
    quote! {
        #items
        #(#files)*
    }
}

/// A macro cannot warn, but what it makes can: the use of something deprecated, at the path.
fn warning(finding: &Diagnostic, path: &LitStr) -> TokenStream {
    let message = finding.to_string();
    let here = quote_spanned!(path.span()=> schema_document);
    quote! {
        const _: () = {
            #[deprecated(note = #message)]
            #[allow(non_upper_case_globals)]
            const schema_document: () = ();
            #here
        };
    }
}

/// Stands for `$crate`, which is no path that could be written as text.
const OWN: &str = "__scim_own_crate";

/// The tokens with `own` in place of its name.
fn replaced(tokens: TokenStream, own: &TokenTree) -> TokenStream {
    let replace = |token| match token {
        TokenTree::Ident(ident) if ident == OWN => own.clone(),
        TokenTree::Group(group) => {
            let mut new = Group::new(group.delimiter(), replaced(group.stream(), own));
            new.set_span(group.span());
            TokenTree::Group(new)
        }
        token => token,
    };
    tokens.into_iter().map(replace).collect()
}

/// What the compiler shows behind its own `error`.
fn message(finding: &Diagnostic) -> String {
    let text = finding.to_string();
    let text = text.strip_prefix("error").unwrap_or(&text);
    format!("schema document{text}")
}
