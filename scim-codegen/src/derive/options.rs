//! Reads `#[scim(...)]`.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Expr, Lit, LitBool, LitStr, Meta, Token};

use super::findings::Findings;
use scim_schema::nearest;

/// The options of one struct, field, enum or variant.
#[derive(Default)]
pub(super) struct Options(Vec<Given>);

struct Given {
    key: Ident,
    name: String,
    value: Value,
}

enum Value {
    /// `key`
    Flag,
    /// `key = "text"`
    Text(LitStr),
    /// `key = true`
    Bool(LitBool),
    /// `key = ["text", "text"]`
    List(Vec<LitStr>),
}

/// What an option wants for a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Form {
    /// Nothing.
    Flag,
    /// Nothing, or a boolean.
    Switch,
    Text,
    List,
}

/// The options of a place, and words for the place.
pub(super) struct Known {
    pub(super) place: &'static str,
    pub(super) options: &'static [(&'static str, Form)],
    /// Options of another place, and words for that.
    pub(super) elsewhere: &'static [(&'static str, &'static str)],
}

impl Options {
    /// All options of an item. What cannot be read is reported and left out.
    pub(super) fn read(attributes: &[Attribute], known: &Known, findings: &mut Findings) -> Self {
        let mut options = Self::default();
        for attribute in attributes.iter().filter(|a| a.path().is_ident("scim")) {
            match &attribute.meta {
                Meta::List(list) => {
                    for tokens in split(list.tokens.clone()) {
                        match parse.parse2(tokens) {
                            Ok(given) => options.add(given, known, findings),
                            Err(error) => findings.push(error),
                        }
                    }
                }
                meta => findings.at(meta, "write the options in parentheses: `#[scim(...)]`"),
            }
        }
        options
    }

    fn add(&mut self, given: Given, known: &Known, findings: &mut Findings) {
        let name = given.name.as_str();
        let Some((_, form)) = known.options.iter().find(|(known, _)| *known == name) else {
            findings.at(&given.key, unknown(name, known));
            return;
        };
        let wanted = match (form, &given.value) {
            (Form::Flag | Form::Switch, Value::Flag)
            | (Form::Switch, Value::Bool(_))
            | (Form::Text, Value::Text(_))
            | (Form::List, Value::List(_)) => None,
            (Form::Flag, _) => Some(format!("`{name}` takes no value")),
            (Form::Switch, _) => Some(format!("write `{name}` or `{name} = false`")),
            (Form::Text, _) => Some(format!("`{name}` takes a text: `{name} = \"...\"`")),
            (Form::List, _) => Some(format!(
                "`{name}` takes a list of texts: `{name} = [\"...\"]`"
            )),
        };
        if let Some(message) = wanted {
            findings.at(&given.key, message);
        } else if self.find(name).is_some() {
            findings.at(&given.key, format!("`{name}` is given twice"));
        } else {
            self.0.push(given);
        }
    }

    fn find(&self, name: &str) -> Option<&Given> {
        self.0.iter().find(|given| given.name == name)
    }

    /// Where an option stands, if it is given.
    pub(super) fn span(&self, name: &str) -> Option<Span> {
        self.find(name).map(|given| given.key.span())
    }

    /// The options that are given, in their order.
    pub(super) fn keys(&self) -> impl Iterator<Item = &Ident> {
        self.0.iter().map(|given| &given.key)
    }

    pub(super) fn text(&self, name: &str) -> Option<&LitStr> {
        match &self.find(name)?.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn switch(&self, name: &str) -> Option<bool> {
        match &self.find(name)?.value {
            Value::Flag => Some(true),
            Value::Bool(value) => Some(value.value),
            _ => None,
        }
    }

    pub(super) fn list(&self, name: &str) -> Option<Vec<String>> {
        match &self.find(name)?.value {
            Value::List(texts) => Some(texts.iter().map(LitStr::value).collect()),
            _ => None,
        }
    }

    /// One of a fixed set of keywords.
    pub(super) fn keyword<T: Clone>(
        &self,
        name: &str,
        known: &[(&'static str, T)],
        findings: &mut Findings,
    ) -> Option<T> {
        let literal = self.text(name)?;
        let text = literal.value();
        if let Some((_, value)) = known.iter().find(|(keyword, _)| *keyword == text) {
            return Some(value.clone());
        }
        let keywords: Vec<&str> = known.iter().map(|(keyword, _)| *keyword).collect();
        let hint = match nearest(&text, &keywords) {
            Some(keyword) => format!("did you mean \"{keyword}\"?"),
            None => format!("it is one of {}", quoted(&keywords, '"')),
        };
        findings.at(literal, format!("`{name}` cannot be \"{text}\"; {hint}"));
        None
    }

    /// The path of the runtime, if the author says it.
    pub(super) fn runtime(&self, findings: &mut Findings) -> Option<TokenStream> {
        let literal = self.text("crate")?;
        match literal.parse_with(syn::Path::parse_mod_style) {
            Ok(path) => Some(path.into_token_stream()),
            Err(_) => {
                let message = "this is not the path of a crate or module, such as \"crate\" or \
                               \"::acme::scim\"";
                findings.at(literal, message);
                None
            }
        }
    }
}

fn unknown(name: &str, known: &Known) -> String {
    if let Some((_, place)) = known.elsewhere.iter().find(|(other, _)| *other == name) {
        return format!("`{name}` belongs to {place}, not to {}", known.place);
    }
    let names: Vec<&str> = known.options.iter().map(|(name, _)| *name).collect();
    let folded = name.replace('_', "").to_ascii_lowercase();
    let same = names
        .iter()
        .find(|known| known.replace('_', "") == folded)
        .copied();
    match same.or_else(|| nearest(name, &names)) {
        Some(near) => format!("there is no option `{name}`; did you mean `{near}`?"),
        None => format!(
            "there is no option `{name}`; {} has {}",
            known.place,
            quoted(&names, '`')
        ),
    }
}

fn quoted(names: &[&str], mark: char) -> String {
    let names: Vec<String> = names
        .iter()
        .map(|name| format!("{mark}{name}{mark}"))
        .collect();
    names.join(", ")
}

/// The parts between commas.
fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    for token in tokens {
        match (&token, parts.last_mut()) {
            (TokenTree::Punct(punct), _) if punct.as_char() == ',' => {
                parts.push(TokenStream::new());
            }
            (_, Some(part)) => part.extend([token]),
            (_, None) => {}
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

fn parse(input: ParseStream<'_>) -> syn::Result<Given> {
    let start = input.cursor().token_tree().map(|(token, _)| token.span());
    let key = Ident::parse_any(input).map_err(|_| {
        syn::Error::new(
            start.unwrap_or_else(Span::call_site),
            "an option has a name",
        )
    })?;
    let name = key.unraw().to_string();
    if input.is_empty() {
        return Ok(Given {
            key,
            name,
            value: Value::Flag,
        });
    }
    let wrong = |message: &str| syn::Error::new(key.span(), format!("`{name}`: {message}"));
    if !input.peek(Token![=]) {
        return Err(wrong("a value comes after `=`"));
    }
    input.parse::<Token![=]>()?;
    let value = if input.peek(LitStr) {
        Value::Text(input.parse()?)
    } else if input.peek(LitBool) {
        Value::Bool(input.parse()?)
    } else if input.peek(syn::token::Bracket) {
        let content;
        syn::bracketed!(content in input);
        let texts = content.parse_terminated(<LitStr as syn::parse::Parse>::parse, Token![,])?;
        Value::List(texts.into_iter().collect())
    } else {
        return Err(wrong("the value is a text, true, false or a list of texts"));
    };
    if !input.is_empty() {
        return Err(wrong("expected a comma after the value"));
    }
    Ok(Given { key, name, value })
}

/// `description`, or the doc comment, in one line.
pub(super) fn description(attributes: &[Attribute], options: &Options) -> String {
    if let Some(text) = options.text("description") {
        return text.value();
    }
    let mut words = Vec::new();
    for attribute in attributes.iter().filter(|a| a.path().is_ident("doc")) {
        if let Meta::NameValue(pair) = &attribute.meta
            && let Expr::Lit(literal) = &pair.value
            && let Lit::Str(text) = &literal.lit
        {
            words.extend(text.value().split_whitespace().map(str::to_owned));
        }
    }
    words.join(" ")
}
