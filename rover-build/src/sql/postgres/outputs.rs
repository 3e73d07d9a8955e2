//! The columns that a query gives.

use super::grammar::{Node, kept};
use super::read::Reading;
use super::scope::{Found, Known, Scope};
use super::types::Type;
use crate::analyse::types::ValueType;

impl Reading<'_> {
    /// The columns of a list; nothing where one is not known.
    pub(super) fn outputs(&mut self, list: &Node<'_>, scope: &Scope<'_>) -> Option<Vec<Known>> {
        let mut found = Vec::new();
        for item in list.parts.iter().filter(|part| part.is("target_el")) {
            let [value, ..] = item.parts.as_slice() else {
                return None;
            };
            if value.is("'*'") {
                let closed = scope.relations.iter().all(|relation| !relation.open);
                if scope.merged || !closed {
                    return None;
                }
                found.extend(scope.relations.iter().flat_map(|relation| relation.all()));
                continue;
            }
            if let Some(name) = value.down_to("columnref")
                && name.text.ends_with('*')
            {
                let [table, rest] = name.parts.as_slice() else {
                    return None;
                };
                let relation = scope.relation(&kept(table.text));
                let relation =
                    relation.filter(|relation| !relation.open && rest.parts.len() == 1)?;
                found.extend(relation.all());
                continue;
            }
            let label = item.part("ColLabel").or_else(|| item.part("BareColLabel"));
            let name = match label {
                Some(label) => kept(label.text),
                None => called(value)?,
            };
            found.push(Known {
                name,
                ..self.value(value, scope)
            });
        }
        Some(found)
    }

    /// What an expression is.
    fn value(&mut self, node: &Node<'_>, scope: &Scope<'_>) -> Known {
        let parts = &node.parts;
        match (node.name, node.shape().as_slice()) {
            ("columnref", _) => match scope.find(node, &self.catalogue.functions) {
                Found::Column(known) => known,
                _ => unseen(),
            },
            ("a_expr" | "b_expr", [_, "TYPECAST", "Typename"]) => {
                let not_null = self.value(&parts[0], scope).not_null;
                of(Type::of(&self.catalogue.types, &parts[2]), not_null)
            }
            ("func_expr_common_subexpr", ["CAST", "'('", _, "AS", "Typename", _]) => {
                let not_null = self.value(&parts[2], scope).not_null;
                of(Type::of(&self.catalogue.types, &parts[4]), not_null)
            }
            ("func_expr_common_subexpr", ["COALESCE", ..]) => {
                let values = node
                    .part("expr_list")
                    .into_iter()
                    .flat_map(|list| &list.parts);
                let values = values.filter(|part| part.is("a_expr"));
                let values: Vec<Known> = values.map(|value| self.value(value, scope)).collect();
                let kind = values
                    .first()
                    .map_or(Type::UNSEEN, |first| first.kind.clone());
                let same = values.iter().all(|value| value.kind.value == kind.value);
                let not_null = values.iter().any(|value| value.not_null);
                of(if same { kind } else { Type::UNSEEN }, not_null)
            }
            ("func_expr_common_subexpr", ["CURRENT_DATE"]) => of(Type::named("date"), true),
            ("func_expr_common_subexpr", ["CURRENT_TIMESTAMP" | "LOCALTIMESTAMP", ..]) => {
                of(Type::named("timestamptz"), true)
            }
            ("func_application", _) => self.call(node, scope),
            // A set of windows leaves a value what it is; a filter may leave nothing to be counted.
            ("func_expr", _) => self.value(&parts[0], scope),
            ("AexprConst", [constant]) => match *constant {
                "Iconst" => of(Type::named("int4"), true),
                "FCONST" => of(Type::named("numeric"), true),
                "Sconst" => of(Type::named("text"), true),
                "TRUE_P" | "FALSE_P" => of(Type::named("bool"), true),
                _ => unseen(),
            },
            ("c_expr", ["EXISTS", _]) => of(Type::named("bool"), true),
            ("c_expr", ["'('", _, "')'", rest])
                if *rest == "opt_indirection" && parts[3].text.is_empty() =>
            {
                self.value(&parts[1], scope)
            }
            ("a_expr" | "b_expr", [_, "IS" | "ISNULL" | "NOTNULL", ..]) => {
                of(Type::named("bool"), true)
            }
            ("a_expr" | "b_expr", ["NOT" | "NOT_LA", _]) => {
                of(Type::named("bool"), self.value(&parts[1], scope).not_null)
            }
            ("a_expr" | "b_expr", [_, operator, _])
                if matches!(
                    *operator,
                    "'='"
                        | "'<'"
                        | "'>'"
                        | "LESS_EQUALS"
                        | "GREATER_EQUALS"
                        | "NOT_EQUALS"
                        | "AND"
                        | "OR"
                ) =>
            {
                let not_null =
                    self.value(&parts[0], scope).not_null && self.value(&parts[2], scope).not_null;
                of(Type::named("bool"), not_null)
            }
            ("a_expr" | "b_expr", [_, operator, _])
                if matches!(*operator, "'+'" | "'-'" | "'*'" | "'/'" | "'%'") =>
            {
                let (left, right) = (self.value(&parts[0], scope), self.value(&parts[2], scope));
                let number = |known: &Known| {
                    matches!(known.kind.value, ValueType::Integer | ValueType::Number)
                };
                let same = left.kind.value == right.kind.value && number(&left);
                match same {
                    true => of(left.kind, left.not_null && right.not_null),
                    false => unseen(),
                }
            }
            (_, [_]) => self.value(&parts[0], scope),
            _ => unseen(),
        }
    }

    /// What a function of PostgreSQL's own gives.
    fn call(&mut self, node: &Node<'_>, scope: &Scope<'_>) -> Known {
        let name = node
            .part("func_name")
            .map(|name| kept(name.text))
            .unwrap_or_default();
        if self.catalogue.functions.contains(&name) {
            return unseen();
        }
        let first = node
            .part("func_arg_list")
            .and_then(|list| list.parts.first());
        match name.as_str() {
            "count" | "row_number" | "rank" | "dense_rank" => of(Type::named("int8"), true),
            "now" | "clock_timestamp" => of(Type::named("timestamptz"), true),
            "gen_random_uuid" => of(Type::named("uuid"), true),
            "length" | "char_length" => of(Type::named("int4"), false),
            "lower" | "upper" | "concat" | "concat_ws" | "to_char" | "string_agg" | "replace"
            | "btrim" => of(Type::named("text"), false),
            "bool_and" | "bool_or" | "every" => of(Type::named("bool"), false),
            "min" | "max" => match first.map(|first| self.value(first, scope)) {
                Some(known) => of(known.kind, false),
                None => unseen(),
            },
            "sum" => match first.map(|first| self.value(first, scope).kind) {
                Some(kind) if kind == Type::named("int2") || kind == Type::named("int4") => {
                    of(Type::named("int8"), false)
                }
                Some(kind) if kind == Type::named("int8") || kind == Type::named("numeric") => {
                    of(Type::named("numeric"), false)
                }
                Some(kind) if kind.value == ValueType::Number => of(kind, false),
                _ => unseen(),
            },
            _ => unseen(),
        }
    }
}

fn of(kind: Type, not_null: bool) -> Known {
    Known {
        kind,
        not_null,
        ..unseen()
    }
}

fn unseen() -> Known {
    super::read::unnamed(String::new())
}

/// What PostgreSQL calls a column that has no name of its own; nothing where that is not sure.
fn called(node: &Node<'_>) -> Option<String> {
    match (node.name, node.shape().as_slice()) {
        ("columnref", _) => {
            let last = node.all(&["attr_name"]);
            Some(kept(
                last.last().map_or(node.parts[0].text, |last| last.text),
            ))
        }
        ("func_application", _) => {
            let name = node.part("func_name")?;
            let last = name.all(&["attr_name"]);
            Some(kept(last.last().map_or(name.text, |last| last.text)))
        }
        ("func_expr", _) => called(&node.parts[0]),
        (
            "func_expr_common_subexpr",
            [
                "COALESCE" | "GREATEST" | "LEAST" | "NULLIF" | "CURRENT_DATE" | "CURRENT_TIMESTAMP"
                | "EXTRACT",
                ..,
            ],
        ) => Some(node.parts[0].text.to_ascii_lowercase()),
        ("c_expr", ["EXISTS", _]) => Some("exists".to_owned()),
        ("a_expr", [_, "TYPECAST", "Typename"]) => {
            node.parts[0].first("columnref")?;
            called(node.parts[0].down_to("columnref")?)
        }
        (_, [_]) => called(&node.parts[0]),
        _ => None,
    }
}
