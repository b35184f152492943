//! What there is to say of bars that are missed: what the profile shows, and what was tried. The page has
//! the text of those that its run missed.

pub(super) const RUN_TIME: &str = "It was reached until the compiled type got a fifth faster, from \
    which a type known at run time has only part. The difference by callgrind is where a value is put: in \
    a table of places in place of a field. Tried: small tables in the object itself, no cost for empty \
    places, one look-up for a member of all elements of a list.";

pub(super) const PAGE: &str = "Beside its users a page has the list, whose head is looked up in a table \
    of its own, and a text that is 1,000 times as large, so that it grows by copying. Tried: the \
    elements go into one buffer, with room for as many as the first one tells. Room for the exact size \
    would take a second walk through all users, which costs more.";

pub(super) const SMALL_GET: &str = "By callgrind, of what a get takes beyond hyper-util and derive by \
    hand, nothing is left that is done twice: there is the timer of the try (1,000 instructions), the \
    headers that a server is to know the client by and gzip (800), the request as a value that can be \
    sent again, hooks and retries looked up (1,500), ETag and Location read into `meta` (400), the whole \
    answer kept with its text for an error that might be (700), and the reading of a resource of any \
    type, less what derive takes for its own. Of a full user all of it is within the bar. Tried, and done: \
    one timer in place of two, no room for the resource in the future that waits, the URL made of parts \
    that are parsed already, a table of headers that is no larger than needed.";

pub(super) const INCREMENTAL: &str = "With incremental state, which is cargo's default, the compiler \
    writes down what it found out of each item: about a third more of ours, a tenth more of derive's, \
    whose time goes into its function bodies. [What costs in builds](build_costs.md) has the parts. \
    Tried: fewer impls for each attribute and literals for tables, which halved it.";

pub(super) const GENERATED: &str = "The baseline has one `Meta` for all schemas since the bar was set, as \
    a careful engineer would write it, and so got a tenth cheaper. What is left of ours by parts is in \
    [what costs in builds](build_costs.md): setters, `Clone`, destructors and tables, in this order. Tried: \
    equality, access and decoding are not generated any more. Setters and `Clone` are what users have \
    the types for.";

pub(super) const REQWEST: &str = "By massif, most of it is hyper's: reqwest lets each buffer of a \
    connection grow to 400 KiB, three of which are there while a long body comes, and has no setting for \
    it. The transport over hyper-util has, and keeps the bar. Of ours there is the text of one page and \
    147 KB that tell resources that were there before. Tried: half of the latter (done), a body that is \
    not copied together, which keeps all of its buffers.";

pub(super) const SMALL_PAGE: &str = "By massif, beside the text of 270 KB there are four buffers of a \
    connection with 32 KiB each, and 37 KB that tell resources that were there before. Smaller buffers \
    would keep the bar, and refuse longer heads of responses, which are not to be longer than a buffer.";

pub(super) const MODELS: &str = "A release build of serde_json takes a few seconds, and the library is \
    many times as much code: filters, PATCH, messages, profiles, the core models, JSON. By `-Ztime-passes` \
    most of it is LLVM, and no module stands out (PATCH is 100 KB of 670 KB of code, bulk 40). \
    `codegen-units = 1` takes a fifth less, which the guide says. Tried: nothing is generic that need not \
    be. To take less, PATCH and messages would have to be features of their own.";
