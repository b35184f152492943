//! Generous reading of bulk responses.

use std::borrow::Cow;

use super::{BulkMethod, BulkResponse, BulkResult, urn};
use crate::{
    json::{
        Closer, DecodeError, Next, Problem, ProblemKind, Problems, Reader, SyntaxError, encode,
        enter_object, next_element, next_member, pass_commas, recover, skip_any, value_or_text,
    },
    model::Json,
};

pub(super) fn response(text: &str) -> Result<BulkResponse, DecodeError> {
    let mut reader = Reader::new(text);
    let mut response = BulkResponse::default();
    let mut problems = Problems::default();
    read_response(&mut reader, &mut response, &mut problems)
        .and_then(|()| reader.finish())
        .map_err(|error| DecodeError::syntax(error, text))?;
    if problems.is_empty() {
        Ok(response)
    } else {
        Err(DecodeError::problems(problems, text))
    }
}

fn read_response(
    reader: &mut Reader<'_>,
    response: &mut BulkResponse,
    problems: &mut Problems,
) -> Result<(), SyntaxError> {
    if !is_object(reader, "a bulk response", problems)? {
        return Ok(());
    }
    // An Error message is an object, too, and must not pass for a response without results.
    let mut recognised = false;
    let mut more = enter_object(reader)?;
    while more {
        let name = reader.member()?;
        match name.to_ascii_lowercase().as_str() {
            "schemas" => {
                let schemas = skip_any(reader, Closer::Object)?.unwrap_or_default();
                let schemas = schemas.to_ascii_lowercase();
                recognised |= schemas.contains(&urn::BULK_RESPONSE.to_ascii_lowercase());
            }
            "operations" => {
                recognised = true;
                response.operations = results(reader)?;
            }
            _ => response
                .extra
                .insert(&*name, value_or_text(reader, Closer::Object)?),
        }
        more = next_member(reader)?;
    }
    if !recognised {
        problems.push(problem("Operations", ProblemKind::MissingRequired));
    }
    Ok(())
}

/// The results in an array, or one in place of an array. One that is not JSON, if its end can be found,
/// says nothing, and costs no other.
fn results(reader: &mut Reader<'_>) -> Result<Vec<BulkResult>, SyntaxError> {
    match reader.peek()? {
        Next::Null => return reader.skip_value().map(|_| Vec::new()),
        Next::Array => {}
        _ => return Ok(vec![result_or_text(reader, Closer::Object)?]),
    }
    let mut results = Vec::new();
    let mut more = reader.enter_array()?;
    let depth = reader.depth();
    while more {
        match result_or_text(reader, Closer::Array) {
            Ok(result) => results.push(result),
            Err(error) => match pass_commas(reader, depth) {
                // There may have been one.
                Some(true) => {
                    results.push(BulkResult::default());
                    continue;
                }
                Some(false) => break,
                None => return Err(error),
            },
        }
        more = next_element(reader)?;
    }
    Ok(results)
}

fn result_or_text(reader: &mut Reader<'_>, closer: Closer) -> Result<BulkResult, SyntaxError> {
    let (start, depth) = (reader.start_of_value(), reader.depth());
    match result(reader) {
        Err(error) if !recover(reader, start, depth, closer) => Err(error),
        Err(_) => Ok(BulkResult {
            response: Some(encode::text(reader.slice(start, reader.offset()))),
            ..BulkResult::default()
        }),
        read => read,
    }
}

fn result(reader: &mut Reader<'_>) -> Result<BulkResult, SyntaxError> {
    let mut result = BulkResult::default();
    if reader.peek()? != Next::Object {
        // Whatever it is, the other results still count.
        result.response = value(reader)?;
        return Ok(result);
    }
    let mut more = enter_object(reader)?;
    while more {
        let name = reader.member()?;
        match name.to_ascii_lowercase().as_str() {
            "method" => {
                let method = text(reader)?;
                result.method = method.as_deref().and_then(BulkMethod::from_keyword);
            }
            "bulkid" => result.bulk_id = text(reader)?,
            "location" => result.location = text(reader)?,
            "version" => result.version = text(reader)?,
            "status" => status(reader, &mut result)?,
            "response" => result.response = response_of(reader)?,
            _ => result
                .extra
                .insert(&*name, value_or_text(reader, Closer::Object)?),
        }
        more = next_member(reader)?;
    }
    Ok(result)
}

fn status(reader: &mut Reader<'_>, result: &mut BulkResult) -> Result<(), SyntaxError> {
    if reader.peek() != Ok(Next::Object) {
        result.status = text(reader)?.as_deref().and_then(status_code);
        return Ok(());
    }
    let mut more = enter_object(reader)?;
    while more {
        let name = reader.member()?.to_ascii_lowercase();
        let value = text(reader)?;
        match name.as_str() {
            "code" | "status" => result.status = value.as_deref().and_then(status_code),
            "description" | "message" | "detail" => result.description = value,
            _ => {}
        }
        more = next_member(reader)?;
    }
    Ok(())
}

/// `201`, `201 Created` or `201.0`.
fn status_code(text: &str) -> Option<u16> {
    let digits = text.trim().split([' ', '.']).next()?;
    digits
        .parse()
        .ok()
        .filter(|code| (100..1000).contains(code))
}

/// A string, or the text of a number. Anything else, and the empty string, is none, be it JSON or not:
/// what the other members say of the operation still counts.
fn text(reader: &mut Reader<'_>) -> Result<Option<String>, SyntaxError> {
    let found = reader.peek();
    let Ok(raw) = skip_any(reader, Closer::Object)? else {
        return Ok(None);
    };
    Ok(match found {
        Ok(Next::String) => {
            let text = Reader::new(raw).string().ok();
            text.filter(|text| !text.is_empty()).map(Cow::into_owned)
        }
        Ok(Next::Number) => Some(raw.to_owned()),
        _ => None,
    })
}

/// Any value but null.
fn value(reader: &mut Reader<'_>) -> Result<Option<Json>, SyntaxError> {
    let is_null = reader.peek()? == Next::Null;
    let raw = reader.skip_value()?;
    Ok((!is_null).then(|| Json::trusted(raw)))
}

/// Like [`value`], be it JSON or not: what the other members say of the operation still counts.
fn response_of(reader: &mut Reader<'_>) -> Result<Option<Json>, SyntaxError> {
    let response = value_or_text(reader, Closer::Object)?;
    Ok((response.as_str() != "null").then_some(response))
}

/// The elements of an array, or one value in place of an array; null is none.
pub(super) fn one_or_many<'a>(
    reader: &mut Reader<'a>,
    mut read: impl FnMut(&mut Reader<'a>, usize) -> Result<(), SyntaxError>,
) -> Result<(), SyntaxError> {
    match reader.peek()? {
        Next::Array => {
            let mut index = 0;
            let mut more = reader.enter_array()?;
            while more {
                read(reader, index)?;
                index += 1;
                more = reader.next_element()?;
            }
            Ok(())
        }
        Next::Null => reader.skip_value().map(drop),
        _ => read(reader, 0),
    }
}

/// Returns whether an object comes next; passes over anything else.
pub(super) fn is_object(
    reader: &mut Reader<'_>,
    expected: &'static str,
    problems: &mut Problems,
) -> Result<bool, SyntaxError> {
    let found = reader.peek()?;
    if found == Next::Object {
        return Ok(true);
    }
    reader.skip_value()?;
    let found = found.name();
    problems.push(Problem::new(ProblemKind::WrongType { expected, found }));
    Ok(false)
}

pub(super) fn problem(member: &str, kind: ProblemKind) -> Problem {
    let mut problem = Problem::new(kind);
    problem.under(member);
    problem
}
