//! Every operator of filters (RFC 7644 §3.4.2.2), evaluated by the server.

use scim_client::{
    EnterpriseUser, Stored, User,
    typed::Condition,
    user::{Email, Name},
};

use super::{Scenario, scenarios};
use crate::{
    outcome::{Step, same},
    site::Site,
};

pub(super) const SCENARIOS: &[Scenario] = scenarios! {
    "filter: eq" => eq, needs Filter;
    "filter: eq in another letter case" => other_case, needs Filter;
    "filter: eq of a case-exact attribute" => case_exact, needs Filter;
    "filter: ne" => ne, needs Filter;
    "filter: co" => co, needs Filter;
    "filter: sw" => sw, needs Filter;
    "filter: ew" => ew, needs Filter;
    "filter: pr" => pr, needs Filter;
    "filter: not pr" => not_pr, needs Filter;
    "filter: gt, ge, lt, le of text" => order, needs Filter;
    "filter: gt, ge, lt, le of dateTime" => date_time, needs Filter;
    "filter: a boolean" => boolean, needs Filter;
    "filter: a sub-attribute" => sub_attribute, needs Filter;
    "filter: or" => or, needs Filter;
    "filter: not" => not, needs Filter;
    "filter: and within or within not" => nested, needs Filter;
    "filter: a sub-attribute of many" => many, needs Filter;
    "filter: a value path" => value_path, needs Filter;
    "filter: a value path is about one element" => one_element, needs Filter;
    "filter: an extension attribute" => extension, needs Filter;
    "filter: id" => id, needs Filter;
    "filter: non-ASCII text" => non_ascii, needs Filter;
    "filter: quotes, backslashes, +, & and %" => escapes, needs Filter;
    "filter: matches nothing" => nothing, needs Filter;
};

/// Three users: Anna, Bert and Carla.
struct Trio {
    users: [Stored<User>; 3],
}

impl Trio {
    async fn new(site: &Site) -> Step<Self> {
        let anna = site.user("anna", |mut user| {
            user.enterprise_user = Some(EnterpriseUser::new().with_department("Tours"));
            user.with_display_name("Anna Łuck")
                .with_external_id("Ext-A")
                .with_title("Guide")
                .with_active(true)
                .with_name(Name::new().with_family_name("Adams"))
                .with_emails([
                    Email::new("anna@work.example").with_type("work"),
                    Email::new("anna@home.example").with_type("home"),
                ])
        });
        let anna = anna.await?;
        let bert = site.user("bert", |mut user| {
            user.enterprise_user = Some(EnterpriseUser::new().with_department("Sales"));
            user.with_display_name(r#"Bert "B\" 100% A+B & C"#)
                .with_external_id("ext-a")
                .with_title("Sales Guide")
                .with_active(false)
                .with_name(Name::new().with_family_name("Brown"))
                .with_emails([
                    Email::new("bert@home.example").with_type("work"),
                    Email::new("bert@work.example").with_type("home"),
                ])
        });
        let bert = bert.await?;
        let carla = site.user("carla", |user| {
            user.with_display_name("Carla")
                .with_active(true)
                .with_name(Name::new().with_family_name("Clark"))
        });
        let users = [anna, bert, carla.await?];
        Ok(Self { users })
    }

    /// Expects these of the three, among those that meet the condition; also by POST.
    async fn expect(
        &self,
        site: &Site,
        wanted: &str,
        condition: impl Fn(<User as scim_client::resource::Root>::Paths) -> Condition<User>,
    ) -> Step {
        // Others that live on the server are none of our business.
        let [anna, bert, carla] = &self.users;
        let query = site.users().query().filter(|u| {
            condition(u)
                & (u.user_name.eq(&anna.user_name)
                    | u.user_name.eq(&bert.user_name)
                    | u.user_name.eq(&carla.user_name))
        });
        let words = format!(
            "`{}` matches",
            condition(<User as scim_client::resource::Root>::PATHS)
        );
        let mut found = String::new();
        for user in query.all().await? {
            let known = self.users.iter().position(|known| known.id() == user.id());
            found.push(known.map_or('?', |index| ['a', 'b', 'c'][index.min(2)]));
        }
        let mut letters: Vec<char> = found.chars().collect();
        letters.sort_unstable();
        same(&words, letters.into_iter().collect::<String>(), wanted)
    }
}

async fn eq(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    trio.expect(site, "a", |u| u.title.eq("Guide")).await
}

async fn other_case(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    trio.expect(site, "a", |u| u.title.eq("gUIDE")).await
}

async fn case_exact(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    trio.expect(site, "a", |u| u.external_id.eq("Ext-A")).await
}

async fn ne(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    trio.expect(site, "bc", |u| u.name.family_name.ne("Adams"))
        .await
}

async fn co(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    trio.expect(site, "ab", |u| u.title.co("uid")).await
}

async fn sw(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    trio.expect(site, "b", |u| u.title.sw("Sales")).await
}

async fn ew(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    trio.expect(site, "b", |u| u.name.family_name.ew("own"))
        .await
}

async fn pr(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    trio.expect(site, "ab", |u| u.title.pr()).await?;
    trio.expect(site, "ab", |u| u.emails.pr()).await
}

async fn not_pr(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    trio.expect(site, "c", |u| !u.title.pr()).await
}

async fn order(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    trio.expect(site, "c", |u| u.name.family_name.gt("Brown"))
        .await?;
    trio.expect(site, "bc", |u| u.name.family_name.ge("Brown"))
        .await?;
    trio.expect(site, "a", |u| u.name.family_name.lt("Brown"))
        .await?;
    trio.expect(site, "ab", |u| u.name.family_name.le("Brown"))
        .await
}

async fn date_time(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    trio.expect(site, "abc", |u| u.meta.created.gt("2020-01-01T00:00:00Z"))
        .await?;
    trio.expect(site, "abc", |u| u.meta.created.ge("2020-01-01T00:00:00Z"))
        .await?;
    trio.expect(site, "", |u| u.meta.created.lt("2020-01-01T00:00:00Z"))
        .await?;
    trio.expect(site, "", |u| {
        u.meta.last_modified.le("2020-01-01T00:00:00Z")
    })
    .await
}

async fn boolean(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    trio.expect(site, "ac", |u| u.active.eq(true)).await?;
    trio.expect(site, "b", |u| u.active.ne(true)).await
}

async fn sub_attribute(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    trio.expect(site, "b", |u| u.name.family_name.eq("Brown"))
        .await
}

async fn or(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    trio.expect(site, "ac", |u| {
        u.name.family_name.eq("Adams") | u.name.family_name.eq("Clark")
    })
    .await
}

async fn not(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    trio.expect(site, "bc", |u| !u.name.family_name.eq("Adams"))
        .await
}

async fn nested(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    trio.expect(site, "b", |u| {
        !((u.title.eq("Guide") & u.active.eq(true)) | u.name.family_name.eq("Clark"))
    })
    .await
}

async fn many(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    trio.expect(site, "a", |u| u.emails.value.eq("anna@home.example"))
        .await?;
    trio.expect(site, "ab", |u| u.emails.type_.eq("home")).await
}

async fn value_path(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    trio.expect(site, "b", |u| {
        u.emails.any(|e| e.value.sw("bert") & e.type_.eq("work"))
    })
    .await
}

async fn one_element(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    trio.expect(site, "a", |u| {
        u.emails
            .any(|e| e.type_.eq("work") & e.value.ew("@work.example"))
    })
    .await
}

async fn extension(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    trio.expect(site, "a", |u| u.enterprise_user.department.eq("Tours"))
        .await
}

async fn id(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    let [_, bert, _] = &trio.users;
    let id = bert.id().to_owned();
    trio.expect(site, "b", |u| u.id.eq(&id)).await
}

async fn non_ascii(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    trio.expect(site, "a", |u| u.display_name.eq("Anna Łuck"))
        .await
}

async fn escapes(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    trio.expect(site, "b", |u| {
        u.display_name.eq(r#"Bert "B\" 100% A+B & C"#)
    })
    .await
}

async fn nothing(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    trio.expect(site, "", |u| u.title.eq("no such title"))
        .await?;
    let nobody = site.name("nobody");
    let query = site.users().query().filter(|u| u.user_name.eq(&nobody));
    let first = query.first().await?;
    same(
        "the first of none",
        first.map(|user| user.user_name.clone()),
        None,
    )
}
