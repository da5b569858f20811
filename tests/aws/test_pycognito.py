"""pycognito as people use it: SRP with and without a client secret (it never sends `Session` with PASSWORD_VERIFIER), new password, refresh, TOTP."""

import pyotp
import pytest
from pycognito import Cognito
from pycognito.aws_srp import AWSSRP
from pycognito.exceptions import ForceChangePasswordException, SoftwareTokenMFAChallengeException

from lab import PASSWORD, Pool, unique


@pytest.fixture(scope="module", params=["public", "secret"])
def kind(lab, request):
    return Pool(lab, client={"GenerateSecret": request.param == "secret"}, UsernameAttributes=["email"])


def cognito(lab, pool, username, **more):
    return Cognito(
        pool.id,
        pool.client_id,
        client_secret=pool.client.get("ClientSecret"),
        username=username,
        access_key="any",
        secret_key="any",
        boto3_client_kwargs={"endpoint_url": lab.base},  # pycognito takes the issuer to be <endpoint>/<pool id>
        **more,
    )


def test_srp_sign_in_gives_tokens_that_pycognito_verifies(lab, kind):
    for password in (PASSWORD, "Pässw0rd!ünïcode", "Aa1!" + "x" * 90):
        email = kind.user(f"{unique()}@example.com", password=password)
        user = cognito(lab, kind, email)
        user.authenticate(password=password)
        assert user.access_claims["client_id"] == kind.client_id
        assert user.id_claims["email"] == email and user.access_claims["iss"] == kind.issuer
        assert user.get_user().email == email


def test_a_wrong_password_fails_in_srp_as_in_plain(lab, kind):
    email = kind.user(f"{unique()}@example.com")
    with pytest.raises(lab.client().exceptions.ClientError) as caught:
        cognito(lab, kind, email).authenticate(password="wr0ng!Password")
    assert caught.value.response["Error"] == {"Code": "NotAuthorizedException", "Message": "Incorrect username or password."}


def test_sign_up_confirm_change_and_delete_by_pycognito(lab, kind):
    email = f"{unique()}@example.com"
    user = cognito(lab, kind, email)
    user.set_base_attributes(email=email)
    user.register(email, PASSWORD)
    user.confirm_sign_up(lab.code(email), username=email)
    user.authenticate(password=PASSWORD)
    user.change_password(PASSWORD, "An0ther!pass")
    user.update_profile({"name": "Ann"})
    assert user.get_user(attr_map={"name": "name"}).name == "Ann"
    user.initiate_forgot_password()
    user.confirm_forgot_password(lab.code(email), "Th1rd!password")
    user.authenticate(password="Th1rd!password")
    user.logout()


def test_a_refresh_by_pycognito(lab, kind):
    email = kind.user(f"{unique()}@example.com")
    user = cognito(lab, kind, email)
    user.authenticate(password=PASSWORD)
    # With a secret, AWS wants the hash over the sub (K 25): pycognito hashes its username.
    again = cognito(lab, kind, kind.attributes(email)["sub"], id_token=user.id_token, refresh_token=user.refresh_token, access_token=user.access_token)
    first = again.access_token
    again.renew_access_token()
    assert again.access_token != first


def test_a_new_password_is_demanded_in_srp(lab, kind):
    email = f"{unique()}@example.com"
    attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
    kind.idp.admin_create_user(UserPoolId=kind.id, Username=email, TemporaryPassword=PASSWORD, MessageAction="SUPPRESS", UserAttributes=attributes)
    user = cognito(lab, kind, email)
    with pytest.raises(ForceChangePasswordException):
        user.authenticate(password=PASSWORD)
    user.new_password_challenge(PASSWORD, "An0ther!pass")
    assert user.access_token
    assert kind.about(email)["UserStatus"] == "CONFIRMED"


def test_totp_by_pycognito(lab):
    pool = Pool(lab)
    lab.idp.set_user_pool_mfa_config(UserPoolId=pool.id, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True})
    name = pool.user()
    user = cognito(lab, pool, name)
    user.authenticate(password=PASSWORD)
    totp = pyotp.TOTP(user.associate_software_token())
    now = lab.now()
    assert user.verify_software_token(totp.at(now), "phone")
    user.set_user_mfa_preference(sms_mfa=False, software_token_mfa=True, preferred="SOFTWARE_TOKEN")
    again = cognito(lab, pool, name)
    with pytest.raises(SoftwareTokenMFAChallengeException) as caught:
        again.authenticate(password=PASSWORD)
    again.respond_to_software_token_mfa_challenge(totp.at(now + 30), caught.value.get_tokens())  # the next step's code: one step of skew is accepted
    assert again.access_token


def test_srp_survives_the_odd_sizes_of_its_numbers(lab, pool):
    """Where hex is padded wrongly, one sign-in in a few hundred fails; twelve users with salts of their own meet the common cases."""
    for _ in range(12):
        name = pool.user()
        helper = AWSSRP(username=name, password=PASSWORD, pool_id=pool.id, client_id=pool.client_id, client=lab.idp)
        assert helper.authenticate_user()["AuthenticationResult"]["AccessToken"]
