use scim_client::{blocking::Wait as _, *};

fn waits(users: Resources<User>) -> Result<(), Error> {
    let babs = users.get("2819c223").wait()?;
    for user in users.query().stream().wait_each() {
        println!("{}", user?.user_name);
    }
    Ok(())
}

fn main() {
    let _ = waits;
}
