# Starts a Python handler under the Lambda Runtime API: through AWS's own client (awslambdaric) where it is installed,
# else by the little that is here, which needs nothing beyond Python 3.
import sys, os, io, json, time, importlib, importlib.util, traceback, logging, decimal, datetime, http.client

HANDLER = sys.argv[1]
ADDRESS, _, PREFIX = os.environ["AWS_LAMBDA_RUNTIME_API"].partition("/")
PREFIX = "/" + PREFIX if PREFIX else ""
API = PREFIX + "/2018-06-01/runtime/"
ROOT = os.environ["LAMBDA_TASK_ROOT"]
sys.argv = ["bootstrap.py", HANDLER]
if sys.path[:1] == [""]:
    sys.path[0] = ROOT
else:
    sys.path.insert(0, ROOT)


def with_awslambdaric():
    from awslambdaric import bootstrap, lambda_runtime_client as library

    class Client(library.LambdaRuntimeClient):
        # Its small calls take an address without a path; ours has one.
        def call_rapid(self, http_method, endpoint, *rest, **named):
            self.lambda_runtime_address = ADDRESS
            return super().call_rapid(http_method, PREFIX + endpoint, *rest, **named)

    bootstrap.run(HANDLER, Client(os.environ["AWS_LAMBDA_RUNTIME_API"], False))


class Members:
    def __init__(self, **members):
        self.__dict__.update(members)


def client_context(told):
    client = told.get("client")
    return Members(custom=told.get("custom"), env=told.get("env"), client=Members(**client) if client else None)


class Context:
    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = None
        client = headers.get("Lambda-Runtime-Client-Context")
        self.client_context = client_context(json.loads(client)) if client else None
        self._deadline = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(self._deadline - int(time.time() * 1000), 0)

    def log(self, text):
        sys.stdout.write(str(text))


class Lines(logging.Handler):
    request_id = ""

    def emit(self, record):
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + ".%03dZ" % record.msecs
        sys.stdout.write("[%s]\t%s\t%s\t%s\n" % (record.levelname, at, self.request_id, self.format(record)))


def plain(value):
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)


def trouble(kind, message, frames=()):
    return {"errorMessage": message, "errorType": kind, "stackTrace": traceback.format_list(frames)}


def of_exception(error):
    frames = traceback.extract_tb(error.__traceback__)
    return trouble(type(error).__name__, str(error), [frame for frame in frames if frame.filename != "<string>"])


class Runtime:
    def __init__(self):
        self.connection = http.client.HTTPConnection(ADDRESS)

    def ask(self, method, path, body=None, headers=None):
        self.connection.request(method, API + path, body, headers or {})
        answer = self.connection.getresponse()
        return answer.status, answer.headers, answer.read()

    def tell_error(self, path, error):
        sys.stdout.write("[ERROR] %s: %s\n%s" % (error["errorType"], error["errorMessage"], "".join(error["stackTrace"])))
        headers = {"Lambda-Runtime-Function-Error-Type": error["errorType"], "Content-Type": "application/json"}
        self.ask("POST", path, json.dumps(error), headers)


def load():
    module, dot, name = HANDLER.rpartition(".")
    if not dot:
        return None, trouble("Runtime.MalformedHandlerName", "Bad handler '%s': not enough values to unpack (expected 2, got 1)" % HANDLER)
    try:
        loaded = importlib.import_module(module.replace("/", "."))
    except ImportError as error:
        frames = of_exception(error)["stackTrace"]
        return None, dict(trouble("Runtime.ImportModuleError", "Unable to import module '%s': %s" % (module, error)), stackTrace=frames)
    except SyntaxError as error:
        frame = "  File \"%s\" Line %s\n    %s" % (error.filename, error.lineno, (error.text or "").strip())
        text = "Syntax error in module '%s': %s" % (module, error)
        return None, dict(trouble("Runtime.UserCodeSyntaxError", text), stackTrace=[frame])
    except Exception as error:
        return None, of_exception(error)
    if not hasattr(loaded, name):
        return None, trouble("Runtime.HandlerNotFound", "Handler '%s' missing on module '%s'" % (name, module))
    return getattr(loaded, name), None


def alone():
    runtime, lines = Runtime(), Lines()
    logging.getLogger().addHandler(lines)
    handler, error = load()
    if error:
        runtime.tell_error("init/error", error)
        sys.exit(1)
    while True:
        status, headers, event = runtime.ask("GET", "invocation/next")
        if status != 200:
            sys.exit(0)
        context = Context(headers)
        lines.request_id = context.aws_request_id
        os.environ["_X_AMZN_TRACE_ID"] = headers.get("Lambda-Runtime-Trace-Id", "")
        path = "invocation/%s/" % context.aws_request_id
        try:
            answer = handler(json.loads(event), context)
        except Exception as error:
            runtime.tell_error(path + "error", of_exception(error))
            continue
        try:
            body = json.dumps(answer, default=plain, ensure_ascii=False).encode()
        except Exception as error:
            runtime.tell_error(path + "error", trouble("Runtime.MarshalError", "Unable to marshal response: %s" % error))
            continue
        runtime.ask("POST", path + "response", body, {"Content-Type": "application/json"})


if importlib.util.find_spec("awslambdaric"):
    with_awslambdaric()
else:
    alone()
