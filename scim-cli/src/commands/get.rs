//! `get` and `search`: resources, one or many.

use clap::{Arg, ArgMatches, Command};
use scim_client::filter::Operator;

use super::{flag, many, option, required, text, texts, type_argument};
use crate::complete;
use crate::discovery;
use crate::failure::{Code, Failure};
use crate::filters;
use crate::globals::Globals;
use crate::lookup;
use crate::output::Printer;
use crate::pages::{self, Flow, Query};
use crate::session::{Call, Session};
use crate::terminal::{self, say};
use crate::types::{ResourceType, Types};
use crate::value::Value;

/// The options that say which resources of a list are meant.
pub(super) fn choice() -> Vec<Arg> {
    vec![
        option("filter", "FILTER", "A SCIM filter, such as 'userName sw \"b\" and active eq true'")
            .short('F')
            .add(complete::filters()),
        many("where", "PATH=VALUE", "A condition: = != ^= (starts) $= (ends) *= (contains) > >= < <=, or a path alone (has a value)")
            .short('w')
            .add(complete::paths()),
    ]
}

/// The options of lists.
fn list_options() -> Vec<Arg> {
    vec![
        option(
            "select",
            "PATH,..",
            "Ask the server for these attributes only",
        )
        .value_delimiter(',')
        .action(clap::ArgAction::Append)
        .add(complete::paths()),
        option(
            "exclude",
            "PATH,..",
            "Ask the server to leave these attributes out",
        )
        .value_delimiter(',')
        .action(clap::ArgAction::Append)
        .add(complete::paths()),
        option("sort", "PATH[:desc]", "Sort by an attribute").add(complete::paths()),
        flag("all", "Read all pages, and not only the first one").conflicts_with("limit"),
        option("limit", "N", "How many resources to read at most")
            .value_parser(clap::value_parser!(u64)),
        option("page-size", "N", "How many resources to request at a time")
            .value_parser(clap::value_parser!(u64).range(1..)),
        flag("count", "Print only the number of resources"),
    ]
}

pub(super) fn commands() -> Vec<Command> {
    vec![
        Command::new("get")
            .about("List resources, or show some by id or @NAME")
            .after_help(
                "Examples:\n  scim get users\n  scim get user @babs -o yaml\n  scim get users --where \
                 department=Sales --all -o csv --columns userName,emails.work\n  scim get users -F \
                 'emails[type eq \"work\" and value ew \"@example.com\"]' --count",
            )
            .arg(type_argument())
            .arg(Arg::new("id").value_name("ID").num_args(0..).help("Ids, or @NAME"))
            .args(choice())
            .args(list_options())
            .arg(flag("local", "Read all resources, and filter and sort them here, for servers that cannot")),
        Command::new("search")
            .about("Search one, several or all resource types by POST")
            .after_help("Examples:\n  scim search user 'userName sw \"b\"'\n  scim search 'meta.lastModified gt \"2026-01-01T00:00:00Z\"'")
            .arg(
                Arg::new("words")
                    .value_name("[TYPE].. FILTER")
                    .num_args(1..)
                    .required(true)
                    .help("Resource types, then the filter"),
            )
            .args(list_options()),
    ]
}

/// What a command line asks for, checked against the schema.
fn query(
    matches: &ArgMatches,
    types: &Types,
    of: &ResourceType,
    is_local: bool,
) -> Result<(Query, Option<scim_client::filter::Filter>), Failure> {
    let filter = match matches.try_contains_id("filter") {
        Ok(_) => filters::combined(text(matches, "filter"), &texts(matches, "where"), of)?,
        Err(_) => None,
    };
    let mut query = Query {
        path: of.endpoint.clone(),
        ..Query::default()
    };
    shape(&mut query, matches, of)?;
    if is_local {
        query.sort_by = None;
        query.attributes.clear();
        query.excluded.clear();
        query.limit = None;
        query.one_page = false;
        return Ok((query, filter));
    }
    if filter.is_some() && types.supports("filter") == Some(false) {
        return Err(Failure::denied("the server says that it has no filters")
            .hint("--local fetches all and filters here"));
    }
    if query.sort_by.is_some() && types.supports("sort") == Some(false) {
        return Err(Failure::denied("the server says that it does not sort")
            .hint("--local fetches all and sorts here"));
    }
    query.filter = filter
        .as_ref()
        .map(scim_client::filter::Filter::to_request_string);
    Ok((query, filter))
}

/// What is shown of the resources, and how many.
fn shape(query: &mut Query, matches: &ArgMatches, of: &ResourceType) -> Result<(), Failure> {
    let paths = |name: &str| -> Result<Vec<String>, Failure> {
        let paths = texts(matches, name);
        let paths = paths.iter().filter(|path| !path.trim().is_empty());
        paths
            .map(|path| Ok(of.place(path.trim())?.plain_path()))
            .collect()
    };
    query.attributes = paths("select")?;
    query.excluded = paths("exclude")?;
    if !query.attributes.is_empty() && !query.excluded.is_empty() {
        return Err(
            Failure::usage("--select and --exclude cannot be used together")
                .hint("RFC 7644 §3.9 has one or the other"),
        );
    }
    if let Some(sort) = text(matches, "sort") {
        let (path, order) = sort.split_once(':').unwrap_or((sort, "asc"));
        query.sort_by = Some(of.place(path)?.plain_path());
        query.descending = match order.to_ascii_lowercase().as_str() {
            "asc" | "ascending" => false,
            "desc" | "descending" => true,
            _ => {
                return Err(Failure::usage(format!("`{order}` is not an order"))
                    .hint("--sort userName:desc, or :asc"));
            }
        };
    }
    query.limit = matches.get_one::<u64>("limit").copied();
    query.page_size = matches.get_one::<u64>("page-size").copied();
    query.one_page = query.limit.is_none() && !matches.get_flag("all");
    Ok(())
}

pub(super) async fn get(globals: &Globals, matches: &ArgMatches) -> Result<(), Failure> {
    let session = Session::open(globals).await?;
    let types = discovery::types(&session).await?;
    let of = types.find(required(matches, "type")?)?;
    let ids = texts(matches, "id");
    let is_local = matches.get_flag("local");
    let (mut query, filter) = query(matches, &types, of, is_local)?;
    if !ids.is_empty() {
        if filter.is_some() {
            return Err(Failure::usage("ids and --filter cannot be used together")
                .hint("--where id=ID is a filter, too"));
        }
        return by_id(&session, &types, of, &ids, &query.attributes).await;
    }
    if matches.get_flag("count") {
        return count(&session, &types, of, query, filter.filter(|_| is_local)).await;
    }
    if globals.raw {
        if is_local || matches.get_flag("all") {
            return Err(Failure::usage("--raw shows a single response unchanged")
                .hint("without --all and --local; --limit N asks for more at once"));
        }
        let count = query.limit.or(query.page_size);
        return raw(&session, &query.call(1, None, count)).await;
    }
    let mut printer = Printer::list(globals, Some(of))?;
    let is_shortened = query.attributes.is_empty() && !is_local && printer.is_chosen();
    if is_shortened {
        query.attributes = printer.wanted().unwrap_or_default();
    }
    if is_local {
        let limit = matches.get_one::<u64>("limit").copied();
        return locally(
            &session, &types, of, &query, filter, limit, matches, printer,
        )
        .await;
    }
    let mut is_begun = false;
    let mut print = |page: Vec<Value>| {
        is_begun = true;
        page.into_iter()
            .try_for_each(|resource| printer.add(resource))
    };
    let each = |page, _: &pages::Progress| print(page).map(|()| Flow::On);
    let mut progress = pages::each_page(&session, &types, &query, each).await;
    // Fewer attributes are only less to send. Some servers fail at that, and do not without.
    let is_refused = |failure: &Failure| matches!(failure.status(), Some(400 | 500..));
    if is_shortened && !is_begun && progress.as_ref().is_err_and(is_refused) {
        query.attributes.clear();
        let each = |page: Vec<Value>, _: &pages::Progress| {
            page.into_iter()
                .try_for_each(|resource| printer.add(resource))?;
            Ok(Flow::On)
        };
        progress = pages::each_page(&session, &types, &query, each).await;
    }
    // What came is shown, also where the rest does not come. A title over nothing would look as if there
    // were none.
    if progress.is_ok() || printer.has_any() {
        printer.finish()?;
    }
    more(&progress?, &query);
    Ok(())
}

/// Says that there is more than what was shown.
fn more(progress: &pages::Progress, query: &Query) {
    if progress.has_more && query.one_page {
        let all = progress
            .total
            .map_or_else(|| "more".to_owned(), |total| total.to_string());
        say(format_args!(
            "{} of {all} shown; --all shows the rest",
            progress.seen
        ));
    }
}

/// An answer as it came; what could control the terminal is escaped as JSON allows.
async fn raw(session: &Session, call: &Call) -> Result<(), Failure> {
    let text = session.send(call).await?.text.unwrap_or_default();
    let text = crate::value::escaped(&text).unwrap_or(text);
    terminal::out(&(text + "\n"))
}

async fn by_id(
    session: &Session,
    types: &Types,
    of: &ResourceType,
    ids: &[String],
    attributes: &[String],
) -> Result<(), Failure> {
    let mut printer = match ids {
        [_] => Printer::one(&session.globals, Some(of))?,
        _ => Printer::list(&session.globals, Some(of))?,
    };
    if session.globals.raw {
        for id in ids {
            let id = lookup::id(session, types, of, id).await?;
            let mut call = Call::of(http::Method::GET, of, &id);
            if !attributes.is_empty() {
                call = call.query("attributes", attributes.join(","));
            }
            raw(session, &call).await?;
        }
        return Ok(());
    }
    let mut missing = None;
    for id in ids {
        match lookup::read(session, types, of, id, attributes).await {
            Ok(resource) => printer.add(resource)?,
            Err(failure) if failure.code() == Code::NotFound && ids.len() > 1 => {
                say(failure.render());
                missing = Some(Failure::silent(Code::NotFound));
            }
            Err(failure) => return Err(failure),
        }
    }
    printer.finish()?;
    missing.map_or(Ok(()), Err)
}

async fn count(
    session: &Session,
    types: &Types,
    of: &ResourceType,
    mut query: Query,
    filter: Option<scim_client::filter::Filter>,
) -> Result<(), Failure> {
    query.attributes = if filter.is_some() {
        Vec::new()
    } else {
        vec!["id".to_owned()]
    };
    query.excluded.clear();
    query.sort_by = None;
    query.limit = None;
    let mut known = None;
    let mut counted: u64 = 0;
    pages::each_page(
        session,
        types,
        &Query {
            one_page: false,
            ..query
        },
        |page, progress| {
            let fitting = |r: &&Value| filter.as_ref().is_none_or(|f| filters::matches(f, r, of));
            counted += page.iter().filter(fitting).count() as u64;
            known = progress.total.filter(|_| filter.is_none());
            Ok(if known.is_some() {
                Flow::Stop
            } else {
                Flow::On
            })
        },
    )
    .await?;
    terminal::out(&format!("{}\n", known.unwrap_or(counted)))
}

/// Fetches everything, and filters and sorts it here.
#[expect(
    clippy::too_many_arguments,
    reason = "all of them are what one command line says"
)]
async fn locally(
    session: &Session,
    types: &Types,
    of: &ResourceType,
    query: &Query,
    filter: Option<scim_client::filter::Filter>,
    limit: Option<u64>,
    matches: &ArgMatches,
    mut printer: Printer<'_>,
) -> Result<(), Failure> {
    let mut found = pages::all(session, types, query).await?;
    if let Some(filter) = &filter {
        found.retain(|resource| filters::matches(filter, resource, of));
    }
    let mut wanted = Query::default();
    shape(&mut wanted, matches, of)?;
    if let Some(path) = &wanted.sort_by {
        let place = of.place(path)?;
        let key = |resource: &Value| {
            let first = place
                .values(resource)
                .first()
                .map(|value| value.plain().to_lowercase());
            // What has no value stands last (RFC 7644 §3.4.2.3).
            (first.is_none(), first.unwrap_or_default())
        };
        found.sort_by_cached_key(key);
        if wanted.descending {
            found.reverse();
        }
    }
    let limit = limit
        .and_then(|limit| usize::try_from(limit).ok())
        .unwrap_or(usize::MAX);
    for resource in found.into_iter().take(limit) {
        printer.add(resource)?;
    }
    printer.finish()
}

pub(super) async fn search(globals: &Globals, matches: &ArgMatches) -> Result<(), Failure> {
    let session = Session::open(globals).await?;
    let types = discovery::types(&session).await?;
    let mut words = texts(matches, "words");
    let Some(filter) = words.pop() else {
        return Err(Failure::usage("there is no filter to search with"));
    };
    let is_operator = |word: &String| Operator::from_keyword(word).is_some();
    if words.iter().chain([&filter]).any(is_operator) {
        words.push(filter);
        let message = format!("`{}` came as several words", words.join(" "));
        return Err(Failure::usage(message)
            .hint("put the whole filter in single quotes: scim search 'userName eq \"babs\"'"));
    }
    let of: Vec<&ResourceType> = words
        .iter()
        .map(|word| types.find(word))
        .collect::<Result<_, _>>()?;
    let one = match of.as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    let parsed = filters::check(&filter, one)?;
    let mut filter = parsed.to_request_string();
    if of.len() > 1 {
        let names = of
            .iter()
            .map(|of| format!("meta.resourceType eq {}", Value::text(&of.name)));
        filter = format!(
            "({}) and ({filter})",
            names.collect::<Vec<_>>().join(" or ")
        );
    }
    // Something has to know the attribute; which types do is the server's affair.
    if one.is_none() {
        let candidates = if of.is_empty() {
            types.list.iter().collect()
        } else {
            of.clone()
        };
        let text = parsed.to_string();
        let failures: Vec<Failure> = candidates
            .iter()
            .filter_map(|of| filters::check(&text, Some(of)).err())
            .collect();
        if failures.len() == candidates.len()
            && let Some(first) = failures.into_iter().next()
        {
            return Err(first);
        }
    }
    let mut query = Query::default();
    if let Some(any) = one.or(of.first().copied()).or(types.list.first()) {
        shape(&mut query, matches, any)?;
    }
    query.path = match one {
        Some(one) => format!("{}/.search", one.endpoint.trim_end_matches('/')),
        None => "/.search".to_owned(),
    };
    query.by_post = true;
    query.filter = Some(filter);
    let mut printer = Printer::list(globals, one)?;
    let is_count = matches.get_flag("count");
    let progress = pages::each_page(&session, &types, &query, |page, _| {
        for resource in page {
            if !is_count {
                printer.add(resource)?;
            }
        }
        Ok(Flow::On)
    })
    .await;
    if is_count {
        let progress = progress?;
        return terminal::out(&format!("{}\n", progress.total.unwrap_or(progress.seen)));
    }
    printer.finish()?;
    more(&progress?, &query);
    Ok(())
}
