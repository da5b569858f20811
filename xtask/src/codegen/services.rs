//! Which services are generated, and what their models do not say.

/// One service and what of it is wanted.
pub struct ServiceChoice {
    /// The Rust module.
    pub module: &'static str,
    /// The folder in botocore's `data`.
    pub model: &'static str,
    /// The operations whose shapes are written; `None` means all. The others stand in the table without shapes.
    pub only: Option<&'static [&'static str]>,
    /// What the others are for, as the list of operations says it.
    pub others: &'static str,
    /// Shapes that hold secrets although the model does not mark them. They are hidden from `Debug`; validation
    /// messages still echo them, as AWS's do.
    pub also_hidden: &'static [&'static str],
    /// Shapes the model marks as sensitive although AWS echoes them in its messages (seen: `Value '' at 'clientId'`).
    pub not_sensitive: &'static [&'static str],
}

/// What is generated.
pub const SERVICES: &[ServiceChoice] = &[
    ServiceChoice {
        module: "cognito_idp",
        model: "cognito-idp/2016-04-18",
        only: None,
        others: "",
        also_hidden: &[
            "ChallengeParametersType",
            "ConfirmationCodeType",
            "ProviderDetailsType",
            "SecretHashType",
            "SessionType",
            "SoftwareTokenMFAUserCodeType",
        ],
        not_sensitive: &["ClientIdType"],
    },
    ServiceChoice {
        module: "apigatewayv2",
        model: "apigatewayv2/2018-11-29",
        only: Some(HTTP_API_OPERATIONS),
        others: "are for WebSocket APIs and portals, which are not here",
        also_hidden: &[],
        not_sensitive: &[],
    },
    ServiceChoice {
        module: "lambda",
        model: "lambda/2015-03-31",
        only: Some(FUNCTION_OPERATIONS),
        others: "are for versions, aliases, layers, event sources and more, which are not here",
        also_hidden: &[],
        not_sensitive: &[],
    },
];

/// The operations of `lambda` that make a function run here, and those that Terraform reads beside them.
const FUNCTION_OPERATIONS: &[&str] = &[
    "AddPermission",
    "CreateFunction",
    "DeleteFunction",
    "GetFunction",
    "GetFunctionCodeSigningConfig",
    "GetFunctionConcurrency",
    "GetFunctionConfiguration",
    "GetPolicy",
    "Invoke",
    "ListFunctions",
    "ListTags",
    "ListVersionsByFunction",
    "RemovePermission",
    "TagResource",
    "UntagResource",
    "UpdateFunctionCode",
    "UpdateFunctionConfiguration",
];

/// The operations of `apigatewayv2` that concern HTTP APIs; the rest is for WebSocket APIs and portals.
const HTTP_API_OPERATIONS: &[&str] = &[
    "CreateApi",
    "CreateApiMapping",
    "CreateAuthorizer",
    "CreateDeployment",
    "CreateDomainName",
    "CreateIntegration",
    "CreateRoute",
    "CreateRoutingRule",
    "CreateStage",
    "CreateVpcLink",
    "DeleteAccessLogSettings",
    "DeleteApi",
    "DeleteApiMapping",
    "DeleteAuthorizer",
    "DeleteCorsConfiguration",
    "DeleteDeployment",
    "DeleteDomainName",
    "DeleteIntegration",
    "DeleteRoute",
    "DeleteRouteRequestParameter",
    "DeleteRouteSettings",
    "DeleteRoutingRule",
    "DeleteStage",
    "DeleteVpcLink",
    "ExportApi",
    "GetApi",
    "GetApiMapping",
    "GetApiMappings",
    "GetApis",
    "GetAuthorizer",
    "GetAuthorizers",
    "GetDeployment",
    "GetDeployments",
    "GetDomainName",
    "GetDomainNames",
    "GetIntegration",
    "GetIntegrations",
    "GetRoute",
    "GetRoutes",
    "GetRoutingRule",
    "GetStage",
    "GetStages",
    "GetTags",
    "GetVpcLink",
    "GetVpcLinks",
    "ImportApi",
    "ListRoutingRules",
    "PutRoutingRule",
    "ReimportApi",
    "ResetAuthorizersCache",
    "TagResource",
    "UntagResource",
    "UpdateApi",
    "UpdateApiMapping",
    "UpdateAuthorizer",
    "UpdateDeployment",
    "UpdateDomainName",
    "UpdateIntegration",
    "UpdateRoute",
    "UpdateStage",
    "UpdateVpcLink",
];
