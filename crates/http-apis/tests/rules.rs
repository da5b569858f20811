//! The rules between the parts of an API, through the aggregate's own methods.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
};

use http_apis::{
    Act, Api, ApiError, ErrorKind, Random, Scope,
    model::{
        ApiPatch, AuthorizationType, Cors, JwtConfiguration, NewApi, NewAuthorizer, NewIntegration, NewRoute, NewStage,
        RoutePatch, RouteSettingsPatch, StagePatch, TagArn, TagTarget,
    },
};

struct Seeded(AtomicU64);
impl Random for Seeded {
    fn fill(&self, into: &mut [u8]) {
        for byte in into {
            let mut x = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
            x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            *byte = (x >> 40).to_le_bytes()[0];
        }
    }
}

struct Bench {
    random: Seeded,
    api: Api,
}

impl Bench {
    fn new() -> Self {
        let random = Seeded(AtomicU64::new(1));
        let api = Api::new(scope(), named("a"), &Act { now: 1_787_996_002_123, random: &random }).unwrap();
        Self { random, api }
    }

    fn run<T>(&mut self, act: impl FnOnce(&mut Api, &Act<'_>) -> T) -> T {
        act(&mut self.api, &Act { now: 1_787_996_003_000, random: &self.random })
    }

    fn integration(&mut self) -> String {
        let new = NewIntegration {
            integration_type: "HTTP_PROXY".into(),
            integration_method: Some("ANY".into()),
            integration_uri: Some("http://b/{proxy}".into()),
            ..NewIntegration::default()
        };
        self.run(|api, act| api.create_integration(new, act)).unwrap().integration_id
    }

    fn authorizer(&mut self) -> String {
        self.run(|api, act| api.create_authorizer(jwt(), act)).unwrap().authorizer_id
    }

    fn route(&mut self, new: NewRoute) -> Result<String, ApiError> {
        self.run(|api, act| api.create_route(new, act)).map(|route| route.route_id)
    }

    fn auto_stage(&mut self) {
        let new = NewStage { stage_name: "$default".into(), auto_deploy: Some(true), ..NewStage::default() };
        self.run(|api, act| api.create_stage(new, act)).unwrap();
    }

    fn served(&self, stage: &str) -> Vec<String> {
        let id = self.api.stage(stage).unwrap().deployment_id.clone().unwrap();
        let snapshot = self.api.deployment(&id).unwrap().snapshot.as_ref().unwrap();
        snapshot.routes.iter().map(|route| route.route_key.to_string()).collect()
    }
}

fn scope() -> Scope {
    Scope { account: "000000000000".into(), region: "us-east-1".into() }
}

fn named(name: &str) -> NewApi {
    NewApi { name: name.into(), protocol_type: "HTTP".into(), ..NewApi::default() }
}

fn key(route_key: &str) -> NewRoute {
    NewRoute { route_key: route_key.into(), ..NewRoute::default() }
}

fn jwt() -> NewAuthorizer {
    NewAuthorizer {
        authorizer_type: "JWT".into(),
        identity_source: vec!["$request.header.Authorization".into()],
        jwt_configuration: Some(JwtConfiguration {
            audience: vec!["client1".into()],
            issuer: Some("https://issuer.example".into()),
        }),
        name: "jwt1".into(),
        ..NewAuthorizer::default()
    }
}

fn pairs(of: &[(&str, &str)]) -> BTreeMap<String, String> {
    of.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect()
}

#[test]
fn an_api_reads_back_with_awss_defaults() {
    let bench = Bench::new();
    let view = serde_json::to_value(bench.api.view("https://x".into())).unwrap();
    assert_eq!(
        view,
        serde_json::json!({
            "apiEndpoint": "https://x", "apiId": bench.api.api_id, "apiKeySelectionExpression": "$request.header.x-api-key",
            "createdDate": "2026-08-29T09:33:22Z", "disableExecuteApiEndpoint": false, "ipAddressType": "ipv4", "name": "a",
            "protocolType": "HTTP", "routeSelectionExpression": "$request.method $request.path", "tags": {},
        })
    );
    assert_eq!(bench.api.api_id.len(), 10);
}

#[test]
fn an_api_survives_its_own_json() {
    let mut bench = Bench::new();
    let target = Some(format!("integrations/{}", bench.integration()));
    let authorizer_id = Some(bench.authorizer());
    bench.auto_stage();
    let authorization_type = Some(AuthorizationType::Jwt);
    bench.route(NewRoute { target, authorizer_id, authorization_type, ..key("GET /x/{id}") }).unwrap();
    let json = serde_json::to_string(&bench.api).unwrap();
    assert_eq!(serde_json::from_str::<Api>(&json).unwrap(), bench.api);
}

#[test]
fn routes_that_differ_only_in_a_variables_name_conflict() {
    let mut bench = Bench::new();
    bench.route(key("GET /pets/{id}")).unwrap();
    let error = bench.route(key("GET /pets/{name}")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(error.to_string(), "Route with key GET /pets/{name} already exists for this API");
    bench.route(key("ANY /pets/{name}")).unwrap();
}

#[test]
fn a_jwt_route_needs_a_jwt_authorizer_and_only_it_has_scopes() {
    let mut bench = Bench::new();
    let id = bench.authorizer();
    let jwt_route = |authorizer_id| NewRoute {
        authorization_type: Some(AuthorizationType::Jwt),
        authorizer_id,
        authorization_scopes: vec!["x/read".into()],
        ..key("GET /x")
    };
    assert_eq!(bench.route(jwt_route(None)), Err(ApiError::AuthorizerRequired("JWT")));
    assert_eq!(bench.route(jwt_route(Some("zzzzzzz".into()))).unwrap_err().kind(), ErrorKind::NotFound);
    let scoped = NewRoute { authorization_scopes: vec!["x".into()], ..key("GET /y") };
    assert_eq!(bench.route(scoped), Err(ApiError::ScopesWithoutJwt));
    let custom = NewRoute { authorization_type: Some(AuthorizationType::Custom), ..jwt_route(Some(id.clone())) };
    assert_eq!(
        bench.route(NewRoute { authorization_scopes: vec![], ..custom }).unwrap_err().kind(),
        ErrorKind::BadRequest
    );
    let route = bench.route(jwt_route(Some(id.clone()))).unwrap();
    let open = RoutePatch { authorization_type: Some(AuthorizationType::None), ..RoutePatch::default() };
    let opened = bench.run(|api, act| api.update_route(&route, open, act)).unwrap();
    assert_eq!((opened.authorizer_id, opened.authorization_scopes.len()), (None, 0));
}

#[test]
fn an_authorizer_or_integration_in_use_stays() {
    let mut bench = Bench::new();
    let (integration, authorizer) = (bench.integration(), bench.authorizer());
    let new = NewRoute {
        authorization_type: Some(AuthorizationType::Jwt),
        authorizer_id: Some(authorizer.clone()),
        target: Some(format!("integrations/{integration}")),
        ..key("GET /x")
    };
    let route = bench.route(new).unwrap();
    let kind = |result: Result<(), ApiError>| result.unwrap_err().kind();
    assert_eq!(kind(bench.run(|api, act| api.delete_authorizer(&authorizer, act))), ErrorKind::Conflict);
    assert_eq!(kind(bench.run(|api, act| api.delete_integration(&integration, act))), ErrorKind::Conflict);
    bench.run(|api, act| api.delete_route(&route, act)).unwrap();
    bench.run(|api, act| api.delete_authorizer(&authorizer, act)).unwrap();
    bench.run(|api, act| api.delete_integration(&integration, act)).unwrap();
}

#[test]
fn auto_deploy_serves_each_change_and_a_plain_stage_only_what_was_deployed() {
    let mut bench = Bench::new();
    bench.auto_stage();
    bench.route(key("GET /one")).unwrap();
    let deployed = bench.run(|api, act| api.create_deployment(None, None, act)).unwrap();
    let dev = NewStage { stage_name: "dev".into(), deployment_id: Some(deployed.deployment_id), ..NewStage::default() };
    bench.run(|api, act| api.create_stage(dev, act)).unwrap();
    bench.route(key("GET /two")).unwrap();
    assert_eq!(bench.served("$default"), ["GET /one", "GET /two"]);
    assert_eq!(bench.served("dev"), ["GET /one"]);
    bench.run(|api, act| api.create_deployment(None, Some("dev"), act)).unwrap();
    assert_eq!(bench.served("dev"), ["GET /one", "GET /two"]);
}

#[test]
fn many_changes_do_not_pile_up_automatic_deployments() {
    let mut bench = Bench::new();
    bench.auto_stage();
    for number in 0..50 {
        bench.route(key(&format!("GET /r{number}"))).unwrap();
    }
    assert_eq!(bench.api.deployments.len(), 5);
    assert_eq!(bench.served("$default").len(), 50);
}

#[test]
fn a_deployment_that_a_stage_serves_stays() {
    let mut bench = Bench::new();
    bench.auto_stage();
    let id = bench.api.stage("$default").unwrap().deployment_id.clone().unwrap();
    assert_eq!(bench.run(|api, _| api.delete_deployment(&id)), Err(ApiError::DeploymentInUse));
    let patch = StagePatch { deployment_id: Some(id), ..StagePatch::default() };
    let refused = bench.run(|api, act| api.update_stage("$default", patch, act));
    assert_eq!(refused.unwrap_err(), ApiError::DeploymentWithAutoDeploy);
}

#[test]
fn a_stage_patch_merges_maps_and_empty_clears() {
    let mut bench = Bench::new();
    bench.route(key("GET /x")).unwrap();
    let settings = RouteSettingsPatch { throttling_burst_limit: Some(5), ..RouteSettingsPatch::default() };
    let new = NewStage {
        stage_name: "dev".into(),
        stage_variables: pairs(&[("k", "1"), ("other", "2")]),
        route_settings: BTreeMap::from([("GET /x".into(), settings.clone())]),
        description: Some("d".into()),
        ..NewStage::default()
    };
    bench.run(|api, act| api.create_stage(new, act)).unwrap();
    let patch = StagePatch {
        stage_variables: Some(pairs(&[("k", "")])),
        description: Some(String::new()),
        ..StagePatch::default()
    };
    let stage = bench.run(|api, act| api.update_stage("dev", patch, act)).unwrap();
    assert_eq!((stage.stage_variables, stage.description), (pairs(&[("other", "2")]), None));
    assert_eq!(stage.route_settings["GET /x"].throttling_burst_limit, Some(5));
    let unknown =
        StagePatch { route_settings: Some(BTreeMap::from([("GET /y".into(), settings)])), ..StagePatch::default() };
    let error = bench.run(|api, act| api.update_stage("dev", unknown, act)).unwrap_err();
    assert_eq!(error.to_string(), "Unable to find Route by key GET /y within the provided RouteSettings");
}

#[test]
fn cors_goes_by_delete_and_by_an_empty_patch() {
    let mut bench = Bench::new();
    let cors = Cors { allow_origins: vec!["https://a.example".into()], ..Cors::default() };
    let set = |cors| ApiPatch { cors_configuration: Some(cors), ..ApiPatch::default() };
    bench.run(|api, act| api.update(set(cors.clone()), act)).unwrap();
    assert!(bench.api.definition.cors.is_some());
    bench.run(Api::delete_cors).unwrap();
    bench.run(|api, act| api.update(set(Cors::default()), act)).unwrap();
    assert!(bench.api.definition.cors.is_none());
    assert_eq!(bench.run(Api::delete_cors), Err(ApiError::NoCors));
}

#[test]
fn quick_create_makes_managed_pieces_that_are_served_at_once() {
    let random = Seeded(AtomicU64::new(9));
    let act = Act { now: 0, random: &random };
    let new = NewApi { target: Some("http://b/x".into()), ..named("q") };
    let mut api = Api::new(scope(), new, &act).unwrap();
    let stage = api.stage("$default").unwrap();
    assert!(stage.api_gateway_managed && stage.auto_deploy && stage.deployment_id.is_some());
    let integration = api.definition.integrations[0].integration_id.clone();
    assert!(matches!(api.delete_integration(&integration, &act), Err(ApiError::Managed(..))));
    let route = api.definition.routes[0].route_id.clone();
    let rename = RoutePatch { route_key: Some("GET /x".into()), ..RoutePatch::default() };
    assert!(matches!(api.update_route(&route, rename, &act), Err(ApiError::Managed(..))));
    let retarget = ApiPatch { target: Some("http://c/y".into()), ..ApiPatch::default() };
    api.update(retarget, &act).unwrap();
    assert_eq!(api.definition.integrations[0].integration_uri.as_deref(), Some("http://c/y"));
}

#[test]
fn only_http_apis_with_the_one_selection_expression_are_made() {
    let random = Seeded(AtomicU64::new(9));
    let act = Act { now: 0, random: &random };
    let make = |new| Api::new(scope(), new, &act).unwrap_err().to_string();
    let socket = NewApi { protocol_type: "FTP".into(), ..named("x") };
    assert_eq!(make(socket), "Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]");
    let star = Cors { allow_credentials: Some(true), allow_origins: vec!["*".into()], ..Cors::default() };
    let starred = NewApi { cors_configuration: Some(star), ..named("x") };
    assert_eq!(make(starred), "allow-credentials is not supported if 'allow-origin' is *");
}

#[test]
fn tags_are_named_by_arn() {
    let mut bench = Bench::new();
    bench.auto_stage();
    let arn = TagArn::parse("arn:aws:apigateway:us-east-1::/apis/abc123/stages/$default").unwrap();
    assert_eq!((arn.region.as_str(), arn.api_id.as_str()), ("us-east-1", "abc123"));
    bench.run(|api, act| api.tag(&arn.target, pairs(&[("a", "b"), ("c", "d")]), act)).unwrap();
    bench.run(|api, act| api.untag(&arn.target, &["c".into()], act)).unwrap();
    assert_eq!(bench.api.stage("$default").unwrap().tags, pairs(&[("a", "b")]));
    assert_eq!(bench.api.tags_of(&TagTarget::Api).unwrap().len(), 0);
    for bad in
        ["", "arn:aws:s3:::b", "arn:aws:apigateway:us-east-1::/vpclinks/x", "arn:aws:apigateway:r::/apis/a/stages"]
    {
        assert_eq!(TagArn::parse(bad), Err(ApiError::NoTaggable), "{bad}");
    }
}

#[test]
fn what_the_data_plane_cannot_do_is_refused_at_create() {
    let mut bench = Bench::new();
    let base = || NewIntegration {
        integration_type: "HTTP_PROXY".into(),
        integration_method: Some("GET".into()),
        integration_uri: Some("http://b/".into()),
        ..NewIntegration::default()
    };
    let body = NewIntegration { request_parameters: pairs(&[("overwrite:header.a", "$request.body.x")]), ..base() };
    let link = NewIntegration { connection_type: Some("VPC_LINK".into()), ..base() };
    let mock = NewIntegration { integration_type: "MOCK".into(), ..base() };
    for new in [body, link, mock] {
        let error = bench.run(|api, act| api.create_integration(new, act)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadRequest, "{error}");
    }
}
