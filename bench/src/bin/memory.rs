//! Memory that a page of users takes: what is kept, and the peak while it is read.
//! `scim-bench memory` shows it; here each line is a row with tabs between the cells.

use peak_alloc::PeakAlloc;
use scim_bench::{
    derived::{flatten, plain},
    network, pages, patches, payload, server,
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

    if let Some(base) = server::named() {
        for count in [100, 1000] {
            list(&base, count);
        }
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

fn list(base: &str, count: usize) {
    const PAGES: usize = 20;
    // The runtime is the program's, whatever it does.
    let Ok(runtime) = network::on_one_thread() else {
        return println!("list\t{count}\tno runtime");
    };
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let streamed = runtime.block_on(network::streamed(base, count * PAGES, count));
    let peak = MEMORY.peak_usage() - before;
    let body = payload::page_of(0..count, count * PAGES).len();
    match streamed {
        Ok(found) if found == count * PAGES => println!(
            "list\t{count}\t{}\t{}\t{:.2}",
            body / 1024,
            peak / 1024,
            peak as f64 / body as f64
        ),
        _ => println!("list\t{count}\trefused"),
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
