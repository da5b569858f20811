//! Every way a control-plane change to an API can be refused, with its wire text. The one file for these words.
//! Texts marked (AWS) were seen on AWS or in its documentation; the others are ours, in the same manner.

/// Which of API Gateway's exceptions an error becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// `BadRequestException`, 400.
    BadRequest,
    /// `NotFoundException`, 404.
    NotFound,
    /// `ConflictException`, 409.
    Conflict,
}

/// A refused change. `Display` is the wire message; [`ApiError::kind`] picks the exception.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    // -- not found (AWS) --
    /// No API with this id in the account and region.
    #[error("Invalid API identifier specified {account}:{id}")]
    NoApi {
        /// The caller's account.
        account: String,
        /// The id that was asked for.
        id: String,
    },
    /// No such route.
    #[error("Invalid Route identifier specified {0}")]
    NoRoute(String),
    /// No such integration.
    #[error("Invalid Integration identifier specified {0}")]
    NoIntegration(String),
    /// No such authorizer.
    #[error("Invalid Authorizer identifier specified {0}")]
    NoAuthorizer(String),
    /// No such stage.
    #[error("Invalid stage identifier specified")]
    NoStage,
    /// No such deployment.
    #[error("Invalid deployment identifier specified {0}")]
    NoDeployment(String),
    /// Route settings name a route key that no route has.
    #[error("Unable to find Route by key {0} within the provided RouteSettings")]
    NoRouteForSettings(String),
    /// A tag ARN that names nothing here.
    #[error("Invalid resource ARN specified")]
    NoTaggable,
    /// CORS configuration asked for, none there.
    #[error("The API has no CORS configuration")]
    NoCors,

    // -- conflicts --
    /// (AWS) The route key, up to variable names, is taken.
    #[error("Route with key {0} already exists for this API")]
    RouteTaken(String),
    /// The stage name is taken.
    #[error("Stage with name {0} already exists for this API")]
    StageTaken(String),
    /// An authorizer that a route uses cannot go.
    #[error("Cannot delete Authorizer {id}: route {route_key} refers to it")]
    AuthorizerInUse {
        /// The authorizer.
        id: String,
        /// One route that uses it.
        route_key: String,
    },
    /// An integration that a route uses cannot go.
    #[error("Cannot delete Integration {id}: route {route_key} refers to it")]
    IntegrationInUse {
        /// The integration.
        id: String,
        /// One route that uses it.
        route_key: String,
    },

    // -- bad requests --
    /// (AWS) Only HTTP here; WebSocket is a protocol of AWS's that we do not have.
    #[error("Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]")]
    BadProtocol,
    /// WebSocket APIs are not supported.
    #[error("WEBSOCKET APIs are not supported by this server")]
    WebSocketUnsupported,
    /// (AWS) The route key's grammar.
    #[error(
        "The provided route key is not formatted properly for HTTP protocol. Format should be \"<HTTP METHOD> /<RESOURCE PATH>\" or \"$default\""
    )]
    BadRouteKey,
    /// A greedy variable before the end, or a variable named twice.
    #[error("Invalid route key {key}: {why}")]
    BadRoutePath {
        /// The key as sent.
        key: String,
        /// What is wrong with its path.
        why: &'static str,
    },
    /// The only legal value for HTTP APIs.
    #[error("Route selection expression must be \"$request.method $request.path\" for HTTP APIs")]
    BadSelectionExpression,
    /// `target` is not `integrations/{id}`.
    #[error("Invalid target specified: {0}. Must be integrations/{{integrationId}}")]
    BadTarget(String),
    /// JWT or CUSTOM without an authorizer.
    #[error("An authorizer ID is required for authorization type {0}")]
    AuthorizerRequired(&'static str),
    /// The authorizer's type does not fit the route's authorization type.
    #[error("Authorizer {id} cannot be used with authorization type {wanted}")]
    AuthorizerMismatch {
        /// The authorizer named.
        id: String,
        /// The route's authorization type.
        wanted: &'static str,
    },
    /// An authorizer id on a route of type NONE or AWS_IAM.
    #[error("An authorizer ID cannot be set for authorization type {0}")]
    AuthorizerNotAllowed(&'static str),
    /// Scopes on anything but JWT.
    #[error("Authorization scopes are only supported for authorization type JWT")]
    ScopesWithoutJwt,
    /// API keys belong to REST and WebSocket APIs.
    #[error("API keys are not supported for HTTP APIs")]
    ApiKeyUnsupported,
    /// (AWS) CORS: `*` and credentials exclude each other.
    #[error("allow-credentials is not supported if 'allow-origin' is *")]
    CorsCredentialsWithStar,
    /// A CORS member with a malformed entry.
    #[error("Invalid value {value} for {member}")]
    BadCors {
        /// The member, e.g. `allowOrigins`.
        member: &'static str,
        /// The entry.
        value: String,
    },
    /// A kind of integration HTTP APIs do not have.
    #[error("Integration type {0} is not supported for HTTP APIs. Must be one of [HTTP_PROXY, AWS_PROXY]")]
    BadIntegrationType(String),
    /// Private integrations are not there yet.
    #[error("Connection type VPC_LINK is not supported by this server yet")]
    VpcLinkUnsupported,
    /// Parameter mapping that this server cannot perform is refused, never ignored.
    #[error("Parameter mapping {0} is not supported by this server yet")]
    MappingUnsupported(String),
    /// A parameter mapping key or value outside the grammar, or a reserved header.
    #[error("Invalid mapping expression specified: {0}")]
    BadMapping(String),
    /// `integrationUri` missing or of the wrong form.
    #[error("Invalid integration URI specified: {0}")]
    BadIntegrationUri(String),
    /// `integrationMethod` missing or unknown.
    #[error("Invalid integration method specified: {0}")]
    BadIntegrationMethod(String),
    /// `payloadFormatVersion` not 1.0 or 2.0, or 2.0 where only 1.0 goes.
    #[error("Invalid payload format version specified: {0}")]
    BadPayloadVersion(String),
    /// `timeoutInMillis` outside 50..30000.
    #[error("Timeout should be between 50 ms and 30000 ms")]
    BadTimeout,
    /// `tlsConfig` belongs to private integrations.
    #[error("TLS configuration is only supported for private integrations")]
    TlsConfigWithoutLink,
    /// An authorizer type outside JWT and REQUEST.
    #[error("Invalid authorizer type specified: {0}. Must be one of [JWT, REQUEST]")]
    BadAuthorizerType(String),
    /// JWT authorizers take exactly one identity source, of header or query string.
    #[error(
        "Identity source for a JWT authorizer must be exactly one $request.header or $request.querystring expression"
    )]
    BadJwtIdentitySource,
    /// A REQUEST authorizer's identity source outside its grammar.
    #[error("Invalid identity source expression specified: {0}")]
    BadIdentitySource(String),
    /// JWT configuration missing.
    #[error("JWT configuration with an issuer is required for JWT authorizers")]
    JwtConfigurationRequired,
    /// The issuer is not an https URL (or http on loopback).
    #[error("Invalid issuer: {0}. Issuer must be a valid https URL")]
    BadIssuer(String),
    /// (AWS) The issuer's discovery document could not be read.
    #[error(
        "Caught exception when connecting to {0}/.well-known/openid-configuration for issuer {0}. Please try again later. Error: Invalid issuer: {0}. Issuer must have a valid discovery endpoint ended with '/.well-known/openid-configuration'"
    )]
    IssuerUnreachable(String),
    /// (AWS) REQUEST authorizers need their payload version.
    #[error("AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer")]
    AuthorizerPayloadVersionRequired,
    /// REQUEST authorizers need a function.
    #[error("AuthorizerUri is a required parameter for REQUEST authorizer")]
    AuthorizerUriRequired,
    /// Stage name grammar.
    #[error("Invalid stage name specified: {0}")]
    BadStageName(String),
    /// Stage variable name or value grammar.
    #[error("Invalid stage variable {0}: names hold letters, digits and _, values match [A-Za-z0-9-._~:/?#&=,]+")]
    BadStageVariable(String),
    /// `deploymentId` together with `autoDeploy`.
    #[error("Deployment ID cannot be set when auto-deploy is enabled")]
    DeploymentWithAutoDeploy,
    /// (REST's words) A deployment that a stage points at cannot go.
    #[error("Active stages pointing to this deployment must be moved or deleted")]
    DeploymentInUse,
    /// Things made by quick create that may not be changed or deleted.
    #[error("{0} is managed by API Gateway and cannot be {1}")]
    Managed(&'static str, &'static str),
    /// `target` of an API that was not made by quick create.
    #[error("Quick create properties can only be updated on an API that was created with a target")]
    NotQuickCreated,
    /// `routeKey` or `credentialsArn` without `target`.
    #[error("routeKey and credentialsArn need a target")]
    TargetRequired,
}

impl ApiError {
    /// The exception this error is told as.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NoApi { .. }
            | Self::NoRoute(_)
            | Self::NoIntegration(_)
            | Self::NoAuthorizer(_)
            | Self::NoStage
            | Self::NoDeployment(_)
            | Self::NoRouteForSettings(_)
            | Self::NoTaggable
            | Self::NoCors => ErrorKind::NotFound,
            Self::RouteTaken(_)
            | Self::StageTaken(_)
            | Self::AuthorizerInUse { .. }
            | Self::IntegrationInUse { .. } => ErrorKind::Conflict,
            _ => ErrorKind::BadRequest,
        }
    }
}
