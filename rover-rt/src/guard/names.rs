//! An object's fields by their names.

use rover_model::guard::Field;
use rustc_hash::FxHashMap;

/// So few fields are looked at one after the other.
const FEW: usize = 16;
/// So many fields are looked at before names are sorted, which most readers never need.
const LOOKED_AT: usize = 4096;

/// What one reader knows of names. However many a client sends, each costs a short search.
#[derive(Default)]
pub(super) struct Names<'s> {
    looked_at: usize,
    /// By the address of an object's fields: their names with their numbers.
    sorted: FxHashMap<*const Field, Vec<(&'s str, usize)>>,
}

impl<'s> Names<'s> {
    /// The number of the field that has a name.
    #[inline]
    pub(super) fn find(&mut self, fields: &'s [Field], name: &str) -> Option<usize> {
        if fields.len() > FEW {
            self.looked_at += fields.len();
            if self.looked_at > LOOKED_AT {
                return self.find_sorted(fields, name);
            }
        }
        fields.iter().position(|field| field.name == name)
    }

    #[cold]
    fn find_sorted(&mut self, fields: &'s [Field], name: &str) -> Option<usize> {
        let sorted = self.sorted.entry(fields.as_ptr()).or_insert_with(|| {
            let names = fields.iter().enumerate();
            let mut sorted: Vec<_> = names.map(|(at, field)| (&*field.name, at)).collect();
            sorted.sort_unstable();
            sorted
        });
        let at = sorted.binary_search_by(|(known, _)| (**known).cmp(name));
        at.ok().map(|at| sorted[at].1)
    }
}

#[cfg(test)]
mod tests {
    use rover_model::guard::{Field, Kind, Schema};

    use super::Names;

    #[test]
    fn the_same_is_found_however_much_was_looked_at() {
        let named = |name: String| Field::new(name.into(), Schema::new(Kind::Any));
        let few: Vec<Field> = (0..3).map(|n| named(format!("few{n}"))).collect();
        let many: Vec<Field> = (0..100).map(|n| named(format!("f{n}"))).collect();
        let others: Vec<Field> = (0..100).rev().map(|n| named(format!("f{n}"))).collect();
        let mut names = Names::default();
        for _ in 0..10 {
            for n in 0..100 {
                assert_eq!(names.find(&many, &format!("f{n}")), Some(n));
                assert_eq!(names.find(&others, &format!("f{n}")), Some(99 - n));
                assert_eq!(names.find(&many, &format!("g{n}")), None);
            }
            assert_eq!(names.find(&few, "few2"), Some(2));
        }
        assert_eq!(names.sorted.len(), 2);
    }
}
