"""Sign-in in all its forms: codes as second factor, USER_AUTH, remembered devices, passkeys, the session of a sign-up."""

import base64
import json
import os

import jwt
import pyotp
import pytest
from pycognito.aws_srp import AWSSRP, generate_hash_device

from lab import PASSWORD, Pool, unique
from webauthn import SoftKey, encode
from wire import refused

SMS = {"SnsCallerArn": "arn:aws:iam::000000000000:role/sns"}
MISMATCH = "Invalid code received for user"
CHOICE = ("ALLOW_USER_AUTH", *Pool.FLOWS)
WRONG = "Incorrect username or password."


def respond(pool, asked, name, challenge=None, **responses):
    return pool.idp.respond_to_auth_challenge(
        ClientId=pool.client_id, ChallengeName=challenge or asked["ChallengeName"], Session=asked["Session"], ChallengeResponses={"USERNAME": name} | responses
    )


def other_than(code):
    return "0" * len(code) if code != "0" * len(code) else "1" * len(code)


# --- codes as second factor


@pytest.fixture(scope="module")
def coded(lab):
    """A pool that takes SMS, e-mail and apps."""
    pool = Pool(lab)
    lab.idp.set_user_pool_mfa_config(
        UserPoolId=pool.id,
        MfaConfiguration="OPTIONAL",
        SmsMfaConfiguration={"SmsConfiguration": SMS, "SmsAuthenticationMessage": "Your code: {####}"},
        EmailMfaConfiguration={"Subject": "Code", "Message": "Mail code {####}"},
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    return pool


def test_sms_and_mail_as_second_factor(lab, coded):
    name, phone = coded.user(phone_number="+12065550123"), "+12065550123"
    lab.idp.admin_set_user_mfa_preference(UserPoolId=coded.id, Username=name, SMSMfaSettings={"Enabled": True, "PreferredMfa": True})
    asked = coded.sign_in(name)
    assert asked["ChallengeName"] == "SMS_MFA"
    assert asked["ChallengeParameters"]["CODE_DELIVERY_DELIVERY_MEDIUM"] == "SMS" and asked["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"] == "+*******0123"
    assert lab.mails(phone)[0]["body"].startswith("Your code: ")
    code = lab.code(phone)
    error = refused(respond, "CodeMismatchException", pool=coded, asked=asked, name=name, SMS_MFA_CODE=other_than(code))
    assert error.response["Error"]["Message"] == MISMATCH
    tokens = respond(coded, asked, name, SMS_MFA_CODE=code)["AuthenticationResult"]
    lab.idp.set_user_mfa_preference(AccessToken=tokens["AccessToken"], SMSMfaSettings={"Enabled": True}, EmailMfaSettings={"Enabled": True})
    asked = coded.sign_in(name)
    assert asked["ChallengeName"] == "SELECT_MFA_TYPE" and json.loads(asked["ChallengeParameters"]["MFAS_CAN_CHOOSE"]) == ["SMS_MFA", "EMAIL_OTP"]
    chosen = respond(coded, asked, name, ANSWER="EMAIL_OTP")
    assert chosen["ChallengeName"] == "EMAIL_OTP"
    mail = lab.mails(f"{name}@example.com")[0]
    assert (mail["subject"], mail["body"]) == ("Code", f"Mail code {mail['code']}")
    assert respond(coded, chosen, name, EMAIL_OTP_CODE=mail["code"])["AuthenticationResult"]["AccessToken"]


def test_the_operators_door_asks_for_codes_too(lab, coded):
    name = coded.user()
    lab.idp.admin_set_user_mfa_preference(UserPoolId=coded.id, Username=name, EmailMfaSettings={"Enabled": True})
    asked = lab.idp.admin_initiate_auth(UserPoolId=coded.id, ClientId=coded.client_id, AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD})
    done = lab.idp.admin_respond_to_auth_challenge(
        UserPoolId=coded.id,
        ClientId=coded.client_id,
        ChallengeName="EMAIL_OTP",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": name, "EMAIL_OTP_CODE": lab.code(f"{name}@example.com")},
    )
    assert done["AuthenticationResult"]["IdToken"]


def test_the_pools_settings_read_back(lab, coded):
    config = lab.idp.get_user_pool_mfa_config(UserPoolId=coded.id)
    assert config["SmsMfaConfiguration"]["SmsConfiguration"] == SMS and config["EmailMfaConfiguration"]["Subject"] == "Code"
    passkeys = {"RelyingPartyId": "example.com", "UserVerification": "required", "FactorConfiguration": "SINGLE_FACTOR"}
    assert lab.idp.set_user_pool_mfa_config(UserPoolId=coded.id, WebAuthnConfiguration=passkeys)["WebAuthnConfiguration"] == passkeys
    assert lab.idp.get_user_pool_mfa_config(UserPoolId=coded.id)["MfaConfiguration"] == "OPTIONAL"


def test_mail_as_factor_needs_another_way_to_recover(lab):
    pool = Pool(lab, AccountRecoverySetting={"RecoveryMechanisms": [{"Name": "verified_email", "Priority": 1}]})
    refused(lab.idp.set_user_pool_mfa_config, "InvalidParameterException", UserPoolId=pool.id, MfaConfiguration="ON", EmailMfaConfiguration={})


def test_the_legacy_settings_switch_sms(lab, coded):
    name = coded.user(phone_number="+12065550124")
    options = [{"DeliveryMedium": "SMS", "AttributeName": "phone_number"}]
    lab.idp.admin_set_user_settings(UserPoolId=coded.id, Username=name, MFAOptions=options)
    assert coded.about(name)["UserMFASettingList"] == ["SMS_MFA"]
    token = respond(coded, coded.sign_in(name), name, SMS_MFA_CODE=lab.code("+12065550124"))["AuthenticationResult"]["AccessToken"]
    lab.idp.set_user_settings(AccessToken=token, MFAOptions=[])
    assert "UserMFASettingList" not in coded.about(name)
    wrong = [{"DeliveryMedium": "EMAIL", "AttributeName": "email"}]
    refused(lab.idp.set_user_settings, "InvalidParameterException", AccessToken=token, MFAOptions=wrong)
    refused(lab.idp.admin_set_user_settings, "UserNotFoundException", UserPoolId=coded.id, Username="nobody", MFAOptions=options)
    plain = coded.user()
    refused(lab.idp.admin_set_user_settings, "InvalidParameterException", UserPoolId=coded.id, Username=plain, MFAOptions=options)


def test_an_operator_removes_an_app(lab, coded):
    name = coded.user()
    token = coded.tokens(name)["AccessToken"]
    secret = lab.idp.associate_software_token(AccessToken=token)["SecretCode"]
    lab.idp.verify_software_token(AccessToken=token, UserCode=pyotp.TOTP(secret).at(lab.now()))
    lab.idp.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True})
    assert lab.idp.get_user_auth_factors(AccessToken=token)["ConfiguredUserAuthFactors"] == ["PASSWORD", "SOFTWARE_TOKEN"]
    lab.idp.admin_delete_software_token(UserPoolId=coded.id, Username=name)
    assert coded.tokens(name)["AccessToken"] and "PreferredMfaSetting" not in coded.about(name)
    refused(lab.idp.admin_delete_software_token, "UserNotFoundException", UserPoolId=coded.id, Username="nobody")


# --- USER_AUTH


@pytest.fixture(scope="module")
def choosing(lab):
    return Pool(
        lab,
        client={"ExplicitAuthFlows": list(CHOICE)},
        UsernameAttributes=["email"],
        Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"]}},
    )


def begin(pool, name, **more):
    return pool.idp.initiate_auth(ClientId=pool.client_id, AuthFlow="USER_AUTH", AuthParameters={"USERNAME": name} | more)


def test_the_choice_then_a_code(lab, choosing):
    email = choosing.user(f"{unique()}@example.com")
    asked = begin(choosing, email)
    assert asked["ChallengeName"] == "SELECT_CHALLENGE" and sorted(asked["AvailableChallenges"]) == ["EMAIL_OTP", "PASSWORD", "PASSWORD_SRP"]
    sent = respond(choosing, asked, email, ANSWER="EMAIL_OTP")
    code = lab.code(email)
    assert sent["ChallengeName"] == "EMAIL_OTP" and len(code) == 8
    refused(respond, "CodeMismatchException", pool=choosing, asked=sent, name=email, EMAIL_OTP_CODE=other_than(code))
    tokens = respond(choosing, sent, email, EMAIL_OTP_CODE=code)["AuthenticationResult"]
    factors = lab.idp.get_user_auth_factors(AccessToken=tokens["AccessToken"])
    assert factors["ConfiguredUserAuthFactors"] == ["PASSWORD", "EMAIL_OTP"]
    assert lab.idp.admin_get_user_auth_factors(UserPoolId=choosing.id, Username=email)["ConfiguredUserAuthFactors"] == ["PASSWORD", "EMAIL_OTP"]
    refused(lab.idp.get_user_auth_factors, "NotAuthorizedException", AccessToken="x.y.z")
    refused(lab.idp.admin_get_user_auth_factors, "UserNotFoundException", UserPoolId=choosing.id, Username="nobody@example.com")


def test_a_preferred_password(choosing):
    email = choosing.user(f"{unique()}@example.com")
    assert begin(choosing, email, PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)["AuthenticationResult"]["AccessToken"]
    refused(begin, "NotAuthorizedException", pool=choosing, name=email, PREFERRED_CHALLENGE="PASSWORD", PASSWORD="wr0ng!Pass")
    asked = begin(choosing, email, PREFERRED_CHALLENGE="PASSWORD")
    assert asked["ChallengeName"] == "PASSWORD"
    assert respond(choosing, asked, email, PASSWORD=PASSWORD)["AuthenticationResult"]["AccessToken"]


def test_srp_by_choice(choosing):
    email = choosing.user(f"{unique()}@example.com")
    srp = AWSSRP(username=email, password=PASSWORD, pool_id=choosing.id, client_id=choosing.client_id, client=choosing.idp)
    parameters = srp.get_auth_params()
    asked = begin(choosing, email, PREFERRED_CHALLENGE="PASSWORD_SRP", SRP_A=parameters["SRP_A"])
    assert asked["ChallengeName"] == "PASSWORD_VERIFIER"
    answer = srp.process_challenge(asked["ChallengeParameters"], parameters)
    assert choosing.idp.respond_to_auth_challenge(ClientId=choosing.client_id, ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=answer, Session=asked["Session"])["AuthenticationResult"]


def test_a_user_without_a_password(lab, choosing):
    email = f"{unique()}@example.com"
    made = lab.idp.admin_create_user(UserPoolId=choosing.id, Username=email)["User"]
    assert made["UserStatus"] == "CONFIRMED"
    asked = begin(choosing, email)
    assert asked["ChallengeName"] == "EMAIL_OTP" and asked["AvailableChallenges"] == ["EMAIL_OTP"]
    assert respond(choosing, asked, email, EMAIL_OTP_CODE=lab.code(email))["AuthenticationResult"]["AccessToken"]


def test_a_sign_up_goes_on_to_a_sign_in(lab, choosing):
    email = f"{unique()}@example.com"
    begun = lab.idp.sign_up(ClientId=choosing.client_id, Username=email)
    confirm = {"ClientId": choosing.client_id, "Username": email, "ConfirmationCode": lab.code(email)}
    refused(lab.idp.confirm_sign_up, "NotAuthorizedException", **confirm, Session="x" * 40)
    confirmed = lab.idp.confirm_sign_up(**confirm, Session=begun["Session"])
    go_on = {"ClientId": choosing.client_id, "AuthFlow": "USER_AUTH", "AuthParameters": {"USERNAME": email}, "Session": confirmed["Session"]}
    assert lab.idp.initiate_auth(**go_on)["AuthenticationResult"]["AccessToken"]
    refused(lab.idp.initiate_auth, "NotAuthorizedException", **go_on)


def test_an_unknown_user_cannot_be_told_from_a_known_one(lab, choosing):
    client = choosing.add_client(ExplicitAuthFlows=list(CHOICE), PreventUserExistenceErrors="ENABLED")["ClientId"]
    known = choosing.user(f"aa{unique()}@example.com")

    def offered(name):
        return lab.idp.initiate_auth(ClientId=client, AuthFlow="USER_AUTH", AuthParameters={"USERNAME": name})["AvailableChallenges"]

    # As among users, what is offered differs from one name that nobody has to another.
    nobody = next(name for name in (f"aa{unique()}@example.com" for _ in range(60)) if offered(name) == offered(known))
    for more in ({}, {"PREFERRED_CHALLENGE": "EMAIL_OTP"}, {"PREFERRED_CHALLENGE": "PASSWORD"}, {"PREFERRED_CHALLENGE": "SMS_OTP"}):
        answers = [lab.idp.initiate_auth(ClientId=client, AuthFlow="USER_AUTH", AuthParameters={"USERNAME": name} | more) for name in (known, nobody)]
        headers = [{k for k in answer["ResponseMetadata"]["HTTPHeaders"]} for answer in answers]
        lengths = [answer["ResponseMetadata"]["HTTPHeaders"]["content-length"] for answer in answers]
        assert headers[0] == headers[1] and lengths[0] == lengths[1] and answers[0]["ChallengeName"] == answers[1]["ChallengeName"]
    sent = lab.idp.initiate_auth(ClientId=client, AuthFlow="USER_AUTH", AuthParameters={"USERNAME": nobody, "PREFERRED_CHALLENGE": "EMAIL_OTP"})
    assert sent["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"] == "a***@e***"
    wrong = {"USERNAME": nobody, "EMAIL_OTP_CODE": "12345678"}
    refused(lab.idp.respond_to_auth_challenge, "CodeMismatchException", ClientId=client, ChallengeName="EMAIL_OTP", Session=sent["Session"], ChallengeResponses=wrong)


# --- passkeys


@pytest.fixture(scope="module")
def keyed(lab):
    pool = Pool(lab, client={"ExplicitAuthFlows": list(CHOICE)}, Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}})
    lab.idp.set_user_pool_mfa_config(UserPoolId=pool.id, WebAuthnConfiguration={"RelyingPartyId": "localhost", "UserVerification": "required"})
    return pool


def test_a_passkey_from_registration_to_deletion(lab, keyed):
    name = keyed.user()
    token = keyed.tokens(name)["AccessToken"]
    key = SoftKey(name, "localhost", "http://localhost:3000")
    options = lab.idp.start_web_authn_registration(AccessToken=token)["CredentialCreationOptions"]
    assert options["rp"]["id"] == "localhost" and options["authenticatorSelection"]["residentKey"] == "required"
    assert [one["alg"] for one in options["pubKeyCredParams"]] == [-7, -257]
    document = key.register(options)
    lab.idp.complete_web_authn_registration(AccessToken=token, Credential=document)
    refused(lab.idp.complete_web_authn_registration, "WebAuthnChallengeNotFoundException", AccessToken=token, Credential=document)
    listed = lab.idp.list_web_authn_credentials(AccessToken=token)["Credentials"]
    assert [(one["CredentialId"], one["RelyingPartyId"], one["AuthenticatorTransports"]) for one in listed] == [(encode(key.id), "localhost", ["internal"])]
    assert "WEB_AUTHN" in lab.idp.get_user_auth_factors(AccessToken=token)["ConfiguredUserAuthFactors"]
    asked = begin(keyed, name, PREFERRED_CHALLENGE="WEB_AUTHN")
    assert asked["ChallengeName"] == "WEB_AUTHN" and "WEB_AUTHN" in asked["AvailableChallenges"]
    credential = key.sign(json.loads(asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"]))
    assert respond(keyed, asked, name, CREDENTIAL=credential)["AuthenticationResult"]["AccessToken"]
    refused(respond, "NotAuthorizedException", pool=keyed, asked=asked, name=name, CREDENTIAL=credential)
    lab.idp.delete_web_authn_credential(AccessToken=token, CredentialId=encode(key.id))
    refused(lab.idp.delete_web_authn_credential, "ResourceNotFoundException", AccessToken=token, CredentialId=encode(key.id))
    assert begin(keyed, name, PREFERRED_CHALLENGE="WEB_AUTHN")["ChallengeName"] == "SELECT_CHALLENGE"


def test_registration_refuses_what_is_not_of_this_page(lab, keyed, pool):
    name = keyed.user()
    token = keyed.tokens(name)["AccessToken"]

    def complete(key):
        options = lab.idp.start_web_authn_registration(AccessToken=token)["CredentialCreationOptions"]
        lab.idp.complete_web_authn_registration(AccessToken=token, Credential=key.register(options))

    refused(complete, "WebAuthnOriginNotAllowedException", key=SoftKey(name, "localhost", "https://evil.example"))
    refused(complete, "WebAuthnRelyingPartyMismatchException", key=SoftKey(name, "evil.example", "http://localhost:3000"))
    refused(lab.idp.start_web_authn_registration, "WebAuthnNotEnabledException", AccessToken=pool.tokens(pool.user())["AccessToken"])
    refused(lab.idp.list_web_authn_credentials, "NotAuthorizedException", AccessToken="x.y.z")


# --- remembered devices


@pytest.fixture(scope="module")
def tracking(lab):
    pool = Pool(lab, DeviceConfiguration={"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": False})
    lab.idp.set_user_pool_mfa_config(UserPoolId=pool.id, MfaConfiguration="OPTIONAL", EmailMfaConfiguration={})
    return pool


def confirm(lab, result):
    new = result["NewDeviceMetadata"]
    password, verifier = generate_hash_device(new["DeviceGroupKey"], new["DeviceKey"])
    answer = lab.idp.confirm_device(AccessToken=result["AccessToken"], DeviceKey=new["DeviceKey"], DeviceName="laptop", DeviceSecretVerifierConfig=verifier)
    assert answer["UserConfirmationNecessary"] is False
    return {"device_key": new["DeviceKey"], "device_group_key": new["DeviceGroupKey"], "device_password": password}


def test_pycognito_signs_in_by_a_remembered_device(lab, tracking):
    name = tracking.user()
    result = tracking.tokens(name)
    device = confirm(lab, result)
    assert jwt.decode(result["AccessToken"], options={"verify_signature": False})["device_key"] == device["device_key"]
    lab.idp.admin_set_user_mfa_preference(UserPoolId=tracking.id, Username=name, EmailMfaSettings={"Enabled": True})
    assert tracking.sign_in(name)["ChallengeName"] == "EMAIL_OTP"
    srp = AWSSRP(username=name, password=PASSWORD, pool_id=tracking.id, client_id=tracking.client_id, client=lab.idp, **device)
    done = srp.authenticate_user()["AuthenticationResult"]
    assert done["AccessToken"] and "NewDeviceMetadata" not in done
    other = AWSSRP(username=name, password=PASSWORD, pool_id=tracking.id, client_id=tracking.client_id, client=lab.idp, **(device | {"device_password": base64.b64encode(os.urandom(40)).decode()}))
    assert refused(other.authenticate_user, "NotAuthorizedException").response["Error"]["Message"] == WRONG


def test_a_refresh_is_bound_to_its_device(lab, tracking):
    result = tracking.tokens(tracking.user())
    key = result["NewDeviceMetadata"]["DeviceKey"]
    refresh = {"ClientId": tracking.client_id, "AuthFlow": "REFRESH_TOKEN_AUTH"}
    refused(lab.idp.initiate_auth, "NotAuthorizedException", **refresh, AuthParameters={"REFRESH_TOKEN": result["RefreshToken"]})
    assert lab.idp.initiate_auth(**refresh, AuthParameters={"REFRESH_TOKEN": result["RefreshToken"], "DEVICE_KEY": key})["AuthenticationResult"]
    assert lab.idp.get_tokens_from_refresh_token(ClientId=tracking.client_id, RefreshToken=result["RefreshToken"], DeviceKey=key)["AuthenticationResult"]
    refused(lab.idp.get_tokens_from_refresh_token, "NotAuthorizedException", ClientId=tracking.client_id, RefreshToken=result["RefreshToken"])


def test_devices_by_their_user(lab, tracking, pool):
    name = tracking.user()
    result = tracking.tokens(name)
    token, device = result["AccessToken"], confirm(lab, result)["device_key"]
    second = tracking.tokens(name)
    confirm(lab, second)
    shown = lab.idp.get_device(AccessToken=token, DeviceKey=device)["Device"]
    assert {pair["Name"]: pair["Value"] for pair in shown["DeviceAttributes"]} == {"device_name": "laptop", "device_status": "valid", "last_ip_used": "127.0.0.1"}
    page = lab.idp.list_devices(AccessToken=token, Limit=1)
    rest = lab.idp.list_devices(AccessToken=token, Limit=1, PaginationToken=page["PaginationToken"])
    assert len({one["Devices"][0]["DeviceKey"] for one in (page, rest)}) == 2 and "PaginationToken" not in rest
    lab.idp.update_device_status(AccessToken=token, DeviceKey=device, DeviceRememberedStatus="not_remembered")
    lab.idp.forget_device(AccessToken=token, DeviceKey=device)
    for call in (lab.idp.get_device, lab.idp.forget_device, lab.idp.update_device_status):
        error = refused(call, "ResourceNotFoundException", AccessToken=token, DeviceKey=device)
        assert error.response["Error"]["Message"] == "Device does not exist."
    error = refused(tracking.sign_in, "ResourceNotFoundException", name=name, DEVICE_KEY=device)
    assert error.response["Error"]["Message"] == "Device does not exist."
    verifier = {"PasswordVerifier": "AA==", "Salt": "AQ=="}
    refused(lab.idp.confirm_device, "InvalidParameterException", AccessToken=second["AccessToken"], DeviceKey=device, DeviceSecretVerifierConfig=verifier)
    refused(lab.idp.list_devices, "InvalidUserPoolConfigurationException", AccessToken=pool.tokens(pool.user())["AccessToken"])


def test_devices_by_an_operator(lab, tracking):
    name = tracking.user()
    device = confirm(lab, tracking.tokens(name))["device_key"]
    who = {"UserPoolId": tracking.id, "Username": name}
    assert lab.idp.admin_get_device(**who, DeviceKey=device)["Device"]["DeviceKey"] == device
    assert [one["DeviceKey"] for one in lab.idp.admin_list_devices(**who)["Devices"]] == [device]
    lab.idp.admin_update_device_status(**who, DeviceKey=device, DeviceRememberedStatus="not_remembered")
    lab.idp.admin_forget_device(**who, DeviceKey=device)
    for call in (lab.idp.admin_get_device, lab.idp.admin_forget_device, lab.idp.admin_update_device_status):
        refused(call, "ResourceNotFoundException", **who, DeviceKey=device)
    refused(lab.idp.admin_list_devices, "InvalidParameterException", **who, PaginationToken="nonsense")
