"""The suite judges itself: every supported operation was called, with success and with a refusal; all others answer the typed error."""

import json
import subprocess

import botocore
import botocore.session
import pytest
import requests

import wire
from lab import BINARY

COVERAGE = json.loads(subprocess.run([BINARY, "coverage", "--json"], capture_output=True, text=True, check=True).stdout)
SESSION = botocore.session.get_session()
MODELS = {service: SESSION.get_service_model(service) for service in ("cognito-idp", "apigatewayv2", "lambda")}
SUPPORTED = {(row["service"], row["operation"]) for row in COVERAGE if row["supported"]}
OTHERS = sorted({(service, name) for service, model in MODELS.items() for name in model.operation_names} - SUPPORTED)
# What the project promises (spec tables: P0, and what makes the families whole).
PROMISED_COGNITO = """
AdminAddUserToGroup AdminConfirmSignUp AdminCreateUser AdminDeleteUser AdminDisableUser AdminEnableUser AdminGetUser AdminInitiateAuth AdminListGroupsForUser AdminResetUserPassword
AdminRespondToAuthChallenge AdminSetUserMFAPreference AdminSetUserPassword AdminUpdateUserAttributes AdminUserGlobalSignOut AssociateSoftwareToken ChangePassword ConfirmForgotPassword
ConfirmSignUp CreateGroup CreateManagedLoginBranding CreateResourceServer CreateUserPool CreateUserPoolClient CreateUserPoolDomain DeleteUser DeleteUserAttributes DeleteUserPool
DeleteUserPoolClient DeleteUserPoolDomain DescribeManagedLoginBrandingByClient DescribeResourceServer DescribeUserPool DescribeUserPoolClient DescribeUserPoolDomain ForgotPassword GetGroup
GetTokensFromRefreshToken GetUser GetUserAttributeVerificationCode GetUserPoolMfaConfig GlobalSignOut InitiateAuth ListGroups ListUserPoolClients ListUserPools ListUsers
ResendConfirmationCode RespondToAuthChallenge RevokeToken SetUserMFAPreference SetUserPoolMfaConfig SignUp UpdateUserAttributes UpdateUserPool UpdateUserPoolClient UpdateUserPoolDomain
VerifySoftwareToken VerifyUserAttribute
DeleteGroup ListUsersInGroup UpdateGroup AdminRemoveUserFromGroup AdminDeleteUserAttributes ListResourceServers UpdateResourceServer DeleteResourceServer
CreateIdentityProvider DescribeIdentityProvider GetIdentityProviderByIdentifier UpdateIdentityProvider DeleteIdentityProvider ListIdentityProviders AdminLinkProviderForUser
AdminDisableProviderForUser
GetCSVHeader CreateUserImportJob DescribeUserImportJob ListUserImportJobs StartUserImportJob StopUserImportJob
GetSigningCertificate AddCustomAttributes AddUserPoolClientSecret ListUserPoolClientSecrets DeleteUserPoolClientSecret
UpdateManagedLoginBranding DescribeManagedLoginBranding DeleteManagedLoginBranding SetUICustomization GetUICustomization
""".split()
PROMISED_GATEWAY = """
GetApis CreateApi DeleteApi GetApi UpdateApi GetAuthorizers CreateAuthorizer DeleteAuthorizer GetAuthorizer UpdateAuthorizer DeleteCorsConfiguration GetDeployments CreateDeployment
DeleteDeployment GetDeployment UpdateDeployment GetIntegrations CreateIntegration DeleteIntegration GetIntegration UpdateIntegration GetRoutes CreateRoute DeleteRoute GetRoute UpdateRoute
GetStages CreateStage DeleteStage GetStage UpdateStage UntagResource GetTags TagResource
""".split()
PROMISED_FUNCTIONS = """
AddPermission CreateFunction DeleteFunction GetFunction GetFunctionConfiguration GetPolicy Invoke ListFunctions ListVersionsByFunction RemovePermission UpdateFunctionCode
UpdateFunctionConfiguration ListTags TagResource UntagResource
""".split()


def test_the_coverage_list_names_every_operation_of_the_models():
    for service, model in MODELS.items():
        assert {row["operation"] for row in COVERAGE if row["service"] == service} == set(model.operation_names)


def test_what_is_promised_is_supported():
    promised = {("cognito-idp", name) for name in PROMISED_COGNITO} | {("apigatewayv2", name) for name in PROMISED_GATEWAY}
    promised |= {("lambda", name) for name in PROMISED_FUNCTIONS}
    assert promised <= SUPPORTED, promised - SUPPORTED


@pytest.mark.parametrize(("service", "operation"), OTHERS, ids=[f"{service}-{operation}" for service, operation in OTHERS])
def test_an_operation_that_is_not_supported_answers_the_typed_error(lab, service, operation):
    model = MODELS[service].operation_model(operation)
    client = lab.client(service, validate=False)
    call = getattr(client, botocore.xform_name(operation))
    error = wire.refused(call, "NotSupportedYetException", **wire.minimal(model.input_shape))
    assert operation in error.response["Error"]["Message"] and "cognate coverage" in error.response["Error"]["Message"]
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 501)


def test_every_supported_operation_was_called_with_success_and_with_a_refusal(request):
    if len({item.module.__name__ for item in request.session.items}) < 5:
        pytest.skip("only meaningful when the whole suite runs")
    never_ok = sorted(f"{service} {operation}" for service, operation in SUPPORTED if not wire.CALLED[service, operation]["ok"])
    never_refused = sorted(f"{service} {operation}" for service, operation in SUPPORTED if not wire.CALLED[service, operation]["errors"])
    assert (never_ok, never_refused) == ([], [])


def test_no_refusal_had_a_name_that_the_model_does_not_list():
    assert wire.UNMODELLED == set()


def test_the_server_has_not_logged_an_error_of_its_own(lab):
    assert requests.get(f"{lab.base}/_cognate/health", timeout=5).status_code == 200
    said = [line for line in lab.said().splitlines() if " ERROR " in line or "panicked" in line]
    assert said == []


def test_what_works_in_part_says_what_is_missing():
    """A row that says `refused: SAML` is true: the typed refusal is what AWS's own client sees."""
    partly = {row["operation"]: row["missing"] for row in COVERAGE if row.get("missing")}
    assert "SAML" in partly["CreateIdentityProvider"] and "step-up" in partly["InitiateAuth"]
    assert not {row["operation"] for row in COVERAGE if row.get("missing") and not row["supported"]}
    text = subprocess.run([BINARY, "coverage"], capture_output=True, text=True, check=True).stdout
    assert "  partly        CreateIdentityProvider (refused: SAML (docs/saml.md))\n" in text
