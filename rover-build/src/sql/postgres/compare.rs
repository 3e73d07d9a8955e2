//! Parameters beside columns: what the columns are, they are.

use super::grammar::Node;
use super::read::Reading;
use super::scope::{Found, Scope};
use super::types::Type;

/// Operators that have both of their operands in one type.
const COMPARE: [&str; 6] = [
    "'='",
    "'<'",
    "'>'",
    "LESS_EQUALS",
    "GREATER_EQUALS",
    "NOT_EQUALS",
];

impl Reading<'_> {
    /// Notes the type of a parameter, if it is one.
    pub(super) fn parameter(&mut self, value: Option<&Node<'_>>, of: &Type) {
        if let Some(number) = value.and_then(number)
            && let Some(takes) = &of.takes
        {
            self.parameters.is(number, takes);
        }
    }

    /// Looks for parameters beside a column, or before a type's name.
    pub(super) fn compared(&mut self, node: &Node<'_>, scope: &Scope<'_>) {
        let parts = &node.parts;
        match node.shape().as_slice() {
            [_, "TYPECAST", "Typename"] => {
                let of = Type::of(&self.catalogue.types, &parts[2]);
                self.parameter(parts.first(), &of);
            }
            [_, operator, _] if COMPARE.contains(operator) => {
                for (column, value) in [(0, 2), (2, 0)] {
                    if let Some(of) = self.column_type(&parts[column], scope) {
                        self.parameter(parts.get(value), &of);
                    }
                }
            }
            [_, "BETWEEN", _, _, "AND", _] => {
                if let Some(of) = self.column_type(&parts[0], scope) {
                    self.parameter(parts.get(3), &of);
                    self.parameter(parts.get(5), &of);
                }
            }
            [_, .., "IN_P", "'('", "expr_list", "')'"] => {
                if let Some(of) = self.column_type(&parts[0], scope) {
                    let list = parts.iter().find(|part| part.is("expr_list"));
                    let values = list.into_iter().flat_map(|list| &list.parts);
                    values.for_each(|value| self.parameter(Some(value), &of));
                }
            }
            [_, "subquery_Op", "sub_type", "'('", _, "')'"] => {
                if let Some(of) = self.column_type(&parts[0], scope) {
                    self.parameter(parts.get(4), &of.array());
                }
            }
            _ => {}
        }
    }

    fn column_type(&self, node: &Node<'_>, scope: &Scope<'_>) -> Option<Type> {
        match scope.find(node.down_to("columnref")?, &self.catalogue.functions) {
            Found::Column(known) => Some(known.kind),
            _ => None,
        }
    }
}

/// The number of a parameter, where an expression is one and nothing else.
fn number(node: &Node<'_>) -> Option<usize> {
    let [parameter, rest] = node.down_to("c_expr")?.parts.as_slice() else {
        return None;
    };
    let number = parameter
        .text
        .strip_prefix('$')
        .filter(|_| parameter.is("PARAM") && rest.text.is_empty());
    number?.parse().ok()
}
