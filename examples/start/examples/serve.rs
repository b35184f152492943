//! Serves the embedded service provider until it is stopped:
//! `cargo run --example serve -- --port PORT --token TOKEN --as PROFILE --schemas DIR`. All have
//! defaults: any free port, no token, RFC 7644 instead of a vendor's ways, and users and groups
//! instead of the resource types of the documents in a folder. Prints the base URL.

use std::{env, error::Error, process::ExitCode};

use scim_client::{
    Profile,
    dynamic::ResourceTypes,
    testing::{Misbehaviour, ServiceProvider},
};

const USAGE: &str = "--port PORT --token TOKEN --as PROFILE --schemas DIR";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("serve failed: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), Box<dyn Error>> {
    let mut port = 0;
    let mut provider = ServiceProvider::builder();
    let mut vendor = None;
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if ["--help", "-h"].contains(&argument.as_str()) {
            println!("{USAGE}");
            return Ok(());
        }
        let value = arguments
            .next()
            .ok_or(format!("{argument} needs a value: {USAGE}"))?;
        match argument.as_str() {
            "--port" => {
                let wrong = |_| format!("--port: `{value}` is not a port (0 to 65535)");
                port = value.parse().map_err(wrong)?;
            }
            "--token" => provider = provider.bearer_token(value),
            "--as" => {
                let known = Profile::NAMES.join(", ");
                let profile = Misbehaviour::respond_as(&value);
                vendor = Some(profile.ok_or(format!("no profile {value}, only {known}"))?);
            }
            "--schemas" => {
                let (types, findings) = ResourceTypes::from_folder(&value)?;
                for finding in findings.warnings() {
                    eprintln!("{finding}");
                }
                if types.is_empty() {
                    return Err(
                        format!("--schemas: no document in {value} is a resource type").into(),
                    );
                }
                for one in &types {
                    eprintln!("{one} at {}", one.endpoint());
                }
                provider = provider.resource_types(&types);
            }
            _ => {
                return Err(format!("unknown argument {argument}: {USAGE}").into());
            }
        }
    }
    let provider = provider.build();
    if let Some(vendor) = vendor {
        provider.misbehave(vendor);
    }
    let server = provider.serve_at(port).await?;
    println!("{}", server.url());
    std::future::pending::<()>().await;
    Ok(())
}
