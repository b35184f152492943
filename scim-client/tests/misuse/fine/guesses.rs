//! What people write first, and is right.

use scim_client::{Client, Error, User, attribute_path::AttributePath, filter::Filter};

async fn text(scim: Client) -> Result<(), Error> {
    let filter: Filter = "title pr".parse()?;
    let path: AttributePath = "userName".parse()?;
    scim.resource::<User>().query().filter_by(filter).sort_by_path(path).all().await?;
    let query = scim.resource::<User>().query().filter_by("title pr".parse()?);
    query.sort_by_path("userName".parse()?).all().await?;
    Ok(())
}

async fn handles(scim: Client) -> Result<(), Error> {
    let mut bulk = scim.bulk();
    let babs = bulk.create(&User::new("bjensen"));
    let gone = bulk.delete::<User>("2819");
    let results = bulk.await?;
    println!("{:?} {:?}", results.get(&babs), results.get(&gone));
    Ok(())
}

fn main() {}
