"""Pools, app clients, domains, groups, resource servers and branding, as boto3 sees them."""

import datetime
import re

import pytest
import requests

from lab import Pool, unique
from wire import refused

MISSING = "us-east-1_missing00"


# --- pools


def test_a_bare_pool_shows_the_defaults_of_aws(idp):
    made = idp.create_user_pool(PoolName="bare")["UserPool"]
    shown = idp.describe_user_pool(UserPoolId=made["Id"])["UserPool"]
    assert re.fullmatch(r"us-east-1_[A-Za-z0-9]{9}", shown["Id"])
    assert shown["Arn"] == f"arn:aws:cognito-idp:us-east-1:000000000000:userpool/{shown['Id']}"
    assert shown["Name"] == "bare"
    policy = {"MinimumLength": 8, "RequireUppercase": True, "RequireLowercase": True, "RequireNumbers": True, "RequireSymbols": True}
    assert shown["Policies"]["PasswordPolicy"] == policy | {"TemporaryPasswordValidityDays": 7}
    assert shown["Policies"]["SignInPolicy"] == {"AllowedFirstAuthFactors": ["PASSWORD"]}
    assert shown["DeletionProtection"] == "INACTIVE"
    assert shown["MfaConfiguration"] == "OFF"
    assert shown["LambdaConfig"] == {}
    assert shown["VerificationMessageTemplate"] == {"DefaultEmailOption": "CONFIRM_WITH_CODE"}
    assert shown["EmailConfiguration"] == {"EmailSendingAccount": "COGNITO_DEFAULT"}
    assert shown["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": False, "UnusedAccountValidityDays": 7}
    assert shown["EstimatedNumberOfUsers"] == 0
    assert shown["UserPoolTier"] == "ESSENTIALS"
    assert len(shown["SchemaAttributes"]) == 20
    assert shown["SchemaAttributes"][0] == {
        "Name": "sub",
        "AttributeDataType": "String",
        "DeveloperOnlyAttribute": False,
        "Mutable": False,
        "Required": True,
        "StringAttributeConstraints": {"MinLength": "1", "MaxLength": "2048"},
    }
    for name in ("AutoVerifiedAttributes", "AliasAttributes", "UsernameAttributes", "AccountRecoverySetting", "Domain", "SmsVerificationMessage"):
        assert name not in shown
    for name in ("CreationDate", "LastModifiedDate"):
        assert isinstance(shown[name], datetime.datetime)
    idp.delete_user_pool(UserPoolId=made["Id"])


EVERYTHING = {
    "Policies": {"PasswordPolicy": {"MinimumLength": 12, "RequireUppercase": False, "RequireLowercase": True, "RequireNumbers": True, "RequireSymbols": False, "PasswordHistorySize": 3, "TemporaryPasswordValidityDays": 2}, "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]}},
    "DeletionProtection": "INACTIVE",
    "AutoVerifiedAttributes": ["email"],
    "VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_CODE", "EmailSubject": "Hello", "EmailMessage": "Your code: {####}", "SmsMessage": "Code {####}"},
    "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
    "MfaConfiguration": "OFF",
    "DeviceConfiguration": {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": True},
    "UserPoolTags": {"stage": "test"},
    "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True, "InviteMessageTemplate": {"EmailMessage": "{username}: {####}", "EmailSubject": "Welcome", "SMSMessage": "{username}: {####}"}},
    "AccountRecoverySetting": {"RecoveryMechanisms": [{"Priority": 1, "Name": "verified_email"}]},
    "UserPoolAddOns": {"AdvancedSecurityMode": "OFF"},
    "UserPoolTier": "ESSENTIALS",
}
ONLY_AT_CREATION = {
    "AliasAttributes": ["email", "preferred_username"],
    "UsernameConfiguration": {"CaseSensitive": False},
    "Schema": [{"Name": "email", "AttributeDataType": "String", "Required": True, "Mutable": True}, {"Name": "team", "AttributeDataType": "String", "Mutable": True, "StringAttributeConstraints": {"MinLength": "1", "MaxLength": "16"}}],
}


def within(wanted, shown):
    """Every value asked for is there; defaults may stand beside it."""
    if isinstance(wanted, dict):
        return all(name in shown and within(value, shown[name]) for name, value in wanted.items())
    return wanted == shown


def test_every_setting_given_at_creation_is_shown_again(idp):
    made = idp.create_user_pool(PoolName="full", **EVERYTHING, **ONLY_AT_CREATION)["UserPool"]
    shown = idp.describe_user_pool(UserPoolId=made["Id"])["UserPool"]
    for name, value in EVERYTHING.items():
        assert within(value, shown[name]), name
    assert shown["AliasAttributes"] == ONLY_AT_CREATION["AliasAttributes"]
    assert shown["UsernameConfiguration"] == {"CaseSensitive": False}
    assert len(shown["SchemaAttributes"]) == 21
    schema = {row["Name"]: row for row in shown["SchemaAttributes"]}
    assert schema["email"]["Required"] is True
    assert schema["custom:team"]["StringAttributeConstraints"] == {"MinLength": "1", "MaxLength": "16"}
    idp.delete_user_pool(UserPoolId=made["Id"])


def test_an_update_replaces_what_it_does_not_name(idp):
    made = pool_of(idp, **EVERYTHING)
    idp.update_user_pool(UserPoolId=made, AutoVerifiedAttributes=["email"])
    shown = idp.describe_user_pool(UserPoolId=made)["UserPool"]
    assert shown["Policies"]["PasswordPolicy"]["MinimumLength"] == 8
    assert "AccountRecoverySetting" not in shown and "DeviceConfiguration" not in shown
    assert shown["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is False
    assert shown["AutoVerifiedAttributes"] == ["email"]
    refused(idp.update_user_pool, "InvalidParameterException", UserPoolId=made, VerificationMessageTemplate={"EmailMessage": "no placeholder", "EmailSubject": "s"})
    refused(idp.update_user_pool, "ResourceNotFoundException", f"User pool {MISSING} does not exist.", UserPoolId=MISSING)
    idp.delete_user_pool(UserPoolId=made)


def test_attributes_are_added_to_a_pool_with_users_and_work_at_once(lab, idp):
    pool = Pool(lab)
    user = pool.user()
    token = pool.sign_in(user)["AuthenticationResult"]["AccessToken"]
    team = {"Name": "team", "AttributeDataType": "String", "Mutable": False, "StringAttributeConstraints": {"MinLength": "2", "MaxLength": "8"}}
    level = {"Name": "level", "AttributeDataType": "Number", "NumberAttributeConstraints": {"MinValue": "1", "MaxValue": "9"}}
    secret = {"Name": "score", "AttributeDataType": "Number", "DeveloperOnlyAttribute": True}
    answer = idp.add_custom_attributes(UserPoolId=pool.id, CustomAttributes=[team, level, secret])
    assert set(answer) == {"ResponseMetadata"}
    schema = {row["Name"]: row for row in idp.describe_user_pool(UserPoolId=pool.id)["UserPool"]["SchemaAttributes"]}
    assert list(schema)[20:] == ["custom:team", "custom:level", "dev:custom:score"]
    assert schema["custom:team"] == team | {"Name": "custom:team", "DeveloperOnlyAttribute": False, "Required": False}
    assert schema["custom:level"]["Mutable"] is True and schema["custom:level"]["NumberAttributeConstraints"] == {"MinValue": "1", "MaxValue": "9"}
    assert schema["dev:custom:score"]["DeveloperOnlyAttribute"] is True

    idp.update_user_attributes(AccessToken=token, UserAttributes=[{"Name": "custom:level", "Value": "3"}])
    refused(idp.update_user_attributes, "InvalidParameterException", AccessToken=token, UserAttributes=[{"Name": "custom:level", "Value": "10"}])
    refused(idp.update_user_attributes, "NotAuthorizedException", AccessToken=token, UserAttributes=[{"Name": "dev:custom:score", "Value": "1"}])
    idp.admin_update_user_attributes(UserPoolId=pool.id, Username=user, UserAttributes=[{"Name": "dev:custom:score", "Value": "1"}])
    shown = {row["Name"]: row["Value"] for row in idp.get_user(AccessToken=token)["UserAttributes"]}
    assert shown["custom:level"] == "3" and "dev:custom:score" not in shown
    pool.add_client(ReadAttributes=["custom:team"], WriteAttributes=["custom:team"])

    def refuse(message, *attributes, **more):
        refused(idp.add_custom_attributes, "InvalidParameterException", message, **({"UserPoolId": pool.id, "CustomAttributes": list(attributes)} | more))

    refuse("custom:team: Existing attribute already has name custom:team.", {"Name": "new", "AttributeDataType": "String"}, team)
    refuse("Required custom attributes are not supported currently.", {"Name": "new", "AttributeDataType": "String", "Required": True})
    refuse("Invalid AttributeDataType input, consider using the provided AttributeDataType enum.", {"Name": "new"})
    refuse("user.custom:new: Max length cannot be less than min length.", {"Name": "new", "AttributeDataType": "String", "StringAttributeConstraints": {"MinLength": "5", "MaxLength": "4"}})
    assert len(idp.describe_user_pool(UserPoolId=pool.id)["UserPool"]["SchemaAttributes"]) == 23
    refused(idp.add_custom_attributes, "ResourceNotFoundException", f"User pool {MISSING} does not exist.", UserPoolId=MISSING, CustomAttributes=[level])


def test_the_signing_certificate_is_the_pools_own_for_ten_years(lab, idp, pool):
    import base64

    from cryptography import x509

    text = idp.get_signing_certificate(UserPoolId=pool.id)["Certificate"]
    certificate = x509.load_der_x509_certificate(base64.b64decode(text, validate=True))
    certificate.verify_directly_issued_by(certificate)
    assert certificate.subject.rfc4514_string() == f"CN={pool.id}"
    assert certificate.not_valid_after_utc.year == certificate.not_valid_before_utc.year + 10
    number = certificate.public_key().public_numbers().n
    keys = requests.get(f"{lab.base}/{pool.id}/.well-known/jwks.json", timeout=10).json()["keys"]
    assert number in {int.from_bytes(base64.urlsafe_b64decode(key["n"] + "=="), "big") for key in keys}
    assert idp.get_signing_certificate(UserPoolId=pool.id)["Certificate"] == text
    refused(idp.get_signing_certificate, "ResourceNotFoundException", f"User pool {MISSING} does not exist.", UserPoolId=MISSING)


def pool_of(idp, **settings):
    return idp.create_user_pool(PoolName=unique("pool"), **settings)["UserPool"]["Id"]


def test_a_protected_pool_is_not_deleted(idp):
    made = pool_of(idp, DeletionProtection="ACTIVE")
    refused(
        idp.delete_user_pool,
        "InvalidParameterException",
        "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.",
        UserPoolId=made,
    )
    idp.update_user_pool(UserPoolId=made, DeletionProtection="INACTIVE")
    idp.delete_user_pool(UserPoolId=made)
    refused(idp.describe_user_pool, "ResourceNotFoundException", f"User pool {made} does not exist.", UserPoolId=made)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"Schema": [{"Name": "x", "AttributeDataType": "String", "Required": True}]}, "Required custom attributes are not supported currently."),
        ({"AliasAttributes": ["email"], "UsernameAttributes": ["email"]}, None),
        ({"VerificationMessageTemplate": {"EmailMessage": "no placeholder", "EmailSubject": "s"}}, None),
    ],
)
def test_a_pool_that_cannot_work_is_refused(idp, settings, message):
    refused(idp.create_user_pool, "InvalidParameterException", message, PoolName="bad", **settings)


def test_pools_are_listed_page_by_page(idp):
    mine = {pool_of(idp) for _ in range(5)}
    pages = list(idp.get_paginator("list_user_pools").paginate(PaginationConfig={"PageSize": 2}))
    assert all(len(page["UserPools"]) <= 2 for page in pages) and "NextToken" not in pages[-1]
    listed = [row["Id"] for page in pages for row in page["UserPools"]]
    assert len(listed) == len(set(listed)) and mine <= set(listed)
    refused(idp.list_user_pools, "InvalidParameterException", "Invalid Pagination Token", MaxResults=2, NextToken="forged")
    for pool in mine:
        idp.delete_user_pool(UserPoolId=pool)


def test_the_mfa_configuration_is_set_and_shown(idp):
    made = pool_of(idp)
    assert idp.get_user_pool_mfa_config(UserPoolId=made)["MfaConfiguration"] == "OFF"
    answer = idp.set_user_pool_mfa_config(UserPoolId=made, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration="ON")
    assert answer["SoftwareTokenMfaConfiguration"] == {"Enabled": True} and answer["MfaConfiguration"] == "ON"
    shown = idp.get_user_pool_mfa_config(UserPoolId=made)
    assert shown["SoftwareTokenMfaConfiguration"] == {"Enabled": True} and shown["MfaConfiguration"] == "ON"
    assert idp.describe_user_pool(UserPoolId=made)["UserPool"]["MfaConfiguration"] == "ON"
    refused(idp.set_user_pool_mfa_config, "InvalidParameterException", UserPoolId=made, SoftwareTokenMfaConfiguration={"Enabled": False}, MfaConfiguration="ON")
    refused(idp.get_user_pool_mfa_config, "ResourceNotFoundException", f"User pool {MISSING} does not exist.", UserPoolId=MISSING)
    idp.delete_user_pool(UserPoolId=made)


# --- app clients


def test_a_bare_client_shows_the_defaults_of_aws(idp, pool):
    made = idp.create_user_pool_client(UserPoolId=pool.id, ClientName="bare")["UserPoolClient"]
    shown = idp.describe_user_pool_client(UserPoolId=pool.id, ClientId=made["ClientId"])["UserPoolClient"]
    assert re.fullmatch(r"[a-z0-9]{26}", shown["ClientId"])
    assert (shown["UserPoolId"], shown["ClientName"]) == (pool.id, "bare")
    assert shown["RefreshTokenValidity"] == 30
    assert shown["EnableTokenRevocation"] is True
    assert shown["EnablePropagateAdditionalUserContextData"] is False
    assert shown["AuthSessionValidity"] == 3
    assert shown["AllowedOAuthFlowsUserPoolClient"] is False
    for name in ("ClientSecret", "ReadAttributes", "WriteAttributes", "CallbackURLs", "AllowedOAuthFlows", "AccessTokenValidity"):
        assert name not in shown
    idp.delete_user_pool_client(UserPoolId=pool.id, ClientId=made["ClientId"])
    gone = f"User pool client {made['ClientId']} does not exist."
    refused(idp.describe_user_pool_client, "ResourceNotFoundException", gone, UserPoolId=pool.id, ClientId=made["ClientId"])
    refused(idp.delete_user_pool_client, "ResourceNotFoundException", gone, UserPoolId=pool.id, ClientId=made["ClientId"])
    refused(idp.update_user_pool_client, "ResourceNotFoundException", gone, UserPoolId=pool.id, ClientId=made["ClientId"])


CLIENT = {
    "ClientName": "web",
    "RefreshTokenValidity": 12,
    "AccessTokenValidity": 10,
    "IdTokenValidity": 15,
    "TokenValidityUnits": {"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "hours"},
    "ReadAttributes": ["email", "email_verified", "name"],
    "WriteAttributes": ["email", "name"],
    "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    "SupportedIdentityProviders": ["COGNITO"],
    "CallbackURLs": ["https://app.example/cb", "http://localhost:3000/cb", "myapp://cb"],
    "LogoutURLs": ["https://app.example/out"],
    "DefaultRedirectURI": "https://app.example/cb",
    "AllowedOAuthFlows": ["code"],
    "AllowedOAuthScopes": ["openid", "email"],
    "AllowedOAuthFlowsUserPoolClient": True,
    "PreventUserExistenceErrors": "ENABLED",
    "EnableTokenRevocation": True,
    "AuthSessionValidity": 5,
}


def test_every_setting_of_a_client_is_shown_again_and_an_update_replaces(idp, pool):
    made = idp.create_user_pool_client(UserPoolId=pool.id, GenerateSecret=True, **CLIENT)["UserPoolClient"]
    assert re.fullmatch(r"[a-z0-9]{40,64}", made["ClientSecret"])
    shown = idp.describe_user_pool_client(UserPoolId=pool.id, ClientId=made["ClientId"])["UserPoolClient"]
    for name, value in CLIENT.items():
        assert (sorted(shown[name]) == sorted(value)) if isinstance(value, list) else shown[name] == value, name
    assert shown["ClientSecret"] == made["ClientSecret"]
    idp.update_user_pool_client(UserPoolId=pool.id, ClientId=made["ClientId"], ClientName="renamed")
    shown = idp.describe_user_pool_client(UserPoolId=pool.id, ClientId=made["ClientId"])["UserPoolClient"]
    assert shown["ClientName"] == "renamed" and shown["ClientSecret"] == made["ClientSecret"]
    assert shown["RefreshTokenValidity"] == 30 and "CallbackURLs" not in shown and shown["AllowedOAuthFlowsUserPoolClient"] is False


@pytest.mark.parametrize(
    ("settings", "code", "message"),
    [
        ({"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ADMIN_NO_SRP_AUTH"]}, "InvalidParameterException", None),
        ({"AccessTokenValidity": 25}, "InvalidParameterException", "Invalid range for token validity."),
        ({"AccessTokenValidity": 1, "TokenValidityUnits": {"AccessToken": "minutes"}}, "InvalidParameterException", "Invalid range for token validity."),
        ({"RefreshTokenValidity": 59, "TokenValidityUnits": {"RefreshToken": "minutes"}}, "InvalidParameterException", "Invalid range for token validity."),
        ({"CallbackURLs": ["http://app.example/cb"], "AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": ["openid"], "AllowedOAuthFlowsUserPoolClient": True}, "InvalidParameterException", None),
        ({"CallbackURLs": ["https://a.example/#f"], "AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": ["openid"], "AllowedOAuthFlowsUserPoolClient": True}, "InvalidParameterException", None),
        ({"CallbackURLs": ["https://a.example/"], "DefaultRedirectURI": "https://b.example/"}, "InvalidParameterException", None),
        ({"AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": ["openid"], "AllowedOAuthFlowsUserPoolClient": True}, "InvalidOAuthFlowException", None),
        ({"AllowedOAuthFlows": ["client_credentials", "code"], "CallbackURLs": ["https://a.example/"], "AllowedOAuthScopes": ["openid"], "AllowedOAuthFlowsUserPoolClient": True, "GenerateSecret": True}, "InvalidOAuthFlowException", None),
        ({"AllowedOAuthFlows": ["code"], "CallbackURLs": ["https://a.example/"], "AllowedOAuthScopes": ["no/such"], "AllowedOAuthFlowsUserPoolClient": True}, "ScopeDoesNotExistException", None),
        ({"RefreshTokenRotation": {"Feature": "ENABLED"}, "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"]}, "InvalidParameterException", None),
        ({"ReadAttributes": ["custom:nosuch"]}, "InvalidParameterException", None),
    ],
)
def test_a_client_that_cannot_work_is_refused(idp, pool, settings, code, message):
    refused(idp.create_user_pool_client, code, message, UserPoolId=pool.id, ClientName="bad", **settings)


def test_clients_are_listed_page_by_page(lab, idp):
    made = Pool(lab)
    mine = {made.client_id} | {made.add_client()["ClientId"] for _ in range(4)}
    pages = list(idp.get_paginator("list_user_pool_clients").paginate(UserPoolId=made.id, PaginationConfig={"PageSize": 2}))
    assert [len(page["UserPoolClients"]) for page in pages] == [2, 2, 1]
    assert {row["ClientId"] for page in pages for row in page["UserPoolClients"]} == mine
    assert set(pages[0]["UserPoolClients"][0]) == {"ClientId", "ClientName", "UserPoolId"}
    refused(idp.list_user_pool_clients, "InvalidParameterException", "Invalid Pagination Token", UserPoolId=made.id, NextToken="forged")


def test_a_secret_is_rotated_without_a_moment_in_which_a_client_cannot_prove_itself(lab, idp):
    from secret import secret_hash

    pool = Pool(lab, client={"GenerateSecret": True})
    idp.create_resource_server(UserPoolId=pool.id, Identifier="files", Name="files", Scopes=[{"ScopeName": "read", "ScopeDescription": "r"}])
    machine = pool.add_client(GenerateSecret=True, AllowedOAuthFlows=["client_credentials"], AllowedOAuthScopes=["files/read"], AllowedOAuthFlowsUserPoolClient=True)
    user, of = pool.user(), {"UserPoolId": pool.id}

    def by_token(secret, basic):
        auth = (machine["ClientId"], secret)
        body = {"grant_type": "client_credentials"} | ({} if basic else {"client_id": auth[0], "client_secret": secret})
        return requests.post(f"{lab.base}/oauth2/token", data=body, auth=auth if basic else None, timeout=10).status_code == 200

    def by_hash(secret):
        from botocore.exceptions import ClientError

        try:
            return bool(pool.tokens(user, SECRET_HASH=secret_hash(user, pool.client_id, secret)))
        except ClientError:
            return False

    def rotate(client, proves):
        of_client = of | {"ClientId": client["ClientId"]}
        listed = idp.list_user_pool_client_secrets(**of_client)
        assert "NextToken" not in listed and len(listed["ClientSecrets"]) == 1
        first = listed["ClientSecrets"][0]
        assert set(first) == {"ClientSecretId", "ClientSecretCreateDate"} and re.fullmatch(client["ClientId"] + r"--\d+", first["ClientSecretId"])
        made = idp.add_user_pool_client_secret(**of_client)["ClientSecretDescriptor"]
        assert set(made) == {"ClientSecretId", "ClientSecretCreateDate", "ClientSecretValue"}
        assert proves(client["ClientSecret"]) and proves(made["ClientSecretValue"]) and not proves("x" * 40)
        assert [row["ClientSecretId"] for row in idp.list_user_pool_client_secrets(**of_client)["ClientSecrets"]] == [first["ClientSecretId"], made["ClientSecretId"]]
        refused(idp.add_user_pool_client_secret, "LimitExceededException", "Client secrets cannot exceed limit of 2 secrets.", **of_client)
        idp.delete_user_pool_client_secret(**of_client, ClientSecretId=first["ClientSecretId"])
        assert proves(made["ClientSecretValue"]) and not proves(client["ClientSecret"])
        assert idp.describe_user_pool_client(**of_client)["UserPoolClient"]["ClientSecret"] == made["ClientSecretValue"]
        gone = f"Client secret {first['ClientSecretId']} does not exist."
        refused(idp.delete_user_pool_client_secret, "ResourceNotFoundException", gone, **of_client, ClientSecretId=first["ClientSecretId"])
        last = "The last client secret of an app client cannot be deleted."
        refused(idp.delete_user_pool_client_secret, "InvalidParameterException", last, **of_client, ClientSecretId=made["ClientSecretId"])
        # A value of one's own is not told back.
        assert "ClientSecretValue" not in idp.add_user_pool_client_secret(**of_client, ClientSecret="o" * 24)["ClientSecretDescriptor"]
        assert proves("o" * 24)

    rotate(machine, lambda secret: by_token(secret, True) and by_token(secret, False))
    rotate(pool.client, by_hash)
    public = pool.add_client()["ClientId"]
    refused(idp.add_user_pool_client_secret, "InvalidParameterException", f"Client {public} is not configured with a client secret.", **of, ClientId=public)
    assert idp.list_user_pool_client_secrets(**of, ClientId=public)["ClientSecrets"] == []
    refused(idp.list_user_pool_client_secrets, "InvalidParameterException", "Invalid Pagination Token", **of, ClientId=public, NextToken="forged")


# --- domains


def test_a_domain_is_made_shown_changed_and_removed(idp, pool):
    name = unique("dom")
    idp.create_user_pool_domain(Domain=name, UserPoolId=pool.id, ManagedLoginVersion=2)
    shown = idp.describe_user_pool_domain(Domain=name)["DomainDescription"]
    assert (shown["UserPoolId"], shown["Domain"], shown["Status"], shown["ManagedLoginVersion"]) == (pool.id, name, "ACTIVE", 2)
    assert shown["AWSAccountId"] == "000000000000"
    assert idp.describe_user_pool(UserPoolId=pool.id)["UserPool"]["Domain"] == name
    refused(idp.create_user_pool_domain, "InvalidParameterException", Domain=name, UserPoolId=pool.id)
    refused(
        idp.delete_user_pool,
        "InvalidParameterException",
        "User pool cannot be deleted. It has a domain configured that should be deleted first.",
        UserPoolId=pool.id,
    )
    idp.update_user_pool_domain(Domain=name, UserPoolId=pool.id, ManagedLoginVersion=1)
    assert idp.describe_user_pool_domain(Domain=name)["DomainDescription"]["ManagedLoginVersion"] == 1
    idp.delete_user_pool_domain(Domain=name, UserPoolId=pool.id)
    assert idp.describe_user_pool_domain(Domain=name)["DomainDescription"] == {}
    for call in (idp.delete_user_pool_domain, idp.update_user_pool_domain):
        error = refused_as_missing(call, Domain=name, UserPoolId=pool.id)
        assert error.response["Error"]["Code"] in ("ResourceNotFoundException", "InvalidParameterException")


def test_a_custom_domain_answers_as_soon_as_it_is_made_and_no_longer_than_it_is_there(lab, idp, pool):
    """A hundredth of a second later would be too late: the next call of a script is its first sign-in there."""
    config = {"CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/11111111-2222-3333-4444-555555555555"}

    def discovered(host):
        return requests.get(f"{lab.base}/.well-known/openid-configuration", headers={"Host": f"{host}:{lab.port}"}, timeout=20).status_code

    for _ in range(3):
        host = f"{unique('login')}.example.test"
        assert discovered(host) == 403
        idp.create_user_pool_domain(Domain=host, UserPoolId=pool.id, CustomDomainConfig=config)
        assert discovered(host) == 200
        idp.update_user_pool_domain(Domain=host, UserPoolId=pool.id, CustomDomainConfig=config)
        assert discovered(host) == 200
        idp.delete_user_pool_domain(Domain=host, UserPoolId=pool.id)
        assert discovered(host) == 403


def refused_as_missing(call, **arguments):
    from botocore.exceptions import ClientError

    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value


@pytest.mark.parametrize("name", ["my-aws-login", "amazonian", "cognito-1", "Upper", "-a"])
def test_a_reserved_or_ill_formed_prefix_is_refused(idp, pool, name):
    refused(idp.create_user_pool_domain, "InvalidParameterException", Domain=name, UserPoolId=pool.id)


def test_the_description_of_an_ill_formed_domain_is_refused(lab):
    refused(lab.client(validate=False).describe_user_pool_domain, "InvalidParameterException", Domain="")


# --- groups


def test_a_group_lives_from_creation_to_deletion(idp, pool):
    name = unique("group")
    role = "arn:aws:iam::000000000000:role/readers"
    made = idp.create_group(GroupName=name, UserPoolId=pool.id, Description="readers", RoleArn=role, Precedence=3)["Group"]
    assert (made["GroupName"], made["UserPoolId"], made["Description"], made["RoleArn"], made["Precedence"]) == (name, pool.id, "readers", role, 3)
    assert isinstance(made["CreationDate"], datetime.datetime)
    refused(idp.create_group, "GroupExistsException", f"A group with the name {name} already exists.", GroupName=name, UserPoolId=pool.id)
    assert idp.get_group(GroupName=name, UserPoolId=pool.id)["Group"]["Description"] == "readers"
    changed = idp.update_group(GroupName=name, UserPoolId=pool.id, Description="writers")["Group"]
    assert changed["Description"] == "writers"
    idp.delete_group(GroupName=name, UserPoolId=pool.id)
    for call in (idp.get_group, idp.update_group, idp.delete_group, idp.list_users_in_group):
        refused(call, "ResourceNotFoundException", "Group not found.", GroupName=name, UserPoolId=pool.id)


def test_members_come_and_go(idp, pool):
    group, users = unique("group"), [pool.user() for _ in range(3)]
    idp.create_group(GroupName=group, UserPoolId=pool.id)
    for user in users + users[:1]:  # adding twice is no error
        idp.admin_add_user_to_group(UserPoolId=pool.id, Username=user, GroupName=group)
    pages = list(idp.get_paginator("list_users_in_group").paginate(UserPoolId=pool.id, GroupName=group, PaginationConfig={"PageSize": 2}))
    assert [len(page["Users"]) for page in pages] == [2, 1]
    assert {row["Username"] for page in pages for row in page["Users"]} == set(users)
    assert isinstance(pages[0]["Users"][0]["UserCreateDate"], datetime.datetime)
    assert [row["GroupName"] for row in idp.admin_list_groups_for_user(UserPoolId=pool.id, Username=users[0])["Groups"]] == [group]
    idp.admin_remove_user_from_group(UserPoolId=pool.id, Username=users[0], GroupName=group)
    assert idp.admin_list_groups_for_user(UserPoolId=pool.id, Username=users[0])["Groups"] == []
    for call in (idp.admin_add_user_to_group, idp.admin_remove_user_from_group):
        refused(call, "UserNotFoundException", "User does not exist.", UserPoolId=pool.id, Username="nobody", GroupName=group)
        refused(call, "ResourceNotFoundException", "Group not found.", UserPoolId=pool.id, Username=users[0], GroupName="nosuch")
    refused(idp.admin_list_groups_for_user, "UserNotFoundException", "User does not exist.", UserPoolId=pool.id, Username="nobody")
    idp.delete_group(GroupName=group, UserPoolId=pool.id)


def test_groups_are_listed_page_by_page_and_stand_in_the_tokens_by_precedence(lab, idp):
    made = Pool(lab)
    user = made.user()
    for name, precedence in (("low", 9), ("high", 1), ("none", None)):
        idp.create_group(GroupName=name, UserPoolId=made.id, **({} if precedence is None else {"Precedence": precedence}))
        idp.admin_add_user_to_group(UserPoolId=made.id, Username=user, GroupName=name)
    pages = list(idp.get_paginator("list_groups").paginate(UserPoolId=made.id, PaginationConfig={"PageSize": 2}))
    assert [len(page["Groups"]) for page in pages] == [2, 1]
    mine = idp.get_paginator("admin_list_groups_for_user").paginate(UserPoolId=made.id, Username=user, PaginationConfig={"PageSize": 2})
    assert [row["GroupName"] for page in mine for row in page["Groups"]] == ["high", "low", "none"]
    refused(idp.list_groups, "InvalidParameterException", "Invalid Pagination Token", UserPoolId=made.id, NextToken="forged")


# --- resource servers


def test_a_resource_server_lives_from_creation_to_deletion(idp, pool):
    identifier = f"https://{unique('api')}.example"
    scopes = [{"ScopeName": "read", "ScopeDescription": "may read"}, {"ScopeName": "write", "ScopeDescription": "may write"}]
    made = idp.create_resource_server(UserPoolId=pool.id, Identifier=identifier, Name="api", Scopes=scopes)["ResourceServer"]
    assert (made["UserPoolId"], made["Identifier"], made["Name"], made["Scopes"]) == (pool.id, identifier, "api", scopes)
    refused(
        idp.create_resource_server,
        "InvalidParameterException",
        f"{identifier} already exists in user pool {pool.id}.",
        UserPoolId=pool.id,
        Identifier=identifier,
        Name="again",
    )
    assert idp.describe_resource_server(UserPoolId=pool.id, Identifier=identifier)["ResourceServer"] == made
    changed = idp.update_resource_server(UserPoolId=pool.id, Identifier=identifier, Name="renamed", Scopes=scopes[:1])["ResourceServer"]
    assert (changed["Name"], changed["Scopes"]) == ("renamed", scopes[:1])
    idp.delete_resource_server(UserPoolId=pool.id, Identifier=identifier)
    gone = f"Resource server {identifier} does not exist."
    for call, more in ((idp.describe_resource_server, {}), (idp.delete_resource_server, {}), (idp.update_resource_server, {"Name": "x"})):
        refused(call, "ResourceNotFoundException", gone, UserPoolId=pool.id, Identifier=identifier, **more)


def test_resource_servers_are_listed_page_by_page(lab, idp):
    made = Pool(lab)
    for n in range(3):
        idp.create_resource_server(UserPoolId=made.id, Identifier=f"api{n}", Name="api")
    pages = list(idp.get_paginator("list_resource_servers").paginate(UserPoolId=made.id, PaginationConfig={"PageSize": 2}))
    assert [len(page["ResourceServers"]) for page in pages] == [2, 1]
    refused(idp.list_resource_servers, "InvalidParameterException", "Invalid Pagination Token", UserPoolId=made.id, MaxResults=2, NextToken="forged")


# --- branding


def test_a_branding_style_is_kept_losslessly(idp, pool):
    client = pool.add_client()["ClientId"]
    settings = {"components": {"pageBackground": {"lightMode": {"color": "ffffffff"}, "n": 1.5, "deep": [1, None, {"ä": True}]}}}
    assets = [{"Category": "PAGE_HEADER_LOGO", "ColorMode": "LIGHT", "Extension": "SVG", "Bytes": b"<svg/>"}]
    made = idp.create_managed_login_branding(UserPoolId=pool.id, ClientId=client, Settings=settings, Assets=assets)["ManagedLoginBranding"]
    shown = idp.describe_managed_login_branding_by_client(UserPoolId=pool.id, ClientId=client)["ManagedLoginBranding"]
    assert shown["Settings"] == settings and shown["Assets"] == assets and shown["UseCognitoProvidedValues"] is False
    assert shown["ManagedLoginBrandingId"] == made["ManagedLoginBrandingId"]
    refused(idp.create_managed_login_branding, "ManagedLoginBrandingExistsException", UserPoolId=pool.id, ClientId=client, UseCognitoProvidedValues=True)
    other = pool.add_client()["ClientId"]
    refused(idp.describe_managed_login_branding_by_client, "ResourceNotFoundException", UserPoolId=pool.id, ClientId=other)
    refused(idp.create_managed_login_branding, "InvalidParameterException", UserPoolId=pool.id, ClientId=other, UseCognitoProvidedValues=True, Settings=settings)
    idp.create_managed_login_branding(UserPoolId=pool.id, ClientId=other, UseCognitoProvidedValues=True)
    assert idp.describe_managed_login_branding_by_client(UserPoolId=pool.id, ClientId=other)["ManagedLoginBranding"]["UseCognitoProvidedValues"] is True


def test_a_branding_style_is_changed_merged_and_removed(lab, idp):
    pool = Pool(lab)
    client = pool.add_client()["ClientId"]
    style = idp.create_managed_login_branding(UserPoolId=pool.id, ClientId=client, Settings={"mine": {"a": 1, "b": [1.5]}})["ManagedLoginBranding"]
    key = {"UserPoolId": pool.id, "ManagedLoginBrandingId": style["ManagedLoginBrandingId"]}
    logo = {"Category": "FORM_LOGO", "ColorMode": "DARK", "Extension": "SVG", "Bytes": b"<svg/>"}
    changed = idp.update_managed_login_branding(**key, Settings={"mine": {"a": 2}}, Assets=[logo])["ManagedLoginBranding"]
    assert changed["Settings"] == {"mine": {"a": 2, "b": [1.5]}} and changed["Assets"] == [logo], "what an update does not name stays"
    shown = idp.describe_managed_login_branding(**key)["ManagedLoginBranding"]
    assert shown["Settings"] == changed["Settings"]
    merged = idp.describe_managed_login_branding(**key, ReturnMergedResources=True)["ManagedLoginBranding"]["Settings"]
    assert merged["mine"] == changed["Settings"]["mine"] and merged["categories"]["global"]["colorSchemeMode"] == "DYNAMIC"
    for bad in ({**logo, "Bytes": b"<html>"}, {**logo, "Extension": "PNG"}, {**logo, "Category": "FAVICON_ICO"}):
        refused(idp.update_managed_login_branding, "InvalidParameterException", Assets=[bad], **key)
    refused(idp.update_managed_login_branding, "InvalidParameterException", Settings={}, UserPoolId=pool.id)
    plain = idp.update_managed_login_branding(**key, UseCognitoProvidedValues=True)["ManagedLoginBranding"]
    assert plain["UseCognitoProvidedValues"] is True and "Settings" not in plain and "Assets" not in plain
    idp.delete_managed_login_branding(**key)
    for call in (idp.describe_managed_login_branding, idp.delete_managed_login_branding, idp.update_managed_login_branding):
        refused(call, "ResourceNotFoundException", **key)


def test_a_ui_customization_is_the_clients_else_that_of_all(lab, idp):
    pool = Pool(lab)
    client = pool.add_client()["ClientId"]
    css = ".label-customizable { font-weight: 400; }"
    refused(idp.set_ui_customization, "InvalidParameterException", UserPoolId=pool.id, CSS=css)
    assert idp.get_ui_customization(UserPoolId=pool.id, ClientId=client)["UICustomization"] == {}
    idp.create_user_pool_domain(UserPoolId=pool.id, Domain=unique("look"))
    made = idp.set_ui_customization(UserPoolId=pool.id, CSS=css, ImageFile=b"\x89PNG\r\n\x1a\n")["UICustomization"]
    assert (made["ClientId"], made["CSS"]) == ("ALL", css) and len(made["CSSVersion"]) == 14
    path = made["ImageUrl"].split("/assets/")[1]
    image = requests.get(f"{lab.base}/assets/{path}", timeout=10)
    assert image.headers["Content-Type"] == "image/png" and "immutable" in image.headers["Cache-Control"]
    assert idp.get_ui_customization(UserPoolId=pool.id, ClientId=client)["UICustomization"]["ClientId"] == "ALL"
    own = css.replace("400", "700")
    idp.set_ui_customization(UserPoolId=pool.id, ClientId=client, CSS=own)
    assert idp.get_ui_customization(UserPoolId=pool.id, ClientId=client)["UICustomization"]["CSS"] == own
    for bad in ("body { color: red }", "@import 'x';", ".label-customizable { background: url(//evil.example) }"):
        refused(idp.set_ui_customization, "InvalidParameterException", UserPoolId=pool.id, ClientId=client, CSS=bad)
    refused(idp.set_ui_customization, "InvalidParameterException", UserPoolId=pool.id, ImageFile=b"<svg/>")
    refused(idp.set_ui_customization, "ResourceNotFoundException", UserPoolId=pool.id, ClientId="nobody", CSS=css)
    refused(idp.get_ui_customization, "ResourceNotFoundException", UserPoolId="us-east-1_nobodys00")
    idp.set_ui_customization(UserPoolId=pool.id, ClientId=client)
    idp.set_ui_customization(UserPoolId=pool.id)
    assert idp.get_ui_customization(UserPoolId=pool.id, ClientId=client)["UICustomization"] == {}


def test_tags_are_added_overwritten_removed_and_seen_on_the_pool(idp):
    made = idp.create_user_pool(PoolName="tagged", UserPoolTags={"stage": "test"})["UserPool"]
    idp.tag_resource(ResourceArn=made["Arn"], Tags={"stage": "prod", "team": "files"})
    assert idp.list_tags_for_resource(ResourceArn=made["Arn"])["Tags"] == {"stage": "prod", "team": "files"}
    idp.untag_resource(ResourceArn=made["Arn"], TagKeys=["team", "never-there"])
    assert idp.describe_user_pool(UserPoolId=made["Id"])["UserPool"]["UserPoolTags"] == {"stage": "prod"}
    idp.delete_user_pool(UserPoolId=made["Id"])


def test_tags_of_nothing_of_too_many_and_of_amazons_own_are_refused(idp):
    made = idp.create_user_pool(PoolName="tagged")["UserPool"]
    idp.tag_resource(ResourceArn=made["Arn"], Tags={f"k{n}": "" for n in range(50)})
    refused(idp.tag_resource, "InvalidParameterException", "A resource cannot have more than 50 tags.", ResourceArn=made["Arn"], Tags={"one": "more"})
    assert len(idp.list_tags_for_resource(ResourceArn=made["Arn"])["Tags"]) == 50, "nothing changed"
    refused(idp.tag_resource, "InvalidParameterException", ResourceArn=made["Arn"], Tags={"aws:x": "reserved"})
    gone = made["Arn"].replace(made["Id"], MISSING)
    elsewhere = made["Arn"].replace(":000000000000:", ":111111111111:")
    for call, more in ((idp.list_tags_for_resource, {}), (idp.tag_resource, {"Tags": {"a": "b"}}), (idp.untag_resource, {"TagKeys": ["a"]})):
        refused(call, "ResourceNotFoundException", f"User pool {MISSING} does not exist.", ResourceArn=gone, **more)
        refused(call, "ResourceNotFoundException", ResourceArn=elsewhere, **more)
        refused(call, "InvalidParameterException", ResourceArn=made["Arn"] + "/client/x", **more)
    idp.delete_user_pool(UserPoolId=made["Id"])
