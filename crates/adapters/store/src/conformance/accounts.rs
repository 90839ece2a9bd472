//! Cases about accounts, queues, tokens and the places of sign-ins.

use super::Case;
use super::script::{STAMP, new_user};
use crate::{
    NewUser, OrganisationStore, PLACES_REMEMBERED, SEED_DISPOSITIONS, SignInPlace, StoreError,
    TokenRow,
};
use acd::{Center, Command};
use protocol::configuration::{Change, PersonSettings, QueueSettings};
use protocol::work::{Disposition, OtherNames};
use vocab::{AgentId, Millis, QueueId, Role, Sensitive};

pub(super) const CASES: &[Case] = &[
    (
        "a new organisation has its name, dispositions and nothing else",
        fresh,
    ),
    (
        "a user can be added, found in any case, changed and removed",
        users,
    ),
    ("names and slugs are unique", unique),
    (
        "queues and users make a configuration that the engine takes",
        configuration,
    ),
    ("every change is noticed and in the audit trail", noticed),
    (
        "a token opens until it expires, is revoked or the password changes",
        tokens,
    ),
    (
        "the last administrator who can sign in stays, whatever would take them away",
        administrators,
    ),
    (
        "one's own new password ends every other sign-in",
        own_password,
    ),
    (
        "an account's places are remembered, the last ones of each kind",
        places,
    ),
];

fn administrators(store: &dyn OrganisationStore) {
    let mut accounts = store.accounts().unwrap();
    let is_refused = |refused: crate::Result<()>| {
        assert!(
            matches!(&refused, Err(StoreError::LastAdministrator { name }) if name == "ada"),
            "{refused:?}"
        );
    };
    let person = |user: &str, role| PersonSettings::new(user, user, role);
    // An organisation without one may be set up as it likes.
    accounts
        .set_person(STAMP, person("sam", Role::Supervisor))
        .unwrap();
    let ada = NewUser {
        user: "ada".to_owned(),
        name: "Ada Byrne".to_owned(),
        role: Role::Admin,
        password_hash: Sensitive::new("$argon2id$one".to_owned()),
        queues: Vec::new(),
    };
    let ada = accounts.add_user(STAMP, &ada).unwrap();
    is_refused(accounts.remove_user(STAMP, ada));
    is_refused(accounts.set_person(STAMP, person("ada", Role::Agent)));
    // An account that cannot sign in yet does not count.
    let bob = person("bob", Role::Admin);
    accounts.set_person(STAMP, bob.clone()).unwrap();
    is_refused(accounts.remove_user(STAMP, ada));
    let swap = Change {
        people_gone: vec!["ada".to_owned()],
        people: vec![person("cyd", Role::Admin)],
        ..Change::default()
    };
    let swapped = accounts.change_configuration(STAMP, None, None, &swap);
    is_refused(swapped.map(drop));
    let bob = accounts.user_by_name("bob").unwrap().unwrap().agent;
    let hash = Sensitive::new("$argon2id$two".to_owned());
    accounts.set_password(STAMP, bob, &hash).unwrap();
    accounts.remove_user(STAMP, ada).unwrap();
    let (revision, document) = accounts.configuration().unwrap();
    assert!(document.people.iter().all(|one| one.user != "ada"));
    // Taking it back brings her with her password, so bob may go in the same change.
    let back = Change {
        people: vec![PersonSettings::new("ada", "Ada Byrne", Role::Admin)],
        people_gone: vec!["bob".to_owned()],
        ..Change::default()
    };
    accounts
        .change_configuration(STAMP, None, Some(revision), &back)
        .unwrap();
    is_refused(accounts.remove_user(STAMP, ada));
}

fn own_password(store: &dyn OrganisationStore) {
    let mut accounts = store.accounts().unwrap();
    let queue = accounts
        .add_queue(STAMP, &QueueSettings::named("support", "Support"))
        .unwrap();
    let user = new_user("anna", "Anna Marsh", queue);
    let agent = accounts.add_user(STAMP, &user).unwrap();
    for byte in [1, 2] {
        let (created_at, expires_at) = (Millis(1), Millis(900));
        let hash = [byte; 32];
        let token = TokenRow {
            hash,
            agent,
            created_at,
            expires_at,
        };
        accounts.add_token(&token).unwrap();
    }
    let revision = accounts.revision().unwrap();
    let hash = Sensitive::new("$argon2id$new".to_owned());
    accounts
        .change_own_password(STAMP, agent, &hash, &[1; 32])
        .unwrap();
    assert!(accounts.token_owner(&[1; 32], Millis(2)).unwrap().is_some());
    assert!(accounts.token_owner(&[2; 32], Millis(2)).unwrap().is_none());
    assert_eq!(accounts.user(agent).unwrap().unwrap().password_hash, hash);
    assert_ne!(accounts.revision().unwrap(), revision, "links look again");
    let newest = accounts.audit(None, 1).unwrap().remove(0);
    assert_eq!(newest.what, "password_changed");
}

fn fresh(store: &dyn OrganisationStore) {
    let accounts = store.accounts().unwrap();
    assert_eq!(accounts.organisation().unwrap().slug.as_str(), "demo");
    assert!(accounts.users().unwrap().is_empty() && accounts.queues().unwrap().is_empty());
    let codes: Vec<_> = accounts.dispositions().unwrap();
    let codes: Vec<_> = codes
        .iter()
        .map(|d| {
            let names = &d.names;
            (
                d.code.as_str(),
                d.name.as_str(),
                names.simplified.as_deref().unwrap_or(""),
                names.traditional.as_deref().unwrap_or(""),
            )
        })
        .collect();
    assert_eq!(codes, SEED_DISPOSITIONS);
}

fn users(store: &dyn OrganisationStore) {
    let mut accounts = store.accounts().unwrap();
    let queue = accounts
        .add_queue(STAMP, &QueueSettings::named("support", "Support"))
        .unwrap();
    let anna = accounts
        .add_user(STAMP, &new_user(" Anna", "Anna Marsh", queue))
        .unwrap();
    let found = accounts.user_by_name("ANNA").unwrap().unwrap();
    assert_eq!(
        (found.agent, found.user.as_str(), found.role),
        (anna, "anna", Role::Agent)
    );
    assert_eq!(found.queues, [queue]);

    let hash = Sensitive::new("$argon2id$another".to_owned());
    accounts.set_password(STAMP, anna, &hash).unwrap();
    accounts.set_user_queues(STAMP, anna, &[]).unwrap();
    let changed = accounts.user(anna).unwrap().unwrap();
    assert_eq!((changed.password_hash, changed.queues), (hash, vec![]));

    accounts.remove_user(STAMP, anna).unwrap();
    assert!(accounts.user(anna).unwrap().is_none());
    assert!(accounts.user_by_name("anna").unwrap().is_none());
    let again = accounts
        .add_user(STAMP, &new_user("anna", "Another Anna", queue))
        .unwrap();
    assert_ne!(
        again, anna,
        "a number is never given twice: history names the first"
    );
    let unknown = accounts.remove_user(STAMP, anna);
    assert!(
        matches!(unknown, Err(StoreError::Unknown { .. })),
        "{unknown:?}"
    );
}

fn unique(store: &dyn OrganisationStore) {
    let mut accounts = store.accounts().unwrap();
    let queue = accounts
        .add_queue(STAMP, &QueueSettings::named("support", "Support"))
        .unwrap();
    accounts
        .add_user(STAMP, &new_user("anna", "Anna Marsh", queue))
        .unwrap();
    let twice = accounts.add_user(STAMP, &new_user("ANNA", "Anna Marsh", queue));
    assert!(matches!(twice, Err(StoreError::Taken { .. })), "{twice:?}");
    let nowhere = accounts.add_user(STAMP, &new_user("noor", "Noor Rao", QueueId(99)));
    assert!(
        matches!(nowhere, Err(StoreError::Unknown { .. })),
        "{nowhere:?}"
    );
    assert_eq!(
        accounts.users().unwrap().len(),
        1,
        "nothing of a refused change is kept"
    );
    let twice = accounts.add_queue(STAMP, &QueueSettings::named("support", "Other"));
    assert!(matches!(twice, Err(StoreError::Taken { .. })), "{twice:?}");
}

fn configuration(store: &dyn OrganisationStore) {
    let mut accounts = store.accounts().unwrap();
    let support = accounts
        .add_queue(STAMP, &QueueSettings::named("support", "Support"))
        .unwrap();
    let sales = accounts
        .add_queue(STAMP, &QueueSettings::named("sales", "Sales"))
        .unwrap();
    let anna = accounts
        .add_user(STAMP, &new_user("anna", "Anna Marsh", support))
        .unwrap();
    accounts
        .set_user_queues(STAMP, anna, &[sales, support])
        .unwrap();
    let row = accounts.queue_by_slug("sales").unwrap().unwrap();
    let settings = QueueSettings {
        priority: 3,
        ring_ms: 5_000,
        ..row.settings
    };
    accounts.set_queue(STAMP, &settings).unwrap();

    let config = accounts.config().unwrap();
    assert_eq!(config.agents, [acd::Agent::new(anna, vec![support, sales])]);
    assert_eq!(
        (config.queues[1].priority, config.queues[1].ring_ms),
        (3, 5_000)
    );
    Center::new()
        .handle(Millis(1), Command::Configure { config })
        .unwrap();
}

fn noticed(store: &dyn OrganisationStore) {
    let mut accounts = store.accounts().unwrap();
    let reader = store.accounts().unwrap();
    let before = reader.revision().unwrap();
    let queue = accounts
        .add_queue(STAMP, &QueueSettings::named("support", "Support"))
        .unwrap();
    let between = reader.revision().unwrap();
    accounts
        .add_user(STAMP, &new_user("anna", "Anna Marsh", queue))
        .unwrap();
    let disposition = Disposition {
        code: "solved".into(),
        name: "Done".into(),
        names: OtherNames {
            simplified: Some("办好了".into()),
            traditional: None,
        },
    };
    accounts.set_disposition(STAMP, &disposition).unwrap();
    assert!(before < between && between < reader.revision().unwrap());
    assert_eq!(reader.dispositions().unwrap()[0], disposition);
    let audit = reader.audit(None, 10).unwrap();
    let lines: Vec<_> = audit
        .iter()
        .map(|row| (row.what.as_str(), row.subject.as_str()))
        .collect();
    assert_eq!(
        lines,
        [
            ("disposition_set", "solved"),
            ("password_set", "anna"),
            ("user_added", "anna"),
            ("queue_added", "support")
        ]
    );
    assert_eq!((audit[0].at, audit[0].who.as_str()), (STAMP.at, STAMP.by));

    let named = |code: &str| Disposition {
        code: code.into(),
        ..disposition.clone()
    };
    let wanted = [named("other"), named("solved")];
    accounts.replace_names(STAMP, &wanted, &[]).unwrap();
    assert_eq!(reader.dispositions().unwrap(), wanted);
    let twice = [named("other"), named("other")];
    accounts.replace_names(STAMP, &twice, &[]).unwrap();
    assert_eq!(reader.dispositions().unwrap(), twice[..1]);
}

fn tokens(store: &dyn OrganisationStore) {
    let mut accounts = store.accounts().unwrap();
    let queue = accounts
        .add_queue(STAMP, &QueueSettings::named("support", "Support"))
        .unwrap();
    let agent = accounts
        .add_user(STAMP, &new_user("anna", "Anna Marsh", queue))
        .unwrap();
    let token = |byte: u8| TokenRow {
        hash: [byte; 32],
        agent,
        created_at: Millis(1_000),
        expires_at: Millis(5_000),
    };
    for byte in [1, 2, 3] {
        accounts.add_token(&token(byte)).unwrap();
    }
    let owner = |byte: u8, now: u64| -> Option<AgentId> {
        let accounts = store.accounts().unwrap();
        accounts
            .token_owner(&[byte; 32], Millis(now))
            .unwrap()
            .map(|(user, _)| user.agent)
    };
    assert_eq!(
        (owner(1, 4_999), owner(1, 5_000), owner(9, 1)),
        (Some(agent), None, None)
    );
    accounts.revoke_token(STAMP, &[1; 32]).unwrap();
    accounts.revoke_token(STAMP, &[9; 32]).unwrap();
    assert_eq!((owner(1, 2_000), owner(2, 2_000)), (None, Some(agent)));
    accounts
        .set_password(STAMP, agent, &Sensitive::new("$argon2id$x".into()))
        .unwrap();
    assert_eq!((owner(2, 2_000), owner(3, 2_000)), (None, None));
    accounts.add_token(&token(4)).unwrap();
    accounts.remove_user(STAMP, agent).unwrap();
    assert_eq!(owner(4, 2_000), None);
}

fn places(store: &dyn OrganisationStore) {
    let mut accounts = store.accounts().unwrap();
    let queue = QueueSettings::named("support", "Support");
    let queue = accounts.add_queue(STAMP, &queue).unwrap();
    let new = |user: &str| new_user(user, "Somebody", queue);
    let anna = accounts.add_user(STAMP, &new("anna")).unwrap();
    let noor = accounts.add_user(STAMP, &new("noor")).unwrap();
    let mut comes = |agent, at: u64, device: Option<u8>, address: &str| {
        let place = SignInPlace {
            at: Millis(at),
            device: device.map(|byte| [byte; 32]),
            address: address.to_owned(),
        };
        accounts.remember_place(agent, &place).unwrap();
    };
    comes(anna, 1_000, Some(1), "10.0.0.1");
    comes(anna, 2_000, None, "10.0.0.2");
    let known = |agent, device: u8, address: &str| {
        let accounts = store.accounts().unwrap();
        let known = accounts.known_place(agent, Some(&[device; 32]), address);
        let known = known.unwrap();
        (known.by_device, known.by_address)
    };
    assert_eq!(known(anna, 1, "10.0.0.9"), (true, false));
    assert_eq!(known(anna, 2, "10.0.0.2"), (false, true));
    assert_eq!(known(noor, 1, "10.0.0.1"), (false, false));
    // Those seen last are remembered.
    comes(anna, 3_000, Some(1), "10.0.0.1");
    for number in 0..PLACES_REMEMBERED - 1 {
        comes(anna, 4_000, None, &format!("10.0.1.{number}"));
    }
    assert_eq!(known(anna, 1, "10.0.0.1"), (true, true));
    assert_eq!(known(anna, 1, "10.0.0.2"), (true, false));
    accounts.prune(Millis(9_000), Millis(3_001)).unwrap();
    assert_eq!(known(anna, 1, "10.0.0.1"), (false, false));
    assert_eq!(known(anna, 1, "10.0.1.7"), (false, true));
}
