// Starts a Node.js handler under the Lambda Runtime API: async handlers, callbacks, CommonJS and ES modules.
import http from "node:http";
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

const HANDLER = process.env._HANDLER;
const ROOT = process.env.LAMBDA_TASK_ROOT;
const [ADDRESS, ...REST] = process.env.AWS_LAMBDA_RUNTIME_API.split("/");
const [HOST, PORT] = ADDRESS.split(":");
const API = ["", ...REST, "2018-06-01", "runtime", ""].join("/");
const agent = new http.Agent({ keepAlive: true, maxSockets: 2 });

let current = null; // the event that is being answered
let requestId = "";

function ask(method, what, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "Content-Length": Buffer.byteLength(body), "Content-Type": "application/json" };
    const request = http.request({ host: HOST, port: PORT, method, path: API + what, agent, headers: { ...length, ...headers } }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts).toString("utf8") }));
      answer.on("error", reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}

for (const [method, level] of [["log", "INFO"], ["info", "INFO"], ["warn", "WARN"], ["error", "ERROR"], ["debug", "DEBUG"], ["trace", "TRACE"]]) {
  console[method] = (...words) => {
    const text = format(...words).replace(/\n/g, "\r");
    process.stdout.write(`${new Date().toISOString()}\t${requestId || "undefined"}\t${level}\t${text}\n`);
  };
}

function shape(error, kind) {
  if (!(error instanceof Error)) {
    return { errorType: kind ?? typeof error, errorMessage: String(error), trace: [] };
  }
  const trace = String(error.stack ?? error).split("\n").filter((line) => !line.includes("[eval"));
  return { errorType: kind ?? error.name, errorMessage: error.message, trace };
}

async function tellError(what, error) {
  process.stdout.write(`${new Date().toISOString()}\t${requestId || "undefined"}\tERROR\tInvoke Error\t${JSON.stringify(error)}\n`);
  await ask("POST", what, JSON.stringify(error), { "Lambda-Runtime-Function-Error-Type": error.errorType });
}

class Trouble extends Error {
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

async function load() {
  const folder = path.dirname(HANDLER);
  const split = /^([^.]*)\.(.*)$/.exec(path.basename(HANDLER));
  if (!split || HANDLER.includes("..")) throw new Trouble("Runtime.MalformedHandlerName", `Bad handler: '${HANDLER}' is not of the form file.function`);
  const [, file, name] = split;
  const base = path.resolve(ROOT, folder, file);
  const found = ["", ".js", ".mjs", ".cjs"].map((ending) => base + ending).find((at) => fs.existsSync(at) && fs.statSync(at).isFile());
  if (!found) throw new Trouble("Runtime.ImportModuleError", `Error: Cannot find module '${path.join(folder, file)}'`);
  let loaded;
  try {
    loaded = await from(found);
  } catch (error) {
    if (error instanceof SyntaxError) throw new Trouble("Runtime.UserCodeSyntaxError", String(error.stack).split("\n    at ")[0]);
    if (error?.code === "MODULE_NOT_FOUND" || error?.code === "ERR_MODULE_NOT_FOUND") throw new Trouble("Runtime.ImportModuleError", `Error: ${error.message}`);
    throw error;
  }
  const handler = name.split(".").reduce((at, part) => at?.[part], loaded);
  if (handler === undefined) throw new Trouble("Runtime.HandlerNotFound", `${HANDLER} is undefined or not exported`);
  if (typeof handler !== "function") throw new Trouble("Runtime.HandlerNotFound", `${HANDLER} is not a function`);
  return handler;
}

async function from(file) {
  if (!file.endsWith(".mjs")) {
    try {
      return createRequire(pathToFileURL(path.join(ROOT, "x")))(file);
    } catch (error) {
      const isModule = error?.code === "ERR_REQUIRE_ESM" || error?.code === "ERR_REQUIRE_ASYNC_MODULE" || (error instanceof SyntaxError && /import statement|Unexpected token 'export'|import\.meta/.test(error.message));
      if (!isModule) throw error;
    }
  }
  return import(pathToFileURL(file).href);
}

function context(headers) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  const client = headers["lambda-runtime-client-context"];
  return {
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: client ? JSON.parse(client) : undefined,
    identity: undefined,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(deadline - Date.now(), 0),
  };
}

function answered(handler, event, cx) {
  return new Promise((resolve, reject) => {
    // With nothing left to wait for, a handler that has not answered answers null.
    current = { resolve };
    const callback = (error, value) => (error === undefined || error === null ? resolve(value) : reject(error));
    Object.assign(cx, { done: callback, succeed: (value) => callback(null, value), fail: (error) => callback(error ?? "handled") });
    const returned = handler(event, cx, callback);
    if (typeof returned?.then === "function") returned.then(resolve, reject);
    else if (returned !== undefined && handler.length < 3) resolve(returned);
  }).finally(() => (current = null));
}

async function run() {
  let handler;
  try {
    handler = await load();
  } catch (error) {
    await tellError("init/error", shape(error, error.kind));
    process.exit(1);
  }
  for (;;) {
    const next = await ask("GET", "invocation/next");
    if (next.status !== 200) process.exit(0);
    const cx = context(next.headers);
    requestId = cx.awsRequestId;
    process.env._X_AMZN_TRACE_ID = next.headers["lambda-runtime-trace-id"] ?? "";
    const what = `invocation/${requestId}/`;
    try {
      const value = await answered(handler, JSON.parse(next.body), cx);
      let body;
      try {
        body = JSON.stringify(value === undefined ? null : value);
      } catch (error) {
        throw Object.assign(new Trouble("Runtime.MarshalError", `Unable to stringify response body: ${error.message}`));
      }
      await ask("POST", what + "response", body ?? "null");
    } catch (error) {
      await tellError(what + "error", shape(error, error?.kind));
    }
  }
}

async function fatal(error, kind) {
  try {
    await tellError(requestId ? `invocation/${requestId}/error` : "init/error", shape(error, kind));
  } finally {
    process.exit(128 + 1);
  }
}

process.on("uncaughtException", (error) => fatal(error, error?.kind));
process.on("unhandledRejection", (reason) => fatal(reason instanceof Error ? Object.assign(reason, { message: `${reason.name}: ${reason.message}` }) : new Error(String(reason)), "Runtime.UnhandledPromiseRejection"));
process.on("beforeExit", () => current?.resolve(null));

run();
