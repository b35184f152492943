//! What there is to say of bars that are missed: what the profile shows, and what was tried. The page has
//! the text of those that its run missed.

pub(super) const RUN_TIME: &str = "\
    It was reached until the compiled type got a fifth faster, from which a type known at run time has \
    only part. The difference by callgrind is where a value is put: in a table of places in place of a \
    field. Done: small tables in the object itself, no cost for empty places.";

pub(super) const PAGE: &str = "\
    By callgrind it is the text of the page, which is copied where it grows, and callgrind counts a \
    copy byte by byte. Done: room for all elements by the mean of those that are written. Room for the \
    exact size would take a second walk through all users, which costs more.";

pub(super) const SMALL_GET: &str = "\
    By callgrind, beyond what hyper-util and derive by hand take there are, in instructions: the \
    layers that hold tries, limits and time-outs (1,500), the future of all of them, which is \
    allocated for each get (1,200), the timer of a try (1,000), the path that is made of the `id` \
    (800), the headers that ask for gzip and name the client (600), text and headers of the answer \
    kept for an error that might be (700), ETag and Location for `meta` (300). Of a full user all of \
    it is within the bar. Done: one timer in place of two, the URL made of parts that are parsed \
    already, no room for the resource in the future that waits, a table of headers no larger than \
    needed, what is known of the proxy remembered.";

pub(super) const INCREMENTAL: &str = "\
    With incremental state, which is cargo's default, the compiler writes down what it found out of \
    each item: a third to a half more of ours, a tenth more of derive's, whose time goes into its \
    function bodies. [What costs in builds](build_costs.md) has the parts. Done: fewer impls for each \
    attribute and literals for tables, which took a third off.";

pub(super) const FROM_NOTHING: &str = "\
    In instructions of rustc (by valgrind, ten schemas) it is 0.27: 1,954 million by 7,240 million. In \
    CPU seconds ours loses more, since the compiler waits more for memory while it looks at many small \
    items than while it looks at few large functions. By `-Ztime-passes` of 2.2 seconds: types 0.7, \
    borrows 0.5 (both mostly setters), coherence 0.25, macros 0.25. A run on a busy machine had 0.26, \
    because derive's crate lost more by it. Setters as fewer functions would cost users their names.";

pub(super) const ORACLE: &str = "\
    Of 116 schemas come 582 types, 2,141 setters and 307 enums that take values they do not know, in \
    3.4 MB of text; comments are a quarter of it and cost nothing that could be measured. A check is \
    the work of the compiler's front, and the build of serde_json that it is compared with is mostly \
    LLVM's: this ratio moves with the machine. A set of this size is best a crate of its own, which is \
    checked once.";

pub(super) const GENERATED: &str = "\
    The baseline has one `Meta` for all schemas, as a careful engineer would write it, and is a tenth \
    cheaper than the one before. What is left of ours: setters 16 %, tables 10 %, `Clone` 8 %, impls \
    of serde 6 %; [what costs in builds](build_costs.md) has more. Done: equality, access and decoding \
    are not generated any more. Setters and `Clone` are what users have the types for.";

pub(super) const REQWEST: &str = "\
    By massif most of it is hyper's: reqwest lets each buffer of a connection grow to 400 KiB, three \
    of which are there while a long body comes, and has no setting for it. The transport over hyper- \
    util has. Of ours there is the text of one page, and 147 KB that tell resources that were there \
    before, half of what they were.";

pub(super) const SMALL_PAGE: &str = "\
    By massif, beside the text of 270 KB there are four buffers of a connection with 32 KiB each, and \
    37 KB that tell resources that were there before. Smaller buffers would keep the bar, and refuse \
    longer heads of responses, which are not to be longer than a buffer.";

pub(super) const MODELS: &str = "\
    The library is several times as much code as serde_json: filters, PATCH, messages, profiles, the \
    core models, JSON. By `-Ztime-passes` most of the time is that of LLVM, and no module stands out \
    (PATCH is 100 KB of 670 KB of code, bulk 40). `codegen-units = 1` takes a fifth less, which the \
    guide says. To take less, PATCH and messages would have to be features of their own.";
