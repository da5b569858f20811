//! Users from CSV files.
use crate::app::{App, NEW_PASSWORD, by_email, refusal, with_alias};
use testing::PASSWORD;
use user_pools::imports::{HashAlgorithm, ImportJob, ImportStatus, csv_header};
use user_pools::pool::Contact;
use user_pools::user::UserStatus;

const ANN: &str = "ann@example.com";
const DAY: i64 = 24 * 60 * 60 * 1000;

/// A CSV file of the pool: its header, and a row for every list of values.
fn csv(app: &App, rows: &[&[(&str, &str)]]) -> String {
    let columns = csv_header(&app.pool.settings);
    let row = |values: &&[(&str, &str)]| {
        let base = [("cognito:mfa_enabled", "false"), ("email_verified", "true")];
        let of = |column: &String| {
            values.iter().chain(&base).find(|(name, _)| name == column).map_or("", |(_, value)| value)
        };
        columns.iter().map(of).collect::<Vec<_>>().join(",")
    };
    let rows = rows.iter().map(row);
    std::iter::once(columns.join(",")).chain(rows).map(|line| line + "\r\n").collect()
}

impl App {
    async fn job(&self) -> ImportJob {
        let role = "arn:aws:iam::000000000000:role/logs".to_owned();
        self.bench.pools.create_import_job(self.bench.now(), &self.pool, "job".to_owned(), role, None).await.unwrap()
    }

    async fn start(&self, job: &ImportJob) -> user_pools::Result<ImportJob> {
        self.bench.pools.start_import_job(self.bench.now(), &self.pool, &job.id).await
    }

    async fn job_now(&self, job: &ImportJob) -> ImportJob {
        self.bench.pools.import_job(&self.pool.id, &job.id).await.unwrap()
    }

    /// A job over this file, read to its end.
    async fn import(&self, file: impl Into<Vec<u8>>) -> ImportJob {
        let job = self.job().await;
        self.bench.imports.arrive(&job.id, file);
        self.start(&job).await.unwrap();
        self.finish(&job).await
    }

    async fn finish(&self, job: &ImportJob) -> ImportJob {
        while self.bench.pools.import_round(self.bench.now()).await.unwrap() {}
        self.job_now(job).await
    }

    async fn users(&self) -> u64 {
        self.bench.pools.user_count(self.pool.id.clone()).await.unwrap()
    }
}

fn counts(job: &ImportJob) -> (ImportStatus, u64, u64, u64) {
    (job.status, job.imported, job.skipped, job.failed)
}

#[tokio::test]
async fn an_imported_user_sets_a_password_by_a_code_and_signs_in() {
    let app = App::new(by_email).await;
    let file = csv(&app, &[&[("cognito:username", ANN), ("name", "Ann\\, Dr."), ("birthdate", "02/01/1985")]]);
    let job = app.import(file).await;
    assert_eq!(counts(&job), (ImportStatus::Succeeded, 1, 0, 0));
    assert_eq!(job.message.as_deref(), Some("Import Job Completed Successfully."));
    assert_eq!((job.started, job.completed), (Some(app.bench.now()), Some(app.bench.now())));
    assert_eq!(app.bench.imports.log_of(&job.id), "[SUCCEEDED] Line Number 2 - The import succeeded.\n");
    assert!(!app.bench.imports.has_file(&job.id), "the file holds what is known of people; it goes at the end");
    let user = app.user(ANN).await;
    assert_eq!((user.status, user.username == user.sub), (UserStatus::ResetRequired, true));
    assert_eq!((user.attributes["name"].as_str(), user.attributes["birthdate"].as_str()), ("Ann, Dr.", "1985-02-01"));
    assert!(refusal(app.sign_in(ANN, PASSWORD).await).starts_with("PasswordResetRequired"));
    app.forgot(ANN).await.unwrap();
    app.confirm_forgot(ANN, &app.code(ANN), NEW_PASSWORD).await.unwrap();
    app.sign_in(ANN, NEW_PASSWORD).await.unwrap();
    assert_eq!(app.user(ANN).await.status, UserStatus::Confirmed);
}

#[tokio::test]
async fn rows_succeed_are_skipped_and_fail_each_for_itself() {
    let app = App::new(with_alias).await;
    app.bench.user(&app.pool, "old").await;
    let of = |name: &'static str, mail: &'static str| [("cognito:username", name), ("email", mail)];
    let rows = [of("ann", ANN), of("old", "new@example.com"), of("ann", "b@example.com"), of("bob", ANN)];
    let mut file = csv(&app, &[&rows[0], &rows[1], &rows[2], &rows[3]]);
    file.push_str("\r\nfew,values\r\n");
    file.push_str(csv(&app, &[&of("cid", "cid@example.com")]).lines().nth(1).unwrap());
    let job = app.import(file).await;
    assert_eq!(counts(&job), (ImportStatus::Failed, 2, 2, 2));
    assert_eq!(job.message.as_deref(), Some("Too many users have failed or been skipped during the import."));
    let log = "[SUCCEEDED] Line Number 2 - The import succeeded.
[SKIPPED] Line Number 3 - The user already exists.
[SKIPPED] Line Number 4 - The user already exists.
[FAILED] Line Number 5 - An account with the email already exists.
[FAILED] Line Number 7 - The number of values does not match the header.
[SUCCEEDED] Line Number 8 - The import succeeded.
";
    assert_eq!(app.bench.imports.log_of(&job.id), log);
    assert_eq!(app.users().await, 3);
}

#[tokio::test]
async fn a_file_with_another_header_imports_nobody() {
    let app = App::new(by_email).await;
    let good = csv(&app, &[&[("cognito:username", ANN)]]);
    for file in [good.replacen("given_name", "given", 1), format!("\u{feff}{good}"), String::new(), "x".repeat(300_000)]
    {
        let job = app.import(file).await;
        assert_eq!(counts(&job), (ImportStatus::Failed, 0, 0, 0));
        let sentence = "The header in the CSV file does not match the expected headers for the user pool.";
        assert_eq!(job.message.as_deref(), Some(sentence));
        assert_eq!(app.bench.imports.log_of(&job.id), format!("[FAILED] Line Number 1 - {sentence}\n"));
    }
    assert_eq!(app.users().await, 0);
    let endless = app.import(good + &"x".repeat(300_000)).await;
    assert_eq!(endless.message.as_deref(), Some("The CSV file could not be parsed."));
    assert_eq!(counts(&endless), (ImportStatus::Failed, 1, 0, 0));
}

#[tokio::test]
async fn a_job_that_broke_off_goes_on_where_it_stood_and_makes_nobody_twice() {
    let app = App::new(by_email).await;
    let names: Vec<String> = (0..250).map(|number| format!("user{number}@example.com")).collect();
    let rows: Vec<_> = names.iter().map(|name| [("cognito:username", name.as_str())]).collect();
    let file = csv(&app, &rows.iter().map(|row| &row[..]).collect::<Vec<_>>());
    let job = app.job().await;
    app.bench.imports.arrive(&job.id, file);
    app.start(&job).await.unwrap();
    // The header, then a batch; its lines are not in the log yet when the process dies.
    for _ in 0..2 {
        assert!(app.bench.pools.import_round(app.bench.now()).await.unwrap());
    }
    assert_eq!(counts(&app.job_now(&job).await), (ImportStatus::InProgress, 100, 0, 0));
    let job = app.finish(&job).await;
    assert_eq!(counts(&job), (ImportStatus::Succeeded, 250, 0, 0));
    let log = app.bench.imports.log_of(&job.id);
    let expected: String =
        (2..252).map(|line| format!("[SUCCEEDED] Line Number {line} - The import succeeded.\n")).collect();
    assert_eq!(log, expected);
}

#[tokio::test]
async fn once_a_stop_is_answered_nobody_more_comes() {
    let app = App::new(by_email).await;
    let names: Vec<String> = (0..150).map(|number| format!("user{number}@example.com")).collect();
    let rows: Vec<_> = names.iter().map(|name| [("cognito:username", name.as_str())]).collect();
    let job = app.job().await;
    app.bench.imports.arrive(&job.id, csv(&app, &rows.iter().map(|row| &row[..]).collect::<Vec<_>>()));
    app.start(&job).await.unwrap();
    for _ in 0..2 {
        app.bench.pools.import_round(app.bench.now()).await.unwrap();
    }
    let stopped = app.bench.pools.stop_import_job(app.bench.now(), &app.pool.id, &job.id).await.unwrap();
    assert_eq!(counts(&stopped), (ImportStatus::Stopped, 100, 0, 0));
    assert_eq!(stopped.message.as_deref(), Some("The Import Job was stopped by the developer."));
    assert_eq!(app.bench.imports.log_of(&job.id).lines().count(), 100);
    app.finish(&job).await;
    assert_eq!(app.users().await, 100);
    let again = app.bench.pools.stop_import_job(app.bench.now(), &app.pool.id, &job.id).await;
    let sentence = "PreconditionNotMet: The user import job cannot be stopped. Current status is Stopped";
    assert_eq!(refusal(again), sentence);
    let anew = "PreconditionNotMet: The user import job cannot be started. Current status is Stopped";
    assert_eq!(refusal(app.start(&job).await), anew);
}

#[tokio::test]
async fn a_job_starts_only_with_a_file_an_address_to_verify_and_nobody_else_at_it() {
    let app = App::new(|_| {}).await;
    let job = app.job().await;
    app.bench.imports.arrive(&job.id, "x");
    let unverified = "PreconditionNotMet: The user pool has no auto verified attributes.";
    assert_eq!(refusal(app.start(&job).await), unverified);
    let app = App::new(by_email).await;
    let (first, second) = (app.job().await, app.job().await);
    let no_file = "PreconditionNotMet: The CSV file of the user import job has not been uploaded.";
    assert_eq!(refusal(app.start(&first).await), no_file);
    for job in [&first, &second] {
        app.bench.imports.arrive(&job.id, csv(&app, &[]));
    }
    app.start(&first).await.unwrap();
    let runs = "PreconditionNotMet: Only one user import job can be active at a time per account.";
    assert_eq!(refusal(app.start(&second).await), runs);
    assert_eq!(counts(&app.finish(&first).await), (ImportStatus::Succeeded, 0, 0, 0));
    app.start(&second).await.unwrap();
}

#[tokio::test]
async fn a_job_that_nobody_starts_ends_after_a_day() {
    let app = App::new(by_email).await;
    let job = app.job().await;
    app.bench.imports.arrive(&job.id, csv(&app, &[]));
    let needs = async || app.bench.pools.needs_import_file(app.bench.now(), &job.id).await.unwrap();
    app.bench.clock.advance(DAY - 1);
    assert_eq!(app.job_now(&job).await.status_at(app.bench.now()), ImportStatus::Created);
    assert!(needs().await);
    app.bench.clock.advance(1);
    assert_eq!(app.job_now(&job).await.status_at(app.bench.now()), ImportStatus::Expired);
    assert!(!needs().await, "its file is swept");
    let late = "PreconditionNotMet: The user import job cannot be started. Current status is Expired";
    assert_eq!(refusal(app.start(&job).await), late);
}

#[tokio::test]
async fn a_file_that_was_exchanged_after_the_start_is_not_read() {
    let app = App::new(by_email).await;
    let job = app.job().await;
    app.bench.imports.arrive(&job.id, csv(&app, &[]));
    app.start(&job).await.unwrap();
    app.bench.imports.arrive(&job.id, csv(&app, &[&[("cognito:username", ANN)]]));
    let job = app.finish(&job).await;
    assert_eq!(counts(&job), (ImportStatus::Failed, 0, 0, 0));
    let sentence = "The CSV file is gone or is not the one the job was started with.";
    assert_eq!(job.message.as_deref(), Some(sentence));
}

#[tokio::test]
async fn the_pool_stays_as_it_is_while_users_are_imported() {
    let app = App::new(by_email).await;
    let job = app.job().await;
    app.bench.imports.arrive(&job.id, csv(&app, &[]));
    app.start(&job).await.unwrap();
    let (pools, now, pool) = (&app.bench.pools, app.bench.now(), &app.pool);
    let sentence = format!("UserImportInProgress: A user import job is in progress for user pool {}.", pool.id);
    assert_eq!(refusal(pools.replace_settings(now, &pool.scope, &pool.id, |_| Ok(())).await), sentence);
    assert_eq!(refusal(pools.add_custom_attributes(now, &pool.scope, &pool.id, &[]).await), sentence);
    assert_eq!(refusal(pools.delete_pool(now, &pool.scope, &pool.id).await), sentence);
    app.finish(&job).await;
    pools.delete_pool(now, &pool.scope, &pool.id).await.unwrap();
}

#[tokio::test]
async fn an_imported_hash_signs_in_and_gives_way_to_one_of_ours() {
    let app = App::new(by_email).await;
    let hash = app.bench.pools.passwords.hash(PASSWORD.to_owned()).await.unwrap();
    let (with, without, bad) = (["a@example.com", &hash], ["b@example.com", ""], ["c@example.com", "$2b$12$x"]);
    let role = "arn:aws:iam::000000000000:role/logs".to_owned();
    let (pools, now) = (&app.bench.pools, app.bench.now());
    let algorithm = Some(HashAlgorithm::Argon2id);
    let job = pools.create_import_job(now, &app.pool, "job".to_owned(), role, algorithm).await.unwrap();
    let rows = [with, without, bad].map(|[name, _]| [("cognito:username", name)]);
    let file = csv(&app, &[&rows[0], &rows[1], &rows[2]]);
    let hashes = ["cognito:password_hash", with[1], without[1], bad[1]].map(|text| text.replace(',', "\\,"));
    let file: String = file.lines().zip(hashes).map(|(line, hash)| format!("{line},{hash}\n")).collect();
    app.bench.imports.arrive(&job.id, file);
    app.start(&job).await.unwrap();
    let job = app.finish(&job).await;
    assert_eq!(counts(&job), (ImportStatus::Succeeded, 2, 0, 1));
    let log = app.bench.imports.log_of(&job.id);
    let reason =
        "[FAILED] Line Number 4 - The password hash is not one of the job's algorithm, or asks for too much work.";
    assert_eq!(log.lines().nth(2), Some(reason));
    assert_eq!(app.user("b@example.com").await.status, UserStatus::ResetRequired);

    let user = app.user("a@example.com").await;
    let imported = user.credentials.password.unwrap();
    assert_eq!((user.status, imported.phc), (UserStatus::Confirmed, format!("imported:{hash}")));
    assert!(refusal(app.sign_in("a@example.com", "wrong").await).starts_with("NotAuthorized"));
    app.sign_in("a@example.com", PASSWORD).await.unwrap();
    let ours = app.user("a@example.com").await.credentials.password.unwrap();
    assert!(ours.phc.starts_with("$argon2id$") && ours.phc != hash && ours.srp.is_some());
    app.sign_in("a@example.com", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn two_first_sign_ins_at_once_by_an_imported_hash_both_succeed() {
    let app = App::new(by_email).await;
    let mut user = app.bench.user(&app.pool, ANN).await;
    let password = user.credentials.password.as_mut().unwrap();
    password.phc = format!("imported:{}", password.phc);
    password.srp = None;
    app.bench.pools.store.replace_user(app.bench.now(), user).await.unwrap();
    let (first, second) = tokio::join!(app.sign_in(ANN, PASSWORD), app.sign_in(ANN, PASSWORD));
    first.unwrap();
    second.unwrap();
    assert!(app.user(ANN).await.credentials.password.unwrap().phc.starts_with("$argon2id$"));
}

#[tokio::test]
async fn a_phone_with_mfa_enabled_is_the_second_factor() {
    let app = App::new(|pool| {
        pool.auto_verified = vec![Contact::Phone];
        pool.mfa = user_pools::pool::MfaRequirement::Optional;
    })
    .await;
    let phone = [("phone_number", "+12065550100"), ("phone_number_verified", "TRUE"), ("email_verified", "")];
    let row = [("cognito:username", "ann"), ("cognito:mfa_enabled", "TRUE"), phone[0], phone[1], phone[2]];
    assert_eq!(counts(&app.import(csv(&app, &[&row])).await), (ImportStatus::Succeeded, 1, 0, 0));
    assert_eq!(app.user("ann").await.credentials.mfa_enabled, ["SMS_MFA"]);
}
