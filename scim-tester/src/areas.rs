//! The checks, one file for each area.

use crate::check::Check;

mod a;
mod b;
mod c;
mod c_values;
mod d;
mod e;
mod en;
mod f;
mod f_joined;
mod f_limits;
mod f_names;
mod filtering;
mod g;
mod h;
mod i;
mod io;
mod k;
mod l;
mod last;
mod m;
mod m_groups;
mod n;
mod ok;
mod p;
mod p_whole;
mod patching;
mod q;
mod r;
mod r_lists;
mod s;
mod t;
mod v;
mod w;
mod x;
mod x_errors;
mod x_values;
mod y;
mod z;

/// What everything else relies on.
const FIRST: [&str; 11] = [
    "D-01", "D-06", "D-10", "C-01", "E-05", "R-02", "R-01", "C-03", "R-05", "M-01", "OK-05",
];

/// All checks in the order in which they run: what others rely on comes first.
pub(crate) fn all() -> impl Iterator<Item = &'static Check> {
    let areas: [&'static [Check]; 36] = [
        c_values::CHECKS,
        c::CHECKS,
        e::CHECKS,
        r::CHECKS,
        a::CHECKS,
        h::CHECKS,
        d::CHECKS,
        l::CHECKS,
        p::CHECKS,
        p_whole::CHECKS,
        f::CHECKS,
        r_lists::CHECKS,
        f_names::CHECKS,
        f_joined::CHECKS,
        f_limits::CHECKS,
        g::CHECKS,
        s::CHECKS,
        q::CHECKS,
        k::CHECKS,
        w::CHECKS,
        x::CHECKS,
        x_values::CHECKS,
        x_errors::CHECKS,
        m::CHECKS,
        m_groups::CHECKS,
        v::CHECKS,
        b::CHECKS,
        n::CHECKS,
        t::CHECKS,
        i::CHECKS,
        y::CHECKS,
        z::CHECKS,
        en::CHECKS,
        ok::CHECKS,
        io::CHECKS,
        last::CHECKS,
    ];
    let first = FIRST
        .into_iter()
        .filter_map(move |id| areas.iter().copied().flatten().find(|check| check.id == id));
    first.chain(
        areas
            .into_iter()
            .flatten()
            .filter(|check| !FIRST.contains(&check.id)),
    )
}
