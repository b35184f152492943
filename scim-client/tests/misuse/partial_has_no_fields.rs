//! A projection is read by path, and not written.

use scim_client::{Partial, User};

fn read(partial: Partial<User>) {
    println!("{}", partial.user_name);
}

fn written(mut partial: Partial<User>) {
    partial.display_name = Some("Babs".into());
}

fn main() {}
