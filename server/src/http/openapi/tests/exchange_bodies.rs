//! Bodies about imports and new customers, held against the document as those of `openapi.rs` are.

use super::check;
use protocol::exchange::{
    Alike, AlikeBecause, AlikeCustomer, AlikeCustomers, CalendarQuestion, ColumnTarget, Import,
    ImportColumn, ImportCounts, ImportOptions, ImportPage, ImportPreview, ImportState, NewCustomer,
    NewImport, NotationQuestion, PreviewedCustomer, ReadHours, RefusedRow,
};
use vocab::{ImportId, Millis};

#[test]
fn bodies_about_imports_have_the_fields_that_the_document_describes() {
    let document = super::parsed();
    let column = ImportColumn {
        target: ColumnTarget::Name,
        name: None,
    };
    check(&document, "ImportColumn", &column);
    check(&document, "ImportOptions", ImportOptions::default());
    check(&document, "ImportCounts", ImportCounts::default());
    let row = RefusedRow {
        line: 1,
        reason: String::new(),
    };
    check(&document, "RefusedRow", &row);
    let import = Import {
        import: ImportId(1),
        file: String::new(),
        by: String::new(),
        at: Millis(1),
        state: ImportState::Ready,
        bytes: 1,
        bytes_done: 1,
        counts: ImportCounts::default(),
        options: ImportOptions::default(),
        problem: None,
        refused: vec![row],
        kept: 0,
    };
    check(&document, "Import", &import);
    let imports = vec![import];
    check(&document, "ImportPage", ImportPage { imports });
    let new = NewImport {
        file: String::new(),
        bytes: 1,
    };
    check(&document, "NewImport", new);
    let customer = PreviewedCustomer {
        line: 1,
        name: super::text(),
        identities: vec![],
        refused: None,
    };
    check(&document, "PreviewedCustomer", &customer);
    let preview = ImportPreview {
        options: ImportOptions::default(),
        is_encoding_sure: true,
        header: vec![],
        rows: vec![],
        customers: vec![customer],
    };
    check(&document, "ImportPreview", preview);
}

#[test]
fn bodies_about_new_customers_and_hours_have_the_fields_that_the_document_describes() {
    let document = super::parsed();
    check(&document, "NewCustomer", NewCustomer::default());
    check(&document, "Alike", Alike::default());
    let one = AlikeCustomer {
        customer: super::customer(),
        because: AlikeBecause::Name,
    };
    check(&document, "AlikeCustomer", &one);
    let customers = vec![one];
    check(&document, "AlikeCustomers", AlikeCustomers { customers });
    let question = CalendarQuestion {
        calendar: String::new(),
        zone: String::new(),
        weekly: vec![],
        from: None,
        until: None,
    };
    check(&document, "CalendarQuestion", question);
    let question = NotationQuestion {
        text: String::new(),
        holidays: vec![],
        from: None,
    };
    check(&document, "NotationQuestion", question);
    check(&document, "ReadHours", ReadHours::default());
}
