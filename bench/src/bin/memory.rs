//! Memory that a page of users takes: what is kept, and the peak while it is read.
//! `scim-bench memory` shows it; here each line is a row with tabs between the cells.

use peak_alloc::PeakAlloc;
use scim_bench::{
    derived::{flatten, plain},
    pages, patches, payload,
};
use serde_json::Value;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

fn main() {
    let page = payload::page(pages::USERS);
    let bytes = page.as_bytes();
    show("scim-client", || pages::ours(bytes));
    // The table itself is made once.
    drop(pages::dynamic(bytes));
    show("scim-client, dynamic", || pages::dynamic(bytes));
    show("scim-client, serde", || read::<pages::Bridged>(bytes));
    show("derive", || read::<plain::Page>(bytes));
    show("derive, flatten", || read::<flatten::Page>(bytes));
    show("Value", || read::<Value>(bytes));
    #[cfg(feature = "rivals")]
    {
        show("scim_v2", || read::<scim_bench::rivals::ScimV2>(bytes));
        show("scim_proto", || {
            read::<scim_bench::rivals::ScimProto>(bytes)
        });
    }

    for members in [patches::MEMBERS / 10, patches::MEMBERS] {
        let start = MEMORY.current_usage();
        let (before, after) = patches::groups(members);
        let both = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let patch = patches::diff(&before, &after);
        let diff = MEMORY.peak_usage() - both;
        let mut group = before.clone();
        let cloned = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        patches::apply(&patch, &mut group);
        let apply = MEMORY.peak_usage() - cloned;
        println!(
            "group\t{members}\t{}\t{}\t{}",
            (both - start) / 2 / 1024,
            diff / 1024,
            apply / 1024,
        );
    }
}

fn read<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    serde_json::from_slice(bytes).ok()
}

fn show<T>(who: &str, decode: impl Fn() -> Option<T>) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let page = decode();
    let peak = (MEMORY.peak_usage() - before) / pages::USERS;
    let kept = (MEMORY.current_usage() - before) / pages::USERS;
    match page {
        Some(_) => println!("user\t{who}\t{kept}\t{peak}"),
        None => println!("user\t{who}\trefused\t"),
    }
}
