use super::{Dialect, Given, Parameters, Statement, Verb};

fn parsed(text: &str) -> Statement {
    Statement::parse(text).unwrap_or_else(|wrong| panic!("{text}: {wrong}"))
}

fn rendered(
    text: &str,
    dialect: Dialect,
    given: &[Given],
) -> (String, Vec<(usize, Option<usize>)>) {
    let rendered = parsed(text).render(dialect, given).expect("renders");
    (rendered.text, rendered.values)
}

#[test]
fn places_are_found_outside_of_texts_and_comments() {
    let text = "select '$1 :a', \"$2\", $1 -- $3\n /* :b /* $4 */ $5 */ from t where a = $2";
    assert_eq!(parsed(text).parameters(), Parameters::Numbered(2));
    let text = "select e'it\\'s $1', 'a\\', $$ $1 $$, $tag$ :x $tag$, a::text, b[1:2], :name";
    assert_eq!(
        parsed(text).parameters(),
        Parameters::Named(&["name".to_owned()])
    );
    assert_eq!(
        parsed("select [a $1], `b $2`").parameters(),
        Parameters::Numbered(0)
    );
    assert_eq!(
        parsed("select array[$1], 1e5, 0x1F").parameters(),
        Parameters::Numbered(1)
    );
}

#[test]
fn places_become_what_each_database_knows() {
    let text = "update t set a = $2 where b = $1 or c = $2";
    let values = vec![(0, None), (1, None)];
    assert_eq!(
        rendered(text, Dialect::Sqlite, &[]),
        (
            "update t set a = ?2 where b = ?1 or c = ?2".to_owned(),
            values.clone()
        )
    );
    assert_eq!(
        rendered(text, Dialect::Postgres, &[]),
        (text.to_owned(), values)
    );
    let text = "select :b, :a, :b";
    assert_eq!(
        rendered(text, Dialect::Postgres, &[]).0,
        "select $1, $2, $1"
    );
}

#[test]
fn lists_are_spread() {
    let text = "select * from t where a = $2 and id in ($1...) and b = $2";
    let given = [Given::List(2), Given::One];
    assert_eq!(
        rendered(text, Dialect::Sqlite, &given),
        (
            "select * from t where a = ?1 and id in (?2,?3) and b = ?1".to_owned(),
            vec![(1, None), (0, Some(0)), (0, Some(1))]
        )
    );
    let empty = [Given::List(0), Given::One];
    assert!(rendered(text, Dialect::Sqlite, &empty).0.contains("in ()"));
    assert!(
        rendered(text, Dialect::Postgres, &empty)
            .0
            .contains("in (null)")
    );
    let not = parsed("select 1 where 1 not in ($1...)");
    let wrong = not
        .render(Dialect::Postgres, &[Given::List(0)])
        .unwrap_err();
    assert!(wrong.message.contains("not in"));
    let wrong = not.render(Dialect::Sqlite, &[Given::One]).unwrap_err();
    assert_eq!(wrong.message, "`$1...` is given no list");
}

#[test]
fn what_is_no_statement_is_refused() {
    fn told(text: &str) -> (String, &str) {
        let wrong = Statement::parse(text).unwrap_err();
        (wrong.message, &text[wrong.at.0..wrong.at.1])
    }
    assert_eq!(told("select 'a").0, "the text has no end");
    assert_eq!(told("select \"a").0, "the quoted name has no end");
    assert_eq!(told("select 1 /* a").0, "the comment has no end");
    assert_eq!(told("select 1; drop table t").1, "drop");
    assert_eq!(told("select $1, :a").1, ":a");
    assert_eq!(told("select $0").1, "$0");
    assert_eq!(
        told("select $99999999999999999999").1,
        "$99999999999999999999"
    );
    parsed("select 1; -- the end\n;");
}

#[test]
fn verbs_are_the_first_words() {
    assert_eq!(parsed("/* a */ begin").verb(), Verb::Transaction("BEGIN"));
    assert_eq!(parsed("( select 1 )").verb(), Verb::Other);
    assert_eq!(parsed("vacuum").verb(), Verb::Alone);
    assert_eq!(parsed("-- nothing").verb(), Verb::Nothing);
    assert_eq!(parsed("insert into begin values (1)").verb(), Verb::Insert);
    let with = "with a as (insert into x values (1)) insert into t select * from a";
    assert_eq!(parsed(with).verb(), Verb::Insert);
    let with = "with a as (insert into x values (1)) select * from a";
    assert_eq!(parsed(with).verb(), Verb::Other);
}

#[test]
fn places_in_a_database_s_text_are_those_in_the_written_one() {
    let text = "select :long_name, $x";
    let statement = parsed(text);
    let rendered = statement
        .render(Dialect::Sqlite, &[])
        .expect("renders")
        .text;
    let at = rendered.find("$x").expect("is there");
    assert_eq!(
        statement.written_at(Dialect::Sqlite, at),
        text.find("$x").expect("is there")
    );
    assert_eq!(statement.written_at(Dialect::Sqlite, 3), 3);
    assert_eq!(statement.written_at(Dialect::Sqlite, 8), 7);
}

#[test]
fn any_text_is_read_without_a_panic() {
    for text in [
        "$", "$a", "$$", "'", "E'\\", ":", "::", "[a", "/*/", "--", "\u{e4}$1", "$1.", "e'",
    ] {
        let _ = Statement::parse(text);
    }
}

#[test]
fn a_text_has_several_statements() {
    let text = "select ';'; -- ;\nselect 2;\n";
    let found: Vec<&str> = super::statements(text).collect();
    assert_eq!(found, ["select ';';", " -- ;\nselect 2;", "\n"]);
}
