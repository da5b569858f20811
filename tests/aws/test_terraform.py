"""Terraform's AWS provider: every resource of user pools and an API in a stack that is applied, planned empty, changed, planned empty, forgotten and imported,
planned empty, destroyed."""

import json
import os
import pathlib
import platform
import shutil
import subprocess
import zipfile

import requests

MIRROR = pathlib.Path(os.environ.get("COGNATE_TF_PLUGINS", "/opt/tf-plugins"))
PROVIDER = MIRROR / "registry.terraform.io/hashicorp/aws/5.100.0" / f"linux_{ {'x86_64': 'amd64', 'aarch64': 'arm64'}.get(platform.machine(), platform.machine()) }"
CONFIG = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "5.100.0" }
  }
}
variable "base" {}
variable "title" { default = "first" }
provider "aws" {
  region                      = "us-east-1"
  access_key                  = "any"
  secret_key                  = "any"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  endpoints {
    cognitoidp   = var.base
    apigatewayv2 = var.base
    lambda       = var.base
    sts          = var.base
  }
}
resource "aws_cognito_user_pool" "pool" {
  name                     = "lesson"
  username_attributes      = ["email"]
  auto_verified_attributes = ["email"]
  mfa_configuration        = "OPTIONAL"
  software_token_mfa_configuration { enabled = true }
  password_policy {
    minimum_length                   = 10
    require_lowercase                = true
    require_numbers                  = true
    require_symbols                  = false
    require_uppercase                = true
    temporary_password_validity_days = 7
  }
  account_recovery_setting {
    recovery_mechanism {
      name     = "verified_email"
      priority = 1
    }
  }
  tags = { stage = var.title }
  schema {
    name                = "team"
    attribute_data_type = "String"
    mutable             = true
    string_attribute_constraints {
      min_length = "1"
      max_length = "64"
    }
  }
  dynamic "schema" {
    for_each = var.title == "first" ? [] : ["level"]
    content {
      name                = schema.value
      attribute_data_type = "Number"
      mutable             = true
      number_attribute_constraints {
        min_value = "0"
        max_value = "9"
      }
    }
  }
}
resource "aws_cognito_resource_server" "files" {
  user_pool_id = aws_cognito_user_pool.pool.id
  identifier   = "files"
  name         = var.title
  scope {
    scope_name        = "read"
    scope_description = "read files"
  }
}
resource "aws_cognito_identity_provider" "corp" {
  user_pool_id    = aws_cognito_user_pool.pool.id
  provider_name   = "Corp"
  provider_type   = "OIDC"
  idp_identifiers = ["corp.example"]
  provider_details = {
    client_id                     = "c"
    client_secret                 = "secret-${var.title}"
    authorize_scopes              = "openid email"
    attributes_request_method     = "GET"
    attributes_url_add_attributes = "false"
    oidc_issuer                   = "https://idp.example"
  }
  attribute_mapping = { email = "email", username = "sub" }
}
resource "aws_cognito_identity_provider" "google" {
  user_pool_id  = aws_cognito_user_pool.pool.id
  provider_name = "Google"
  provider_type = "Google"
  provider_details = {
    attributes_url                = "https://people.googleapis.com/v1/people/me?personFields="
    attributes_url_add_attributes = "true"
    authorize_scopes              = var.title == "first" ? "email" : "email profile"
    authorize_url                 = "https://accounts.google.com/o/oauth2/v2/auth"
    client_id                     = "g"
    client_secret                 = "s"
    oidc_issuer                   = "https://accounts.google.com"
    token_request_method          = "POST"
    token_url                     = "https://www.googleapis.com/oauth2/v4/token"
  }
}
resource "aws_cognito_user_pool_client" "web" {
  name                                 = "web-${var.title}"
  user_pool_id                         = aws_cognito_user_pool.pool.id
  explicit_auth_flows                  = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["code"]
  allowed_oauth_scopes                 = ["openid", "email", "files/read"]
  supported_identity_providers         = ["COGNITO", aws_cognito_identity_provider.corp.provider_name, aws_cognito_identity_provider.google.provider_name]
  callback_urls                        = ["http://localhost:3000/callback"]
  logout_urls                          = ["http://localhost:3000/"]
  prevent_user_existence_errors        = "ENABLED"
  access_token_validity                = 30
  token_validity_units { access_token = "minutes" }
  depends_on = [aws_cognito_resource_server.files]
}
resource "aws_cognito_risk_configuration" "pool" {
  user_pool_id = aws_cognito_user_pool.pool.id
  compromised_credentials_risk_configuration {
    actions { event_action = var.title == "first" ? "NO_ACTION" : "BLOCK" }
  }
  account_takeover_risk_configuration {
    notify_configuration {
      source_arn = "arn:aws:ses:us-east-1:000000000000:identity/ops@example.com"
      block_email {
        html_body = "<p>blocked</p>"
        subject   = "Blocked"
        text_body = "blocked"
      }
    }
    actions {
      high_action {
        event_action = "BLOCK"
        notify       = true
      }
    }
  }
}
resource "aws_cognito_risk_configuration" "web" {
  user_pool_id = aws_cognito_user_pool.pool.id
  client_id    = aws_cognito_user_pool_client.web.id
  risk_exception_configuration {
    blocked_ip_range_list = var.title == "first" ? ["10.10.10.10/32"] : ["10.10.10.10/32", "2001:db8::/32"]
    skipped_ip_range_list = ["10.10.11.0/24"]
  }
}
resource "aws_cognito_user_pool_domain" "login" {
  domain       = "tf-lesson"
  user_pool_id = aws_cognito_user_pool.pool.id
}
resource "aws_cognito_user_pool_ui_customization" "look" {
  client_id    = aws_cognito_user_pool_client.web.id
  user_pool_id = aws_cognito_user_pool_domain.login.user_pool_id
  css          = ".label-customizable { font-weight: ${var.title == "first" ? 400 : 700}; }"
}
resource "aws_cognito_user_group" "admins" {
  name         = "admins"
  user_pool_id = aws_cognito_user_pool.pool.id
  description  = var.title
  precedence   = 1
}
resource "aws_cognito_user_pool" "names" {
  name = "names"
}
resource "aws_cognito_user" "ada" {
  user_pool_id = aws_cognito_user_pool.names.id
  username     = "ada"
  enabled      = var.title == "first"
  attributes   = { email = "ada@example.com", email_verified = "true", nickname = var.title }
}
resource "aws_cognito_user_group" "readers" {
  name         = "readers"
  user_pool_id = aws_cognito_user_pool.names.id
}
resource "aws_cognito_user_in_group" "ada" {
  user_pool_id = aws_cognito_user_pool.names.id
  group_name   = aws_cognito_user_group.readers.name
  username     = aws_cognito_user.ada.username
}
resource "aws_cognito_user_pool_client" "service" {
  name         = "AmazonOpenSearchService-lesson"
  user_pool_id = aws_cognito_user_pool.names.id
}
resource "aws_cognito_managed_user_pool_client" "service" {
  name_prefix  = "AmazonOpenSearchService-"
  user_pool_id = aws_cognito_user_pool_client.service.user_pool_id
}
resource "aws_apigatewayv2_api" "api" {
  name          = "lesson-${var.title}"
  protocol_type = "HTTP"
  cors_configuration {
    allow_origins = ["http://localhost:3000"]
    allow_headers = ["authorization", "content-type"]
    allow_methods = ["GET", "POST"]
    max_age       = 300
  }
}
resource "aws_apigatewayv2_authorizer" "jwt" {
  api_id           = aws_apigatewayv2_api.api.id
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]
  name             = "cognito"
  jwt_configuration {
    audience = [aws_cognito_user_pool_client.web.id]
    issuer   = "${var.base}/${aws_cognito_user_pool.pool.id}"
  }
}
resource "aws_apigatewayv2_integration" "function" {
  api_id                 = aws_apigatewayv2_api.api.id
  integration_type       = "AWS_PROXY"
  integration_uri        = "arn:aws:lambda:us-east-1:000000000000:function:dashboard"
  payload_format_version = "2.0"
}
resource "aws_apigatewayv2_route" "list" {
  api_id             = aws_apigatewayv2_api.api.id
  route_key          = "GET /metadata/list"
  target             = "integrations/${aws_apigatewayv2_integration.function.id}"
  authorization_type = "JWT"
  authorizer_id      = aws_apigatewayv2_authorizer.jwt.id
}
resource "aws_lambda_function" "hello" {
  function_name    = "tf-hello"
  role             = "arn:aws:iam::000000000000:role/hello"
  runtime          = "python3.12"
  handler          = "app.handler"
  filename         = "${path.module}/${var.title}.zip"
  source_code_hash = filebase64sha256("${path.module}/${var.title}.zip")
  timeout          = var.title == "first" ? 10 : 20
  environment {
    variables = { WORD = var.title }
  }
  tags = { stage = var.title }
}
resource "aws_lambda_permission" "api" {
  statement_id  = "api"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.hello.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.api.execution_arn}/*/*"
}
resource "aws_apigatewayv2_integration" "hello" {
  api_id                 = aws_apigatewayv2_api.api.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_function.hello.invoke_arn
  payload_format_version = "2.0"
}
resource "aws_apigatewayv2_route" "hello" {
  api_id    = aws_apigatewayv2_api.api.id
  route_key = "GET /hello"
  target    = "integrations/${aws_apigatewayv2_integration.hello.id}"
}
resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.api.id
  name        = "$default"
  auto_deploy = true
}
output "api" { value = aws_apigatewayv2_api.api.id }
output "client" { value = aws_cognito_user_pool_client.web.id }
output "pool" { value = aws_cognito_user_pool.pool.id }
output "names" { value = aws_cognito_user_pool.names.id }
"""
# Resource -> its import id. Membership of a group cannot be imported, and a managed client's pattern is not read back.
IMPORTS = {
    "user_pool_ui_customization.look": "{pool},{client}",
    "user_pool.pool": "{pool}",
    "resource_server.files": "{pool}|files",
    "identity_provider.corp": "{pool}:Corp",
    "identity_provider.google": "{pool}:Google",
    "user_pool_client.web": "{pool}/{client}",
    "risk_configuration.pool": "{pool}",
    "risk_configuration.web": "{pool}:{client}",
    "user_pool_domain.login": "tf-lesson",
    "user_group.admins": "{pool}/admins",
    "user.ada": "{names}/ada",
}


HANDLER = """
import os
def handler(event, context):
    return "code {word}, variable " + os.environ["WORD"]
"""


class Terraform:
    def __init__(self, folder, base):
        self.folder = folder
        (folder / "main.tf").write_text(CONFIG)
        for word in ("first", "second"):
            with zipfile.ZipFile(folder / f"{word}.zip", "w") as package:
                package.writestr("app.py", HANDLER.format(word=word))
        rc = folder / "terraform.rc"
        # An override: the mirror's own binary, neither copied nor hashed (it has 700 MB), and no `init`.
        rc.write_text(f'disable_checkpoint = true\nprovider_installation {{\n  dev_overrides {{\n    "hashicorp/aws" = "{PROVIDER}"\n  }}\n}}\n')
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "TF_CLI_CONFIG_FILE": str(rc), "TF_IN_AUTOMATION": "1", "TF_VAR_base": base, "NO_PROXY": "*"}

    def __call__(self, *arguments, codes=(0,)):
        done = subprocess.run(["terraform", *arguments, "-no-color"], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode in codes, done.stdout[-6000:] + done.stderr[-6000:]
        return done

    def plan_is_empty(self, *more):
        done = self("plan", "-input=false", "-detailed-exitcode", *more, codes=(0, 2))
        assert done.returncode == 0, f"the plan is not empty:\n{done.stdout[-6000:]}"


    def forget_and_import(self, made, changed):
        """All resources leave the state and come back as they stand on the server, in one apply, as a team moves what exists under Terraform."""
        self("state", "rm", *(f"aws_cognito_{name}" for name in IMPORTS))
        blocks = (f'import {{\n  to = aws_cognito_{name}\n  id = "{id.format(**made)}"\n}}\n' for name, id in IMPORTS.items())
        (self.folder / "imports.tf").write_text("".join(blocks))
        said = self("apply", "-input=false", "-auto-approve", *changed).stdout
        assert f"{len(IMPORTS)} imported, 0 added" in said and "0 destroyed" in said, said[-3000:]


def whole_life(base, folder):
    """The stack from nothing to nothing; gives what was seen on the way."""
    terraform = Terraform(folder, base)
    terraform("apply", "-input=false", "-auto-approve")
    terraform.plan_is_empty()
    made = {name: value["value"] for name, value in json.loads(terraform("output", "-json").stdout).items()}
    at = f"{base}/execute-api/{made['api']}/$default"
    status = requests.get(f"{at}/metadata/list", timeout=10).status_code
    assert requests.get(f"{at}/hello", timeout=10).text == "code first, variable first"
    changed = ("-var", "title=second")
    terraform("apply", "-input=false", "-auto-approve", "-refresh=false", *changed)
    terraform.plan_is_empty(*changed)
    assert requests.get(f"{at}/hello", timeout=10).text == "code second, variable second"
    terraform.forget_and_import(made, changed)
    terraform.plan_is_empty(*changed)
    terraform("destroy", "-input=false", "-auto-approve", "-refresh=false", *changed)
    return made["pool"], status


def lacks():
    """What this machine lacks for the test, or nothing."""
    if not shutil.which("terraform"):
        return "terraform is not installed"
    return None if PROVIDER.is_dir() else f"the Terraform AWS provider is not in {PROVIDER}"


def test_a_stack_is_applied_planned_empty_changed_and_destroyed(lab, terraform_run, not_run):
    if lacks():
        not_run(lacks())
    pool, status = terraform_run.result(600)
    assert status == 401
    assert pool not in {row["Id"] for row in lab.idp.list_user_pools(MaxResults=60)["UserPools"]}
