//! What is remembered from one element of a list to the next changes nothing.

use proptest::prelude::*;

use crate::{Partial, Stored, User, message::ListResponse, message::Outcome};

/// Members of a user, in many spellings. Some do not fit.
const MEMBERS: [&str; 34] = [
    r#""id":"1""#,
    r#""ID" : "2""#,
    r#""userName":"u""#,
    r#""username":"v\n""#,
    r#""us\u0065rName":"w""#,
    r#""userName":5"#,
    r#""title":null"#,
    r#""TITLE":"x""#,
    r#""active":true"#,
    r#""active":"maybe""#,
    r#""displayName":{}"#,
    r#""displayName":["d"]"#,
    r#""nickName":"\ud83d""#,
    r#""name":{"familyName":"f","givenName":"g"}"#,
    r#""name":{"givenName":"g","x":1,"familyName":"f"}"#,
    r#""NAME":{"familyname":null}"#,
    r#""emails":[{"value":"a","type":"work"},{"type":"home","value":"b"}]"#,
    r#""emails":[{"value":null,"type":"work"},"c",{"VALUE":"d","primary":"yes"}]"#,
    r#""emails":[]"#,
    r#""emails":{"value":"e"}"#,
    r#""groups":[{"value":"1","$ref":"r","display":"g","z":[1]},{},null,{"value":"2"}]"#,
    r#""addresses":[{"country":"US","formatted":"a\nb","formatted":"c"}]"#,
    r#""meta":{"resourceType":"User","version":"W/\"1\"","created":1}"#,
    r#""Meta":{"x":{},"location":"l"}"#,
    r#""schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]"#,
    r#""schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]"#,
    r#""schemas":["urn:x"]"#,
    r#""urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"d","manager":{"value":"m"},"y":"z"}"#,
    r#""urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":"n"}"#,
    r#""urn:ietf:params:scim:schemas:core:2.0:User:title":"t""#,
    r#""urn:x":{"a":1}"#,
    r#""x-one":[1, 2]"#,
    r#""X-One":{"a":"\ud83d"}"#,
    r#""x-two":null"#,
];

fn element() -> impl Strategy<Value = String> {
    let members = prop::sample::subsequence(MEMBERS.to_vec(), 0..MEMBERS.len());
    let shuffled = prop_oneof![members.clone().boxed(), members.prop_shuffle().boxed()];
    (shuffled, prop::sample::select(vec![",", " ,\n "])).prop_map(|(members, comma)| {
        let before = [r#""id":"0""#, r#""userName":"first""#];
        let all: Vec<&str> = before.into_iter().chain(members).collect();
        format!("{{{}}}", all.join(comma))
    })
}

/// What came of an element, and what is wrong with it.
fn told<T>(outcome: &Outcome<T>, json: impl Fn(&T) -> String) -> String {
    match outcome {
        Ok(read) => json(read),
        Err(error) => {
            let places = error.places().iter().map(|place| {
                let path = place.path();
                let path = path.split_once(']').map_or(path, |(_, rest)| rest);
                format!("{} {:?}", path.trim_start_matches('.'), place.kind())
            });
            let places: Vec<String> = places.collect();
            format!("{places:?} {:?} {}", error.syntax_error(), error.raw())
        }
    }
}

/// Like [`told`], of an element by itself, whose paths do not begin with its place in a list.
fn told_alone<T>(outcome: Outcome<T>, json: impl Fn(&T) -> String) -> String {
    told(&outcome.map_err(|error| error.in_list(0)), json)
}

proptest! {
    #[test]
    fn elements_of_a_list_are_what_they_are_alone(
        elements in prop::collection::vec(element(), 1..8),
        again in 1..4_usize,
    ) {
        let elements = vec![elements; again].concat();
        let list = format!("{{\"Resources\":[{}]}}", elements.join(","));
        let read = ListResponse::<Outcome<Stored<User>>>::from_json(&list).unwrap();
        let strictly = ListResponse::<Outcome<Stored<User>>>::from_json_strict(&list).unwrap();
        let partly = ListResponse::<Outcome<Partial<User>>>::from_json(&list).unwrap();
        prop_assert_eq!(read.resources.len(), elements.len());
        for (index, element) in elements.iter().enumerate() {
            prop_assert_eq!(
                told(&read.resources[index], Stored::to_json),
                told_alone(Stored::<User>::from_json(element), Stored::to_json)
            );
            prop_assert_eq!(
                told(&strictly.resources[index], Stored::to_json),
                told_alone(Stored::<User>::from_json_strict(element), Stored::to_json)
            );
            prop_assert_eq!(
                told(&partly.resources[index], |one| format!("{one:?}")),
                told_alone(Partial::<User>::from_json(element), |one| format!("{one:?}"))
            );
        }
    }
}

#[test]
fn few_values_take_no_more_room_than_they_need() {
    let user = r#"{"id":"1","userName":"u","emails":[{"value":"a"},{"value":"b"}]}"#;
    let list = format!("[{user},{user},{user},{user}]");
    let read = ListResponse::<Outcome<Stored<User>>>::from_json(&list).unwrap();
    let room: Vec<usize> = read
        .resources
        .iter()
        .flatten()
        .map(|u| u.emails.capacity())
        .collect();
    // What is remembered begins with the second.
    assert_eq!(room[2..], [2, 2]);
}
