"""Identity providers and linked users, as boto3 sees them."""

import datetime

import pytest

from lab import Pool, unique
from wire import refused

MISSING = "us-east-1_missing00"
OIDC = {"client_id": "c", "client_secret": "s3cret", "authorize_scopes": "openid email", "attributes_request_method": "GET", "oidc_issuer": "https://idp.example"}
SOCIAL = {"client_id": "c", "client_secret": "s3cret", "authorize_scopes": "email"}


@pytest.fixture
def here(lab):
    """A pool of the test's own."""
    made = Pool(lab)
    yield made.id
    lab.idp.delete_user_pool(UserPoolId=made.id)


def create(idp, pool, name="Corp", kind="OIDC", details=OIDC, **more):
    return idp.create_identity_provider(UserPoolId=pool, ProviderName=name, ProviderType=kind, ProviderDetails=details, **more)["IdentityProvider"]


# --- providers


def test_an_oidc_provider_is_created_described_changed_listed_and_deleted(idp, here):
    made = create(idp, here, AttributeMapping={"email": "mail"}, IdpIdentifiers=["corp.example"])
    assert (made["ProviderName"], made["ProviderType"], made["UserPoolId"]) == ("Corp", "OIDC", here)
    assert made["ProviderDetails"] == OIDC | {"attributes_url_add_attributes": "false"}
    assert made["AttributeMapping"] == {"email": "mail", "username": "sub"}
    assert isinstance(made["CreationDate"], datetime.datetime)
    assert idp.describe_identity_provider(UserPoolId=here, ProviderName="Corp")["IdentityProvider"] == made
    assert idp.get_identity_provider_by_identifier(UserPoolId=here, IdpIdentifier="corp.example")["IdentityProvider"] == made
    changed = idp.update_identity_provider(UserPoolId=here, ProviderName="Corp", ProviderDetails=OIDC | {"authorize_scopes": "openid"})["IdentityProvider"]
    assert changed["ProviderDetails"]["authorize_scopes"] == "openid"
    assert (changed["AttributeMapping"], changed["IdpIdentifiers"]) == (made["AttributeMapping"], ["corp.example"])
    changed = idp.update_identity_provider(UserPoolId=here, ProviderName="Corp", AttributeMapping={"name": "cn"}, IdpIdentifiers=[])["IdentityProvider"]
    assert (changed["AttributeMapping"], changed["IdpIdentifiers"]) == ({"name": "cn", "username": "sub"}, [])
    assert changed["ProviderDetails"]["client_secret"] == "s3cret"
    rows = idp.list_identity_providers(UserPoolId=here)["Providers"]
    assert [(row["ProviderName"], row["ProviderType"]) for row in rows] == [("Corp", "OIDC")]
    assert idp.delete_identity_provider(UserPoolId=here, ProviderName="Corp")["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert idp.list_identity_providers(UserPoolId=here)["Providers"] == []


@pytest.mark.parametrize(
    ("kind", "details", "shown"),
    [
        ("Google", SOCIAL, {"attributes_url": "https://people.googleapis.com/v1/people/me?personFields=", "attributes_url_add_attributes": "true", "authorize_url": "https://accounts.google.com/o/oauth2/v2/auth", "oidc_issuer": "https://accounts.google.com", "token_request_method": "POST", "token_url": "https://www.googleapis.com/oauth2/v4/token"}),
        ("LoginWithAmazon", SOCIAL, {"attributes_url": "https://api.amazon.com/user/profile", "attributes_url_add_attributes": "false", "authorize_url": "https://www.amazon.com/ap/oa", "token_request_method": "POST", "token_url": "https://api.amazon.com/auth/o2/token"}),
        ("Facebook", SOCIAL | {"api_version": "v17.0"}, {"attributes_url": "https://graph.facebook.com/v17.0/me?fields=", "attributes_url_add_attributes": "true", "authorize_url": "https://www.facebook.com/v17.0/dialog/oauth", "token_request_method": "GET", "token_url": "https://graph.facebook.com/v17.0/oauth/access_token"}),
    ],
)
def test_social_providers_are_shown_with_their_endpoints(idp, here, kind, details, shown):
    assert create(idp, here, kind, kind, details)["ProviderDetails"] == details | shown


def test_listing_is_paged(idp, here):
    for number in range(5):
        create(idp, here, f"Corp{number}")
    names, token = [], {}
    while True:
        page = idp.list_identity_providers(UserPoolId=here, MaxResults=2, **token)
        names += [row["ProviderName"] for row in page["Providers"]]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert names == [f"Corp{number}" for number in range(5)]
    refused(lambda: idp.list_identity_providers(UserPoolId=here, NextToken="bogus"), "InvalidParameterException", "Invalid Pagination Token")


@pytest.mark.parametrize("name", list(set(OIDC) - {"client_secret"}))
def test_each_required_detail_is_asked_for(idp, here, name):
    details = {key: value for key, value in OIDC.items() if key != name}
    refused(lambda: create(idp, here, details=details), "InvalidParameterException", f"ProviderDetails of a provider of type OIDC must contain {name}.")


def test_what_makes_no_sense_is_refused(idp, here):
    bad = "InvalidParameterException"
    refused(lambda: create(idp, here, "NameOfGP", "Google", SOCIAL), bad, "Provider NameOfGP cannot be of type Google.")
    refused(lambda: create(idp, here, "Google", "OIDC"), bad, "Provider Google cannot be of type OIDC.")
    refused(lambda: create(idp, here, details=OIDC | {"oidc_issuer": "https://idp.example/"}), bad, "oidc_issuer must not end with a slash.")
    refused(lambda: create(idp, here, details=OIDC | {"token_url": "http://idp.example/token"}), bad, "token_url must be an https URL (http for localhost).")
    refused(lambda: create(idp, here, details=OIDC | {"attributes_request_method": "PUT"}), bad, "ProviderDetails has an invalid value for attributes_request_method.")
    refused(lambda: create(idp, here, AttributeMapping={"custom:no": "x"}), bad, "AttributeMapping: custom:no cannot be mapped.")
    refused(lambda: create(idp, here, AttributeMapping={"username": "email"}), bad, "AttributeMapping: username can be mapped to sub only.")
    apple = {"client_id": "c", "team_id": "T", "key_id": "K", "private_key": "no key", "authorize_scopes": "email"}
    refused(lambda: create(idp, here, "SignInWithApple", "SignInWithApple", apple), bad, "private_key is not an EC private key on the curve P-256 in PKCS #8 form.")


def test_names_and_identifiers_are_taken_once(idp, here):
    create(idp, here, IdpIdentifiers=["corp.example"])
    refused(lambda: create(idp, here), "DuplicateProviderException", "A provider with the name Corp already exists in this user pool.")
    taken = "One of the IdpIdentifiers belongs to another identity provider of the user pool."
    refused(lambda: create(idp, here, "Other", IdpIdentifiers=["corp.example"]), "InvalidParameterException", taken)
    create(idp, here, "Other")
    refused(lambda: idp.update_identity_provider(UserPoolId=here, ProviderName="Other", IdpIdentifiers=["corp.example"]), "InvalidParameterException", taken)


def test_what_is_not_there_is_named(idp, here):
    gone = "ResourceNotFoundException"
    for pool, name, text in ((here, "Nobody", "Identity provider Nobody does not exist."), (MISSING, "Corp", f"User pool {MISSING} does not exist.")):
        refused(lambda: idp.describe_identity_provider(UserPoolId=pool, ProviderName=name), gone, text)
        refused(lambda: idp.update_identity_provider(UserPoolId=pool, ProviderName=name), gone, text)
        refused(lambda: idp.delete_identity_provider(UserPoolId=pool, ProviderName=name), gone, text)
        refused(lambda: idp.get_identity_provider_by_identifier(UserPoolId=pool, IdpIdentifier=name), gone, text)
    refused(lambda: create(idp, MISSING), gone, f"User pool {MISSING} does not exist.")
    refused(lambda: idp.list_identity_providers(UserPoolId=MISSING), gone, f"User pool {MISSING} does not exist.")
    own = "The users of the user pool itself are not an identity provider that can be changed."
    refused(lambda: idp.delete_identity_provider(UserPoolId=here, ProviderName="COGNITO"), "UnsupportedIdentityProviderException", own)
    refused(lambda: idp.update_identity_provider(UserPoolId=here, ProviderName="COGNITO"), "UnsupportedIdentityProviderException", own)


def test_saml_is_refused_by_name(idp, here):
    refused(lambda: create(idp, here, "Okta", "SAML", {"MetadataURL": "https://idp.example/metadata"}), "NotSupportedYetException", "Cognate does not support SAML identity providers: docs/saml.md says why. OIDC, Google, Facebook, LoginWithAmazon and SignInWithApple work.")


def test_a_client_lists_providers_that_exist(idp, here):
    def client(*names):
        return idp.create_user_pool_client(UserPoolId=here, ClientName="c", SupportedIdentityProviders=list(names))["UserPoolClient"]

    refused(lambda: client("COGNITO", "Corp"), "InvalidParameterException", f"The provider Corp does not exist for User Pool {here}.")
    create(idp, here)
    made = client("COGNITO", "Corp")
    assert made["SupportedIdentityProviders"] == ["COGNITO", "Corp"]
    refused(lambda: idp.update_user_pool_client(UserPoolId=here, ClientId=made["ClientId"], SupportedIdentityProviders=["Nobody"]), "InvalidParameterException", f"The provider Nobody does not exist for User Pool {here}.")


def test_secrets_are_sealed_at_rest(idp, here, lab):
    canary = unique("canary-secret")
    create(idp, here, details=OIDC | {"client_secret": canary})
    for file in lab.data.glob("cognate.db*"):
        assert canary.encode() not in file.read_bytes(), file
    assert canary not in lab.said()


# --- linked users


def cognito(name):
    return {"ProviderName": "Cognito", "ProviderAttributeValue": name}


def source(value, provider="Corp", attribute="Cognito_Subject"):
    return {"ProviderName": provider, "ProviderAttributeName": attribute, "ProviderAttributeValue": value}


@pytest.fixture
def ann(idp, here):
    create(idp, here, AttributeMapping={"email": "email"})
    idp.admin_create_user(UserPoolId=here, Username="ann", MessageAction="SUPPRESS")
    return "ann"


def identities(idp, pool, name):
    attributes = {row["Name"]: row["Value"] for row in idp.admin_get_user(UserPoolId=pool, Username=name)["UserAttributes"]}
    return attributes.get("identities")


def test_an_identity_is_linked_shown_and_let_go(idp, here, ann):
    idp.admin_link_provider_for_user(UserPoolId=here, DestinationUser=cognito(ann), SourceUser=source("17"))
    assert '"userId":"17"' in identities(idp, here, ann) and '"primary":false' in identities(idp, here, ann)
    refused(lambda: idp.admin_link_provider_for_user(UserPoolId=here, DestinationUser=cognito(ann), SourceUser=source("17")), "InvalidParameterException", "SourceUser is already linked to DestinationUser")
    idp.admin_create_user(UserPoolId=here, Username="bob", MessageAction="SUPPRESS")
    taken = "Merging is not currently supported, provide a SourceUser that has not been signed up in order to link"
    refused(lambda: idp.admin_link_provider_for_user(UserPoolId=here, DestinationUser=cognito("bob"), SourceUser=source("17")), "InvalidParameterException", taken)
    idp.admin_disable_provider_for_user(UserPoolId=here, User=source("17"))
    assert identities(idp, here, ann) is None
    refused(lambda: idp.admin_disable_provider_for_user(UserPoolId=here, User=source("17")), "UserNotFoundException", "User does not exist.")
    idp.admin_link_provider_for_user(UserPoolId=here, DestinationUser=cognito("bob"), SourceUser=source("a@b.example", attribute="email"))
    idp.admin_disable_provider_for_user(UserPoolId=here, User=source("a@b.example", attribute="email"))


def test_links_that_cannot_be_are_refused(idp, here, ann):
    def link(destination, user):
        return lambda: idp.admin_link_provider_for_user(UserPoolId=here, DestinationUser=destination, SourceUser=user)

    refused(link(cognito("nobody"), source("17")), "UserNotFoundException", "User does not exist.")
    refused(link(cognito(ann), source("17", provider="Nobody")), "ResourceNotFoundException", "Identity provider Nobody does not exist.")
    refused(link(cognito(ann), source("ann", provider="Cognito")), "InvalidParameterException", "Invalid SourceUser: Cognito users with a username/password may not be passed in as a SourceUser, only as a DestinationUser")
    refused(link(cognito(ann), {"ProviderName": "Corp"}), "InvalidParameterException", "Invalid SourceUser: ProviderName, ProviderAttributeName and ProviderAttributeValue are required.")
    refused(link(cognito(ann), source("x", attribute="nickname")), "InvalidParameterException", "Invalid SourceUser: the attribute nickname is not mapped.")
    for number in range(5):
        link(cognito(ann), source(str(number)))()
    refused(link(cognito(ann), source("6")), "LimitExceededException", "A user can be linked to five identities at most.")


def test_a_local_user_can_be_kept_from_the_password(idp, here, ann, lab):
    client = idp.create_user_pool_client(UserPoolId=here, ClientName="c", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])["UserPoolClient"]["ClientId"]
    idp.admin_set_user_password(UserPoolId=here, Username=ann, Password="Passw0rd!x", Permanent=True)

    def sign_in():
        return lab.client(unsigned=True).initiate_auth(ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": ann, "PASSWORD": "Passw0rd!x"})

    assert "AccessToken" in sign_in()["AuthenticationResult"]
    idp.admin_disable_provider_for_user(UserPoolId=here, User={"ProviderName": "Cognito", "ProviderAttributeName": "Cognito_Subject", "ProviderAttributeValue": ann})
    assert idp.admin_get_user(UserPoolId=here, Username=ann)["UserStatus"] == "EXTERNAL_PROVIDER"
    refused(sign_in, "NotAuthorizedException", "Incorrect username or password.")
    refused(lambda: idp.admin_disable_provider_for_user(UserPoolId=here, User={"ProviderName": "Corp"}), "InvalidParameterException", "ProviderName, ProviderAttributeName and ProviderAttributeValue are required.")
