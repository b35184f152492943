//! Binary data is equal or not.

use scim_client::{Resources, User};

fn wrong(users: Resources<User>) {
    users.query().filter(|u| u.x509_certificates.value.gt("AQI="));
}

fn main() {}
