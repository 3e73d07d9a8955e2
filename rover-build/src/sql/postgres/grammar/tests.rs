//! What is SQL and what is not, and where it is seen.

use super::{What, Wrong, kept, parse};

/// Texts that PostgreSQL takes.
const RIGHT: &[&str] = &[
    "",
    "select",
    "select 1",
    "select * from books as b, authors a where b.author = a.id order by 1 desc nulls last limit $1 offset $2",
    "select \"Year\", 'it''s', E'a\\'b', $$x'y$$, $t$ $$ $t$, x'1f', b'01', n'a', u&'d\\0061t' uescape '\\' from u&\"d\"",
    "select 'a'\n  'b' -- a comment\n 'c'",
    "select 1e5, 1.5, .5, 1., 0x1F, 0b11, 0o7, 1_000, array[1, 2], a[1:2], a[:]",
    "select a->>'b', a#>>'{b,c}', a @> $1, a ? 'b', a ?| $1, -1 - -2, @ -5, 2 ^ 3, a <> b, a != b, !!1",
    "select 1 between 0 and 2, not 1 between 0 and 2, a not in (1), a not like 'x', not a",
    "select a is not distinct from b, a is null, a isnull, a at time zone 'utc', a collate \"C\"",
    "select interval '1 day', interval(3) '1 day', date '2020-01-01', timestamp with time zone 'now', cast($1 as int), $1::int[]",
    "select count(*) filter (where a > 1) over (partition by b order by c rows between unbounded preceding and current row) from t",
    "select percentile_cont(0.5) within group (order by a), f(a => 1, b := 2), f(variadic a) from t",
    "with recursive t (n) as (values (1) union all select n + 1 from t where n < 5) select n from t",
    "with a as materialized (delete from t returning *) insert into u select * from a on conflict (id) where a > 1 do update set b = excluded.b returning id",
    "select * from a left join lateral (select 1) b on true natural join c cross join d join e using (id, f)",
    "select * from unnest($1::int[], $2::text[]) with ordinality as t (a, b, c)",
    "select * from generate_series(1, 3) as g, rows from (f(1), g(2)) as x",
    "select distinct on (a) a, case when b then 1 else 2 end from t for update skip locked",
    "select extract(year from a), substring(a from 1 for 2), trim(both from a), position('a' in b), overlay(a placing b from 1)",
    "select json_object('a': 1), json_array(1, 2), json_query(a, '$.b'), xmlelement(name a), json_arrayagg(a)",
    "select a.* , (b).c, (b).*, (f(1)).d from a group by grouping sets ((a), ()), rollup (b)",
    "insert into t default values",
    "insert into t (a, b[1], c.d) overriding system value values ($1, default, $2), (1, 2, 3)",
    "update only t as x set (a, b) = (1, 2), c = default, d[1] = 2 from u where current of c returning old.a, new.b",
    "delete from t using u where t.id = u.id returning *",
    "merge into t using u on t.id = u.id when matched and t.a > 1 then update set a = 1 when not matched then insert (a) values (1) when not matched by source then delete returning merge_action(), t.*",
    "create table t (id bigint generated always as identity primary key, a text[] not null default '{}', b numeric(10, 2) check (b > 0), c timestamptz default now(), unique nulls not distinct (a), exclude using gist (a with &&))",
    "create unique index concurrently if not exists i on t using btree (lower(a) text_pattern_ops desc nulls last) include (b) where a is not null",
    "create function f(a int, out b text) returns setof t language sql begin atomic select 1; select 2; end",
    "create type mood as enum ('sad', 'ok')",
    "create materialized view v as select 1 with no data",
    "do $$ begin null; end $$",
    "alter table t add column if not exists a int, alter b type text using b::text, drop constraint if exists c cascade",
    "grant select (a) on t to public",
    "explain (analyze, format json) select 1",
    "set local statement_timeout = '1s'",
    "copy t from stdin with (format csv)",
    "select 1;; select 2;",
    "select name, value, type, key, text, date, time, user, year from t",
    "select a b, a as select, a from t where a.from = 1",
    "table t union select 1 except all values (1)",
    "select /* a /* nested */ comment */ 1 -- the end",
    "listen a; notify a, 'b'",
    "call f(1)",
    "select row(1, 2) = (1, 2), (a, b) overlaps (c, d), exists (select 1), a = any (array[1]), a > all (select 1)",
];

#[test]
fn what_is_right_is_read() {
    for sql in RIGHT {
        if let Err(wrong) = parse(sql) {
            panic!("{sql}: {wrong:?}");
        }
    }
}

/// What is wrong, the word at which that is seen (behind a `^`), and the keyword that was meant.
const WRONG: &[(&str, Option<&str>)] = &[
    ("^selct 1", Some("select")),
    ("select id ^form books", Some("from")),
    ("select id from books ^wher id = 1", Some("where")),
    ("select id from books order ^bi id", None),
    ("select id from books ^ordre by id", Some("order")),
    ("select id, ^from books", None),
    ("select id from books where ^order by id", None),
    ("insert into books ^value (1)", Some("values")),
    ("insert into books (a, b ^values (1, 2)", None),
    ("update books set a = 1, ^where id = 1", None),
    ("update books ^where id = 1", None),
    ("delete ^books where id = 1", None),
    ("select * from books limit 1 ^where id = 1", None),
    ("select now() - interval ^$1", None),
    ("select date ^$1", None),
    ("select a b ^c from t", None),
    ("select 1 ^}", None),
    ("create table t (id int primary ^ky)", Some("key")),
    ("alter table t ^ad column a int", Some("add")),
    ("select (1 ^]", None),
    // No word that would be a name alone is meant.
    ("select inner ^from t", None),
    ("select id from t group by all ^order by all", None),
    ("select bigint^(1)", None),
    ("select * from a join b ^where a.id = b.id", None),
];

#[test]
fn what_is_wrong_is_seen_where_it_is() {
    for (marked, keyword) in WRONG {
        let at = marked.find('^').expect("a mark");
        let sql = marked.replacen('^', "", 1);
        let Err(wrong) = parse(&sql) else {
            panic!("{sql} is read");
        };
        assert_eq!(wrong.at, at, "{sql}: {wrong:?}");
        let What::Unexpected(_, meant) = wrong.what else {
            panic!("{sql}: {wrong:?}");
        };
        assert_eq!(meant, *keyword, "{sql}");
    }
}

#[test]
fn an_end_is_seen() {
    for sql in [
        "select (1",
        "insert into books",
        "select * from books where  ",
        "with a as (select 1)",
    ] {
        let at = sql.trim_end().len();
        assert_eq!(
            parse(sql).err(),
            Some(Wrong {
                at,
                what: What::End
            }),
            "{sql}"
        );
    }
}

#[test]
fn words_that_are_none_are_told() {
    for sql in [
        "select 'a",
        "select \"a",
        "select $1a",
        "select 1a",
        "select 0x",
        "select /* a",
        "select \"\"",
        "select $a$ b $c$",
    ] {
        let wrong = parse(sql).expect_err(sql);
        assert!(matches!(wrong.what, What::NoWord(_)), "{sql}: {wrong:?}");
        assert_eq!(wrong.at, "select ".len(), "{sql}");
    }
}

#[test]
fn names_are_kept_as_postgres_keeps_them() {
    assert_eq!(kept("Books"), "books");
    assert_eq!(kept("\"Books\"\"s\""), "Books\"s");
    assert_eq!(kept(&"a".repeat(70)), "a".repeat(63));
    assert_eq!(kept(&"é".repeat(40)), "é".repeat(31));
}

#[test]
fn lists_are_flat() {
    let tree = parse("select a, b, c from t").expect("is read");
    let list = tree.first("target_list").expect("a list");
    let items = list.parts.iter().filter(|part| part.is("target_el"));
    let items: Vec<&str> = items.map(|item| item.text).collect();
    assert_eq!(items, ["a", "b", "c"]);
    assert_eq!(list.start, 7);
}

/// Any bytes are read or refused, and nothing else.
#[test]
fn any_text_has_an_answer() {
    let mut parts: Vec<&str> = RIGHT
        .iter()
        .flat_map(|sql| sql.split_inclusive(' '))
        .collect();
    parts.extend([
        "'", "\"", "$", "$$", "/*", "é", "\0", "\\", "0x", "1e", "1.", "..", "u&'", "uescape ",
    ]);
    let mut seed = 1_u32;
    for _ in 0..300 {
        let mut text = String::new();
        for _ in 0..12 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            text.push_str(parts[(seed >> 8) as usize % parts.len()]);
        }
        if let Err(wrong) = parse(&text) {
            assert!(
                wrong.at <= text.len() && text.is_char_boundary(wrong.at),
                "{text}"
            );
        }
    }
}
