//! Sorting, pages, and searching by POST.

use std::collections::BTreeSet;

use scim_client::{Group, Stored, User, client::AnyOf, http::Method, user::Name};

use crate::{
    asked::Asked,
    outcome::{Step, ensure, ours, same},
    scenario::{Scenario, scenarios},
    site::Site,
};

pub(super) const SCENARIOS: &[Scenario] = scenarios! {
    "sort" => ascending, needs Sort;
    "sort: descending" => descending, needs Sort;
    "sort: a sub-attribute" => sort_sub, needs Sort;
    "list everything" => everything;
    "pages by position" => by_position, needs Filter;
    "pages by position, prefetched" => prefetched, needs Filter;
    "pages by cursor" => by_cursor, needs Cursors;
    "a page from the middle" => middle, needs Positions;
    "a page after the last" => after_the_last, needs Positions;
    "how many there are" => total, needs Filter;
    "the first of many" => first, needs Filter;
    ".search" => search, needs Filter;
    ".search: pages" => search_pages, needs Filter;
    "search all types" => search_all, needs Filter, compiled only;
};

scim_client::one_of! {
    /// What is searched for.
    enum Principal { User(User), Group(Group) }
}

/// Users with the family names C, A and B; the query that finds them.
async fn shuffled(site: &Site) -> Step<Asked<User>> {
    let prefix = site.name("sorted");
    for letter in ["C", "A", "B"] {
        let user = User::new(format!("{prefix}-{letter}@interop.example"))
            .with_name(Name::new().with_family_name(letter));
        site.given(&user).await?;
    }
    Ok(site.users().query().filter(|u| u.user_name.sw(&prefix)))
}

async fn family_names(query: Asked<User>) -> Step<String> {
    let found = query.all().await?;
    let names = found
        .iter()
        .filter_map(|user| user.name.as_ref()?.family_name.as_deref());
    Ok(names.collect())
}

async fn ascending(site: &Site) -> Step {
    let query = shuffled(site).await?.sort_by(|u| u.user_name);
    same("order", family_names(query).await?, "ABC")
}

async fn descending(site: &Site) -> Step {
    let query = shuffled(site).await?.sort_by(|u| u.user_name).descending();
    same("order", family_names(query).await?, "CBA")
}

async fn sort_sub(site: &Site) -> Step {
    let query = shuffled(site).await?.sort_by(|u| u.name.family_name);
    same("order", family_names(query).await?, "ABC")
}

async fn everything(site: &Site) -> Step {
    let babs = site.babs().await?;
    let all = site.users().query().stream(0).await?;
    let found = all.iter().filter(|user| user.id() == babs.id()).count();
    same("how often the new user is listed", found, 1)
}

/// How many users the scenarios about pages create.
const CROWD: usize = 8;

async fn crowd(site: &Site) -> Step<Asked<User>> {
    let prefix = site.name("crowd");
    for number in 0..CROWD {
        let name = format!("{prefix}-{number}@interop.example");
        site.given(&User::new(name)).await?;
    }
    Ok(site.users().query().filter(|u| u.user_name.sw(&prefix)))
}

/// Expects the crowd: everybody once.
fn expect_crowd(found: &[Stored<User>]) -> Step {
    let ids: BTreeSet<&str> = found.iter().map(Stored::id).collect();
    same("users", found.len(), CROWD)?;
    same("different users", ids.len(), CROWD)
}

async fn by_position(site: &Site) -> Step {
    expect_crowd(&crowd(site).await?.count(3).stream(0).await?)
}

async fn prefetched(site: &Site) -> Step {
    expect_crowd(&crowd(site).await?.count(2).stream(3).await?)
}

async fn by_cursor(site: &Site) -> Step {
    let query = crowd(site).await?.count(3).cursor("");
    let page = query.clone().page().await?;
    ensure!(
        page.next_cursor.is_some(),
        "the first page has no nextCursor"
    );
    expect_crowd(&query.stream(0).await?)
}

async fn middle(site: &Site) -> Step {
    let page = crowd(site).await?.start_index(7).count(5).page().await?;
    same("resources", page.resources.len(), CROWD - 6)?;
    same("totalResults", page.total_results, Some(CROWD as u64))
}

async fn after_the_last(site: &Site) -> Step {
    let page = crowd(site).await?.start_index(100).count(5).page().await?;
    same("resources", page.resources.len(), 0)?;
    same("totalResults", page.total_results, Some(CROWD as u64))
}

async fn total(site: &Site) -> Step {
    same("total", crowd(site).await?.total().await?, CROWD as u64)
}

async fn first(site: &Site) -> Step {
    ensure!(crowd(site).await?.first().await?.is_some(), "no first");
    Ok(())
}

async fn search(site: &Site) -> Step {
    let query = crowd(site).await?.via_post();
    query.clone().page().await?;
    expect_crowd(&query.stream(0).await?)
}

async fn search_pages(site: &Site) -> Step {
    let query = crowd(site).await?.via_post().count(3);
    query.clone().page().await?;
    expect_crowd(&query.stream(0).await?)
}

async fn search_all(site: &Site) -> Step {
    let babs = site.babs().await?;
    let group = site.group("guides", []).await?;
    let (user_name, group_name) = (&babs.user_name, &group.display_name);
    let filter = format!(r#"userName eq "{user_name}" or displayName eq "{group_name}""#);
    let filter = scim_client::filter::Filter::parse(&filter).map_err(ours)?;
    let query = site.client.search::<Principal>().filter_by(filter);
    let found = query.all().await?;
    let (mut users, mut groups, mut others) = (0, 0, 0);
    for AnyOf(principal) in found {
        match principal {
            Principal::User(user) => users += usize::from(user.id() == babs.id()),
            Principal::Group(found) => groups += usize::from(found.id() == group.id()),
            Principal::Unknown(_) => others += 1,
        }
    }
    same("users, groups, others", (users, groups, others), (1, 1, 0))?;
    // The same by GET, which servers need not have.
    drop(site.client.request(Method::GET, "/").await);
    Ok(())
}
