//! Every operator of filters (RFC 7644 §3.4.2.2), evaluated by the server.

use scim_client::{
    EnterpriseUser, Stored, User,
    resource::Root,
    typed::{Condition, condition},
    user::{Email, Name},
};

use crate::{
    outcome::{Cause, Step, failed, same},
    scenario::{Scenario, scenarios},
    site::Site,
};

pub(super) const SCENARIOS: &[Scenario] = scenarios! {
    "filter: one term by itself" => one_term, needs Filter;
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
    "filter: and" => and, needs Filter;
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

type Paths = <User as Root>::Paths;

/// Three users: Anna, Bert and Carla. A word of their own is in their values, so that most conditions
/// can be sent by themselves and find nobody else.
struct Trio {
    users: [Stored<User>; 3],
    word: String,
}

impl Trio {
    async fn new(site: &Site) -> Step<Self> {
        let word = site.name("w");
        let anna = site.user("anna", |mut user| {
            let department = format!("Tours {word}");
            user.enterprise_user = Some(EnterpriseUser::new().with_department(department));
            user.with_display_name(format!("Anna Łuck {word}"))
                .with_external_id(format!("Ext-{word}"))
                .with_title(format!("{word} Guide"))
                .with_active(true)
                .with_name(Name::new().with_family_name(format!("Adams {word}")))
                .with_emails([
                    Email::new(format!("anna-{word}@work.example")).with_type("work"),
                    Email::new(format!("anna@{word}.example")).with_type("home"),
                ])
        });
        let anna = anna.await?;
        let bert = site.user("bert", |mut user| {
            let department = format!("Sales {word}");
            user.enterprise_user = Some(EnterpriseUser::new().with_department(department));
            user.with_display_name(format!(r#"Bert "B\" 100% A+B & C {word}"#))
                .with_external_id(format!("ext-{word}"))
                .with_title(format!("Sales {word} Guide"))
                .with_active(false)
                .with_name(Name::new().with_family_name(format!("Brown {word}")))
                .with_emails([
                    Email::new(format!("bert@{word}.example")).with_type("work"),
                    Email::new(format!("bert-{word}@work.example")).with_type("home"),
                ])
        });
        let bert = bert.await?;
        let carla = site.user("carla", |user| {
            user.with_display_name("Carla")
                .with_active(true)
                .with_name(Name::new().with_family_name(format!("Clark {word}")))
        });
        let users = [anna, bert, carla.await?];
        Ok(Self { users, word })
    }

    /// Text with the word of these three in it, in the place of `_`.
    fn text(&self, with: &str) -> String {
        with.replace('_', &self.word)
    }

    /// Expects these of the three, and nobody else. The condition is sent as it is.
    async fn expect(
        &self,
        site: &Site,
        wanted: &str,
        make: impl Fn(Paths) -> Condition<User>,
    ) -> Step {
        self.expect_of(site, wanted, &make, condition(&make)).await
    }

    /// Expects these of the three. Others may well meet the condition, so it is sent together with
    /// the names of the three.
    async fn expect_among(
        &self,
        site: &Site,
        wanted: &str,
        make: impl Fn(Paths) -> Condition<User>,
    ) -> Step {
        let [anna, bert, carla] = &self.users;
        let names = condition::<User>(|u| {
            u.user_name.eq(&anna.user_name)
                | u.user_name.eq(&bert.user_name)
                | u.user_name.eq(&carla.user_name)
        });
        let sent = condition(&make) & names;
        self.expect_of(site, wanted, &make, sent).await
    }

    async fn expect_of(
        &self,
        site: &Site,
        wanted: &str,
        make: &impl Fn(Paths) -> Condition<User>,
        sent: Condition<User>,
    ) -> Step {
        let found = site.users().query().filter(|_| sent).all().await?;
        let letter = |user: &Stored<User>| {
            let known = self.users.iter().position(|known| known.id() == user.id());
            known.map_or('?', |index| ['a', 'b', 'c'][index.min(2)])
        };
        let mut letters: Vec<char> = found.iter().map(letter).collect();
        letters.sort_unstable();
        let letters: String = letters.into_iter().collect();
        if letters == wanted {
            return Ok(());
        }
        let ids = found.iter().map(|user| user.id().to_owned()).collect();
        let said = format!(
            "`{}` matches: expected {wanted:?}, found {letters:?}",
            condition(make)
        );
        Err(failed(said, Cause::Listed(ids)))
    }
}

/// One term, and nothing else: what finds, later, what is left of this run.
async fn one_term(site: &Site) -> Step {
    let prefix = site.name("term");
    let mut wanted = Vec::new();
    for number in 0..2 {
        let name = format!("{prefix}-{number}@interop.example");
        wanted.push(site.given(&User::new(name)).await?);
    }
    let query = site.users().query();
    let found = query.filter(|u| u.user_name.sw(&prefix)).all().await?;
    let ids = |users: &[Stored<User>]| {
        let mut ids: Vec<_> = users.iter().map(|user| user.id().to_owned()).collect();
        ids.sort_unstable();
        ids
    };
    same("userName sw", ids(&found), ids(&wanted))?;
    let [one, _] = wanted.as_slice() else {
        return Ok(());
    };
    let query = site.users().query();
    let found = query
        .filter(|u| u.user_name.eq(&one.user_name))
        .all()
        .await?;
    same("userName eq", ids(&found), vec![one.id().to_owned()])
}

async fn eq(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    let title = trio.text("_ Guide");
    trio.expect(site, "a", |u| u.title.eq(&title)).await
}

async fn other_case(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    let title = trio.text("_ Guide").to_uppercase();
    trio.expect(site, "a", |u| u.title.eq(&title)).await
}

async fn case_exact(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    let id = trio.text("Ext-_");
    trio.expect(site, "a", |u| u.external_id.eq(&id)).await
}

async fn ne(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    let name = trio.text("Adams _");
    trio.expect_among(site, "bc", |u| u.name.family_name.ne(&name))
        .await
}

async fn co(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    let title = trio.text("_ Gui");
    trio.expect(site, "ab", |u| u.title.co(&title)).await
}

async fn sw(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    let title = trio.text("Sales _");
    trio.expect(site, "b", |u| u.title.sw(&title)).await
}

async fn ew(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    let name = trio.text("own _");
    trio.expect(site, "b", |u| u.name.family_name.ew(&name))
        .await
}

async fn pr(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    trio.expect_among(site, "ab", |u| u.title.pr()).await?;
    trio.expect_among(site, "ab", |u| u.emails.pr()).await
}

async fn not_pr(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    trio.expect_among(site, "c", |u| !u.title.pr()).await
}

async fn order(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    let brown = trio.text("Brown _");
    trio.expect_among(site, "c", |u| u.name.family_name.gt(&brown))
        .await?;
    trio.expect_among(site, "bc", |u| u.name.family_name.ge(&brown))
        .await?;
    trio.expect_among(site, "a", |u| u.name.family_name.lt(&brown))
        .await?;
    trio.expect_among(site, "ab", |u| u.name.family_name.le(&brown))
        .await
}

async fn date_time(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    trio.expect_among(site, "abc", |u| u.meta.created.gt("2020-01-01T00:00:00Z"))
        .await?;
    trio.expect_among(site, "abc", |u| u.meta.created.ge("2020-01-01T00:00:00Z"))
        .await?;
    trio.expect_among(site, "", |u| u.meta.created.lt("2020-01-01T00:00:00Z"))
        .await?;
    trio.expect_among(site, "", |u| {
        u.meta.last_modified.le("2020-01-01T00:00:00Z")
    })
    .await
}

async fn boolean(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    trio.expect_among(site, "ac", |u| u.active.eq(true)).await?;
    trio.expect_among(site, "b", |u| u.active.ne(true)).await
}

async fn sub_attribute(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    let name = trio.text("Brown _");
    trio.expect(site, "b", |u| u.name.family_name.eq(&name))
        .await
}

async fn and(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    let [_, bert, _] = &trio.users;
    let (brown, title) = (trio.text("Brown _"), trio.text("_ Guide"));
    trio.expect(site, "b", |u| {
        u.name.family_name.eq(&brown) & u.user_name.eq(&bert.user_name)
    })
    .await?;
    trio.expect(site, "", |u| {
        u.name.family_name.eq(&brown) & u.title.eq(&title)
    })
    .await
}

async fn or(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    let (adams, clark) = (trio.text("Adams _"), trio.text("Clark _"));
    trio.expect(site, "ac", |u| {
        u.name.family_name.eq(&adams) | u.name.family_name.eq(&clark)
    })
    .await
}

async fn not(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    let adams = trio.text("Adams _");
    trio.expect_among(site, "bc", |u| !u.name.family_name.eq(&adams))
        .await
}

async fn nested(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    let (title, clark) = (trio.text("_ Guide"), trio.text("Clark _"));
    trio.expect_among(site, "b", |u| {
        !((u.title.eq(&title) & u.active.eq(true)) | u.name.family_name.eq(&clark))
    })
    .await
}

async fn many(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    let address = trio.text("anna@_.example");
    trio.expect(site, "a", |u| u.emails.value.eq(&address))
        .await?;
    trio.expect_among(site, "ab", |u| u.emails.type_.eq("home"))
        .await
}

async fn value_path(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    let bert = trio.text("bert@_");
    trio.expect(site, "b", |u| {
        u.emails.any(|e| e.value.sw(&bert) & e.type_.eq("work"))
    })
    .await
}

/// Anna has an address that ends so, and an address for work, but these are two.
async fn one_element(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    let domain = trio.text("@_.example");
    trio.expect(site, "b", |u| {
        u.emails.any(|e| e.type_.eq("work") & e.value.ew(&domain))
    })
    .await
}

async fn extension(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    let department = trio.text("Tours _");
    trio.expect(site, "a", |u| u.enterprise_user.department.eq(&department))
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
    let name = trio.text("Anna Łuck _");
    trio.expect(site, "a", |u| u.display_name.eq(&name)).await
}

async fn escapes(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    let name = trio.text(r#"Bert "B\" 100% A+B & C _"#);
    trio.expect(site, "b", |u| u.display_name.eq(&name)).await
}

async fn nothing(site: &Site) -> Step {
    let trio = Trio::new(site).await?;
    let title = trio.text("no such title _");
    trio.expect(site, "", |u| u.title.eq(&title)).await?;
    let nobody = site.user_name("nobody");
    let query = site.users().query().filter(|u| u.user_name.eq(&nobody));
    let first = query.first().await?;
    same(
        "the first of none",
        first.map(|user| user.user_name.clone()),
        None,
    )
}
