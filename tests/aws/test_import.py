"""Import jobs as boto3 and curl see them: users of a CSV file become users of the pool, line by line."""

import re
import subprocess
import time

import pytest
import requests

from lab import PASSWORD, Pool, unique
from wire import refused

ROLE = "arn:aws:iam::000000000000:role/service-role/Cognito-UserImport-Role"
KMS = {"x-amz-server-side-encryption": "aws:kms"}
ENDED = ("Succeeded", "Failed", "Stopped", "Expired")


class Importer:
    """A pool and its import jobs."""

    def __init__(self, server, **settings):
        self.server, self.idp = server, server.idp
        self.pool = Pool(server, **settings)
        self.of = {"UserPoolId": self.pool.id}

    @property
    def header(self):
        return self.idp.get_csv_header(**self.of)["CSVHeader"]

    def csv(self, *rows):
        """A file of these users; what every row needs is there by itself."""
        header = self.header

        def line(row):
            row = {"cognito:mfa_enabled": "FALSE", "email_verified": "TRUE"} | row
            return ",".join(row.get(column, "").replace(",", "\\,") for column in header)

        return "\r\n".join([",".join(header), *map(line, rows)]) + "\r\n"

    def create(self, **more):
        return self.idp.create_user_import_job(**self.of, JobName="a job", CloudWatchLogsRoleArn=ROLE, **more)["UserImportJob"]

    def uploaded(self, text, **more):
        job = self.create(**more)
        answer = requests.put(job["PreSignedUrl"], data=text.encode(), headers=KMS, timeout=30)
        assert answer.status_code == 200, answer.text
        return job["JobId"]

    def start(self, job):
        return self.idp.start_user_import_job(**self.of, JobId=job)["UserImportJob"]

    def shown(self, job):
        return self.idp.describe_user_import_job(**self.of, JobId=job)["UserImportJob"]

    def ended(self, job):
        for _ in range(600):
            shown = self.shown(job)
            if shown["Status"] in ENDED:
                return shown
            time.sleep(0.05)
        raise AssertionError(shown)

    def log(self, job):
        return (self.server.data / "imports" / "logs" / f"{job}.log").read_text()


def counts(job):
    return job["Status"], job["ImportedUsers"], job["SkippedUsers"], job["FailedUsers"]


@pytest.fixture(scope="module")
def importer(lab):
    return Importer(lab, UsernameAttributes=["email"])


def test_the_header_names_every_attribute_custom_ones_too(lab, importer):
    standard = "name given_name family_name middle_name nickname preferred_username profile picture website email email_verified gender birthdate zoneinfo locale phone_number phone_number_verified address updated_at"
    own = ["cognito:mfa_enabled", "cognito:username"]
    assert importer.header == standard.split() + own
    other = Importer(lab)
    lab.idp.add_custom_attributes(**other.of, CustomAttributes=[{"Name": "team", "AttributeDataType": "String"}])
    answer = lab.idp.get_csv_header(**other.of)
    assert answer["CSVHeader"] == [*standard.split(), "custom:team", *own] and answer["UserPoolId"] == other.pool.id
    refused(lab.idp.get_csv_header, "ResourceNotFoundException", "User pool us-east-1_missing00 does not exist.", UserPoolId="us-east-1_missing00")


def test_an_imported_user_gets_in_by_a_forgotten_password(lab, importer, tmp_path):
    email = f"{unique()}@example.com"
    file = tmp_path / "users.csv"
    file.write_text(importer.csv({"cognito:username": email, "name": "Ann, Dr.", "birthdate": "02/01/1985", "email": email}))
    job = importer.create()
    assert re.fullmatch(r"import-[0-9a-zA-Z]{10}", job["JobId"])
    assert counts(job) == ("Created", 0, 0, 0) and (job["JobName"], job["CloudWatchLogsRoleArn"]) == ("a job", ROLE)
    assert "StartDate" not in job and "CompletionDate" not in job and "CompletionMessage" not in job
    # The command of AWS's guide.
    done = subprocess.run(["curl", "-v", "-T", str(file), "-H", "x-amz-server-side-encryption:aws:kms", job["PreSignedUrl"]], capture_output=True, text=True, timeout=30, check=True)
    assert "200 OK" in done.stderr, done.stderr
    started = importer.start(job["JobId"])
    assert started["Status"] == "Pending" and started["StartDate"] and started["PreSignedUrl"] == job["PreSignedUrl"]
    ended = importer.ended(job["JobId"])
    assert counts(ended) == ("Succeeded", 1, 0, 0) and ended["CompletionMessage"] == "Import Job Completed Successfully."
    assert ended["CompletionDate"] >= ended["StartDate"] >= ended["CreationDate"]
    assert importer.log(job["JobId"]) == "[SUCCEEDED] Line Number 2 - The import succeeded.\n"

    pool, idp = importer.pool, lab.idp
    user = idp.admin_get_user(**importer.of, Username=email)
    attributes = {row["Name"]: row["Value"] for row in user["UserAttributes"]}
    assert (user["UserStatus"], attributes["name"], attributes["birthdate"], attributes["email_verified"]) == ("RESET_REQUIRED", "Ann, Dr.", "1985-02-01", "true")
    assert idp.list_users(**importer.of, Filter=f'email = "{email}"')["Users"][0]["Username"] == user["Username"]
    refused(pool.sign_in, "PasswordResetRequiredException", "Password reset required for the user", name=email)
    idp.forgot_password(ClientId=pool.client_id, Username=email)
    idp.confirm_forgot_password(ClientId=pool.client_id, Username=email, ConfirmationCode=lab.code(email), Password=PASSWORD)
    assert pool.tokens(email)["AccessToken"]


# Of "Passw0rd!é", by other libraries.
HASHES = {
    "BCRYPT": "$2b$04$abcdefghijklmnopqrstuuP8XZFmd3wYZAmZ3b87gU.C25zuC3dLy",
    "SCRYPT": "$scrypt$ln=10,r=8,p=1$c2FsdC1vZi0xNi1ieXRlcw$9bkLPemG9U1VH2q2nKFbZ3+/oGnxLejaMW/0ex+5B8E",
    "PBKDF2_SHA256": "$pbkdf2-sha256$i=1000,l=32$c2FsdC1vZi0xNi1ieXRlcw$hz/z3DoqWo5e4B49clhnhfG/8vzZgf+2XBSGAk2FMY0",
}


@pytest.mark.parametrize("algorithm", HASHES)
def test_who_comes_with_a_password_hash_keeps_the_password(lab, importer, algorithm):
    email = f"{unique()}@example.com"
    header, row = importer.csv({"cognito:username": email}).splitlines()
    text = f"{header},cognito:password_hash\n{row}," + HASHES[algorithm].replace(",", "\\,")
    job = importer.uploaded(text, PasswordHashingAlgorithm=algorithm)
    assert importer.shown(job)["PasswordHashingAlgorithm"] == algorithm
    importer.start(job)
    assert counts(importer.ended(job)) == ("Succeeded", 1, 0, 0), importer.log(job)
    assert lab.idp.admin_get_user(**importer.of, Username=email)["UserStatus"] == "CONFIRMED"
    refused(importer.pool.sign_in, "NotAuthorizedException", "Incorrect username or password.", name=email, password="Passw0rd!e")
    for _ in range(2):  # the second time by a hash of our own
        assert importer.pool.sign_in(email, "Passw0rd!é")["AuthenticationResult"]["AccessToken"]


def test_every_line_is_told_of_and_a_value_of_none(lab, importer):
    first, second = f"{unique()}@example.com", f"{unique()}@example.com"
    rows = [{"cognito:username": first}, {"cognito:username": first}, {"cognito:username": second, "email_verified": ""}, {"cognito:username": "noaddress"}]
    job = importer.uploaded(importer.csv(*rows) + "too,few\n")
    importer.start(job)
    ended = importer.ended(job)
    assert counts(ended) == ("Failed", 1, 1, 3)
    assert ended["CompletionMessage"] == "Too many users have failed or been skipped during the import."
    assert importer.log(job).splitlines() == [
        "[SUCCEEDED] Line Number 2 - The import succeeded.",
        "[SKIPPED] Line Number 3 - The user already exists.",
        "[FAILED] Line Number 4 - The User Record does not set any of the auto verified attributes to true. (Example: email_verified to true).",
        "[FAILED] Line Number 5 - Username should be an email.",
        "[FAILED] Line Number 6 - The number of values does not match the header.",
    ]
    wrong = importer.uploaded("cognito:username,email\nx,y\n")
    importer.start(wrong)
    ended = importer.ended(wrong)
    assert counts(ended) == ("Failed", 0, 0, 0)
    assert ended["CompletionMessage"] == "The header in the CSV file does not match the expected headers for the user pool."


def test_jobs_are_listed_from_the_last_to_the_first(lab):
    importer = Importer(lab)
    made = [importer.create()["JobId"] for _ in range(3)]
    first = lab.idp.list_user_import_jobs(**importer.of, MaxResults=2)
    second = lab.idp.list_user_import_jobs(**importer.of, MaxResults=2, PaginationToken=first["PaginationToken"])
    assert "PaginationToken" not in second
    assert {row["JobId"] for row in first["UserImportJobs"] + second["UserImportJobs"]} == set(made) and len(first["UserImportJobs"]) == 2
    refused(lab.idp.list_user_import_jobs, "InvalidParameterException", "Invalid Pagination Token", **importer.of, MaxResults=2, PaginationToken="forged")


def test_what_cannot_be_is_refused_in_words(lab, importer):
    idp, of = lab.idp, importer.of
    missing = "User import job import-nosuch does not exist."
    for call in (idp.describe_user_import_job, idp.start_user_import_job, idp.stop_user_import_job):
        refused(call, "ResourceNotFoundException", missing, **of, JobId="import-nosuch")
    nowhere = {"UserPoolId": "us-east-1_nobodys00", "JobName": "a job", "CloudWatchLogsRoleArn": ROLE}
    refused(idp.create_user_import_job, "ResourceNotFoundException", **nowhere)
    job = importer.create()["JobId"]
    refused(idp.start_user_import_job, "PreconditionNotMetException", "The CSV file of the user import job has not been uploaded.", **of, JobId=job)
    refused(idp.stop_user_import_job, "PreconditionNotMetException", "The user import job cannot be stopped. Current status is Created", **of, JobId=job)
    plain = Importer(lab, AutoVerifiedAttributes=[])
    job = plain.uploaded(plain.csv())
    refused(idp.start_user_import_job, "PreconditionNotMetException", "The user pool has no auto verified attributes.", **plain.of, JobId=job)
    # Another pool's job is nobody's here.
    refused(idp.describe_user_import_job, "ResourceNotFoundException", f"User import job {job} does not exist.", **of, JobId=job)


def test_a_file_comes_in_by_its_url_alone_and_never_out(lab, importer):
    url = importer.create()["PreSignedUrl"]
    assert "x-amz-server-side-encryption" in url and "X-Amz-Expires=900" in url
    assert requests.put(url, data=b"x", timeout=10).status_code == 403, "without the header that the URL binds"
    assert requests.get(url, headers=KMS, timeout=10).status_code == 403
    assert requests.put(url.replace("import-", "import-x"), data=b"x", headers=KMS, timeout=10).status_code == 403
    assert requests.put(url, data=b"x" * 100, headers=KMS, timeout=10).status_code == 200
    job = importer.uploaded(importer.csv())
    importer.start(job)
    assert counts(importer.ended(job)) == ("Succeeded", 0, 0, 0)
    again = requests.put(importer.shown(job)["PreSignedUrl"], data=b"x", headers=KMS, timeout=10)
    assert again.status_code == 404 and "NoSuchUpload" in again.text


def test_a_stop_holds_and_the_pool_is_fixed_meanwhile_and_a_killed_server_goes_on(fresh):
    server = fresh()
    importer = Importer(server, UsernameAttributes=["email"])
    many = 6000
    job = importer.uploaded(importer.csv(*({"cognito:username": f"user{number}@example.com"} for number in range(many))))
    importer.start(job)
    busy = f"A user import job is in progress for user pool {importer.pool.id}."
    refused(server.idp.update_user_pool, "UserImportInProgressException", busy, **importer.of)
    refused(server.idp.add_custom_attributes, "UserImportInProgressException", busy, **importer.of, CustomAttributes=[{"Name": "x", "AttributeDataType": "String"}])
    refused(server.idp.delete_user_pool, "UserImportInProgressException", busy, **importer.of)
    second = importer.uploaded(importer.csv())
    runs = "Only one user import job can be active at a time per account."
    refused(server.idp.start_user_import_job, "PreconditionNotMetException", runs, **importer.of, JobId=second)
    while importer.shown(job)["ImportedUsers"] < 300:
        time.sleep(0.01)
    server.kill()
    server.start()
    ended = importer.ended(job)
    assert counts(ended) == ("Succeeded", many, 0, 0)
    assert server.idp.describe_user_pool(**importer.of)["UserPool"]["EstimatedNumberOfUsers"] == many
    assert importer.log(job) == "".join(f"[SUCCEEDED] Line Number {line} - The import succeeded.\n" for line in range(2, many + 2))
    assert len(list((server.data / "imports" / "objects").glob("*/*"))) == 1, "the file of the second job alone"

    third = importer.uploaded(importer.csv(*({"cognito:username": f"more{number}@example.com"} for number in range(many))))
    importer.start(third)
    stopped = server.idp.stop_user_import_job(**importer.of, JobId=third)["UserImportJob"]
    assert stopped["Status"] == "Stopped" and stopped["CompletionMessage"] == "The Import Job was stopped by the developer."
    assert server.idp.describe_user_pool(**importer.of)["UserPool"]["EstimatedNumberOfUsers"] == many + stopped["ImportedUsers"]
    refused(server.idp.start_user_import_job, "PreconditionNotMetException", "The user import job cannot be started. Current status is Stopped", **importer.of, JobId=third)
    unstarted = importer.create()["JobId"]
    server.advance(24 * 60 * 60)
    assert importer.shown(unstarted)["Status"] == "Expired"
    assert counts(importer.shown(third))[:2] == ("Stopped", stopped["ImportedUsers"])
