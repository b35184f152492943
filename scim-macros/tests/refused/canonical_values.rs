use scim_client::*;

#[derive(Clone, CanonicalValues)]
enum State {
    Used,
    #[scim(rename = "USED")]
    Worn,
    #[scim(renam = "gone")]
    Lost,
}

#[derive(Clone, CanonicalValues)]
enum Size {
    Small { centimetres: u32 },
    Unknown(String),
    Other(String),
}

fn main() {}
