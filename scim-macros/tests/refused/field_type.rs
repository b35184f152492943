use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use scim_client::*;

#[derive(Clone, Resource)]
#[scim(schema = "urn:example:Device", endpoint = "/Devices")]
struct Device {
    labels: HashMap<String, String>,
    weight: Option<f64>,
    height: ReadOnly<u32>,
    image: Vec<u8>,
    name: Cow<'static, str>,
    short: &'static str,
    place: (i64, i64),
    tags: BTreeSet<String>,
    boxed: Option<Box<String>>,
    #[scim(extra)]
    extra: Extra,
}

fn main() {}
