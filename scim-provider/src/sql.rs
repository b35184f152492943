//! Filters as conditions of SQL.
