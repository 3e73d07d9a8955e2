//! What the server says of types, tables and functions.

use tokio_postgres::types::{Kind, Type as Told};

use super::super::types::Type;

/// What a type of the server's stands for.
pub(super) fn kind(told: &Told) -> Type {
    match told.kind() {
        Kind::Enum(labels) => Type::one_of(told.name(), labels),
        Kind::Array(element) => kind(element).array(),
        Kind::Domain(inner) => kind(inner),
        _ => Type::named(told.name()),
    }
}

/// Enumerations with their labels.
pub(super) const ENUMS: &str = "\
    select t.typname::text, array_agg(e.enumlabel::text order by e.enumsortorder) \
    from pg_type t join pg_enum e on e.enumtypid = t.oid \
    where pg_type_is_visible(t.oid) group by t.typname";

/// Tables and views with their columns: the type below a domain, or that of an array's elements.
pub(super) const COLUMNS: &str = "\
    with recursive base (oid, at) as ( \
      select oid, oid from pg_type \
      union all \
      select base.oid, t.typbasetype from base join pg_type t on t.oid = base.at where t.typtype = 'd' \
    ), plain as ( \
      select base.oid, coalesce(e.typname, t.typname)::text as name, e.oid is not null as is_array \
      from base join pg_type t on t.oid = base.at \
      left join pg_type e on e.oid = t.typelem and t.typcategory = 'A' \
      where t.typtype <> 'd' \
    ) \
    select c.relname::text, a.attname::text, plain.name, coalesce(plain.is_array, false), coalesce(a.attnotnull, false), \
      coalesce(a.atthasdef or a.attidentity <> '' or t.typtype = 'd', false), \
      c.relhasrules or c.relkind in ('f', 'p') or exists (select from pg_trigger g where g.tgrelid = c.oid and not g.tgisinternal) \
    from pg_class c \
    left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped \
    left join plain on plain.oid = a.atttypid \
    left join pg_type t on t.oid = a.atttypid \
    where c.relkind in ('r', 'v', 'm', 'f', 'p') and pg_table_is_visible(c.oid) \
      and c.relnamespace <> 'pg_catalog'::regnamespace \
    order by c.relname, a.attnum";

pub(super) const FUNCTIONS: &str = "\
    select distinct proname::text from pg_proc \
    where pg_function_is_visible(oid) and pronamespace <> 'pg_catalog'::regnamespace";
