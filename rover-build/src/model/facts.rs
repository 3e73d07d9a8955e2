//! What the phases before found, for those that ask all of them.

use crate::analyse::handlers::Handlers;
use crate::analyse::names::Names;
use crate::analyse::return_type::ReturnTypes;
use crate::analyse::schemas::Guards;
use crate::analyse::statements::Statements;
use crate::analyse::waits::Waits;
use crate::collect::databases::Database;
use crate::features::Features;
use crate::form::Form;
use crate::front::load::Sources;
use crate::html::Templates;
use crate::sql::Checking;
use crate::vocabulary::Elsewhere;

/// What the model is made from.
#[derive(Clone, Copy)]
pub(crate) struct Facts<'a> {
    pub(crate) sources: &'a Sources,
    pub(crate) names: &'a Names<'a>,
    pub(crate) guards: &'a Guards,
    pub(crate) handlers: &'a Handlers,
    pub(crate) waits: &'a Waits,
    pub(crate) return_types: &'a ReturnTypes<'a>,
    pub(crate) html: &'a Templates<'a>,
    pub(crate) databases: &'a [Database],
    pub(crate) statements: &'a Statements<'a>,
    /// How much of each statement is checked, in the same order.
    pub(crate) checked_sql: &'a [Checking],
    pub(crate) form: Form,
    pub(crate) features: Features,
    /// What of the program's state may be on a server.
    pub(crate) elsewhere: Elsewhere,
}
