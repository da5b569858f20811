"""What every answer must hold, read from botocore's own models: members, types, enums, time forms. Also keeps the list of what was called."""

import collections
import json
import re

import regex
from botocore.exceptions import ClientError

# (service, operation) -> {"ok": how often, "errors": set of codes}
CALLED = collections.defaultdict(lambda: {"ok": 0, "errors": set()})
# Names that the front end may give for any operation (spec A.2); the models do not list them.
FRONT_END = {
    "SerializationException",
    "UnknownOperationException",
    "NotSupportedYetException",
    "AccessDeniedException",
    "MissingAuthenticationTokenException",
    "InvalidParameterException",
    "RequestEntityTooLargeException",
    "ValidationException",
}
UNMODELLED = set()
# Seen on AWS although the model does not list them: an integration a route uses, a deployment a stage uses.
BEYOND_THE_MODEL = {("DeleteIntegration", "ConflictException"), ("DeleteDeployment", "BadRequestException")}
# Marked sensitive in the model, yet echoed by AWS (seen in boto/boto3 issue 3581).
ECHOED = {"ClientIdType"}
# AWS's own answers break its model here: the standard attribute has 21 characters.
EXCUSED = {"phone_number_verified"}
# The model writes DomainType as a prefix, though custom domains and CloudFront's names stand there too, and CompletionMessageType as one
# word, though AWS's guide shows sentences.
WIDER = {"DomainType", "CompletionMessageType"}
# A function without code signing: the model requires the ARN of what is not there.
ABSENT = {"GetFunctionCodeSigningConfigResponse": {"CodeSigningConfigArn"}}


def watch(client):
    client.meta.events.register("after-call.*.*", _after)


def _after(http_response, parsed, model, **_):
    service = model.service_model.service_name
    seen = CALLED[service, model.name]
    if http_response.status_code >= 300:
        code = parsed.get("Error", {}).get("Code")
        seen["errors"].add(code)
        known = {shape.metadata.get("error", {}).get("code", shape.name) for shape in model.error_shapes} | {s.name for s in model.error_shapes}
        if service in ("cognito-idp", "apigatewayv2", "lambda") and code not in known | FRONT_END and (model.name, code) not in BEYOND_THE_MODEL:
            UNMODELLED.add(f"{service} {model.name}: {code}")
        return
    seen["ok"] += 1
    if service == "sts":
        return
    if model.has_streaming_output:
        return
    wanted = model.http.get("responseCode", 200)
    told = model.output_shape is not None and any(it.serialization.get("location") == "statusCode" for it in model.output_shape.members.values())
    assert told or http_response.status_code == wanted, f"{model.name} answers {http_response.status_code}, the model says {wanted}"
    raw = json.loads(http_response.content) if http_response.content else {}
    if model.output_shape is None:
        assert raw == {}, f"{model.name} has no output, yet answers {raw}"
        return
    faults = list(_faults(model.output_shape, raw, model.name, iso=service == "apigatewayv2"))
    assert not faults, "\n".join(faults)


def _faults(shape, value, where, iso):
    kind = shape.type_name
    if value is None:
        yield f"{where}: null"
    elif kind == "structure":
        if getattr(shape, "is_document_type", False):
            return
        if not isinstance(value, dict):
            yield f"{where}: {value!r} is no object"
            return
        names = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        for name in set(shape.required_members) - ABSENT.get(shape.name, set()):
            shown = shape.members[name].serialization.get("name", name)
            if shown not in value:
                yield f"{where}: the required member {name} is absent"
        for name, inner in value.items():
            if name not in names:
                yield f"{where}: the model knows no member {name}"
            else:
                yield from _faults(names[name], inner, f"{where}.{name}", iso)
    elif kind == "list":
        for index, inner in enumerate(value):
            yield from _faults(shape.member, inner, f"{where}[{index}]", iso)
    elif kind == "map":
        for key, inner in value.items():
            yield from _faults(shape.value, inner, f"{where}[{key}]", iso)
    else:
        yield from _scalar_faults(shape, value, where, iso)


def _scalar_faults(shape, value, where, iso):
    kind = shape.type_name
    types = {"string": str, "blob": str, "boolean": bool, "integer": int, "long": int, "double": (int, float), "float": (int, float)}
    if kind == "timestamp":
        right = isinstance(value, str) and value.endswith("Z") if iso else isinstance(value, (int, float)) and 1.7e9 < value < 1e10
        if not right:
            yield f"{where}: {value!r} is no {'ISO 8601 time' if iso else 'epoch time in seconds'}"
    elif not isinstance(value, types[kind]) or (kind != "boolean" and isinstance(value, bool)):
        yield f"{where}: {value!r} is no {kind}"
    elif kind == "string":
        if shape.enum and value not in shape.enum:
            yield f"{where}: {value!r} is not one of {shape.enum}"
        for fault in violations(shape, value) if value not in EXCUSED and shape.name not in WIDER else ():
            yield f"{where}: {value!r}: {fault}"


def java_pattern(pattern):
    """A Java pattern as the regex module reads it; whole-string matching is the caller's part."""
    return regex.compile(pattern, flags=regex.V0)


def violations(shape, value):
    """The constraint sentences (A.5) that a string breaks, from the model."""
    if shape.enum:
        if value not in shape.enum:
            yield f"Member must satisfy enum value set: [{', '.join(shape.enum)}]"
        return
    lowest, highest, pattern = (shape.metadata.get(name) for name in ("min", "max", "pattern"))
    if lowest is not None and len(value) < lowest:
        yield f"Member must have length greater than or equal to {lowest}"
    if highest is not None and len(value) > highest:
        yield f"Member must have length less than or equal to {highest}"
    if pattern is not None and not java_pattern(pattern).fullmatch(value):
        yield f"Member must satisfy regular expression pattern: {pattern}"


def lower_camel(name):
    return name[0].lower() + name[1:]


def sentence(member, shape, value, constraint):
    """One constraint failure as A.5 words it."""
    if shape.metadata.get("sensitive") and shape.name not in ECHOED:
        shown = f"Value at '{lower_camel(member)}'"
    else:
        shown = f"Value '{value}' at '{lower_camel(member)}'"
    return f"{shown} failed to satisfy constraint: {constraint}"


def minimal(shape, depth=0):
    """The smallest valid value of a shape."""
    kind = shape.type_name
    if kind == "structure":
        if getattr(shape, "is_document_type", False):
            return {}
        return {name: minimal(shape.members[name], depth + 1) for name in shape.required_members}
    if kind == "list":
        return [minimal(shape.member, depth + 1) for _ in range(shape.metadata.get("min", 0))]
    if kind == "map":
        return {}
    if kind == "string":
        return _text(shape)
    if kind in ("integer", "long", "double", "float"):
        return shape.metadata.get("min", 1)
    return {"boolean": True, "timestamp": 1_760_000_000, "blob": b"x"}[kind]


_SAMPLES = (
    "us-east-1_AbCdEf123",
    "abcdefgh1234",
    "a",
    "arn:aws:iam::000000000000:role/r",
    "123456",
    "us-east-1",
    "us-east-1_7a3f0c1e-1111-2222-3333-444455556666",
    "7a3f0c1e-1111-4222-8333-444455556666",
    "import-abcdefghij",
    "tknabcdefghijklmnopqrstuvwxy",
    "ssoabcdefghijklmnopqrstuvwxy",
    "tkn" + "a1" * 12 + "b",
    "a" * 20,
    "a" * 24,
    "https://example.com/",
    "en",
    "cognito:english",
    "+15555550100",
    "eyJa.b.c",
    "terms-of-use",
    "Level1",
    "lambda:GetLayerVersion",
    "subnet-0",
    "arn:aws:lambda:us-east-1:000000000000:function:f",
    "arn:aws:lambda:us-east-1:000000000000:function:f:1/durable-execution/a/b",
    "arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-" + "a" * 17,
    "arn:aws:lambda:us-east-1:000000000000:layer:l:1",
    "000000000000",
)


def _text(shape):
    if shape.enum:
        return shape.enum[0]
    for sample in _SAMPLES:
        if not list(violations(shape, sample)):
            return sample
    raise AssertionError(f"no sample satisfies {shape.name}: {shape.metadata}; add one")


def breaks(shape, place=""):
    """Inputs of a structure that break one constraint each, at every depth: (where, input, {(place, constraint)}), all from the model."""
    whole = minimal(shape)
    for name, member in shape.members.items():
        here = f"{place}.{lower_camel(name)}" if place else lower_camel(name)
        if name in shape.required_members:
            yield here, {key: value for key, value in whole.items() if key != name}, {(here, "Member must not be null")}
        for inside, value, want in _broken(member, here):
            yield inside, whole | {name: value}, want


def _broken(shape, here):
    kind = shape.type_name
    lowest, highest = shape.metadata.get("min"), shape.metadata.get("max")
    if kind == "structure":
        if not getattr(shape, "is_document_type", False):
            yield from breaks(shape, here)
    elif kind == "list":
        rest = [minimal(shape.member)] * (max(lowest or 0, 1) - 1)
        if highest is not None and highest < 1000:
            yield here, [minimal(shape.member)] * (highest + 1), {(here, f"Member must have length less than or equal to {highest}")}
        if lowest:
            yield here, [minimal(shape.member)] * (lowest - 1), {(here, f"Member must have length greater than or equal to {lowest}")}
        for inside, value, want in _broken(shape.member, f"{here}.1.member"):
            scalar = shape.member.type_name not in ("structure", "list", "map")
            yield inside, [value, *rest], {(here, f"Member must satisfy constraint: [{rules(shape.member)}]")} if scalar else want
    elif kind == "map":
        key, value = minimal(shape.key), minimal(shape.value)
        for _, broken, _want in _broken(shape.value, here) if shape.value.type_name == "string" else ():
            yield here, {key: broken}, {(here, f"Map value must satisfy constraint: [{rules(shape.value)}]")}
        for _, broken, _want in _broken(shape.key, here):
            yield here, {broken: value}, {(here, f"Map keys must satisfy constraint: [{rules(shape.key)}]")}
    elif kind == "string":
        long = ["a" * (highest + 1)] if highest is not None and highest < 20_000 else []
        for value in (*long, *([""] if lowest else []), *(["a \t"] if shape.metadata.get("pattern") else []), *(["no-such-word"] if shape.enum else [])):
            if found := {(here, rule) for rule in violations(shape, value)}:
                yield here, value, found
    elif kind in ("integer", "long"):
        if highest is not None and highest < 2**31 - 1:
            yield here, highest + 1, {(here, f"Member must have value less than or equal to {highest}")}
        if lowest is not None:
            yield here, lowest - 1, {(here, f"Member must have value greater than or equal to {lowest}")}


def rules(shape):
    """A scalar's constraints as A.5 lists them within brackets: maximum, minimum, pattern or words."""
    lowest, highest, pattern = (shape.metadata.get(name) for name in ("min", "max", "pattern"))
    if shape.enum:
        return f"Member must satisfy enum value set: [{', '.join(shape.enum)}]"
    told = [f"Member must have length less than or equal to {highest}"] if highest is not None else []
    told += [f"Member must have length greater than or equal to {lowest}"] if lowest is not None else []
    told += [f"Member must satisfy regular expression pattern: {pattern}"] if pattern else []
    return ", ".join(told) or "Member must not be null"


def refused(call, code, message=None, /, **arguments):
    """The call is refused with this error; a pattern object searches the sentence, a string is the sentence itself."""
    try:
        call(**arguments)
    except ClientError as error:
        assert type(error).__name__ == code or error.response["Error"]["Code"] == code, error
        assert error.response["Error"]["Code"] == code, error
        said = error.response["Error"]["Message"]
        if isinstance(message, re.Pattern):
            assert message.search(said), f"{said!r} does not match {message.pattern!r}"
        elif message is not None:
            assert said == message
        return error
    raise AssertionError(f"not refused; expected {code}: {message}")
