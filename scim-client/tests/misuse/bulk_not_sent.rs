#![deny(unused_must_use)]
fn wrong(scim: scim_client::Client) {
    scim.bulk().fail_on_errors(1);
}

fn main() {}
