"""Users: sign-up and self service, administration, lists. Sentences are those of the specification's section K."""

import datetime
import re

import pytest

from lab import PASSWORD, Pool, unique
from wire import refused

NOT_FOUND = "Username/client id combination not found."
NO_USER = "User does not exist."
BAD_CODE = "Invalid verification code provided, please try again."
NO_CODE = "Invalid code provided, please request a code again."


def sign_up(pool, name=None, email=None, password=PASSWORD, **more):
    name = name or unique("new")
    email = email or f"{name}@example.com"
    attributes = more.pop("UserAttributes", [{"Name": "email", "Value": email}])
    answer = pool.idp.sign_up(ClientId=pool.client_id, Username=name, Password=password, UserAttributes=attributes, **more)
    return name, email, answer


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


# --- sign-up


def test_a_user_signs_up_confirms_by_mail_and_signs_in(lab, idp, pool):
    name, email, answer = sign_up(pool)
    assert answer["UserConfirmed"] is False
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", answer["UserSub"])
    assert answer["CodeDeliveryDetails"] == {"Destination": f"{email[0]}***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
    refused(pool.sign_in, "UserNotConfirmedException", "User is not confirmed.", name=name)
    code = lab.code(email)
    assert re.fullmatch(r"\d{6}", code)
    refused(idp.confirm_sign_up, "CodeMismatchException", BAD_CODE, ClientId=pool.client_id, Username=name, ConfirmationCode=wrong(code))
    idp.confirm_sign_up(ClientId=pool.client_id, Username=name, ConfirmationCode=code)
    about = pool.about(name)
    assert about["UserStatus"] == "CONFIRMED" and about["Enabled"] is True
    assert pool.attributes(name) == {"sub": answer["UserSub"], "email": email, "email_verified": "true"}
    assert pool.tokens(name)["TokenType"] == "Bearer"
    again = "User cannot be confirmed. Current status is CONFIRMED"
    refused(idp.confirm_sign_up, "NotAuthorizedException", again, ClientId=pool.client_id, Username=name, ConfirmationCode=code)
    refused(idp.admin_confirm_sign_up, "NotAuthorizedException", again, UserPoolId=pool.id, Username=name)
    refused(idp.resend_confirmation_code, "InvalidParameterException", "User is already confirmed.", ClientId=pool.client_id, Username=name)


def test_a_new_code_replaces_the_earlier_one(lab, idp, pool):
    name, email, _ = sign_up(pool)
    first = lab.code(email)
    answer = idp.resend_confirmation_code(ClientId=pool.client_id, Username=name)
    assert answer["CodeDeliveryDetails"]["DeliveryMedium"] == "EMAIL"
    second = lab.code(email)
    if first != second:
        refused(idp.confirm_sign_up, "CodeMismatchException", BAD_CODE, ClientId=pool.client_id, Username=name, ConfirmationCode=first)
    idp.confirm_sign_up(ClientId=pool.client_id, Username=name, ConfirmationCode=second)


def test_a_sign_up_code_lives_a_day(fresh):
    lab = fresh()
    pool = Pool(lab)
    name, email, _ = sign_up(pool)
    code = lab.code(email)
    lab.advance(24 * 3600 + 1)
    refused(lab.idp.confirm_sign_up, "ExpiredCodeException", NO_CODE, ClientId=pool.client_id, Username=name, ConfirmationCode=code)


def test_a_taken_name_is_told(idp, pool, mail_pool):
    name, _, _ = sign_up(pool)
    refused(sign_up, "UsernameExistsException", "User already exists", pool=pool, name=name)
    email, _, _ = sign_up(mail_pool, name=f"{unique()}@example.com", UserAttributes=[])
    refused(sign_up, "UsernameExistsException", "An account with the given email already exists.", pool=mail_pool, name=email.upper(), UserAttributes=[])


def test_in_a_mail_pool_the_name_is_the_sub(lab, idp, mail_pool):
    email, _, answer = sign_up(mail_pool, name=f"{unique()}@example.com", UserAttributes=[])
    idp.confirm_sign_up(ClientId=mail_pool.client_id, Username=email, ConfirmationCode=lab.code(email))
    assert mail_pool.about(email)["Username"] == answer["UserSub"]
    assert mail_pool.attributes(answer["UserSub"])["email"] == email
    assert mail_pool.tokens(email.upper())["AccessToken"]
    refused(sign_up, "InvalidParameterException", "Username should be an email.", pool=mail_pool, name="plain")


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("Aa1!", "Password not long enough"),
        ("passw0rd!long", "Password must have uppercase characters"),
        ("PASSW0RD!LONG", "Password must have lowercase characters"),
        ("Password!long", "Password must have numeric characters"),
        ("Passw0rdlong", "Password must have symbol characters"),
    ],
)
def test_a_weak_password_is_told_by_its_rule(idp, pool, password, message):
    full = f"Password did not conform with policy: {message}"
    refused(sign_up, "InvalidPasswordException", full, pool=pool, password=password)
    name = pool.user()
    refused(idp.admin_set_user_password, "InvalidPasswordException", full, UserPoolId=pool.id, Username=name, Password=password, Permanent=True)


def test_a_closed_pool_takes_no_sign_up(lab):
    closed = Pool(lab, AdminCreateUserConfig={"AllowAdminCreateUserOnly": True})
    refused(sign_up, "NotAuthorizedException", "SignUp is not permitted for this user pool", pool=closed)


def test_attributes_are_held_against_the_schema_and_the_clients_rights(lab):
    strict = Pool(lab, Schema=[{"Name": "email", "Required": True, "Mutable": True}], client={"WriteAttributes": ["email"], "ReadAttributes": ["email"]})
    required = re.compile(r"^Attributes did not conform to the schema: email: The attribute is required\n?$")
    refused(sign_up, "InvalidParameterException", required, pool=strict, UserAttributes=[])
    unwritable = "A client attempted to write unauthorized attribute"
    refused(sign_up, "NotAuthorizedException", unwritable, pool=strict, UserAttributes=[{"Name": "email", "Value": "a@b.example"}, {"Name": "name", "Value": "x"}])
    refused(sign_up, "InvalidParameterException", re.compile("^Attributes did not conform to the schema: "), pool=strict, UserAttributes=[{"Name": "custom:no", "Value": "x"}])


def test_an_alias_that_is_taken_is_told_at_confirmation(lab, idp):
    pool = Pool(lab, AliasAttributes=["email"])
    email = f"{unique('alias')}@example.com"
    pool.user(email=email)
    name, _, _ = sign_up(pool, email=email)
    code = lab.code(email)
    refused(idp.confirm_sign_up, "AliasExistsException", "An account with the email already exists.", ClientId=pool.client_id, Username=name, ConfirmationCode=code)
    refused(sign_up, "InvalidParameterException", "Username cannot be of email format, since user pool is configured for email alias.", pool=pool, name=email)


def test_a_chosen_name_is_nobody_elses_username_or_sub(idp, lab):
    pool = Pool(lab, AliasAttributes=["preferred_username"])
    ann, bob = pool.user(), pool.user()
    told = "An account with the preferred_username already exists."
    choose = lambda name: idp.admin_update_user_attributes(UserPoolId=pool.id, Username=ann, UserAttributes=[{"Name": "preferred_username", "Value": name}])
    for name in (bob, pool.attributes(bob)["sub"]):
        refused(choose, "AliasExistsException", told, name=name)
        refused(sign_up, "UsernameExistsException", "User already exists", pool=pool, name=name)
    chosen = unique("chosen")
    choose(chosen)
    assert pool.about(chosen)["Username"] == ann
    refused(sign_up, "UsernameExistsException", "User already exists", pool=pool, name=chosen)
    refused(idp.admin_create_user, "UsernameExistsException", "User account already exists", UserPoolId=pool.id, Username=chosen)


def test_unknown_users_are_told_apart_only_by_legacy_clients(lab, idp, pool, quiet_pool):
    who = {"ClientId": pool.client_id, "Username": "nobody"}
    refused(idp.confirm_sign_up, "UserNotFoundException", NOT_FOUND, ConfirmationCode="123456", **who)
    refused(idp.resend_confirmation_code, "UserNotFoundException", NOT_FOUND, **who)
    refused(idp.forgot_password, "UserNotFoundException", NOT_FOUND, **who)
    refused(idp.confirm_forgot_password, "UserNotFoundException", NOT_FOUND, ConfirmationCode="123456", Password=PASSWORD, **who)
    refused(pool.sign_in, "UserNotFoundException", NO_USER, name="nobody")
    who = {"ClientId": quiet_pool.client_id, "Username": "nobody@example.com"}
    refused(quiet_pool.sign_in, "NotAuthorizedException", "Incorrect username or password.", name="nobody")
    for call in (idp.forgot_password, idp.resend_confirmation_code):
        assert call(**who)["CodeDeliveryDetails"] == {"Destination": "n***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
        assert lab.mails("nobody@example.com") == []
    for call, more in ((idp.confirm_sign_up, {}), (idp.confirm_forgot_password, {"Password": PASSWORD})):
        error = refused_somehow(call, ConfirmationCode="123456", **who, **more)
        assert error in (("CodeMismatchException", BAD_CODE), ("ExpiredCodeException", NO_CODE)), error


def refused_somehow(call, **arguments):
    from botocore.exceptions import ClientError

    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


# --- the client's secret


def test_a_secret_client_must_prove_its_secret(lab, idp):
    from secret import secret_hash

    pool = Pool(lab, client={"GenerateSecret": True})
    secret, client = pool.client["ClientSecret"], pool.client_id
    name = unique("new")
    missing = f"Client {client} is configured with secret but SECRET_HASH was not received"
    wrong_hash = f"Unable to verify secret hash for client {client}"
    refused(sign_up, "NotAuthorizedException", missing, pool=pool, name=name)
    refused(sign_up, "NotAuthorizedException", wrong_hash, pool=pool, name=name, SecretHash=secret_hash("somebody", client, secret))
    right = secret_hash(name, client, secret)
    sign_up(pool, name=name, SecretHash=right)
    idp.confirm_sign_up(ClientId=client, Username=name, ConfirmationCode=lab.code(f"{name}@example.com"), SecretHash=right)
    refused(pool.sign_in, "NotAuthorizedException", missing, name=name)
    refused(pool.sign_in, "NotAuthorizedException", wrong_hash, name=name, SECRET_HASH="bm8=")
    assert pool.tokens(name, SECRET_HASH=right)["AccessToken"]
    for call, more in (
        (idp.forgot_password, {}),
        (idp.resend_confirmation_code, {}),
        (idp.confirm_forgot_password, {"ConfirmationCode": "123456", "Password": PASSWORD}),
        (idp.confirm_sign_up, {"ConfirmationCode": "123456"}),
    ):
        refused(call, "NotAuthorizedException", missing, ClientId=client, Username=name, **more)
        refused(call, "NotAuthorizedException", wrong_hash, ClientId=client, Username=name, SecretHash="bm8=", **more)


# --- forgotten and changed passwords


def test_a_forgotten_password_is_replaced_by_a_mailed_code(lab, idp, pool):
    name = pool.user()
    email = f"{name}@example.com"
    details = idp.forgot_password(ClientId=pool.client_id, Username=name)["CodeDeliveryDetails"]
    assert details == {"Destination": f"{email[0]}***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
    code, new = lab.code(email), "An0ther!password"
    who = {"ClientId": pool.client_id, "Username": name}
    refused(idp.confirm_forgot_password, "CodeMismatchException", BAD_CODE, ConfirmationCode=wrong(code), Password=new, **who)
    refused(
        idp.confirm_forgot_password, "InvalidPasswordException", "Password did not conform with policy: Password not long enough", ConfirmationCode=code, Password="Aa1!xyz", **who
    )
    idp.confirm_forgot_password(ConfirmationCode=code, Password=new, **who)
    refused(idp.confirm_forgot_password, "ExpiredCodeException", NO_CODE, ConfirmationCode=code, Password=new, **who)
    refused(pool.sign_in, "NotAuthorizedException", "Incorrect username or password.", name=name)
    assert pool.tokens(name, new)["AccessToken"]


def test_who_cannot_be_reached_or_has_no_password_yet_cannot_reset_it(lab, idp, pool):
    name, _, _ = sign_up(pool)
    unreachable = "Cannot reset password for the user as there is no registered/verified email or phone_number"
    refused(idp.forgot_password, "InvalidParameterException", unreachable, ClientId=pool.client_id, Username=name)
    fresh = unique("temp")
    idp.admin_create_user(UserPoolId=pool.id, Username=fresh, MessageAction="SUPPRESS", UserAttributes=[{"Name": "email", "Value": f"{fresh}@example.com"}, {"Name": "email_verified", "Value": "true"}])
    refused(idp.forgot_password, "NotAuthorizedException", "User password cannot be reset in the current state.", ClientId=pool.client_id, Username=fresh)
    closed = Pool(lab, AccountRecoverySetting={"RecoveryMechanisms": [{"Priority": 1, "Name": "admin_only"}]})
    refused(idp.forgot_password, "NotAuthorizedException", "Contact administrator to reset password.", ClientId=closed.client_id, Username=closed.user())


def test_a_password_is_changed_by_its_owner(idp, pool):
    name, new = pool.user(), "An0ther!password"
    token = pool.tokens(name)["AccessToken"]
    refused(idp.change_password, "NotAuthorizedException", "Incorrect username or password.", AccessToken=token, PreviousPassword="wr0ng!Password", ProposedPassword=new)
    refused(idp.change_password, "InvalidPasswordException", "Password did not conform with policy: Password not long enough", AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword="Aa1!xyz")
    idp.change_password(AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword=new)
    assert pool.tokens(name, new)["AccessToken"]
    refused(idp.change_password, "NotAuthorizedException", "Invalid Access Token", AccessToken="a.b.c", PreviousPassword=PASSWORD, ProposedPassword=new)


def test_a_password_of_the_history_is_refused(lab, idp):
    pool = Pool(lab, Policies={"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": 2}})
    name = pool.user()
    token = pool.tokens(name)["AccessToken"]
    idp.change_password(AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword="Second!pass2")
    refused(idp.change_password, "PasswordHistoryPolicyViolationException", AccessToken=token, PreviousPassword="Second!pass2", ProposedPassword=PASSWORD)


# --- own attributes


def test_a_user_reads_changes_verifies_and_deletes_attributes(lab, idp, pool):
    name = pool.user()
    token = pool.tokens(name)["AccessToken"]
    email = f"{unique('moved')}@example.com"
    details = idp.update_user_attributes(AccessToken=token, UserAttributes=[{"Name": "email", "Value": email}, {"Name": "name", "Value": "Ann"}])
    assert details["CodeDeliveryDetailsList"] == [{"Destination": "m***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}]
    mine = idp.get_user(AccessToken=token)
    assert mine["Username"] == name
    shown = {pair["Name"]: pair["Value"] for pair in mine["UserAttributes"]}
    assert (shown["email"], shown["email_verified"], shown["name"]) == (email, "false", "Ann")
    details = idp.get_user_attribute_verification_code(AccessToken=token, AttributeName="email")["CodeDeliveryDetails"]
    assert details["AttributeName"] == "email"
    code = lab.code(email)
    refused(idp.verify_user_attribute, "CodeMismatchException", BAD_CODE, AccessToken=token, AttributeName="email", Code=wrong(code))
    idp.verify_user_attribute(AccessToken=token, AttributeName="email", Code=code)
    assert pool.attributes(name)["email_verified"] == "true"
    refused(idp.verify_user_attribute, "ExpiredCodeException", NO_CODE, AccessToken=token, AttributeName="email", Code=code)
    idp.delete_user_attributes(AccessToken=token, UserAttributeNames=["name"])
    assert "name" not in pool.attributes(name)
    idp.update_user_attributes(AccessToken=token, UserAttributes=[{"Name": "nickname", "Value": "n"}])
    idp.update_user_attributes(AccessToken=token, UserAttributes=[{"Name": "nickname", "Value": ""}])
    assert "nickname" not in pool.attributes(name)
    refused(idp.get_user_attribute_verification_code, "InvalidParameterException", AccessToken=token, AttributeName="nickname")
    refused(idp.update_user_attributes, "InvalidParameterException", AccessToken=token, UserAttributes=[{"Name": "custom:no", "Value": "x"}])
    refused(idp.delete_user_attributes, "InvalidParameterException", AccessToken=token, UserAttributeNames=["custom:no"])


def test_the_old_address_stays_until_the_new_one_is_verified_where_the_pool_says_so(lab, idp):
    pool = Pool(lab, UserAttributeUpdateSettings={"AttributesRequireVerificationBeforeUpdate": ["email"]})
    name = pool.user()
    token, email = pool.tokens(name)["AccessToken"], f"{unique('later')}@example.com"
    idp.update_user_attributes(AccessToken=token, UserAttributes=[{"Name": "email", "Value": email}])
    assert pool.attributes(name)["email"] == f"{name}@example.com"
    idp.verify_user_attribute(AccessToken=token, AttributeName="email", Code=lab.code(email))
    assert (pool.attributes(name)["email"], pool.attributes(name)["email_verified"]) == (email, "true")


OF_THE_USER = [
    ("get_user", {}),
    ("delete_user", {}),
    ("global_sign_out", {}),
    ("change_password", {"PreviousPassword": PASSWORD, "ProposedPassword": PASSWORD}),
    ("update_user_attributes", {"UserAttributes": []}),
    ("delete_user_attributes", {"UserAttributeNames": ["name"]}),
    ("verify_user_attribute", {"AttributeName": "email", "Code": "123456"}),
    ("get_user_attribute_verification_code", {"AttributeName": "email"}),
    ("associate_software_token", {}),
    ("verify_software_token", {"UserCode": "123456"}),
    ("set_user_mfa_preference", {}),
]


@pytest.mark.parametrize(("call", "more"), OF_THE_USER, ids=[name for name, _ in OF_THE_USER])
def test_a_bad_access_token_opens_nothing(idp, pool, call, more):
    tokens = pool.tokens(pool.user())
    head, claims, signature = tokens["AccessToken"].split(".")
    forged = f"{head}.{claims}.{signature[:-4]}AAAA"
    for token in ("a.b.c", forged, tokens["IdToken"]):
        refused(getattr(idp, call), "NotAuthorizedException", "Invalid Access Token", AccessToken=token, **more)


def test_an_expired_access_token_is_told(fresh):
    lab = fresh()
    pool = Pool(lab)
    token = pool.tokens(pool.user())["AccessToken"]
    lab.advance(3601)
    for call, more in OF_THE_USER:
        refused(getattr(lab.idp, call), "NotAuthorizedException", "Access Token has expired", AccessToken=token, **more)


def test_a_user_deletes_themselves(idp, pool):
    name = pool.user()
    token = pool.tokens(name)["AccessToken"]
    idp.delete_user(AccessToken=token)
    refused(idp.admin_get_user, "UserNotFoundException", NO_USER, UserPoolId=pool.id, Username=name)
    assert refused_somehow(idp.get_user, AccessToken=token)[0] in ("UserNotFoundException", "NotAuthorizedException")


# --- administration


def test_an_invited_user_gets_a_temporary_password_by_mail(lab, idp, pool):
    name = unique("invited")
    email = f"{name}@example.com"
    made = idp.admin_create_user(UserPoolId=pool.id, Username=name, UserAttributes=[{"Name": "email", "Value": email}], DesiredDeliveryMediums=["EMAIL"])["User"]
    assert (made["Username"], made["UserStatus"], made["Enabled"]) == (name, "FORCE_CHANGE_PASSWORD", True)
    assert isinstance(made["UserCreateDate"], datetime.datetime) and isinstance(made["UserLastModifiedDate"], datetime.datetime)
    assert {pair["Name"] for pair in made["Attributes"]} >= {"sub", "email"}
    temporary = lab.mails(email)[0]
    assert name in temporary["body"] and temporary["code"] in temporary["body"]
    answer = pool.sign_in(name, temporary["code"])
    assert answer["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    refused(idp.admin_create_user, "UsernameExistsException", UserPoolId=pool.id, Username=name)
    idp.admin_create_user(UserPoolId=pool.id, Username=name, MessageAction="RESEND")
    assert len(lab.mails(email)) == 2
    confirmed = pool.user()
    refused(idp.admin_create_user, "UnsupportedUserStateException", UserPoolId=pool.id, Username=confirmed, MessageAction="RESEND")


def test_a_temporary_password_ends(fresh):
    lab = fresh()
    pool = Pool(lab)
    lab.idp.admin_create_user(UserPoolId=pool.id, Username="late", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS")
    lab.advance(8 * 24 * 3600)
    refused(pool.sign_in, "NotAuthorizedException", "Temporary password has expired and must be reset by an administrator.", name="late")


def test_an_administrator_confirms_disables_enables_and_deletes(idp, pool):
    name, _, _ = sign_up(pool)
    who = {"UserPoolId": pool.id, "Username": name}
    idp.admin_confirm_sign_up(**who)
    assert pool.about(name)["UserStatus"] == "CONFIRMED" and "email_verified" not in {k for k, v in pool.attributes(name).items() if v == "true"}
    tokens = pool.tokens(name)
    idp.admin_disable_user(**who)
    assert pool.about(name)["Enabled"] is False
    refused(pool.sign_in, "NotAuthorizedException", "User is disabled.", name=name)
    refused(idp.initiate_auth, "NotAuthorizedException", "User is disabled.", ClientId=pool.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]})
    idp.admin_enable_user(**who)
    assert pool.tokens(name)["AccessToken"]
    idp.admin_delete_user(**who)
    refused(pool.sign_in, "UserNotFoundException", NO_USER, name=name)


def test_an_administrator_changes_attributes(idp, pool):
    name = pool.user()
    who = {"UserPoolId": pool.id, "Username": name}
    idp.admin_update_user_attributes(UserAttributes=[{"Name": "name", "Value": "Bo"}, {"Name": "email", "Value": "bo@example.com"}, {"Name": "email_verified", "Value": "true"}], **who)
    shown = pool.attributes(name)
    assert (shown["name"], shown["email"], shown["email_verified"]) == ("Bo", "bo@example.com", "true")
    idp.admin_delete_user_attributes(UserAttributeNames=["name"], **who)
    assert "name" not in pool.attributes(name)
    absent = re.compile(r"^Invalid user attributes: user\.custom:foo: Attribute does not exist in the schema\.\n?$")
    refused(idp.admin_delete_user_attributes, "InvalidParameterException", absent, UserAttributeNames=["custom:foo"], **who)
    refused(idp.admin_update_user_attributes, "InvalidParameterException", UserAttributes=[{"Name": "sub", "Value": "x"}], **who)


def test_a_reset_user_must_choose_a_new_password_by_code(lab, idp, pool):
    name = pool.user()
    idp.admin_reset_user_password(UserPoolId=pool.id, Username=name)
    assert pool.about(name)["UserStatus"] == "RESET_REQUIRED"
    refused(pool.sign_in, "PasswordResetRequiredException", "Password reset required for the user", name=name)
    idp.confirm_forgot_password(ClientId=pool.client_id, Username=name, ConfirmationCode=lab.code(f"{name}@example.com"), Password=PASSWORD)
    assert pool.about(name)["UserStatus"] == "CONFIRMED"
    unverified, _, _ = sign_up(pool)
    idp.admin_confirm_sign_up(UserPoolId=pool.id, Username=unverified)
    refused(idp.admin_reset_user_password, "InvalidParameterException", UserPoolId=pool.id, Username=unverified)


def test_a_password_set_for_a_user_is_temporary_unless_said_otherwise(idp, pool):
    name = pool.user()
    idp.admin_set_user_password(UserPoolId=pool.id, Username=name, Password="Temp0rary!")
    assert pool.about(name)["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    idp.admin_set_user_password(UserPoolId=pool.id, Username=name, Password="Perman3nt!", Permanent=True)
    assert pool.about(name)["UserStatus"] == "CONFIRMED"


@pytest.mark.parametrize(
    ("call", "more"),
    [
        ("admin_get_user", {}),
        ("admin_delete_user", {}),
        ("admin_enable_user", {}),
        ("admin_disable_user", {}),
        ("admin_confirm_sign_up", {}),
        ("admin_reset_user_password", {}),
        ("admin_set_user_password", {"Password": PASSWORD}),
        ("admin_update_user_attributes", {"UserAttributes": [{"Name": "name", "Value": "x"}]}),
        ("admin_delete_user_attributes", {"UserAttributeNames": ["name"]}),
        ("admin_user_global_sign_out", {}),
        ("admin_set_user_mfa_preference", {"SoftwareTokenMfaSettings": {"Enabled": False}}),
    ],
)
def test_an_administrator_is_told_that_a_user_is_unknown(idp, pool, quiet_pool, call, more):
    for each in (pool, quiet_pool):
        refused(getattr(idp, call), "UserNotFoundException", NO_USER, UserPoolId=each.id, Username="nobody", **more)


# --- lists


@pytest.fixture(scope="module")
def crowd(lab):
    pool = Pool(lab, Schema=[{"Name": "team", "AttributeDataType": "String", "Mutable": True}])
    for n in range(5):
        pool.idp.admin_create_user(
            UserPoolId=pool.id,
            Username=f"crowd{n}",
            MessageAction="SUPPRESS",
            UserAttributes=[{"Name": "email", "Value": f"crowd{n}@example.com"}, {"Name": "name", "Value": f'O"Neil {n}'}, {"Name": "custom:team", "Value": "red"}],
        )
    pool.idp.admin_disable_user(UserPoolId=pool.id, Username="crowd4")
    return pool


def names(answer):
    return sorted(row["Username"] for row in answer["Users"])


def test_users_are_listed_page_by_page(idp, crowd):
    pages = list(idp.get_paginator("list_users").paginate(UserPoolId=crowd.id, PaginationConfig={"PageSize": 2}))
    assert [len(page["Users"]) for page in pages] == [2, 2, 1] and "PaginationToken" not in pages[-1]
    assert sorted(row["Username"] for page in pages for row in page["Users"]) == [f"crowd{n}" for n in range(5)]
    assert all(isinstance(row["UserCreateDate"], datetime.datetime) for page in pages for row in page["Users"])
    refused(idp.list_users, "InvalidParameterException", "Invalid Pagination Token", UserPoolId=crowd.id, PaginationToken="forged")


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ('email = "crowd1@example.com"', ["crowd1"]),
        ('email ^= "crowd"', [f"crowd{n}" for n in range(5)]),
        ('email^="crowd3"', ["crowd3"]),
        ('username = "crowd2"', ["crowd2"]),
        ('name = "O\\"Neil 2"', ["crowd2"]),
        ('cognito:user_status = "FORCE_CHANGE_PASSWORD"', [f"crowd{n}" for n in range(5)]),
        ('status = "Disabled"', ["crowd4"]),
        ('email = "nobody"', []),
        ("", [f"crowd{n}" for n in range(5)]),
    ],
)
def test_users_are_found_by_filter(idp, crowd, filter, found):
    assert names(idp.list_users(UserPoolId=crowd.id, Filter=filter)) == found


@pytest.mark.parametrize(
    ("filter", "message"),
    [
        ("email", "Error while parsing filter"),
        ("email = crowd", "Error while parsing filter"),
        ('email > "a"', "Error while parsing filter"),
        ('custom:team = "red"', "Invalid search attribute: custom:team"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(idp, crowd, filter, message):
    refused(idp.list_users, "InvalidParameterException", message, UserPoolId=crowd.id, Filter=filter)


def test_only_the_attributes_asked_for_are_listed(idp, crowd):
    rows = idp.list_users(UserPoolId=crowd.id, AttributesToGet=["email"], Limit=1)["Users"]
    assert [pair["Name"] for pair in rows[0]["Attributes"]] == ["email"]
    refused(idp.list_users, "InvalidParameterException", UserPoolId=crowd.id, AttributesToGet=["custom:no"])
