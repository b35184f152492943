//! Runs all checks against the embedded service provider: `embedded [strict] [profile...]`.

use std::time::Instant;

use scim_client::testing::ServiceProvider;
use scim_tester::{Format, Profile, Suite};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let mut builder = ServiceProvider::builder().bearer_token("s3cret-token");
    let mut suite = Suite::rfc().bearer_token("s3cret-token");
    let mut format = Format::Text;
    for arg in &args {
        match arg.as_str() {
            "strict" => builder = builder.strict(),
            other => match (Profile::named(other), Format::named(other)) {
                (Some(profile), _) => suite = suite.with(profile),
                (_, Some(named)) => format = named,
                _ => suite = suite.only([other]),
            },
        }
    }
    let provider = builder.build();
    let begun = Instant::now();
    let report = suite.run(provider.clone()).await;
    println!("{}", report.to_text(format));
    eprintln!("{:?}, {} requests", begun.elapsed(), report.requests());
    let left = provider.all::<scim_client::User>().len() + provider.all::<scim_client::Group>().len();
    eprintln!("{left} resources left");
}
