//! Import jobs.
use super::Shared;
use super::world::{after, at_once, count, first, user, world};
use crate::rows::{self, NOW};
use user_pools::imports::{ImportJob, ImportLine, ImportStatus, Outcome};
use user_pools::names::NewName;
use user_pools::pool::AliasKind;
use user_pools::ports::{StoreError, Taken};
use user_pools::user::User;

fn line(number: u64, user: User) -> ImportLine {
    ImportLine { number, name: NewName::Username, user: Ok(user) }
}

/// A stored job that runs.
async fn running(store: &Shared, job: ImportJob) -> ImportJob {
    store.insert_import_job(NOW, job.clone(), 9).await.unwrap();
    let job = ImportJob { status: ImportStatus::InProgress, ..job };
    let version = store.replace_import_job(NOW, job.clone()).await.unwrap();
    ImportJob { version, ..job }
}

pub async fn jobs_are_found_by_id_and_listed_newest_first_in_pages(store: Shared) {
    let world = world(&store).await;
    for number in 0..3 {
        let job = ImportJob { created: NOW + number, ..rows::import_job(&world.pool.id, &format!("import-{number}")) };
        store.insert_import_job(NOW, job, 3).await.unwrap();
    }
    let list = |page| store.list_import_jobs(world.pool.id.clone(), page);
    let ids = |jobs: Vec<ImportJob>| jobs.into_iter().map(|job| job.id).collect::<Vec<_>>();
    assert_eq!(ids(list(first(2)).await.unwrap()), ["import-2", "import-1"]);
    assert_eq!(ids(list(after("import-1", 2)).await.unwrap()), ["import-0"]);
    assert_eq!(store.import_job("import-1".into()).await.unwrap().created, NOW + 1);
    let again = store.insert_import_job(NOW, rows::import_job(&world.pool.id, "import-1"), 9).await;
    assert_eq!(again.unwrap_err(), StoreError::Exists(Taken::Key));
    let fourth = store.insert_import_job(NOW, rows::import_job(&world.pool.id, "import-3"), 3).await;
    assert_eq!(fourth.unwrap_err(), StoreError::Exists(Taken::Owner));
}

pub async fn an_account_has_one_active_job_even_in_parallel(store: Shared) {
    let world = world(&store).await;
    let second = rows::pool("second");
    store.insert_pool(NOW, second.clone(), Vec::new()).await.unwrap();
    for (pool, ids) in [(&world.pool.id, ["import-a", "import-b"]), (&second.id, ["import-c", "import-d"])] {
        for id in ids {
            store.insert_import_job(NOW, rows::import_job(pool, id), 9).await.unwrap();
        }
    }
    let answers = at_once(4, |number| {
        let (store, id) = (store.clone(), format!("import-{}", char::from(b'a' + number)));
        async move {
            let job = store.import_job(id).await.unwrap();
            store.replace_import_job(NOW, ImportJob { status: ImportStatus::Pending, ..job }).await
        }
    })
    .await;
    assert_eq!(count(&answers, Result::is_ok), 1);
    assert_eq!(count(&answers, |answer| *answer == Err(StoreError::Exists(Taken::Owner))), 3);
    let active = store.active_import_jobs().await.unwrap();
    assert_eq!(active.len(), 1);
    let ended = ImportJob { status: ImportStatus::Succeeded, ..active[0].clone() };
    store.replace_import_job(NOW, ended.clone()).await.unwrap();
    assert!(store.active_import_jobs().await.unwrap().is_empty());
    assert_eq!(store.replace_import_job(NOW, ended).await.unwrap_err(), StoreError::Conflict);
}

pub async fn a_batch_and_the_place_reached_are_one_act(store: Shared) {
    let world = world(&store).await;
    let mut job = running(&store, rows::import_job(&world.pool.id, "import-a")).await;
    job.progress.offset = 77;
    let lines = || vec![line(2, rows::user(&world.pool.id, "bob")), line(3, rows::user(&world.pool.id, "cid"))];
    let answers = at_once(8, |_| {
        let (store, job, lines) = (store.clone(), job.clone(), lines());
        async move { store.import_users(NOW, job, lines).await }
    })
    .await;
    assert_eq!(count(&answers, Result::is_ok), 1);
    assert_eq!(count(&answers, |answer| *answer == Err(StoreError::Conflict)), 7);
    let stored = store.import_job("import-a".into()).await.unwrap();
    assert_eq!((stored.imported, stored.skipped, stored.progress.offset), (2, 0, 77));
    assert_eq!(store.count_users(world.pool.id.clone()).await.unwrap(), 3);
    // A job that was stopped meanwhile takes nobody in any more.
    let stopped = ImportJob { status: ImportStatus::Stopped, ..stored.clone() };
    store.replace_import_job(NOW, stopped).await.unwrap();
    let late = store.import_users(NOW, stored, vec![line(4, rows::user(&world.pool.id, "dan"))]).await;
    assert_eq!(late.unwrap_err(), StoreError::Conflict);
    assert_eq!(store.count_users(world.pool.id).await.unwrap(), 3);
}

pub async fn a_taken_name_leaves_nothing_and_holds_up_no_other(store: Shared) {
    let world = world(&store).await;
    let mut holder = user(&store, &world.pool, "holder").await;
    holder.aliases = vec![(AliasKind::Email, "a@example.com".to_owned())];
    store.replace_user(NOW, holder).await.unwrap();
    let job = running(&store, rows::import_job(&world.pool.id, "import-a")).await;
    let mut again = rows::user(&world.pool.id, "alice");
    again.sub = "sub-other".to_owned();
    let mut taker = rows::user(&world.pool.id, "taker");
    taker.aliases = vec![(AliasKind::Email, "a@example.com".to_owned())];
    let broken = ImportLine { number: 4, name: NewName::Username, user: Err("because".to_owned()) };
    let lines = vec![line(2, again), line(3, taker), broken, line(5, rows::user(&world.pool.id, "eve"))];
    store.import_users(NOW, job, lines).await.unwrap();
    let stored = store.import_job("import-a".into()).await.unwrap();
    let failed = |why: &str| Outcome::Failed(why.to_owned());
    let outcomes = [
        (2, Outcome::Exists),
        (3, failed("An account with the email already exists.")),
        (4, failed("because")),
        (5, Outcome::Imported),
    ];
    assert_eq!(stored.progress.outcomes, outcomes);
    assert_eq!((stored.imported, stored.skipped, stored.failed), (1, 1, 2));
    assert_eq!(store.find_user(world.pool.id.clone(), "taker".into()).await.unwrap_err(), StoreError::NotFound);
    assert_eq!(store.count_users(world.pool.id.clone()).await.unwrap(), 3);
    // Who failed may come again under the same name.
    user(&store, &world.pool, "taker").await;
}

pub async fn import_jobs_go_with_their_pool(store: Shared) {
    let world = world(&store).await;
    let job = running(&store, rows::import_job(&world.pool.id, "import-a")).await;
    store.delete_pool(NOW, world.pool.id.clone()).await.unwrap();
    assert_eq!(store.import_job("import-a".into()).await.unwrap_err(), StoreError::NotFound);
    let late = store.import_users(NOW, job, Vec::new()).await;
    assert_eq!(late.unwrap_err(), StoreError::NotFound);
    let orphan = store.insert_import_job(NOW, rows::import_job(&world.pool.id, "import-b"), 9).await;
    assert_eq!(orphan.unwrap_err(), StoreError::NotFound);
}
