//! What the server says of itself, and who may ask.

use scim_client::{
    Error, Group, Resource as _, User,
    http::{Method, StatusCode},
};

use crate::{
    outcome::{Step, Stop, ensure, refused, same, wrong},
    scenario::{Scenario, scenarios},
    site::Site,
};

pub(super) const SCENARIOS: &[Scenario] = scenarios! {
    "discover" => discover, compiled only;
    "discover without a problem" => no_problem, compiled only;
    "verify User" => verify_user, compiled only;
    "verify Group" => verify_group, compiled only;
    "a schema by its URN" => schema, compiled only;
    "a token that is wrong" => unauthorized, compiled only;
    "raw request" => raw, compiled only;
    "an endpoint that is not there" => no_endpoint, compiled only;
};

/// Ends the scenario where the server has no documents of discovery and says so by 501: the client
/// goes on without. A 404 is a failure: these endpoints are required (RFC 7644 §4).
fn needs_discovery(site: &Site) -> Step {
    let provider = &site.provider;
    let is_absent = provider.schemas.is_empty() || provider.resource_types.is_empty();
    let no_such = |error: &Error| error.status() == Some(StatusCode::NOT_IMPLEMENTED);
    if is_absent && provider.problems.iter().any(no_such) {
        let problems: Vec<_> = provider.problems.iter().map(ToString::to_string).collect();
        return Err(Stop::Unsupported(problems.join("; ")));
    }
    Ok(())
}

async fn discover(site: &Site) -> Step {
    needs_discovery(site)?;
    let provider = &site.provider;
    ensure!(provider.config.is_some(), "no ServiceProviderConfig");
    ensure!(!provider.schemas.is_empty(), "no schemas");
    for schema in [User::SCHEMA, Group::SCHEMA] {
        ensure!(
            provider.resource_type(schema).is_some(),
            "no resource type of {schema}"
        );
    }
    Ok(())
}

async fn no_problem(site: &Site) -> Step {
    needs_discovery(site)?;
    let problems: Vec<_> = site
        .provider
        .problems
        .iter()
        .map(ToString::to_string)
        .collect();
    ensure!(problems.is_empty(), "{}", problems.join("; "));
    Ok(())
}

async fn verify_user(site: &Site) -> Step {
    needs_discovery(site)?;
    let report = site.provider.verify::<User>().into_result();
    report.map(drop).map_err(|report| wrong(report.to_string()))
}

async fn verify_group(site: &Site) -> Step {
    needs_discovery(site)?;
    let report = site.provider.verify::<Group>().into_result();
    report.map(drop).map_err(|report| wrong(report.to_string()))
}

async fn schema(site: &Site) -> Step {
    let path = format!("/Schemas/{}", User::SCHEMA);
    let json = site.client.request(Method::GET, path).await?;
    let text = json
        .map(|json| json.as_str().to_owned())
        .unwrap_or_default();
    ensure!(
        text.contains("userName"),
        "the schema of a user has no userName: {text}"
    );
    Ok(())
}

async fn unauthorized(site: &Site) -> Step {
    if site
        .anonymous()?
        .resource::<User>()
        .query()
        .count(1)
        .await
        .is_ok()
    {
        return Err(Stop::Unsupported("it asks for no token".to_owned()));
    }
    let users = site.stranger()?.resource::<User>();
    let error = refused("a wrong token", users.query().count(1).await)?;
    ensure!(error.is_unauthorized(), "{error}");
    let search = refused("a wrong token", users.query().via_post().await)?;
    ensure!(
        search
            .path()
            .is_some_and(|path| path.ends_with("/Users/.search")),
        "the error names another request: {search}"
    );
    ensure!(
        !error.to_string().contains("not-the-token"),
        "the error shows the token"
    );
    Ok(())
}

async fn raw(site: &Site) -> Step {
    let answer = site
        .client
        .request(Method::GET, "/Users")
        .parameter("count", "1")
        .send()
        .await?;
    same("status", answer.status(), StatusCode::OK)?;
    ensure!(answer.value().is_some(), "no body");
    Ok(())
}

async fn no_endpoint(site: &Site) -> Step {
    let error = refused(
        "/Nothings",
        site.client.request(Method::GET, "/Nothings").await,
    )?;
    same("status", error.status(), Some(StatusCode::NOT_FOUND))
}
