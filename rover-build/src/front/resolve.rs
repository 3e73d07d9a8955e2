//! From full_moon's tree to the [`hir`](crate::front::hir), with every name resolved to the
//! local variable it means.

use full_moon::ast::{
    Assignment, Ast, BinOp, Block, Call, Expression, Field as AstField, FunctionArgs, FunctionBody,
    Index, LastStmt, LocalAssignment, Parameter, Prefix, Stmt as AstStmt, Suffix, TableConstructor,
    UnOp, Var,
};
use full_moon::node::Node;
use full_moon::tokenizer::{TokenReference, TokenType};

use crate::front::hir::{
    BinaryOp, Chunk, Expr, Field, Function, FunctionId, Header, Kind, Name, Span, Stmt, UnaryOp,
    VarId,
};
use crate::front::literal::Literal;
use crate::front::syntax::Encoding;
use crate::front::tree::{text, written};

/// `source` is the text that the tree was read from.
pub(crate) fn resolve(source: &str, encoding: Encoding, ast: &Ast) -> Chunk {
    let mut resolver = Resolver {
        source,
        encoding,
        chunk: Chunk::default(),
        scope: Vec::new(),
    };
    resolver.chunk.functions.push(Function {
        start: 0,
        parameters: 0,
        block: 0,
        is_method: false,
        params: Vec::new(),
        variadic: true,
        body: Vec::new(),
    });
    let body = resolver.block(ast.nodes());
    resolver.chunk.functions[FunctionId::CHUNK].body = body;
    resolver.chunk
}

struct Resolver<'s> {
    source: &'s str,
    encoding: Encoding,
    chunk: Chunk,
    /// The variables in sight, innermost last.
    scope: Vec<VarId>,
}

impl Resolver<'_> {
    fn declare(&mut self, token: &TokenReference) -> VarId {
        let id = self.chunk.vars.next();
        self.chunk.vars.push(crate::front::hir::Var {
            name: text(self.source, token),
            start: span(token).start,
            writes: 0,
        });
        self.scope.push(id);
        id
    }

    fn name(&self, token: &TokenReference) -> Kind {
        let name = text(self.source, token);
        let found = self.scope.iter().rev();
        match found.copied().find(|id| self.chunk.vars[*id].name == name) {
            Some(id) => Kind::Var(id),
            None => Kind::Global(name),
        }
    }

    fn block(&mut self, block: &Block) -> Vec<Stmt> {
        let depth = self.scope.len();
        let body = self.open_block(block);
        self.scope.truncate(depth);
        body
    }

    /// A block whose variables stay in sight, as `repeat` needs it.
    fn open_block(&mut self, block: &Block) -> Vec<Stmt> {
        let mut body: Vec<Stmt> = block.stmts().filter_map(|stmt| self.stmt(stmt)).collect();
        if let Some(LastStmt::Return(values)) = block.last_stmt() {
            let start = span(values.token()).start;
            body.push(Stmt::Return(start, self.exprs(values.returns().iter())));
        }
        body
    }

    /// A block with variables of its own before it.
    fn scoped<'t>(
        &mut self,
        names: impl IntoIterator<Item = &'t TokenReference>,
        block: &Block,
    ) -> Vec<Stmt> {
        let depth = self.scope.len();
        for token in names {
            self.declare(token);
        }
        let body = self.block(block);
        self.scope.truncate(depth);
        body
    }

    fn exprs<'e>(&mut self, expressions: impl Iterator<Item = &'e Expression>) -> Vec<Expr> {
        expressions.map(|e| self.expr(e)).collect()
    }

    fn stmt(&mut self, stmt: &AstStmt) -> Option<Stmt> {
        Some(match stmt {
            AstStmt::Assignment(assignment) => self.assignment(assignment),
            AstStmt::LocalAssignment(local) => self.local(local),
            AstStmt::FunctionCall(call) => Stmt::Call(self.chain(call.prefix(), call.suffixes())),
            AstStmt::Do(inner) => Stmt::Do(self.block(inner.block())),
            AstStmt::While(inner) => {
                let condition = self.expr(inner.condition());
                Stmt::While(condition, self.block(inner.block()))
            }
            AstStmt::Repeat(inner) => {
                let depth = self.scope.len();
                let body = self.open_block(inner.block());
                let until = self.expr(inner.until());
                self.scope.truncate(depth);
                Stmt::Repeat(body, until)
            }
            AstStmt::If(inner) => {
                let mut arms = vec![(self.expr(inner.condition()), self.block(inner.block()))];
                for arm in inner.else_if().into_iter().flatten() {
                    arms.push((self.expr(arm.condition()), self.block(arm.block())));
                }
                let otherwise = inner.else_block().map(|block| self.block(block));
                Stmt::If(arms, otherwise.unwrap_or_default())
            }
            AstStmt::NumericFor(inner) => {
                let bounds = [Some(inner.start()), Some(inner.end()), inner.step()];
                let values = self.exprs(bounds.into_iter().flatten());
                // It is the next variable that is declared.
                let counter = self.chunk.vars.next();
                let body = self.scoped([inner.index_variable()], inner.block());
                Stmt::Count(counter, values, body)
            }
            AstStmt::GenericFor(inner) => {
                let values = self.exprs(inner.expressions().iter());
                // They are the next variables that are declared.
                let vars = self.chunk.vars.following(inner.names().len());
                let header = Header {
                    vars: vars.collect(),
                    start: span(inner.names()).start,
                    block: end(inner.do_token()),
                };
                Stmt::For(header, values, self.scoped(inner.names(), inner.block()))
            }
            AstStmt::LocalFunction(inner) => {
                // Declared first: it may call itself.
                let var = self.declare(inner.name());
                let function = self.function(inner.function_token(), inner.body(), None);
                Stmt::LocalFunction(var, function)
            }
            AstStmt::FunctionDeclaration(inner) => {
                let name = inner.name();
                let mut names = name.names().iter();
                let first = names.next()?;
                let mut target = self.named(first);
                // `function M:f` writes into `M`.
                let whole = name.names().len() == 1 && name.method_name().is_none();
                if let (Kind::Var(id), true) = (&target.kind, whole) {
                    self.chunk.vars[*id].writes += 1;
                }
                for key in names.chain(name.method_name()) {
                    target = index(target, self.constant(key), end(key));
                }
                let this = name.method_name();
                let function = self.function(inner.function_token(), inner.body(), this);
                Stmt::Function(target, function)
            }
            AstStmt::Goto(_) => {
                self.chunk.jumps = true;
                return None;
            }
            _ => return None,
        })
    }

    fn local(&mut self, local: &LocalAssignment) -> Stmt {
        // The values do not see the new names.
        let values = self.exprs(local.expressions().iter());
        let vars = local
            .names()
            .iter()
            .map(|name| self.declare(name))
            .collect();
        Stmt::Local(vars, values)
    }

    fn assignment(&mut self, assignment: &Assignment) -> Stmt {
        let mut targets = Vec::new();
        for var in assignment.variables() {
            let target = self.var(var);
            if let Kind::Var(id) = target.kind {
                self.chunk.vars[id].writes += 1;
            }
            targets.push(target);
        }
        Stmt::Assign(targets, self.exprs(assignment.expressions().iter()))
    }

    fn var(&mut self, var: &Var) -> Expr {
        match var {
            Var::Expression(inner) => self.chain(inner.prefix(), inner.suffixes()),
            Var::Name(token) => self.named(token),
            _ => opaque(var),
        }
    }

    fn named(&self, token: &TokenReference) -> Expr {
        Expr {
            span: span(token),
            kind: self.name(token),
        }
    }

    fn function(
        &mut self,
        start: &TokenReference,
        body: &FunctionBody,
        this: Option<&TokenReference>,
    ) -> FunctionId {
        let id = self.chunk.functions.next();
        let depth = self.scope.len();
        let mut params = Vec::new();
        if let Some(token) = this {
            // `self`, which no token names.
            let var = self.declare(token);
            "self".clone_into(&mut self.chunk.vars[var].name);
            params.push(var);
        }
        let mut variadic = false;
        for parameter in body.parameters() {
            match parameter {
                Parameter::Name(token) => params.push(self.declare(token)),
                _ => variadic = true,
            }
        }
        let (open, close) = body.parameters_parentheses().tokens();
        self.chunk.functions.push(Function {
            start: span(start).start,
            parameters: end(open),
            block: end(close),
            is_method: this.is_some(),
            params,
            variadic,
            body: Vec::new(),
        });
        let body = self.block(body.block());
        self.chunk.functions[id].body = body;
        self.scope.truncate(depth);
        id
    }

    fn expr(&mut self, expression: &Expression) -> Expr {
        let kind = match expression {
            Expression::BinaryOperator { lhs, binop, rhs } => {
                let (left, right) = (self.expr(lhs), self.expr(rhs));
                let span = Span {
                    start: left.span.start,
                    end: right.span.end,
                };
                let (left, right) = (Box::new(left), Box::new(right));
                let kind = match binop {
                    BinOp::TwoDots(_) => Kind::Concat(left, right),
                    other => Kind::Binary(binary(other), left, right),
                };
                return Expr { span, kind };
            }
            Expression::UnaryOperator { unop, expression } => {
                let inner = self.expr(expression);
                let span = Span {
                    start: span(unop).start,
                    end: inner.span.end,
                };
                let kind = Kind::Unary(unary(unop), Box::new(inner));
                return Expr { span, kind };
            }
            Expression::Parentheses {
                contained,
                expression,
            } => {
                let (open, close) = contained.tokens();
                let span = Span {
                    start: span(open).start,
                    end: end(close),
                };
                let kind = Kind::Paren(Box::new(self.expr(expression)));
                return Expr { span, kind };
            }
            Expression::Function(function) => {
                let start = function.function_token();
                Kind::Function(self.function(start, function.body(), None))
            }
            Expression::FunctionCall(call) => return self.chain(call.prefix(), call.suffixes()),
            Expression::TableConstructor(table) => return self.table(table),
            Expression::Number(token) => Kind::Number(text(self.source, token)),
            Expression::String(token) => return self.constant(token),
            Expression::Symbol(token) => match text(self.source, token).as_str() {
                "nil" => Kind::Nil,
                "true" => Kind::Boolean(true),
                "false" => Kind::Boolean(false),
                _ => Kind::Vararg,
            },
            Expression::Var(var) => return self.var(var),
            _ => return opaque(expression),
        };
        let span = span(expression);
        Expr { span, kind }
    }

    fn chain<'s>(&mut self, prefix: &Prefix, suffixes: impl Iterator<Item = &'s Suffix>) -> Expr {
        let mut chain = match prefix {
            Prefix::Name(token) => self.named(token),
            Prefix::Expression(inner) => self.expr(inner),
            _ => opaque(prefix),
        };
        for suffix in suffixes {
            let end = suffix_end(suffix);
            let start = chain.span.start;
            let kind = match suffix {
                Suffix::Index(Index::Dot { name, .. }) => {
                    chain = index(chain, self.constant(name), end);
                    continue;
                }
                Suffix::Index(Index::Brackets { expression, .. }) => {
                    let key = self.expr(expression);
                    chain = index(chain, key, end);
                    continue;
                }
                Suffix::Call(Call::AnonymousCall(args)) => {
                    Kind::Call(Box::new(chain), self.args(args))
                }
                Suffix::Call(Call::MethodCall(call)) => {
                    let token = call.name();
                    let name = Name {
                        text: text(self.source, token),
                        span: span(token),
                    };
                    Kind::Method(Box::new(chain), name, self.args(call.args()))
                }
                _ => Kind::Vararg,
            };
            let span = Span { start, end };
            chain = Expr { span, kind };
        }
        chain
    }

    fn args(&mut self, args: &FunctionArgs) -> Vec<Expr> {
        match args {
            FunctionArgs::Parentheses { arguments, .. } => self.exprs(arguments.iter()),
            FunctionArgs::String(token) => vec![self.constant(token)],
            FunctionArgs::TableConstructor(table) => vec![self.table(table)],
            _ => Vec::new(),
        }
    }

    /// A name after a dot, or a string.
    fn constant(&self, token: &TokenReference) -> Expr {
        let written = written(self.source, token);
        let text = match token.token().token_type() {
            // The program has the file's bytes, which are no UTF-8.
            _ if self.encoding == Encoding::Latin1 && !written.is_ascii() => None,
            TokenType::StringLiteral { .. } => {
                Literal::read(written).and_then(|literal| String::from_utf8(literal.value).ok())
            }
            _ => Some(written.to_owned()),
        };
        Expr {
            span: span(token),
            kind: Kind::Text(text),
        }
    }

    fn table(&mut self, table: &TableConstructor) -> Expr {
        let mut fields = Vec::new();
        for field in table.fields() {
            fields.push(match field {
                AstField::NameKey { key, value, .. } => {
                    let key = self.constant(key);
                    named(key, self.expr(value))
                }
                AstField::ExpressionKey { key, value, .. } => {
                    let key = self.expr(key);
                    named(key, self.expr(value))
                }
                AstField::NoKey(value) => Field::Item(self.expr(value)),
                _ => continue,
            });
        }
        let (open, close) = table.braces().tokens();
        Expr {
            span: Span {
                start: span(open).start,
                end: span(close).end,
            },
            kind: Kind::Table(fields),
        }
    }
}

fn named(key: Expr, value: Expr) -> Field {
    match key.name() {
        Some(name) => Field::Named(name, value),
        None => Field::Keyed(key, value),
    }
}

fn index(object: Expr, key: Expr, end: usize) -> Expr {
    let start = object.span.start;
    Expr {
        span: Span { start, end },
        kind: Kind::Index(Box::new(object), Box::new(key)),
    }
}

/// What this Lua does not have; nothing is concluded from it.
fn opaque(node: &impl Node) -> Expr {
    Expr {
        span: span(node),
        kind: Kind::Vararg,
    }
}

fn span(node: &impl Node) -> Span {
    let start = node.start_position().map_or(0, |p| p.bytes());
    let end = node.end_position().map_or(0, |p| p.bytes());
    Span { start, end }
}

/// Where a suffix ends, its closing bracket included.
fn suffix_end(suffix: &Suffix) -> usize {
    let args = match suffix {
        Suffix::Index(Index::Brackets { brackets, .. }) => return end(brackets.tokens().1),
        Suffix::Call(Call::AnonymousCall(args)) => args,
        Suffix::Call(Call::MethodCall(call)) => call.args(),
        other => return end(other),
    };
    match args {
        FunctionArgs::Parentheses { parentheses, .. } => end(parentheses.tokens().1),
        FunctionArgs::TableConstructor(table) => end(table.braces().tokens().1),
        other => end(other),
    }
}

fn end(node: &impl Node) -> usize {
    span(node).end
}

fn binary(operator: &BinOp) -> BinaryOp {
    match operator {
        BinOp::And(_) => BinaryOp::And,
        BinOp::Or(_) => BinaryOp::Or,
        BinOp::TwoEqual(_) | BinOp::TildeEqual(_) => BinaryOp::Equality,
        BinOp::LessThan(_)
        | BinOp::LessThanEqual(_)
        | BinOp::GreaterThan(_)
        | BinOp::GreaterThanEqual(_) => BinaryOp::Order,
        BinOp::Plus(_) => BinaryOp::Add,
        BinOp::Minus(_)
        | BinOp::Star(_)
        | BinOp::Slash(_)
        | BinOp::Percent(_)
        | BinOp::Caret(_) => BinaryOp::Arithmetic,
        _ => BinaryOp::Other,
    }
}

fn unary(operator: &UnOp) -> UnaryOp {
    match operator {
        UnOp::Minus(_) => UnaryOp::Minus,
        UnOp::Not(_) => UnaryOp::Not,
        UnOp::Hash(_) => UnaryOp::Length,
        _ => UnaryOp::Other,
    }
}
