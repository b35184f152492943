//! No values at all.

use scim_client::User;

fn main() {
    let _ = User::new("x").with_emails([]);
}
