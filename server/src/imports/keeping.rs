//! Removes the files of imports that are older than `imports.keep_days`: uploads that were never imported, and refused
//! rows. They hold customers' data that no erasure reaches.

use super::Imports;
use crate::clock;
use crate::engine::Engine;
use timekeeping::Span;

impl Imports {
    /// Removes an organisation's files whose import began more than `age_ms` ago, and files without an import. An import
    /// that wrote no record leaves the list with its files. Returns the number of imports.
    ///
    /// # Errors
    /// When the store cannot be read or written; what was removed stays removed.
    pub(crate) async fn forget_old(&self, engine: &Engine, age_ms: u64) -> store::Result<usize> {
        let Some(ages) = clock::ages(engine).await? else {
            return Ok(0);
        };
        let old = ages.older_than(age_ms);
        let (all, organisation) = (self.clone(), engine.organisation().clone());
        engine
            .readers()
            .imports(move |imports| {
                let mut gone = 0;
                for import in all.files().kept(&organisation) {
                    let row = imports.import(import)?;
                    let is_old = row.is_none_or(|row| old.iter().any(|span| has(span, row.at)));
                    if is_old && all.running(&organisation, import).is_none() {
                        all.forget(&organisation, import);
                        imports.forget_import(import)?;
                        gone += 1;
                    }
                }
                Ok(gone)
            })
            .await
    }
}

fn has(span: &Span, at: vocab::Millis) -> bool {
    span.from <= at && at < span.before
}
