//! The whole API on one page: operation, who may call it, file. Adding an operation touches its file and one row here.
use super::errors::Refusal;
use super::{Cx, prelude::Result};
use crate::caller::{Caller, Permit, SigV4, Signatures};
use crate::table::{Answer, Row, Table, missing_of};
use aws::{Input, ServiceError, json11};
use http::request::Parts;

/// A request that has passed its door.
pub(super) struct Call<'a> {
    pub(super) cx: &'a Cx,
    pub(super) signed: Option<Permit<SigV4>>,
    pub(super) input: Input,
}

pub(super) const SIGNING_NAME: &str = "cognito-idp";

/// What a signature is checked against.
pub(super) struct Proof<'a> {
    pub(super) signatures: &'a dyn Signatures,
    pub(super) parts: &'a Parts,
    pub(super) body: &'a [u8],
}

impl Proof<'_> {
    pub(super) fn signed(&self, now: i64) -> Result<Permit<SigV4>, ServiceError> {
        Permit::signed(self.signatures, now, SIGNING_NAME, self.parts, self.body)
    }
}

type Run = for<'a> fn(Call<'a>) -> Answer<'a, Refusal>;

/// A signed row is only reached with its permit; without one it is our own fault, told as such.
fn permit(signed: Option<Permit<SigV4>>) -> Result<Permit<SigV4>> {
    signed.ok_or_else(|| {
        Refusal::Wire(
            ServiceError::new("InternalErrorException", "Something went wrong")
                .status(http::StatusCode::INTERNAL_SERVER_ERROR),
        )
    })
}

macro_rules! permit_of {
    (public, $call:ident) => {
        Permit::public()
    };
    (token, $call:ident) => {
        Permit::access_token(&$call.cx.pools, &$call.cx.request, $call.input.text("AccessToken").unwrap_or_default())
            .await?
    };
    (signed, $call:ident) => {
        permit($call.signed)?
    };
}

macro_rules! caller_of {
    (public) => {
        Caller::Public
    };
    (token) => {
        Caller::AccessToken
    };
    (signed) => {
        Caller::SigV4
    };
}

macro_rules! operations {
    ($($by:ident $name:ident = $folder:ident :: $file:ident $(, missing $missing:literal)?;)*) => {
        /// All of them.
        pub(super) static TABLE: Table<Run, Caller> = Table { service: &aws::cognito_idp::SERVICE, rows: &[$(Row {
            operation: stringify!($name),
            by: caller_of!($by),
            missing: missing_of!($($missing)?),
            run: |call| Box::pin(async move {
                let by = permit_of!($by, call);
                let input = call.input.read()?;
                let output = super::$folder::$file::run(call.cx, by, input).await?;
                Ok(json11::answer(&output, &call.cx.request.request_id))
            }),
        },)*] };
    };
}

operations! {
    // Pools
    signed CreateUserPool = pools::create_user_pool,
        missing "kept without effect: EmailConfiguration, the ARNs of SmsConfiguration, AdvancedSecurityAdditionalFlows";
    signed DescribeUserPool = pools::describe_user_pool;
    signed UpdateUserPool = pools::update_user_pool,
        missing "kept without effect: EmailConfiguration, the ARNs of SmsConfiguration, AdvancedSecurityAdditionalFlows";
    signed DeleteUserPool = pools::delete_user_pool;
    signed ListUserPools = pools::list_user_pools;
    signed AddCustomAttributes = pools::add_custom_attributes;
    signed GetSigningCertificate = pools::get_signing_certificate;
    // App clients
    signed CreateUserPoolClient = clients::create_user_pool_client;
    signed DescribeUserPoolClient = clients::describe_user_pool_client;
    signed UpdateUserPoolClient = clients::update_user_pool_client;
    signed DeleteUserPoolClient = clients::delete_user_pool_client;
    signed ListUserPoolClients = clients::list_user_pool_clients;
    signed AddUserPoolClientSecret = clients::add_user_pool_client_secret;
    signed ListUserPoolClientSecrets = clients::list_user_pool_client_secrets;
    signed DeleteUserPoolClientSecret = clients::delete_user_pool_client_secret;
    // Login domains and branding
    signed CreateUserPoolDomain = domains::create_user_pool_domain;
    signed DescribeUserPoolDomain = domains::describe_user_pool_domain;
    signed UpdateUserPoolDomain = domains::update_user_pool_domain;
    signed DeleteUserPoolDomain = domains::delete_user_pool_domain;
    signed CreateManagedLoginBranding = branding::create_managed_login_branding,
        missing "refused: assets by ResourceId; kept without effect: settings listed in docs/branding.md";
    signed DescribeManagedLoginBranding = branding::describe_managed_login_branding;
    signed DescribeManagedLoginBrandingByClient = branding::describe_managed_login_branding_by_client;
    signed UpdateManagedLoginBranding = branding::update_managed_login_branding,
        missing "refused: assets by ResourceId; kept without effect: settings listed in docs/branding.md";
    signed DeleteManagedLoginBranding = branding::delete_managed_login_branding;
    signed SetUICustomization = branding::set_ui_customization,
        missing "kept without effect: rules for idpButton, socialButton, legalText, passwordCheck and idpDescription (the pages have no such element)";
    signed GetUICustomization = branding::get_ui_customization;
    // Signing in
    public InitiateAuth = sign_in::initiate_auth,
        missing "refused: step-up (TARGET_ACR_VALUES, MAX_AGE, ACCESS_TOKEN); without effect: EncodedData";
    public RespondToAuthChallenge = sign_in::respond_to_auth_challenge,
        missing "refused: DEVICE_SRP_AUTH, SELECT_MFA_TYPE and MFA_SETUP where DefineAuthChallenge names them; without effect: EncodedData";
    signed AdminInitiateAuth = sign_in::admin_initiate_auth,
        missing "refused: step-up (TARGET_ACR_VALUES, MAX_AGE, ACCESS_TOKEN); without effect: EncodedData";
    signed AdminRespondToAuthChallenge = sign_in::admin_respond_to_auth_challenge,
        missing "refused: DEVICE_SRP_AUTH, SELECT_MFA_TYPE and MFA_SETUP where DefineAuthChallenge names them; without effect: EncodedData";
    // Tokens
    public GetTokensFromRefreshToken = tokens::get_tokens_from_refresh_token;
    public RevokeToken = tokens::revoke_token;
    token GlobalSignOut = tokens::global_sign_out;
    signed AdminUserGlobalSignOut = tokens::admin_user_global_sign_out;
    // Sessions
    token ListUserSessions = sessions::list_user_sessions,
        missing "left out: LastLocation (addresses are not looked up)";
    token RevokeUserSession = sessions::revoke_user_session;
    signed AdminListUserSessions = sessions::admin_list_user_sessions,
        missing "left out: LastLocation (addresses are not looked up)";
    signed AdminRevokeUserSession = sessions::admin_revoke_user_session;
    signed GetUserPoolSessionConfiguration = sessions::get_user_pool_session_configuration;
    signed SetUserPoolSessionConfiguration = sessions::set_user_pool_session_configuration;
    signed GetUserPoolClientSessionConfiguration = sessions::get_user_pool_client_session_configuration;
    signed SetUserPoolClientSessionConfiguration = sessions::set_user_pool_client_session_configuration;
    // Second factors
    public AssociateSoftwareToken = mfa::associate_software_token;
    public VerifySoftwareToken = mfa::verify_software_token;
    token SetUserMFAPreference = mfa::set_user_mfa_preference,
        missing "refused: WebAuthnMfaSettings";
    signed AdminSetUserMFAPreference = mfa::admin_set_user_mfa_preference,
        missing "refused: WebAuthnMfaSettings";
    signed GetUserPoolMfaConfig = mfa::get_user_pool_mfa_config;
    signed SetUserPoolMfaConfig = mfa::set_user_pool_mfa_config;
    token SetUserSettings = mfa::set_user_settings;
    signed AdminSetUserSettings = mfa::admin_set_user_settings;
    signed AdminDeleteSoftwareToken = mfa::admin_delete_software_token;
    token GetUserAuthFactors = mfa::get_user_auth_factors;
    signed AdminGetUserAuthFactors = mfa::admin_get_user_auth_factors;
    // Passkeys
    token StartWebAuthnRegistration = passkeys::start_web_authn_registration;
    token CompleteWebAuthnRegistration = passkeys::complete_web_authn_registration;
    token ListWebAuthnCredentials = passkeys::list_web_authn_credentials;
    token DeleteWebAuthnCredential = passkeys::delete_web_authn_credential;
    // Remembered devices
    token ConfirmDevice = devices::confirm_device;
    token GetDevice = devices::get_device;
    token ListDevices = devices::list_devices;
    token UpdateDeviceStatus = devices::update_device_status;
    token ForgetDevice = devices::forget_device;
    signed AdminGetDevice = devices::admin_get_device;
    signed AdminListDevices = devices::admin_list_devices;
    signed AdminUpdateDeviceStatus = devices::admin_update_device_status;
    signed AdminForgetDevice = devices::admin_forget_device;
    // Users, by themselves
    public SignUp = users::sign_up,
        missing "without effect: EncodedData of UserContextData";
    public ConfirmSignUp = users::confirm_sign_up,
        missing "without effect: UserContextData";
    public ResendConfirmationCode = users::resend_confirmation_code,
        missing "without effect: EncodedData of UserContextData";
    public ForgotPassword = users::forgot_password,
        missing "without effect: EncodedData of UserContextData";
    public ConfirmForgotPassword = users::confirm_forgot_password,
        missing "without effect: EncodedData of UserContextData";
    token ChangePassword = users::change_password;
    token GetUser = users::get_user;
    token UpdateUserAttributes = users::update_user_attributes;
    token DeleteUserAttributes = users::delete_user_attributes;
    token GetUserAttributeVerificationCode = users::get_user_attribute_verification_code;
    token VerifyUserAttribute = users::verify_user_attribute;
    token DeleteUser = users::delete_user;
    // Users, by operators
    signed AdminCreateUser = users::admin_create_user;
    signed AdminGetUser = users::admin_get_user;
    signed AdminSetUserPassword = users::admin_set_user_password;
    signed AdminResetUserPassword = users::admin_reset_user_password;
    signed AdminConfirmSignUp = users::admin_confirm_sign_up;
    signed AdminEnableUser = users::admin_enable_user;
    signed AdminDisableUser = users::admin_disable_user;
    signed AdminDeleteUser = users::admin_delete_user;
    signed AdminUpdateUserAttributes = users::admin_update_user_attributes;
    signed AdminDeleteUserAttributes = users::admin_delete_user_attributes;
    signed ListUsers = users::list_users;
    // Users, from CSV files
    signed GetCSVHeader = imports::get_csv_header;
    signed CreateUserImportJob = imports::create_user_import_job,
        missing "kept without effect: CloudWatchLogsRoleArn (the log is a file, docs/import.md)";
    signed DescribeUserImportJob = imports::describe_user_import_job;
    signed ListUserImportJobs = imports::list_user_import_jobs;
    signed StartUserImportJob = imports::start_user_import_job;
    signed StopUserImportJob = imports::stop_user_import_job;
    // Groups
    signed CreateGroup = groups::create_group;
    signed GetGroup = groups::get_group;
    signed UpdateGroup = groups::update_group;
    signed DeleteGroup = groups::delete_group;
    signed ListGroups = groups::list_groups;
    signed AdminAddUserToGroup = groups::admin_add_user_to_group;
    signed AdminRemoveUserFromGroup = groups::admin_remove_user_from_group;
    signed AdminListGroupsForUser = groups::admin_list_groups_for_user;
    signed ListUsersInGroup = groups::list_users_in_group;
    // Identity providers
    signed CreateIdentityProvider = identity_providers::create_identity_provider,
        missing "refused: SAML (docs/saml.md)";
    signed DescribeIdentityProvider = identity_providers::describe_identity_provider;
    signed GetIdentityProviderByIdentifier = identity_providers::get_identity_provider_by_identifier;
    signed UpdateIdentityProvider = identity_providers::update_identity_provider;
    signed DeleteIdentityProvider = identity_providers::delete_identity_provider;
    signed ListIdentityProviders = identity_providers::list_identity_providers;
    signed AdminLinkProviderForUser = identity_providers::admin_link_provider_for_user;
    signed AdminDisableProviderForUser = identity_providers::admin_disable_provider_for_user;
    // Resource servers
    signed CreateResourceServer = resource_servers::create_resource_server;
    signed DescribeResourceServer = resource_servers::describe_resource_server;
    signed UpdateResourceServer = resource_servers::update_resource_server;
    signed DeleteResourceServer = resource_servers::delete_resource_server;
    signed ListResourceServers = resource_servers::list_resource_servers;
    // Terms documents
    signed CreateTerms = terms::create_terms;
    signed DescribeTerms = terms::describe_terms;
    signed DescribeTermsByClient = terms::describe_terms_by_client;
    signed ListTerms = terms::list_terms;
    signed UpdateTerms = terms::update_terms;
    signed DeleteTerms = terms::delete_terms;
    // Threat protection
    signed SetRiskConfiguration = risk::set_risk_configuration,
        missing "kept without effect: CompromisedCredentialsRiskConfiguration, AccountTakeoverRiskConfiguration (no risk is judged); blocked ranges at identity providers' sign-ins and for open login sessions";
    signed DescribeRiskConfiguration = risk::describe_risk_configuration;
    signed AdminListUserAuthEvents = auth_events::admin_list_user_auth_events,
        missing "left out: RiskLevel, CompromisedCredentialsDetected, city and country (no risk is judged, no address looked up), sign-ins at identity providers";
    signed AdminUpdateAuthEventFeedback = auth_events::admin_update_auth_event_feedback;
    // Exported logs
    signed SetLogDeliveryConfiguration = log_delivery::set_log_delivery_configuration,
        missing "kept without effect: the destinations (records go to the server's own log)";
    signed GetLogDeliveryConfiguration = log_delivery::get_log_delivery_configuration;
    // Tags
    signed TagResource = tags::tag_resource;
    signed UntagResource = tags::untag_resource;
    signed ListTagsForResource = tags::list_tags_for_resource;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_an_operation_of_the_model_with_shapes_and_stands_once() {
        TABLE.hold_against_the_model();
    }

    #[test]
    fn unsigned_operations_are_the_models_own() {
        for row in TABLE.rows {
            let model = aws::cognito_idp::SERVICE.operation(row.operation);
            let unsigned = model.is_some_and(|operation| operation.auth == aws::Auth::None);
            assert_eq!(row.by != Caller::SigV4, unsigned, "{}", row.operation);
        }
    }
}
