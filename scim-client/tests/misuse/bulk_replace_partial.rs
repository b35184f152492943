fn wrong(scim: scim_client::Client, partial: scim_client::Partial<scim_client::User>) {
    scim.bulk().replace::<scim_client::User>(&partial);
}

fn main() {}
