//! What to do with `scim-client`, chapter by chapter. All code in it runs as tests.
//!
//! | chapter | what |
//! |---|---|
//! | [Getting started](getting_started) | From nothing to a user in a directory, in ten minutes. |
//! | [People and groups](people_and_groups) | Users, groups, department and manager. |
//! | [Filters](filters) | Finding resources: filters in Rust and as text. |
//! | [Patches](patches) | Changing a resource: single attributes, or the whole. |
//! | [Reading and writing without loss](lossless) | How unknown attributes and unusual values are kept. |
//! | [Paging, retries and limits](paging_and_limits) | Paging, retries, rate limits. |
//! | [Bulk](bulk) | Many changes in one request. |
//! | [Your own types](own_types) | Your own types: as a struct, or from schema documents. |
//! | [Types known at run time](run_time_types) | Types that are known only while the program runs. |
//! | [Vendors](vendors) | Real servers, and a crate of your own for one. |
//! | [Overlay and profile](overlay_and_profile) | The members of `overlay.json` and `profile.json`. |
//! | [Testing](testing) | Testing your code, without a network. |
//! | [A server of your own](service_provider) | Writing a service provider over your own storage. |
//! | [Testing a server](testing_a_server) | Testing a service provider in any language against the RFCs. |
//! | [The command line](command_line) | SCIM from a terminal. |
//! | [Errors](errors) | What can go wrong, and what to do about each. |
//! | [Security](security) | Credentials, personal data, certificates. |
//! | [Deviations from the RFCs](deviations) | Where it departs from the RFCs, and why. |
//! | [What the client does](the_client) | What the client does by itself in each operation. |
//! | [WebAssembly](webassembly) | In a browser or in Node.js. |
//! | [Examples](examples) | An index of the examples. |
//!
//! In the examples, `scim` is a client, `users` is `scim.resource::<User>()`, and `provider` is the service provider
//! in memory behind it, made as in [getting started](getting_started#without-a-server).
//!
//! rustdoc shows the guide where the crate is documented with all its features:
//! `cargo doc --open --package scim-client --all-features`.

pub mod getting_started {
    #![doc = include_str!("guide/getting_started.md")]
}

pub mod people_and_groups {
    #![doc = include_str!("guide/people_and_groups.md")]
}

pub mod filters {
    #![doc = include_str!("guide/filters.md")]
}

pub mod patches {
    #![doc = include_str!("guide/patches.md")]
}

pub mod lossless {
    #![doc = include_str!("guide/lossless.md")]
}

pub mod paging_and_limits {
    #![doc = include_str!("guide/paging_and_limits.md")]
}

pub mod bulk {
    #![doc = include_str!("guide/bulk.md")]
}

pub mod own_types {
    #![doc = include_str!("guide/own_types.md")]
}

pub mod run_time_types {
    #![doc = include_str!("guide/run_time_types.md")]
}

pub mod vendors {
    #![doc = include_str!("guide/vendors.md")]
}

pub mod overlay_and_profile {
    #![doc = include_str!("guide/overlay_and_profile.md")]
}

pub mod testing {
    #![doc = include_str!("guide/testing.md")]
}

pub mod service_provider {
    #![doc = include_str!("guide/service_provider.md")]
}

pub mod testing_a_server {
    #![doc = include_str!("guide/testing_a_server.md")]
}

pub mod command_line {
    #![doc = include_str!("guide/command_line.md")]
}

pub mod errors {
    #![doc = include_str!("guide/errors.md")]
}

pub mod security {
    #![doc = include_str!("guide/security.md")]
}

pub mod deviations {
    #![doc = include_str!("guide/deviations.md")]
}

pub mod the_client {
    #![doc = include_str!("guide/the_client.md")]
}

pub mod webassembly {
    #![doc = include_str!("guide/webassembly.md")]
}

pub mod examples {
    #![doc = include_str!("guide/examples.md")]
}
