//! The cases of one row of the tables "decode" and "encode": the same page, read or written by each.

use std::hint::black_box;

use serde::{Deserialize, Serialize};

use crate::case::{Case, Start, Work};

const ROUNDS: u32 = 2;

/// A page with elements of any type.
#[derive(Deserialize, Serialize)]
pub struct PageOf<T> {
    /// The resources.
    #[serde(rename = "Resources")]
    pub resources: Vec<T>,
}

/// The cases of one row.
pub(crate) struct Row<'a> {
    cases: &'a mut Vec<Case>,
    pub(crate) row: &'static str,
    page: fn() -> String,
}

impl<'a> Row<'a> {
    pub(crate) fn new(cases: &'a mut Vec<Case>, row: &'static str, page: fn() -> String) -> Self {
        Self { cases, row, page }
    }

    fn add(&mut self, table: &'static str, column: &'static str, start: Start) {
        self.cases.push(Case {
            table,
            row: self.row,
            column,
            rounds: ROUNDS,
            start,
        });
    }

    pub(crate) fn decode<T: 'static>(
        &mut self,
        column: &'static str,
        read: fn(&[u8]) -> Option<T>,
    ) {
        let page = self.page;
        let start = move || {
            let page = page();
            read(page.as_bytes())?;
            Work::on(page.len(), move || {
                drop(black_box(read(black_box(page.as_bytes()))))
            })
        };
        self.add("decode", column, Box::new(start));
    }

    pub(crate) fn encode<T: 'static>(
        &mut self,
        column: &'static str,
        read: fn(&[u8]) -> Option<T>,
        write: fn(&T),
    ) {
        let page = self.page;
        let start = move || {
            let page = page();
            let users = read(page.as_bytes())?;
            Work::on(page.len(), move || write(black_box(&users)))
        };
        self.add("encode", column, Box::new(start));
    }
}

pub(crate) fn from_slice<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    serde_json::from_slice(bytes).ok()
}

pub(crate) fn each<T: Serialize>(users: &[T]) {
    for user in users {
        drop(black_box(serde_json::to_string(user)));
    }
}
