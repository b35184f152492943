//! Why bars are missed: what the profile shows, and what was tried. The page has the texts of the bars that
//! its run missed.

pub(super) const RUN_TIME: &str = "\
    The bar was reached until the compiled type became a fifth faster. A type known at run time \
    gained only a part of that. By callgrind, the difference is where a value is stored: in a table \
    of places instead of a field. Done: small tables are in the object itself, and empty places cost \
    nothing.";

pub(super) const PAGE: &str = "\
    By callgrind, this is the text of the page, which is copied when it grows. Callgrind counts a \
    copy byte by byte. Done: room for all elements is reserved by the mean size of those written so \
    far. The exact size would need a second walk through all users, which costs more.";

pub(super) const SMALL_GET: &str = "\
    By callgrind, a get takes more instructions than hyper-util and derive by hand for these: the \
    layers that hold tries, limits and time-outs (1,500), their future, which is allocated for each \
    get (1,200), the timer of a try (1,000), the path that is made of the `id` (800), the headers \
    that accept gzip and name the client (600), the text and headers of the response, which are kept \
    for a possible error (700), ETag and Location for `meta` (300). For a full user, all of this is \
    within the bar. Done: one timer instead of two; the URL is made of parts that are parsed already; \
    the future that waits has no room for the resource; the table of headers is no larger than \
    needed; the proxy for a host is remembered.";

pub(super) const INCREMENTAL: &str = "\
    With incremental state, which is cargo's default, the compiler stores what it finds out about \
    each item. This adds a third to a half for our types, and a tenth for derive's, whose time goes \
    into function bodies. [What costs in builds](build_costs.md) has the parts. Done: fewer impls for \
    each attribute, and literals for tables, which saved a third.";

pub(super) const FROM_NOTHING: &str = "\
    In instructions of rustc (by valgrind, for ten schemas), the ratio is 0.27: 1,954 million to \
    7,240 million. In CPU seconds, our types lose more, because the compiler waits for memory more \
    often if it works on many small items than on few large functions. By `-Ztime-passes`, 2.2 \
    seconds consist of: types 0.7, borrows 0.5 (both mostly setters), coherence 0.25, macros 0.25. A \
    run on a busy machine had the ratio 0.26, because that slowed derive's crate down more. With \
    fewer functions as setters, users would lose the setters' names.";

pub(super) const ORACLE: &str = "\
    The 116 schemas become 582 types, 2,141 setters and 307 enums that keep unknown values, in 3.4 MB \
    of text. A quarter of it is comments, which have no measurable cost. A check is the work of the \
    compiler's front end. The build of serde_json, with which it is compared, is mostly LLVM. So the \
    ratio depends on the machine. A set of this size should be a crate of its own, which is then \
    checked only once.";

pub(super) const GENERATED: &str = "\
    The baseline has one `Meta` for all schemas, as a careful engineer would write it, and is a tenth \
    cheaper than the previous baseline. The rest of our cost is: setters 16 %, tables 10 %, `Clone` 8 \
    %, impls of serde 6 %. [What costs in builds](build_costs.md) has more. Done: equality, access \
    and decoding are not generated any more. Users need setters and `Clone`.";

pub(super) const REQWEST: &str = "\
    By massif, most of this is hyper's. reqwest lets each buffer of a connection grow to 400 KiB, has \
    three of them while it receives a long body, and has no setting for that. The transport over \
    hyper-util has one. Our own part is the text of one page, and 147 KB to recognise resources that \
    were there before, which is half of what it was.";

pub(super) const SMALL_PAGE: &str = "\
    By massif, in addition to the text of 270 KB there are four buffers of a connection with 32 KiB \
    each, and 37 KB to recognise resources that were there before. Smaller buffers would reach the \
    bar, but refuse long heads of responses, because a head must fit into a buffer.";

pub(super) const MODELS: &str = "\
    The library has several times as much code as serde_json: filters, PATCH, messages, profiles, the \
    core models, JSON. By `-Ztime-passes`, most of the time is LLVM's, and no module stands out \
    (PATCH is 100 KB of 670 KB of code, bulk is 40 KB). `codegen-units = 1` saves a fifth, as the \
    guide says. To save more, PATCH and messages would have to become features.";
