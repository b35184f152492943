//! Wrong requests do not compile, and the message names the attribute and the rule.
//!
//! After an intended change of a message: `TRYBUILD=overwrite cargo test -p scim-client --test
//! misuse`, and read the difference.

#[test]
fn misuse_does_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/misuse/*.rs");
    cases.pass("tests/misuse/fine/*.rs");
}
