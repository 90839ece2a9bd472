//! Files of customers: brought in over REST and the command line, checked, refused in part, killed half-way, taken back,
//! and written out again.

use crate::office::Office;
use crate::place::{Place, http};
use protocol::exchange::{
    ColumnTarget, ExistingCustomers, Import, ImportColumn, ImportOptions, ImportPreview,
    ImportState, NewImport,
};
use protocol::record::AuditPage;
use protocol::rest::{CustomerPage, CustomerSummary, ErrorBody, IdentityKind};
use reqwest::{Method, StatusCode};
use serde_json::json;
use std::time::{Duration, Instant};
use vocab::ImportId;

const PATIENCE: Duration = Duration::from_secs(60);

/// One administrator's way with imports.
pub(crate) struct Desk<'a> {
    pub(crate) ada: Office<'a>,
}

impl<'a> Desk<'a> {
    pub(crate) async fn of(place: &'a Place) -> Self {
        let ada = Office::of(place, "ada").await;
        Self { ada }
    }

    pub(crate) async fn post<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        body: &impl serde::Serialize,
    ) -> T {
        let (status, body) = self.ada.ask(Method::POST, path, body).await;
        assert!(status.is_success(), "{path}: {status} {body}");
        serde_json::from_str(&body).unwrap()
    }

    /// In pieces of a few bytes, so that every border between two is met.
    pub(crate) async fn send(&self, file: &str, bytes: &[u8]) -> Import {
        let new = NewImport {
            file: file.to_owned(),
            bytes: bytes.len() as u64,
        };
        let mut import: Import = self.post("/v1/imports", &new).await;
        assert_eq!(import.state, ImportState::Sending);
        let size = (bytes.len() / 3).max(1);
        for (index, piece) in bytes.chunks(size).enumerate() {
            let url = format!(
                "{}/v1/imports/{}/data?offset={}",
                self.ada.place.server.url,
                import.import,
                index * size
            );
            let request = http()
                .put(url)
                .bearer_auth(&self.ada.token)
                .body(piece.to_vec());
            import = request.send().await.unwrap().json().await.unwrap();
        }
        assert_eq!(import.state, ImportState::Ready);
        import
    }

    pub(crate) async fn work(
        &self,
        import: ImportId,
        what: &str,
        options: &ImportOptions,
    ) -> Import {
        let _: Import = self
            .post(&format!("/v1/imports/{import}/{what}"), options)
            .await;
        self.until_over(import).await
    }

    pub(crate) async fn until_over(&self, import: ImportId) -> Import {
        let until = Instant::now() + PATIENCE;
        loop {
            let now: Import = self.ada.get(&format!("/v1/imports/{import}")).await;
            let is_at_work = matches!(
                now.state,
                ImportState::Checking | ImportState::Running | ImportState::Undoing
            );
            if !is_at_work {
                return now;
            }
            assert!(Instant::now() < until, "{now:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Until it says that a search knows all of its records.
    async fn until_searched(&self, import: ImportId) {
        let until = Instant::now() + PATIENCE;
        loop {
            let now: Import = self.ada.get(&format!("/v1/imports/{import}")).await;
            if now.unsearched == 0 {
                return;
            }
            assert!(Instant::now() < until, "{now:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) async fn found(&self, query: &str) -> Vec<CustomerSummary> {
        let page: CustomerPage = self.ada.get(&format!("/v1/customers?query={query}")).await;
        page.customers
            .into_iter()
            .map(|found| found.customer)
            .collect()
    }

    async fn refused_file(&self, import: ImportId) -> Vec<u8> {
        let url = format!("{}/v1/imports/{import}/refused", self.ada.place.server.url);
        let answer = http()
            .get(url)
            .bearer_auth(&self.ada.token)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        answer.bytes().await.unwrap().to_vec()
    }
}

const PEOPLE: &str = "Kunde;Telefon;E-Mail;Vertrag;Bemerkung\r\n\
    李娜;+49 221 4710 815;lina@example.cn;V-1;\"ruft abends\nan\"\r\n\
    ;;;;\r\n\
    陈玉兰;+86 138 0013 8000;chen@example.cn;V-2;\r\n\
    Nobody;;not an address;V-3;\r\n\
    李娜;0049 221 4710 815;;V-4;the same once more\r\n";

#[tokio::test]
async fn a_file_is_looked_at_checked_brought_in_mended_and_taken_back() {
    let place = Place::new().await;
    let desk = Desk::of(&place).await;
    let import = desk.send("kunden.csv", &in_gb18030(PEOPLE)).await;
    let id = import.import;
    let preview: ImportPreview = desk
        .post(
            &format!("/v1/imports/{id}/preview"),
            &ImportOptions::default(),
        )
        .await;
    assert_eq!(preview.options.encoding.as_deref(), Some("gb18030"));
    assert_eq!(preview.options.delimiter.as_deref(), Some(";"));
    assert_eq!(preview.header[0], "Kunde");
    let targets: Vec<ColumnTarget> = preview
        .options
        .columns
        .iter()
        .flatten()
        .map(|one| one.target)
        .collect();
    assert_eq!(
        targets,
        [
            ColumnTarget::Name,
            ColumnTarget::Phone,
            ColumnTarget::Email,
            ColumnTarget::Attribute,
            ColumnTarget::Note
        ]
    );
    assert!(
        preview.customers[2]
            .refused
            .as_ref()
            .unwrap()
            .contains("e-mail")
    );
    let checked = desk.work(id, "check", &preview.options).await;
    assert_eq!(checked.state, ImportState::Checked);
    let counts = checked.counts;
    assert_eq!(
        (counts.rows, counts.created, counts.skipped, counts.refused),
        (4, 2, 1, 1)
    );
    assert!(desk.found("").await.is_empty(), "a check writes nothing");
    let done = desk.work(id, "start", &preview.options).await;
    assert_eq!((done.state, done.counts), (ImportState::Done, counts));
    assert_eq!(done.refused[0].line, 6);
    let chen = until_found(&desk, "chen@example.cn").await;
    desk.until_searched(id).await;
    assert_eq!(chen.name.reveal(), "陈玉兰");
    let lina = until_found(&desk, "4710").await;
    assert_eq!(
        (lina.note.reveal().as_str(), lina.revision),
        ("ruft abends\nan", 1)
    );

    // The refused row is mended in its file and fed again.
    let refused = String::from_utf8(desk.refused_file(id).await).unwrap();
    assert!(
        refused.contains("warmline_reason") && refused.contains("V-3"),
        "{refused}"
    );
    let mended = refused.replace("not an address", "nobody@example.com");
    let again = desk.send("mended.csv", mended.as_bytes()).await;
    let again = desk
        .work(again.import, "start", &ImportOptions::default())
        .await;
    assert_eq!(
        (again.counts.created, again.counts.refused),
        (1, 0),
        "{again:?}"
    );

    // Somebody changes one of the records: taking the import back leaves that one.
    let patch = json!({"note": "calls in the morning now"});
    let path = format!("/v1/customers/{}", chen.customer);
    assert_eq!(
        desk.ada.ask(Method::PATCH, &path, &patch).await.0,
        StatusCode::OK
    );
    let undone: Import = desk.post(&format!("/v1/imports/{id}/undo"), &()).await;
    assert!(matches!(
        undone.state,
        ImportState::Undoing | ImportState::Undone
    ));
    let undone = desk.until_over(id).await;
    assert_eq!((undone.state, undone.kept), (ImportState::Undone, 1));
    assert!(desk.found("4710").await.is_empty());
    assert_eq!(
        desk.found("chen@example.cn").await[0].note.reveal(),
        "calls in the morning now"
    );
    let trail: AuditPage = desk.ada.get("/v1/audit").await;
    let whats: Vec<&str> = trail.lines.iter().map(|line| line.what.as_str()).collect();
    for what in ["import_sent", "import_done", "import_undone"] {
        assert!(whats.contains(&what), "{what} is not in {whats:?}");
    }
}

fn in_gb18030(text: &str) -> Vec<u8> {
    let (bytes, _, had_errors) = encoding_rs::GB18030.encode(text);
    assert!(!had_errors);
    bytes.into_owned()
}

/// The search indexes follow an import.
async fn until_found(desk: &Desk<'_>, query: &str) -> CustomerSummary {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = desk.found(query).await.into_iter().next() {
            return found;
        }
        assert!(Instant::now() < until, "{query} was not found");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn known_customers_are_left_updated_or_doubled_and_an_update_is_taken_back() {
    let place = Place::new().await;
    let desk = Desk::of(&place).await;
    let new = json!({
        "name": "Anna Marsh", "identities": [{"kind": "phone", "value": "+44 161 496 0000"}],
        "labels": ["retail"], "note": "prefers tea", "attributes": [{"name": "Contract", "value": "old"}]
    });
    let anna: CustomerSummary = desk.post("/v1/customers", &new).await;
    let file = "name,phone,email,tags,Contract\nAnna Marsh-Lee,+44 (161) 496-0000,anna@example.com,gold,new\n";
    for (existing, created, updated, skipped) in [
        (ExistingCustomers::Skip, 0, 0, 1),
        (ExistingCustomers::Update, 0, 1, 0),
        (ExistingCustomers::Create, 1, 0, 0),
    ] {
        let import = desk.send("anna.csv", file.as_bytes()).await;
        let options = ImportOptions {
            existing,
            ..ImportOptions::default()
        };
        let done = desk.work(import.import, "start", &options).await;
        let counts = done.counts;
        assert_eq!(
            (counts.created, counts.updated, counts.skipped),
            (created, updated, skipped),
            "{existing:?}"
        );
        if existing == ExistingCustomers::Update {
            let now: CustomerSummary = desk
                .ada
                .get(&format!("/v1/customers/{}", anna.customer))
                .await;
            assert_eq!(now.name.reveal(), "Anna Marsh-Lee");
            assert_eq!(
                (now.labels.join(" "), now.note.reveal().as_str()),
                ("retail gold".to_owned(), "prefers tea")
            );
            assert_eq!(now.attributes[0].value.reveal(), "new");
            assert!(
                now.identities
                    .iter()
                    .any(|one| one.kind == IdentityKind::Email)
            );
            let _: Import = desk
                .post(&format!("/v1/imports/{}/undo", import.import), &())
                .await;
            let undone = desk.until_over(import.import).await;
            assert_eq!((undone.state, undone.kept), (ImportState::Undone, 0));
            let back: CustomerSummary = desk
                .ada
                .get(&format!("/v1/customers/{}", anna.customer))
                .await;
            assert_eq!(
                (back.name, back.labels, back.identities, back.attributes),
                (
                    anna.name.clone(),
                    anna.labels.clone(),
                    anna.identities.clone(),
                    anna.attributes.clone()
                )
            );
        }
    }
}

#[tokio::test]
async fn cards_come_in_as_well_and_refused_ones_can_be_mended() {
    let place = Place::new().await;
    let desk = Desk::of(&place).await;
    let cards = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Noor Rao\r\nTEL:+44 161 496 0001\r\nEND:VCARD\r\n\
        BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Bad Mail\r\nEMAIL:nowhere\r\nEND:VCARD\r\n";
    let import = desk.send("contacts.vcf", cards.as_bytes()).await;
    let done = desk
        .work(import.import, "start", &ImportOptions::default())
        .await;
    assert_eq!(
        (done.counts.created, done.counts.refused),
        (1, 1),
        "{done:?}"
    );
    let refused = String::from_utf8(desk.refused_file(import.import).await).unwrap();
    assert!(
        refused.contains("FN:Bad Mail") && refused.contains("X-WARMLINE-REASON:"),
        "{refused}"
    );
    let again = desk
        .send(
            "again.vcf",
            refused.replace("nowhere", "now@example.com").as_bytes(),
        )
        .await;
    let again = desk
        .work(again.import, "start", &ImportOptions::default())
        .await;
    assert_eq!((again.counts.created, again.counts.refused), (1, 0));
}

#[tokio::test]
async fn files_that_cannot_be_read_say_what_to_do_and_write_nothing() {
    let place = Place::new().await;
    let desk = Desk::of(&place).await;
    for (name, bytes, named) in [
        (
            "people.xlsx",
            b"PK\x03\x04\x14\x00\x06\x00rest".to_vec(),
            "save it as CSV",
        ),
        ("header.csv", b"name,phone\n".to_vec(), "no rows"),
        ("nobody.csv", b"colour,size\nred,12\n".to_vec(), "no column"),
        (
            "days.ics",
            b"BEGIN:VCALENDAR\nEND:VCALENDAR\n".to_vec(),
            "holidays",
        ),
        (
            "noise.bin",
            (0..60_000_u32)
                .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
                .collect(),
            "no text",
        ),
    ] {
        let import = desk.send(name, &bytes).await;
        let path = format!("/v1/imports/{}/start", import.import);
        let (status, body) = desk
            .ada
            .ask(Method::POST, &path, &ImportOptions::default())
            .await;
        let said = if status == StatusCode::OK {
            desk.until_over(import.import).await.problem.unwrap()
        } else {
            serde_json::from_str::<ErrorBody>(&body).unwrap().hint
        };
        assert!(said.contains(named), "{name}: {said}");
    }
    // The wrong encoding refuses rows rather than keeping nonsense, and a NUL refuses its own row.
    let import = desk
        .send(
            "wrong.csv",
            &in_gb18030("name,phone\n陈玉兰,112233\nAnna,445566\n"),
        )
        .await;
    let options = ImportOptions {
        encoding: Some("utf-8".to_owned()),
        ..ImportOptions::default()
    };
    let checked = desk.work(import.import, "check", &options).await;
    assert_eq!((checked.counts.created, checked.counts.refused), (1, 1));
    assert!(checked.refused[0].reason.contains("encoding"));
    assert!(desk.found("").await.is_empty());
    let too_long = NewImport {
        file: "x".to_owned(),
        bytes: u64::MAX,
    };
    let (status, _) = desk.ada.ask(Method::POST, "/v1/imports", &too_long).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn columns_can_be_chosen_and_an_import_stopped_and_forgotten() {
    let place = Place::new().await;
    let desk = Desk::of(&place).await;
    let import = desk.send("odd.csv", b"a,b,c\nAnna,112233,x\n").await;
    let column = |target, name: Option<&str>| ImportColumn {
        target,
        name: name.map(ToOwned::to_owned),
    };
    let options = ImportOptions {
        columns: Some(vec![
            column(ColumnTarget::Name, None),
            column(ColumnTarget::Phone, None),
            column(ColumnTarget::Attribute, Some("Branch")),
        ]),
        has_header: Some(true),
        ..ImportOptions::default()
    };
    let preview: ImportPreview = desk
        .post(&format!("/v1/imports/{}/preview", import.import), &options)
        .await;
    assert_eq!(preview.customers[0].name.reveal(), "Anna");
    let too_few = ImportOptions {
        columns: Some(vec![column(ColumnTarget::Name, None)]),
        ..options.clone()
    };
    let path = format!("/v1/imports/{}/preview", import.import);
    assert_eq!(
        desk.ada.ask(Method::POST, &path, &too_few).await.0,
        StatusCode::BAD_REQUEST
    );
    let path = format!("/v1/imports/{}", import.import);
    assert_eq!(
        desk.ada.ask(Method::DELETE, &path, &()).await.0,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        desk.ada.ask(Method::GET, &path, &()).await.0,
        StatusCode::NOT_FOUND
    );
    let stop = format!("/v1/imports/{}/stop", import.import);
    assert_eq!(
        desk.ada.ask(Method::POST, &stop, &()).await.0,
        StatusCode::NOT_FOUND
    );
}
