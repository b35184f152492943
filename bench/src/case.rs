//! One piece of work that is measured.

/// Work to be measured: a cell of a table.
pub struct Case {
    /// The table's title.
    pub table: &'static str,
    /// What is done.
    pub row: &'static str,
    /// Who does it.
    pub column: &'static str,
    /// How often it is done under valgrind.
    pub rounds: u32,
    /// Prepares the data and gives the work; none if it cannot be done.
    pub start: Start,
}

/// Prepares the data and gives the work; none if it cannot be done.
pub type Start = Box<dyn Fn() -> Option<Work>>;

/// What is done once a round.
pub struct Work {
    /// The bytes of JSON that it is about, where figures are counted by them.
    pub bytes: Option<usize>,
    /// One round.
    pub round: Box<dyn FnMut()>,
}

impl Work {
    /// Work whose figures are counted by round.
    pub fn new(round: impl FnMut() + 'static) -> Option<Self> {
        Some(Self {
            bytes: None,
            round: Box::new(round),
        })
    }

    /// Work on that many bytes of JSON.
    pub fn on(bytes: usize, round: impl FnMut() + 'static) -> Option<Self> {
        Some(Self {
            bytes: Some(bytes),
            round: Box::new(round),
        })
    }
}

impl Case {
    /// How the command line names it.
    pub fn name(&self) -> String {
        format!("{}/{}/{}", self.table, self.row, self.column)
    }
}
