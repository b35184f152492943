//! The JSON that is read: users with all that RFC 7643 §8.3 shows but the password, each a
//! little different.

use std::ops::Range;

const GIVEN: [&str; 7] = [
    "Barbara",
    "Ann",
    "Maximilian",
    "Li",
    "Oluwaseun",
    "Zoé",
    "Jörg",
];
const FAMILY: [&str; 6] = [
    "Jensen",
    "Ng",
    "Featherstonehaugh",
    "Müller",
    "Okonkwo",
    "Smith",
];
const STREETS: [&str; 4] = [
    "100 Universal City Plaza",
    "456 Hollywood Blvd",
    "7 Rue de la Paix",
    "12 Unter den Linden",
];
const TITLES: [&str; 3] = ["Tour Guide", "Vice President", "Site Reliability Engineer"];

/// A page of `count` users.
pub fn page(count: usize) -> String {
    page_of(0..count, count)
}

/// A page of the users in a range of numbers, of `total` in all.
pub fn page_of(range: Range<usize>, total: usize) -> String {
    let users: Vec<_> = range.clone().map(user).collect();
    format!("{}{}{END}", head(&range, total), users.join(","))
}

/// What stands on a page before its users.
fn head(range: &Range<usize>, total: usize) -> String {
    let (start, count) = (range.start + 1, range.len());
    format!(
        "{{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],\
         \"totalResults\":{total},\"startIndex\":{start},\"itemsPerPage\":{count},\"Resources\":["
    )
}

/// What stands behind them.
const END: &str = "]}";

/// How many users are made beforehand. They come again and again on a long list, each time with
/// another `id`.
const MADE: usize = 1000;

/// Users that are made beforehand, so that whoever serves them does little but copy.
pub struct Prepared {
    /// Each with a comma before it, in two parts: the `id` is between them.
    users: Vec<(String, String)>,
}

impl Default for Prepared {
    fn default() -> Self {
        Self::new()
    }
}

impl Prepared {
    /// Makes them.
    pub fn new() -> Self {
        let users = (0..MADE).map(|n| {
            let (text, id) = (user(n), format!("\"id\":\"{}", uuid(n)));
            let at = text.find(&id).map_or(0, |start| start + id.len());
            let (before, after) = text.split_at(at);
            let before = before.strip_suffix(&uuid(n)).unwrap_or(before);
            (format!(",{before}"), after.to_owned())
        });
        Self {
            users: users.collect(),
        }
    }

    /// As [`page_of`], but for what only an `id` tells apart.
    pub fn page(&self, range: Range<usize>, total: usize) -> String {
        let mut page = head(&range, total);
        page.reserve(range.len() * 3000);
        for n in range.clone() {
            let Some((before, after)) = self.users.get(n % MADE) else {
                continue;
            };
            let before = before.get(usize::from(n == range.start)..);
            page.push_str(before.unwrap_or_default());
            page.push_str(&uuid(n));
            page.push_str(after);
        }
        page.push_str(END);
        page
    }
}

/// A user with as little as most service providers have.
pub fn small_user(n: usize) -> String {
    let id = uuid(n);
    format!(
        r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"{id}","userName":"jensen{n}@example.com","name":{{"familyName":"Jensen","givenName":"Barbara"}},"emails":[{{"value":"jensen{n}@example.com","type":"work","primary":true}}],"active":true,"meta":{{"resourceType":"User","created":"2010-01-23T04:56:22Z","lastModified":"2011-05-13T04:42:34Z","version":"W/\"{n:x}\"","location":"https://example.com/v2/Users/{id}"}}}}"#
    )
}

/// User number `n`, without white space between tokens.
pub fn user(n: usize) -> String {
    let given = GIVEN[n % GIVEN.len()];
    let family = FAMILY[n % FAMILY.len()];
    let street = STREETS[n % STREETS.len()];
    let other_street = STREETS[(n + 1) % STREETS.len()];
    let title = TITLES[n % TITLES.len()];
    let login = format!("{}{n}", family.to_lowercase());
    let id = uuid(n);
    let (manager, one, two, three) = (uuid(n / 10), uuid(n % 11), uuid(n % 13), uuid(n % 17));
    let certificate = "MIIDQzCCAqygAwIBAgICEAAwDQYJKoZIhvcNAQEFBQAwTjEL".repeat(4);
    let active = n % 10 != 9;
    let day = 1 + n % 28;
    format!(
        r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"id":"{id}","externalId":"{external}","userName":"{login}@example.com","name":{{"formatted":"Ms. {given} J {family}, III","familyName":"{family}","givenName":"{given}","middleName":"Jane","honorificPrefix":"Ms.","honorificSuffix":"III"}},"displayName":"{given} {family}","nickName":"{given}","profileUrl":"https://login.example.com/{login}","emails":[{{"value":"{login}@example.com","type":"work","primary":true}},{{"value":"{login}@home.example","type":"home"}}],"addresses":[{{"streetAddress":"{street}","locality":"Hollywood","region":"CA","postalCode":"91608","country":"US","formatted":"{street}\nHollywood, CA 91608 US","type":"work","primary":true}},{{"streetAddress":"{other_street}","locality":"Hollywood","region":"CA","postalCode":"91608","country":"US","formatted":"{other_street}\nHollywood, CA 91608 US","type":"home"}}],"phoneNumbers":[{{"value":"555-555-{phone:04}","type":"work"}},{{"value":"555-556-{phone:04}","type":"mobile"}}],"ims":[{{"value":"{login}","type":"aim"}}],"photos":[{{"value":"https://photos.example.com/profilephoto/{n}/F","type":"photo"}},{{"value":"https://photos.example.com/profilephoto/{n}/T","type":"thumbnail"}}],"userType":"Employee","title":"{title}","preferredLanguage":"en-US","locale":"en-US","timezone":"America/Los_Angeles","active":{active},"groups":[{{"value":"{one}","$ref":"https://example.com/v2/Groups/{one}","display":"Tour Guides"}},{{"value":"{two}","$ref":"https://example.com/v2/Groups/{two}","display":"Employees"}},{{"value":"{three}","$ref":"https://example.com/v2/Groups/{three}","display":"US Employees"}}],"x509Certificates":[{{"value":"{certificate}"}}],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{{"employeeNumber":"{external}","costCenter":"{cost}","organization":"Universal Studios","division":"Theme Park","department":"Tour Operations","manager":{{"value":"{manager}","$ref":"https://example.com/v2/Users/{manager}","displayName":"John Smith"}}}},"meta":{{"resourceType":"User","created":"2010-01-{day:02}T04:56:22Z","lastModified":"2011-05-{day:02}T04:42:34Z","version":"W/\"{version:x}\"","location":"https://example.com/v2/Users/{id}"}}}}"#,
        external = 700_000 + n,
        phone = n % 10_000,
        cost = 4_000 + n % 100,
        version = 0x3694_e05e_9dff_0000_u64 + n as u64,
    )
}

/// Something in the form of a UUID.
fn uuid(n: usize) -> String {
    let mixed = (n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!(
        "{:08x}-7f76-453a-{:04x}-{:012x}",
        mixed >> 32,
        mixed & 0xffff,
        mixed.rotate_left(17) & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use super::{MADE, Prepared, page_of};

    #[test]
    fn prepared_pages_are_those_that_are_made_for_each_request() {
        let prepared = Prepared::new();
        assert_eq!(prepared.page(0..3, 9), page_of(0..3, 9));
        assert_eq!(prepared.page(998..MADE, MADE), page_of(998..MADE, MADE));
        assert_eq!(prepared.page(5..5, 5), page_of(5..5, 5));
        let later: serde_json::Value =
            serde_json::from_str(&prepared.page(MADE..MADE + 2, 2 * MADE)).unwrap();
        let made: serde_json::Value =
            serde_json::from_str(&page_of(MADE..MADE + 2, 2 * MADE)).unwrap();
        assert_eq!(later["Resources"][1]["id"], made["Resources"][1]["id"]);
        assert_eq!(later["startIndex"], made["startIndex"]);
    }
}
