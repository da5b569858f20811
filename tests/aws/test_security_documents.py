"""Threat protection, exported logs, sign-in events, sessions and terms, as boto3 sees them."""

import re
import time

import pytest

from lab import PASSWORD, Pool
from web import Browser, Pkce, authorize_url, fetch_code, oauth_client, redeem
from wire import refused

MISSING = "us-east-1_missing00"


@pytest.fixture(scope="module")
def protected(lab):
    return Pool(lab, UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"})


# --- risk configuration

TAKEOVER = {
    "NotifyConfiguration": {
        "From": "ops@example.com",
        "ReplyTo": "ops@example.com",
        "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/ops@example.com",
        "BlockEmail": {"Subject": "Blocked", "HtmlBody": "<p>blocked</p>", "TextBody": "blocked"},
        "NoActionEmail": {"Subject": "Seen", "HtmlBody": "<p>seen {one-click-link-valid}</p>", "TextBody": "seen it"},
        "MfaEmail": {"Subject": "Asked", "HtmlBody": "<p>asked</p>", "TextBody": "asked you"},
    },
    "Actions": {
        "LowAction": {"Notify": False, "EventAction": "NO_ACTION"},
        "MediumAction": {"Notify": True, "EventAction": "MFA_IF_CONFIGURED"},
        "HighAction": {"Notify": True, "EventAction": "BLOCK"},
    },
}


def test_a_risk_configuration_comes_back_whole_and_goes_when_nothing_is_set(protected):
    idp, pool = protected.server.idp, protected.id
    everything = {
        "CompromisedCredentialsRiskConfiguration": {"EventFilter": ["SIGN_UP"], "Actions": {"EventAction": "BLOCK"}},
        "AccountTakeoverRiskConfiguration": TAKEOVER,
        "RiskExceptionConfiguration": {"BlockedIPRangeList": ["203.0.113.0/24"], "SkippedIPRangeList": ["198.51.100.0/24", "2001:db8::/32"]},
    }
    made = idp.set_risk_configuration(UserPoolId=pool, **everything)["RiskConfiguration"]
    read = idp.describe_risk_configuration(UserPoolId=pool)["RiskConfiguration"]
    assert read == made
    changed = read.pop("LastModifiedDate")
    assert read == {"UserPoolId": pool} | everything and abs(changed.timestamp() - protected.server.now()) < 60
    idp.set_risk_configuration(UserPoolId=pool)
    assert idp.describe_risk_configuration(UserPoolId=pool)["RiskConfiguration"] == {"UserPoolId": pool}


def test_a_blocked_address_cannot_sign_in(protected):
    idp, name = protected.server.idp, protected.user()
    protected.tokens(name)
    idp.set_risk_configuration(UserPoolId=protected.id, RiskExceptionConfiguration={"BlockedIPRangeList": ["127.0.0.0/8", "::1/128"]})
    error = refused(protected.sign_in, "NotAuthorizedException", name=name)
    assert error.response["Error"]["Message"] == "Unable to login because of security reasons."
    idp.set_risk_configuration(UserPoolId=protected.id, ClientId=protected.client_id, RiskExceptionConfiguration={"SkippedIPRangeList": ["127.0.0.0/8"]})
    protected.tokens(name)
    idp.set_risk_configuration(UserPoolId=protected.id, ClientId=protected.client_id)
    idp.set_risk_configuration(UserPoolId=protected.id)


def test_risk_configurations_that_cannot_be_are_refused(protected):
    idp = protected.server.idp
    wrong = {"BlockedIPRangeList": ["10.0.0.1"]}
    error = refused(idp.set_risk_configuration, "InvalidParameterException", UserPoolId=protected.id, RiskExceptionConfiguration=wrong)
    assert error.response["Error"]["Message"] == "Invalid IP range: 10.0.0.1. IP ranges must be in CIDR notation."
    refused(idp.set_risk_configuration, "ResourceNotFoundException", UserPoolId=MISSING)
    refused(idp.describe_risk_configuration, "ResourceNotFoundException", UserPoolId=MISSING)
    refused(idp.describe_risk_configuration, "ResourceNotFoundException", UserPoolId=protected.id, ClientId="nosuchclient")


# --- exported logs


def test_log_configurations_come_back_whole_and_go_with_an_empty_list(protected):
    """The very calls of Terraform's aws_cognito_log_delivery_configuration."""
    idp, pool = protected.server.idp, protected.id
    assert idp.get_log_delivery_configuration(UserPoolId=pool)["LogDeliveryConfiguration"] == {"UserPoolId": pool, "LogConfigurations": []}
    group = {"LogGroupArn": "arn:aws:logs:us-east-1:000000000000:log-group:pool"}
    notifications = {"EventSource": "userNotification", "LogLevel": "ERROR", "CloudWatchLogsConfiguration": group}
    for events in (
        {"CloudWatchLogsConfiguration": group},
        {"S3Configuration": {"BucketArn": "arn:aws:s3:::bucket"}},
        {"FirehoseConfiguration": {"StreamArn": "arn:aws:firehose:us-east-1:000000000000:deliverystream/events"}},
    ):
        both = [notifications, {"EventSource": "userAuthEvents", "LogLevel": "INFO"} | events]
        made = idp.set_log_delivery_configuration(UserPoolId=pool, LogConfigurations=both)["LogDeliveryConfiguration"]
        assert made == {"UserPoolId": pool, "LogConfigurations": both}
        idp.update_user_pool(UserPoolId=pool, UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"}, AutoVerifiedAttributes=["email"])
        assert idp.get_log_delivery_configuration(UserPoolId=pool)["LogDeliveryConfiguration"] == made
    idp.set_log_delivery_configuration(UserPoolId=pool, LogConfigurations=[])
    assert idp.get_log_delivery_configuration(UserPoolId=pool)["LogDeliveryConfiguration"]["LogConfigurations"] == []


def test_log_configurations_that_cannot_be_are_refused(protected):
    idp = protected.server.idp
    bucket = {"BucketArn": "arn:aws:s3:::bucket"}
    for wrong, sentence in (
        ({"EventSource": "userAuthEvents", "LogLevel": "ERROR", "S3Configuration": bucket}, "LogLevel must be INFO for the event source userAuthEvents."),
        (
            {"EventSource": "userNotification", "LogLevel": "ERROR", "S3Configuration": bucket},
            "Exactly one destination, CloudWatchLogsConfiguration, must be given for the event source userNotification.",
        ),
    ):
        refused(idp.set_log_delivery_configuration, "InvalidParameterException", sentence, UserPoolId=protected.id, LogConfigurations=[wrong])
    refused(idp.set_log_delivery_configuration, "ResourceNotFoundException", UserPoolId=MISSING, LogConfigurations=[])
    refused(idp.get_log_delivery_configuration, "ResourceNotFoundException", UserPoolId=MISSING)


# --- events


def wait_for(act, times=100):
    """Events are written a moment after their request was answered."""
    for _ in range(times):
        if found := act():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen")


def test_what_a_user_does_is_listed_newest_first_with_feedback(protected):
    idp, name = protected.idp, protected.user()
    refused(protected.sign_in, "NotAuthorizedException", name=name, password="Wrong-passw0rd")
    tokens = protected.tokens(name)
    idp.change_password(AccessToken=tokens["AccessToken"], PreviousPassword=PASSWORD, ProposedPassword=PASSWORD + "1")
    whom = {"UserPoolId": protected.id, "Username": name}
    events = wait_for(lambda: (found := idp.admin_list_user_auth_events(**whom)["AuthEvents"]) and len(found) == 3 and found)
    assert [(event["EventType"], event["EventResponse"]) for event in events] == [("PasswordChange", "Pass"), ("SignIn", "Pass"), ("SignIn", "Fail")]
    assert events[1]["ChallengeResponses"] == [{"ChallengeName": "Password", "ChallengeResponse": "Success"}]
    assert events[2]["ChallengeResponses"] == [{"ChallengeName": "Password", "ChallengeResponse": "Failure"}]
    assert events[1]["EventContextData"]["IpAddress"] == "127.0.0.1" and events[1]["EventContextData"]["DeviceName"].startswith("Boto3")
    idp.admin_update_auth_event_feedback(**whom, EventId=events[2]["EventId"], FeedbackValue="Invalid")
    told = idp.admin_list_user_auth_events(**whom, MaxResults=3)["AuthEvents"][2]["EventFeedback"]
    assert (told["FeedbackValue"], told["Provider"]) == ("Invalid", "Admin")


def test_events_of_unprotected_pools_and_unknown_users_are_refused(lab, protected, tracked):
    idp = lab.idp
    sentence = "User pool add-ons are not enabled for the user pool."
    plain = {"UserPoolId": tracked.id, "Username": tracked.user()}
    refused(idp.admin_list_user_auth_events, "UserPoolAddOnNotEnabledException", sentence, **plain)
    refused(idp.admin_update_auth_event_feedback, "UserPoolAddOnNotEnabledException", sentence, **plain, EventId="e", FeedbackValue="Valid")
    refused(idp.admin_list_user_auth_events, "UserNotFoundException", UserPoolId=protected.id, Username="nobody")


# --- sessions


@pytest.fixture(scope="module")
def tracked(lab):
    pool = Pool(lab)
    on = {"UserPoolId": pool.id, "UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": 20}}
    answer = lab.idp.set_user_pool_session_configuration(**on)
    assert {name: answer[name] for name in on} == on
    return pool


def test_a_user_lists_and_ends_their_sessions(tracked):
    idp, name = tracked.idp, tracked.user()
    other, own = tracked.tokens(name), tracked.tokens(name)
    listed = idp.list_user_sessions(AccessToken=own["AccessToken"])["Sessions"]
    current, former = listed
    assert (current["IsCurrentSession"], former["IsCurrentSession"]) == (True, False)
    assert {session["SessionType"] for session in listed} == {"TOKEN"} and all(re.fullmatch("tkn[a-z0-9]{25}", session["SessionId"]) for session in listed)
    assert current["ClientId"] == tracked.client_id and current["DeviceType"].startswith("Boto3") and current["LastIPAddress"] == "127.0.0.1"
    refused(idp.revoke_user_session, "InvalidParameterException", AccessToken=own["AccessToken"], SessionId=current["SessionId"])
    idp.revoke_user_session(AccessToken=own["AccessToken"], SessionId=former["SessionId"])
    refused(idp.get_user, "NotAuthorizedException", AccessToken=other["AccessToken"])
    refused(idp.list_user_sessions, "NotAuthorizedException", AccessToken=other["AccessToken"])
    refused(idp.revoke_user_session, "ResourceNotFoundException", "Session not found.", AccessToken=own["AccessToken"], SessionId=former["SessionId"])


def test_an_operator_ends_an_sso_session_with_what_came_through_it(lab, tracked):
    idp, name, pkce = tracked.idp, tracked.user(), Pkce()
    client = oauth_client(tracked)["ClientId"]
    tokens = redeem(lab.base, client, fetch_code(lab.base, client, name, PASSWORD, pkce, Browser()), pkce).json()
    whom = {"UserPoolId": tracked.id, "Username": name}
    sso, token = idp.admin_list_user_sessions(**whom)["Sessions"]
    assert (sso["SessionType"], token["SessionType"], token["OriginSessionId"]) == ("SSO", "TOKEN", sso["SessionId"])
    idp.admin_revoke_user_session(**whom, SessionId=sso["SessionId"], RevokeAssociatedSessions="LINKED")
    assert idp.admin_list_user_sessions(**whom)["Sessions"] == []
    refused(idp.get_user, "NotAuthorizedException", AccessToken=tokens["access_token"])
    refused(idp.admin_revoke_user_session, "ResourceNotFoundException", **whom, SessionId=sso["SessionId"])
    refused(idp.admin_list_user_sessions, "UserNotFoundException", UserPoolId=tracked.id, Username="nobody")


def test_session_configurations_read_back(tracked):
    idp = tracked.idp
    assert idp.get_user_pool_session_configuration(UserPoolId=tracked.id)["TokenSession"] == {"MaxPerUser": 20}
    whom = {"UserPoolId": tracked.id, "ClientId": tracked.client_id}
    assert idp.get_user_pool_client_session_configuration(**whom)["SSOSession"] == {"MaxValidityMinutes": 60}
    idp.set_user_pool_client_session_configuration(**whom, SSOSession={"MaxValidityMinutes": 129600})
    assert idp.get_user_pool_client_session_configuration(**whom)["SSOSession"] == {"MaxValidityMinutes": 129600}


def test_sessions_of_pools_that_track_none_are_refused(lab, protected):
    idp = lab.idp
    sentence = "User session tracking is not enabled for the user pool."
    refused(idp.list_user_sessions, "OperationNotEnabledException", sentence, AccessToken=protected.tokens(protected.user())["AccessToken"])
    minutes = {"SSOSession": {"MaxValidityMinutes": 60}}
    refused(idp.set_user_pool_client_session_configuration, "OperationNotEnabledException", sentence, UserPoolId=protected.id, ClientId=protected.client_id, **minutes)
    refused(idp.get_user_pool_session_configuration, "ResourceNotFoundException", UserPoolId=MISSING)
    refused(idp.get_user_pool_client_session_configuration, "ResourceNotFoundException", UserPoolId=protected.id, ClientId="nosuchclient")
    tracking = {"UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": 20}}
    refused(idp.set_user_pool_session_configuration, "ResourceNotFoundException", UserPoolId=MISSING, **tracking)


# --- terms


def test_terms_documents_and_their_links_on_the_sign_up_page(lab, tracked):
    idp, client = tracked.idp, oauth_client(tracked)["ClientId"]
    fixed = {"UserPoolId": tracked.id, "ClientId": client, "TermsSource": "LINK", "Enforcement": "NONE"}
    links = {"cognito:default": "https://app.example/terms", "cognito:german": "https://app.example/agb"}
    terms = idp.create_terms(**fixed, TermsName="terms-of-use", Links=links)["Terms"]
    assert {name: terms[name] for name in fixed} == fixed and terms["Links"] == links
    refused(idp.create_terms, "TermsExistsException", **fixed, TermsName="terms-of-use", Links=links)
    page = Browser()
    page.follow("GET", authorize_url(lab.base, client, Pkce()).replace("/oauth2/authorize", "/signup"))
    assert page.status == 200 and "app.example" not in page.text
    privacy = idp.create_terms(**fixed, TermsName="privacy-policy", Links={"cognito:default": "https://app.example/privacy"})["Terms"]
    page.follow("GET", page.url)
    assert 'href="https://app.example/terms"' in page.text and 'href="https://app.example/privacy"' in page.text
    whom = {"UserPoolId": tracked.id, "TermsId": terms["TermsId"]}
    assert idp.describe_terms(**whom)["Terms"] == terms
    assert idp.describe_terms_by_client(UserPoolId=tracked.id, ClientId=client, TermsName="privacy-policy")["Terms"] == privacy
    refused(idp.update_terms, "TermsExistsException", **whom, TermsName="privacy-policy")
    assert idp.update_terms(**whom, Links={"cognito:default": "https://app.example/new"})["Terms"]["Links"] == {"cognito:default": "https://app.example/new"}
    first = idp.list_terms(UserPoolId=tracked.id, MaxResults=1)
    second = idp.list_terms(UserPoolId=tracked.id, MaxResults=1, NextToken=first["NextToken"])
    assert {page["Terms"][0]["TermsId"] for page in (first, second)} == {terms["TermsId"], privacy["TermsId"]} and "NextToken" not in second
    idp.delete_terms(**whom)
    refused(idp.describe_terms, "ResourceNotFoundException", **whom)
    refused(idp.delete_terms, "ResourceNotFoundException", **whom)
    refused(idp.describe_terms_by_client, "ResourceNotFoundException", UserPoolId=tracked.id, ClientId=client, TermsName="terms-of-use")
    refused(idp.list_terms, "ResourceNotFoundException", UserPoolId=MISSING)
