//! Explores a service provider whose types are known at run time only: lists its resource types with
//! what its schemas say of each attribute, creates a resource of one type with nothing but its
//! required attributes, changes it, and deletes it.
//!
//! `--url URL --token TOKEN` says which; without them it is the embedded one. `--type NAME` chooses
//! the resource type, `User` otherwise.

use std::{env, process::ExitCode, time::SystemTime};

use scim_client::{
    Client, Stored,
    client::Resources,
    dynamic::{DynamicResource, ResourceType, Value as DynamicValue},
    model::{Attribute, Descriptor, Kind, Mutability, Uniqueness},
    testing::ServiceProvider,
    value::DateTime,
};
use serde_json::{Map, Value, json};

type Failure = Box<dyn std::error::Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let explored = match Arguments::read() {
        Ok(arguments) => explore(arguments).await,
        Err(problem) => Err(problem.into()),
    };
    match explored {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("explore failed: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn explore(arguments: Arguments) -> Result<(), Failure> {
    let (url, token, _server) = match arguments.url {
        Some(url) => (url, arguments.token, None),
        None => {
            let token = "secret-token";
            let provider = ServiceProvider::builder().bearer_token(token);
            let server = provider.build().serve().await?;
            (
                server.url().to_owned(),
                Some(token.to_owned()),
                Some(server),
            )
        }
    };
    let mut scim = Client::builder(url);
    if let Some(token) = token {
        scim = scim.bearer_token(token);
    }
    let scim = scim.build()?;
    let provider = scim.discover().await?;
    for problem in &provider.problems {
        println!("(it says: {problem})");
    }
    let (types, findings) = provider.types_with_findings()?;
    for finding in &findings {
        println!("({finding})");
    }
    if types.is_compiled() {
        println!("(it publishes no schemas: these are those of RFC 7643)");
    }
    for resource_type in &types {
        describe(resource_type);
    }
    let chosen = types.find(&arguments.resource_type)?;
    live(&scim.resource_of(chosen), chosen).await
}

/// Prints a resource type and its attributes.
fn describe(resource_type: &ResourceType) {
    let (name, endpoint) = (resource_type.name(), resource_type.endpoint());
    println!("\n== {name} at {endpoint} ({})", resource_type.schema());
    for described in resource_type.attributes() {
        let attribute = described.attribute();
        println!(
            "   {:<44} {}",
            described.path().to_string(),
            facts(attribute)
        );
    }
}

/// What the schema says of an attribute, in a few words.
fn facts(attribute: &Attribute) -> String {
    let kind = match attribute.kind() {
        Kind::Complex(_) => "complex".to_owned(),
        kind => format!("{kind:?}").to_lowercase(),
    };
    let many = attribute.is_multi_valued().then_some("many");
    let required = attribute.is_required().then_some("required");
    let mutability = match attribute.mutability() {
        Mutability::ReadOnly => Some("readOnly"),
        Mutability::Immutable => Some("immutable"),
        Mutability::WriteOnly => Some("writeOnly"),
        _ => None,
    };
    let unique = attribute.uniqueness() != Uniqueness::None;
    let words = [many, required, mutability, unique.then_some("unique")];
    let words = words.into_iter().flatten().map(str::to_owned);
    let facts: Vec<_> = std::iter::once(kind).chain(words).collect();
    facts.join(", ")
}

/// The life of a resource: it is created, changed and deleted.
async fn live(
    resources: &Resources<DynamicResource>,
    resource_type: &ResourceType,
) -> Result<(), Failure> {
    println!(
        "\n== a {} with its required attributes",
        resource_type.name()
    );
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let mark = format!("explore-{:x}", now.as_micros());
    let mut resource = resources.new_resource();
    let required = required(resource_type.descriptor(), &mark);
    for (name, value) in &required {
        resource.set(name, value)?;
    }
    println!("-> {}", resource.to_json());
    let created = resources.create(&resource).await?;
    println!("<- {} {}", created.id(), created.to_json());
    let changed = change(resources, resource_type, &created).await;
    // Whatever came of it, nothing is left behind.
    let there = resources.delete(created.id()).if_exists().await?;
    println!("deleted: {}", if there { "yes" } else { "it was gone" });
    changed
}

async fn change(
    resources: &Resources<DynamicResource>,
    resource_type: &ResourceType,
    created: &Stored<DynamicResource>,
) -> Result<(), Failure> {
    // Some text that a client may change, and that need not be unique.
    let mut attributes = resource_type.descriptor().attributes().iter();
    let changeable = attributes.find(|attribute| {
        matches!(attribute.kind(), Kind::String)
            && attribute.mutability() == Mutability::ReadWrite
            && attribute.uniqueness() == Uniqueness::None
            && attribute.suggested_values().is_empty()
            && !attribute.is_multi_valued()
    });
    let Some(attribute) = changeable else {
        println!("(nothing of it is text that may be changed)");
        return Ok(());
    };
    let name = attribute.name();
    println!("\n== {name} is changed");
    let update = resources.update(created, |resource| resource.set(name, "explored"));
    println!("-> {}", update.patch()?.to_message().to_json());
    let changed = match update.await {
        // Some refuse their own values where PATCH is not supported and all of it is sent back.
        Err(error)
            if error
                .status()
                .is_some_and(|status| status.is_client_error()) =>
        {
            println!("<- refused: {error}");
            return Ok(());
        }
        changed => changed?,
    };
    let now = changed.get(name)?.map(DynamicValue::to_text);
    println!("<- {name}: {now:?}");
    Ok(())
}

/// A value for everything that is required of a client.
fn required(table: &Descriptor, mark: &str) -> Map<String, Value> {
    let attributes = table.attributes().iter();
    let wanted = attributes.filter(|attribute| {
        attribute.is_required() && attribute.mutability() != Mutability::ReadOnly
    });
    wanted
        .map(|attribute| {
            let value = value(attribute, mark);
            let value = match attribute.is_multi_valued() {
                true => json!([value]),
                false => value,
            };
            (attribute.name().to_owned(), value)
        })
        .collect()
}

fn value(attribute: &Attribute, mark: &str) -> Value {
    match (attribute.kind(), attribute.suggested_values().first()) {
        (Kind::Complex(table), _) => Value::Object(required(table.get(), mark)),
        (_, Some(suggested)) => json!(suggested),
        (Kind::Boolean, _) => json!(true),
        (Kind::Integer, _) => json!(1),
        (Kind::Decimal, _) => json!(1.5),
        (Kind::DateTime, _) => json!(DateTime::now().to_string()),
        (Kind::Binary, _) => json!("ZXhwbG9yZQ=="),
        (Kind::Reference, _) => json!(format!("https://{mark}.example")),
        _ if attribute.name().to_lowercase().contains("mail") => json!(format!("{mark}@a.example")),
        _ => json!(mark),
    }
}

struct Arguments {
    url: Option<String>,
    token: Option<String>,
    resource_type: String,
}

impl Arguments {
    fn read() -> Result<Self, String> {
        const USAGE: &str = "explore [--url URL [--token TOKEN]] [--type NAME]";
        let (mut url, mut token) = (None, None);
        let mut resource_type = "User".to_owned();
        let mut arguments = env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
            match argument.as_str() {
                "--url" => url = Some(value()?),
                "--token" => token = Some(value()?),
                "--type" => resource_type = value()?,
                "--help" | "-h" => return Err(USAGE.to_owned()),
                _ => return Err(format!("unknown argument {argument}: {USAGE}")),
            }
        }
        if token.is_some() && url.is_none() {
            return Err(format!("--token is for --url: {USAGE}"));
        }
        Ok(Self {
            url,
            token,
            resource_type,
        })
    }
}
