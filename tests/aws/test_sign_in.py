"""Sign-in, challenges, second factors, tokens, refresh, revocation, lockout."""

import base64
import datetime
import hashlib
import json
import re

import jwt
import pyotp
import pytest
import requests

from lab import PASSWORD, Pool, unique
from secret import secret_hash
from wire import refused

BAD = "Incorrect username or password."


def claims_of(pool, token):
    """The claims, after the signature was checked against the pool's published keys by PyJWT."""
    keys = requests.get(f"{pool.issuer}/.well-known/jwks.json", timeout=10).json()["keys"]
    header = jwt.get_unverified_header(token)
    assert set(header) == {"kid", "alg"} and header["alg"] == "RS256"
    key = next(jwt.PyJWK(key) for key in keys if key["kid"] == header["kid"])
    return jwt.decode(token, key.key, algorithms=["RS256"], options={"verify_aud": False, "verify_exp": False, "verify_iat": False, "verify_nbf": False}), header["kid"]


# --- password flows


def test_a_password_sign_in_gives_three_tokens_and_no_challenge(idp, pool):
    name = pool.user()
    answer = pool.sign_in(name)
    assert answer["ChallengeParameters"] == {} and "ChallengeName" not in answer and "Session" not in answer
    result = answer["AuthenticationResult"]
    assert set(result) == {"AccessToken", "IdToken", "RefreshToken", "ExpiresIn", "TokenType"}
    assert (result["ExpiresIn"], result["TokenType"]) == (3600, "Bearer")
    assert result["RefreshToken"].count(".") == 4 and result["RefreshToken"].startswith("eyJ")
    admin = idp.admin_initiate_auth(UserPoolId=pool.id, ClientId=pool.client_id, AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD})
    assert admin["AuthenticationResult"]["AccessToken"]


def test_the_claims_are_those_of_cognito_to_the_type(lab, idp):
    pool = Pool(lab, Schema=[{"Name": "team", "AttributeDataType": "String", "Mutable": True}])
    name = pool.user(**{"custom:team": "red", "given_name": "Ann"})
    for group, precedence in (("b", 2), ("a", 1)):
        idp.create_group(UserPoolId=pool.id, GroupName=group, Precedence=precedence, RoleArn=f"arn:aws:iam::000000000000:role/{group}")
        idp.admin_add_user_to_group(UserPoolId=pool.id, Username=name, GroupName=group)
    result = pool.tokens(name)
    id_claims, id_kid = claims_of(pool, result["IdToken"])
    access, access_kid = claims_of(pool, result["AccessToken"])
    assert id_kid != access_kid and len(id_kid) == 44 and base64.b64decode(id_kid)
    sub = pool.attributes(name)["sub"]
    for claims, use in ((id_claims, "id"), (access, "access")):
        assert (claims["iss"], claims["sub"], claims["token_use"]) == (pool.issuer, sub, use)
        assert claims["exp"] - claims["iat"] == 3600 and all(isinstance(claims[one], int) for one in ("exp", "iat", "auth_time"))
        assert claims["cognito:groups"] == ["a", "b"]
    assert id_claims["aud"] == pool.client_id and id_claims["cognito:username"] == name
    assert id_claims["email_verified"] is True and id_claims["email"] == f"{name}@example.com" and id_claims["given_name"] == "Ann"
    assert id_claims["custom:team"] == "red"
    assert id_claims["cognito:preferred_role"] == "arn:aws:iam::000000000000:role/a"
    assert id_claims["cognito:roles"] == ["arn:aws:iam::000000000000:role/a", "arn:aws:iam::000000000000:role/b"]
    assert access["client_id"] == pool.client_id and access["username"] == name and "aud" not in access and "email" not in access
    assert access["scope"] == "aws.cognito.signin.user.admin" and access["version"] == 2
    assert id_claims["origin_jti"] == access["origin_jti"] and id_claims["jti"] != access["jti"] and id_claims["event_id"] == access["event_id"]


def test_the_discovery_document_names_what_answers(lab, pool):
    document = requests.get(f"{pool.issuer}/.well-known/openid-configuration", timeout=10).json()
    assert document["issuer"] == pool.issuer and document["jwks_uri"] == f"{pool.issuer}/.well-known/jwks.json"
    assert document["id_token_signing_alg_values_supported"] == ["RS256"] and document["subject_types_supported"] == ["public"]
    keys = requests.get(document["jwks_uri"], timeout=10).json()["keys"]
    assert len(keys) == 2 and all(set(key) == {"alg", "e", "kid", "kty", "n", "use"} and key["use"] == "sig" for key in keys)


@pytest.mark.parametrize(
    ("flow", "flows", "message"),
    [
        ("USER_PASSWORD_AUTH", ["ALLOW_USER_SRP_AUTH"], "USER_PASSWORD_AUTH flow not enabled for this client"),
        ("USER_SRP_AUTH", ["ALLOW_USER_PASSWORD_AUTH"], "USER_SRP_AUTH is not enabled for the client."),
        ("ADMIN_USER_PASSWORD_AUTH", ["ALLOW_ADMIN_USER_PASSWORD_AUTH"], "Initiate Auth method not supported."),
        ("ADMIN_NO_SRP_AUTH", ["ALLOW_ADMIN_USER_PASSWORD_AUTH"], "Initiate Auth method not supported."),
    ],
)
def test_a_flow_that_is_off_is_told(idp, pool, flow, flows, message):
    client = pool.add_client(ExplicitAuthFlows=flows)["ClientId"]
    refused(idp.initiate_auth, "InvalidParameterException", message, ClientId=client, AuthFlow=flow, AuthParameters={"USERNAME": "x", "PASSWORD": "y", "SRP_A": "aa"})


def test_an_admin_flow_that_is_off_is_told(idp, pool):
    client = pool.add_client(ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"])["ClientId"]
    parameters = {"USERNAME": "x", "PASSWORD": "y"}
    refused(idp.admin_initiate_auth, "InvalidParameterException", "Auth flow not enabled for this client", UserPoolId=pool.id, ClientId=client, AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters=parameters)


def test_an_unknown_client_and_missing_parameters_are_told(idp, pool):
    missing = "User pool client nosuchclient does not exist."
    refused(idp.initiate_auth, "ResourceNotFoundException", missing, ClientId="nosuchclient", AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "a", "PASSWORD": "b"})
    refused(idp.admin_initiate_auth, "ResourceNotFoundException", missing, UserPoolId=pool.id, ClientId="nosuchclient", AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "a", "PASSWORD": "b"})
    refused(idp.initiate_auth, "InvalidParameterException", "Missing required parameter USERNAME", ClientId=pool.client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"PASSWORD": "b"})
    refused(idp.initiate_auth, "InvalidParameterException", "Missing required parameter PASSWORD", ClientId=pool.client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "b"})


def test_repeated_failures_lock_and_the_lock_doubles(fresh):
    lab = fresh()
    pool = Pool(lab, client={"PreventUserExistenceErrors": "ENABLED"})
    name = pool.user()
    for who in (name, "nobody-at-all"):
        for _ in range(5):
            refused(pool.sign_in, "NotAuthorizedException", BAD, name=who, password="wr0ng!Password")
        refused(pool.sign_in, "NotAuthorizedException", BAD, name=who, password="wr0ng!Password")
        refused(pool.sign_in, "NotAuthorizedException", "Password attempts exceeded", name=who, password=PASSWORD)
    lab.advance(5)
    assert pool.tokens(name)["AccessToken"]
    refused(pool.sign_in, "NotAuthorizedException", BAD, name=name, password="wr0ng!Password")  # counted anew after success


# --- challenges


def invited(pool, **attributes):
    name = unique("invited")
    pairs = [{"Name": key, "Value": value} for key, value in ({"email": f"{name}@example.com", "email_verified": "true"} | attributes).items()]
    pool.idp.admin_create_user(UserPoolId=pool.id, Username=name, TemporaryPassword=PASSWORD, MessageAction="SUPPRESS", UserAttributes=pairs)
    return name


def test_a_new_password_is_demanded_and_given(idp, pool):
    name = invited(pool)
    answer = pool.sign_in(name)
    assert answer["ChallengeName"] == "NEW_PASSWORD_REQUIRED" and 20 <= len(answer["Session"]) <= 4096
    parameters = answer["ChallengeParameters"]
    assert parameters["USER_ID_FOR_SRP"] == name and json.loads(parameters["requiredAttributes"]) == []
    assert json.loads(parameters["userAttributes"]) == {"email": f"{name}@example.com", "email_verified": "true"}

    def respond(session, **more):
        return idp.respond_to_auth_challenge(ClientId=pool.client_id, ChallengeName="NEW_PASSWORD_REQUIRED", Session=session, ChallengeResponses={"USERNAME": name} | more)

    refused(respond, "InvalidPasswordException", "Password did not conform with policy: Password not long enough", session=answer["Session"], NEW_PASSWORD="Aa1!xyz")
    session = pool.sign_in(name)["Session"]
    done = respond(session, NEW_PASSWORD="An0ther!pass", **{"userAttributes.name": "Ann"})
    assert done["ChallengeParameters"] == {} and done["AuthenticationResult"]["RefreshToken"]
    assert pool.about(name)["UserStatus"] == "CONFIRMED" and pool.attributes(name)["name"] == "Ann"
    # The password it began with is gone too: K 14 as well as K 13 would be true.
    refused(respond, "NotAuthorizedException", re.compile("^Invalid session for the user"), session=session, NEW_PASSWORD="Th1rd!pass")


def test_required_attributes_are_asked_for_with_the_new_password(lab, idp):
    pool = Pool(lab, Schema=[{"Name": name, "Required": True, "Mutable": True} for name in ("email", "preferred_username")])
    name = invited(pool)
    answer = pool.sign_in(name)
    assert json.loads(answer["ChallengeParameters"]["requiredAttributes"]) == ["userAttributes.preferred_username"]

    def respond(**more):
        session = pool.sign_in(name)["Session"]
        return idp.admin_respond_to_auth_challenge(
            UserPoolId=pool.id, ClientId=pool.client_id, ChallengeName="NEW_PASSWORD_REQUIRED", Session=session, ChallengeResponses={"USERNAME": name, "NEW_PASSWORD": "An0ther!pass"} | more
        )

    refused(respond, "InvalidParameterException", "Invalid attributes given, preferred_username is missing")
    refused(respond, "NotAuthorizedException", "Cannot modify an already provided email", **{"userAttributes.email": "x@example.com", "userAttributes.preferred_username": "ann"})
    assert respond(**{"userAttributes.preferred_username": "ann"})["AuthenticationResult"]


def test_a_session_that_is_forged_foreign_or_old_helps_nobody(fresh):
    lab = fresh()
    idp, pool, other = lab.idp, Pool(lab), Pool(lab)
    name, second = invited(pool), invited(pool)
    foreign = invited(other)

    def respond(session, who=name, challenge="NEW_PASSWORD_REQUIRED"):
        responses = {"USERNAME": who, "NEW_PASSWORD": "An0ther!pass", "SOFTWARE_TOKEN_MFA_CODE": "123456"}
        return idp.respond_to_auth_challenge(ClientId=pool.client_id, ChallengeName=challenge, Session=session, ChallengeResponses=responses)

    session = pool.sign_in(name)["Session"]
    for bad in ("A" * 100, session[:-6] + "AAAAAA", other.sign_in(foreign)["Session"]):
        error = refused(respond, "NotAuthorizedException", session=bad)
        assert error.response["Error"]["Message"] in ("Invalid session for the user.", "Invalid session provided for the user.")
    error = refused(respond, "NotAuthorizedException", session=session, who=second)
    assert error.response["Error"]["Message"] in ("Invalid session for the user.", "Invalid session provided for the user.")
    refused(respond, "NotAuthorizedException", "Invalid code or auth state for the user.", session=session, challenge="SOFTWARE_TOKEN_MFA")
    lab.advance(181)
    refused(respond, "NotAuthorizedException", "Invalid session for the user, session is expired.", session=session)
    for each in (name, second):
        assert pool.about(each)["UserStatus"] == "FORCE_CHANGE_PASSWORD"


# --- TOTP


class App:
    """An authenticator on the server's clock."""

    def __init__(self, lab, secret):
        self.lab, self.totp = lab, pyotp.TOTP(secret)

    def code(self):
        return self.totp.at(datetime.datetime.fromtimestamp(self.lab.now(), datetime.timezone.utc))

    def next(self):
        """A code of the step after: the clock moves on."""
        self.lab.advance(30)
        return self.code()

    def wrong(self):
        return f"{(int(self.code()) + 1) % 1_000_000:06d}"


def test_totp_is_enrolled_chosen_and_asked_for(fresh):
    lab = fresh()
    idp, pool = lab.idp, Pool(lab)
    idp.set_user_pool_mfa_config(UserPoolId=pool.id, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True})
    name = pool.user()
    token = pool.tokens(name)["AccessToken"]
    refused(idp.set_user_mfa_preference, "InvalidParameterException", "User has not verified software token mfa", AccessToken=token, SoftwareTokenMfaSettings={"Enabled": True})
    refused(idp.admin_set_user_mfa_preference, "InvalidParameterException", "User has not verified software token mfa", UserPoolId=pool.id, Username=name, SoftwareTokenMfaSettings={"Enabled": True})
    secret = idp.associate_software_token(AccessToken=token)["SecretCode"]
    assert len(base64.b32decode(secret + "=" * (-len(secret) % 8))) >= 16
    app = App(lab, secret)
    refused(idp.verify_software_token, "EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA", AccessToken=token, UserCode=app.wrong())
    assert idp.verify_software_token(AccessToken=token, UserCode=app.code(), FriendlyDeviceName="phone")["Status"] == "SUCCESS"
    idp.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True})
    assert idp.get_user(AccessToken=token)["UserMFASettingList"] == ["SOFTWARE_TOKEN_MFA"]
    about = pool.about(name)
    assert (about["PreferredMfaSetting"], about["UserMFASettingList"]) == ("SOFTWARE_TOKEN_MFA", ["SOFTWARE_TOKEN_MFA"])

    answer = pool.sign_in(name)
    assert answer["ChallengeName"] == "SOFTWARE_TOKEN_MFA" and answer["ChallengeParameters"]["FRIENDLY_DEVICE_NAME"] == "phone"

    def respond(session, code):
        return idp.respond_to_auth_challenge(ClientId=pool.client_id, ChallengeName="SOFTWARE_TOKEN_MFA", Session=session, ChallengeResponses={"USERNAME": name, "SOFTWARE_TOKEN_MFA_CODE": code})

    refused(respond, "ExpiredCodeException", "Your software token has already been used once.", session=answer["Session"], code=app.code())
    refused(respond, "CodeMismatchException", "Invalid code received for user", session=answer["Session"], code=app.wrong())
    code = app.next()
    assert respond(answer["Session"], code)["AuthenticationResult"]["IdToken"]
    refused(respond, "ExpiredCodeException", "Your software token has already been used once.", session=pool.sign_in(name)["Session"], code=code)
    refused(respond, "NotAuthorizedException", "Invalid session for the user, session can only be used once.", session=answer["Session"], code=app.next())
    idp.admin_set_user_mfa_preference(UserPoolId=pool.id, Username=name, SoftwareTokenMfaSettings={"Enabled": False})
    assert pool.tokens(name)["AccessToken"]


def test_where_mfa_is_on_the_set_up_is_demanded_at_sign_in(fresh):
    lab = fresh()
    idp, pool = lab.idp, Pool(lab)
    idp.set_user_pool_mfa_config(UserPoolId=pool.id, MfaConfiguration="ON", SoftwareTokenMfaConfiguration={"Enabled": True})
    name = pool.user()
    answer = pool.sign_in(name)
    assert answer["ChallengeName"] == "MFA_SETUP" and json.loads(answer["ChallengeParameters"]["MFAS_CAN_SETUP"]) == ["SOFTWARE_TOKEN_MFA"]
    started = idp.associate_software_token(Session=answer["Session"])
    app = App(lab, started["SecretCode"])
    verified = idp.verify_software_token(Session=started["Session"], UserCode=app.code())
    assert verified["Status"] == "SUCCESS"
    done = idp.respond_to_auth_challenge(ClientId=pool.client_id, ChallengeName="MFA_SETUP", Session=verified["Session"], ChallengeResponses={"USERNAME": name})
    assert done["AuthenticationResult"]["RefreshToken"]
    assert pool.sign_in(name)["ChallengeName"] == "SOFTWARE_TOKEN_MFA"


def test_totp_that_the_pool_does_not_have_is_told(idp, pool):
    token = pool.tokens(pool.user())["AccessToken"]
    refused(idp.associate_software_token, "SoftwareTokenMFANotFoundException", "Software Token MFA has not been enabled by the userPool", AccessToken=token)


# --- refresh


def refresh(pool, token, client_id=None, **more):
    return pool.idp.initiate_auth(ClientId=client_id or pool.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": token} | more)["AuthenticationResult"]


def by_token(pool, token, **more):
    return pool.idp.get_tokens_from_refresh_token(RefreshToken=token, ClientId=more.pop("ClientId", pool.client_id), **more)["AuthenticationResult"]


@pytest.mark.parametrize("ask", [refresh, by_token])
def test_a_refresh_gives_new_tokens_of_the_same_sign_in(lab, idp, pool, ask):
    name = pool.user()
    first = pool.tokens(name)
    idp.admin_update_user_attributes(UserPoolId=pool.id, Username=name, UserAttributes=[{"Name": "name", "Value": "Later"}])
    second = ask(pool, first["RefreshToken"])
    assert set(second) == {"AccessToken", "IdToken", "ExpiresIn", "TokenType"}
    old, new = claims_of(pool, first["IdToken"])[0], claims_of(pool, second["IdToken"])[0]
    assert (new["origin_jti"], new["auth_time"]) == (old["origin_jti"], old["auth_time"]) and new["jti"] != old["jti"]
    assert new["name"] == "Later"
    other = pool.add_client()["ClientId"]
    for token, client in (("a.b.c.d.e", pool.client_id), (first["RefreshToken"][:-3] + "AAA", pool.client_id), (first["RefreshToken"], other)):
        if ask is refresh:
            refused(refresh, "NotAuthorizedException", "Invalid Refresh Token", pool=pool, token=token, client_id=client)
        else:
            refused(by_token, "NotAuthorizedException", "Invalid Refresh Token", pool=pool, token=token, ClientId=client)


def test_a_secret_client_proves_itself_on_refresh(lab, idp):
    pool = Pool(lab, client={"GenerateSecret": True}, UsernameAttributes=["email"])
    secret, client = pool.client["ClientSecret"], pool.client_id
    email = pool.user(f"{unique()}@example.com")
    token = pool.tokens(email, SECRET_HASH=secret_hash(email, client, secret))["RefreshToken"]
    sub = pool.attributes(email)["sub"]
    assert refresh(pool, token, SECRET_HASH=secret_hash(sub, client, secret))["AccessToken"]
    refused(refresh, "NotAuthorizedException", f"SecretHash does not match for the client: {client}", pool=pool, token=token, SECRET_HASH=secret_hash(email, client, secret))
    refused(refresh, "NotAuthorizedException", f"Client {client} is configured with secret but SECRET_HASH was not received", pool=pool, token=token)
    assert by_token(pool, token, ClientSecret=secret)["AccessToken"]
    refused(by_token, "NotAuthorizedException", pool=pool, token=token, ClientSecret="x" * 30)
    refused(by_token, "NotAuthorizedException", pool=pool, token=token)


def test_a_rotated_token_used_again_ends_the_family(lab, idp):
    pool = Pool(lab, client={"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"], "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}})
    first = pool.tokens(pool.user())["RefreshToken"]
    second = by_token(pool, first)["RefreshToken"]
    assert second != first
    refused(by_token, "RefreshTokenReuseException", "Refresh token has been reused.", pool=pool, token=first)
    refused(by_token, "NotAuthorizedException", "Refresh Token has been revoked", pool=pool, token=second)


def test_within_the_grace_the_old_token_works_and_after_it_does_not(fresh):
    lab = fresh()
    pool = Pool(lab, client={"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"], "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 60}})
    first = pool.tokens(pool.user())["RefreshToken"]
    second = by_token(pool, first)["RefreshToken"]
    assert by_token(pool, first)["AccessToken"]
    lab.advance(61)
    refused(by_token, "RefreshTokenReuseException", pool=pool, token=first)
    refused(by_token, "NotAuthorizedException", pool=pool, token=second)


def test_a_refresh_token_ends_with_its_life(fresh):
    lab = fresh()
    pool = Pool(lab, client={"RefreshTokenValidity": 1})
    token = pool.tokens(pool.user())["RefreshToken"]
    lab.advance(24 * 3600 - 5)
    assert refresh(pool, token)["AccessToken"]
    lab.advance(10)
    refused(refresh, "NotAuthorizedException", "Refresh Token has expired", pool=pool, token=token)


# --- revocation


def test_a_revoked_refresh_token_ends_what_it_gave(idp, pool):
    tokens = pool.tokens(pool.user())
    idp.revoke_token(Token=tokens["RefreshToken"], ClientId=pool.client_id)
    idp.revoke_token(Token=tokens["RefreshToken"], ClientId=pool.client_id)  # again: no error
    refused(refresh, "NotAuthorizedException", "Refresh Token has been revoked", pool=pool, token=tokens["RefreshToken"])
    refused(idp.get_user, "NotAuthorizedException", "Access Token has been revoked", AccessToken=tokens["AccessToken"])


def test_revocation_keeps_to_its_rules(idp, pool):
    name = pool.user()
    other = pool.add_client()["ClientId"]
    off = pool.add_client(EnableTokenRevocation=False)["ClientId"]
    tokens = pool.tokens(name)
    refused(idp.revoke_token, "UnauthorizedException", Token=tokens["RefreshToken"], ClientId=other)
    refused(idp.revoke_token, "UnsupportedTokenTypeException", Token=tokens["AccessToken"], ClientId=pool.client_id)
    refused(idp.revoke_token, "UnsupportedOperationException", Token=pool.tokens(name, client_id=off)["RefreshToken"], ClientId=off)
    assert refresh(pool, tokens["RefreshToken"])["AccessToken"]


@pytest.mark.parametrize("by", ["user", "admin"])
def test_a_global_sign_out_ends_every_session_of_the_user(idp, pool, by):
    name = pool.user()
    first, second = pool.tokens(name), pool.tokens(name)
    if by == "user":
        idp.global_sign_out(AccessToken=first["AccessToken"])
    else:
        idp.admin_user_global_sign_out(UserPoolId=pool.id, Username=name)
    for tokens in (first, second):
        refused(idp.get_user, "NotAuthorizedException", "Access Token has been revoked", AccessToken=tokens["AccessToken"])
        refused(refresh, "NotAuthorizedException", "Refresh Token has been revoked", pool=pool, token=tokens["RefreshToken"])
    assert pool.tokens(name)["AccessToken"]


# --- SRP, by hand where the libraries cannot go


def test_srp_with_a_multiple_of_n_is_refused(idp, pool):
    from pycognito.aws_srp import N_HEX

    name = pool.user()
    for bad in ("0", N_HEX, f"{int(N_HEX, 16) * 2:x}", "xyz"):
        refused(idp.initiate_auth, "InvalidParameterException", ClientId=pool.client_id, AuthFlow="USER_SRP_AUTH", AuthParameters={"USERNAME": name, "SRP_A": bad})


def test_an_unknown_user_gets_a_stable_challenge_that_looks_real(idp, quiet_pool):
    def start(name):
        return idp.initiate_auth(ClientId=quiet_pool.client_id, AuthFlow="USER_SRP_AUTH", AuthParameters={"USERNAME": name, "SRP_A": hashlib.sha512(b"a").hexdigest() * 6})

    # Names of one length, for the names are in the sealed state.
    nobody = unique("user")
    real, fake, again = start(quiet_pool.user()), start(nobody), start(nobody)
    assert real["ChallengeName"] == fake["ChallengeName"] == "PASSWORD_VERIFIER"
    assert set(real["ChallengeParameters"]) == set(fake["ChallengeParameters"])
    assert fake["ChallengeParameters"]["SALT"] == again["ChallengeParameters"]["SALT"]
    assert len(real["ChallengeParameters"]["SECRET_BLOCK"]) == len(fake["ChallengeParameters"]["SECRET_BLOCK"])
