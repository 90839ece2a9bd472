//! SQLite's store passes the suite that every store must pass.

use store::Organisation;
use store::conformance::{Fresh, check_all};
use store_sqlite::Database;
use vocab::OrgSlug;

#[test]
fn sqlite_does_what_a_store_must_do() {
    check_all(|| {
        let folder = tempfile::tempdir().unwrap();
        let slug = OrgSlug::new("demo").unwrap();
        let organisation = Organisation {
            slug,
            name: "Demo".to_owned(),
        };
        let database = Database::create(&folder.path().join("demo.db"), &organisation).unwrap();
        Fresh {
            store: Box::new(database),
            keep: Box::new(folder),
        }
    });
}
