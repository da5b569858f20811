"""The bench: puts the servers up, measures in interleaved rounds, reports. `bench/run` calls it; its head says what can be chosen."""

import contextlib
import json
import os
import shutil
import sys
import time
from types import SimpleNamespace

import report
import users
from cases import GATEWAY, PLAIN, GatewayCase, JsonCase, MachineCase, SrpCase, Target, versions
from peers import COGNATE, ROOT, WORK, Issuer, cognate, free_port, haproxy, load, origin, stand_ins
from scene import AUDIENCE, Api, Pool, tokens
from timing import timing, told

QUICK = os.environ.get("BENCH_QUICK", "") not in ("", "0")
ROUNDS = int(os.environ.get("BENCH_ROUNDS", 2 if QUICK else 5))
SECONDS = float(os.environ.get("BENCH_SECONDS", 0.5 if QUICK else 2))
PARTS = os.environ.get("BENCH_ONLY", "gateway,issuer,start,users,timing").split(",")
FRESH = 1_500 if QUICK else 8_000  # tokens seen for the first time, a round
SRP = 1 if QUICK else 4  # SRP sign-ins of each user, a round
STARTS = 2 if QUICK else 10
MANY_USERS = 0 if QUICK else 100_000
CROWD, TRIES = (20, 120) if QUICK else (500, 2_000)
FEW, MILLION = (200, 2_000) if QUICK else (1_000, 1_000_000)  # users of the two pools that are compared


def interleaved(number, targets):
    """A B in even rounds, B A in odd ones: what drifts hits both."""
    return targets if number % 2 == 0 else targets[::-1]


def say(number, title, name, seen):
    print(f"  round {number + 1}  {title:38} {name:8} {seen['cpu_us']:10.1f} us  {seen.get('per_second', 0):9,.0f}/s", flush=True)


def gateway_round(number, settings, results, ours, theirs):
    for case in GATEWAY:
        both = results["gateway"].setdefault(case.title, {"cognate": [], "haproxy": []})
        plain, auth = theirs
        for target in interleaved(number, [ours, plain if case.title == PLAIN else auth]):
            seen = case.run(target, settings, number)
            both[target.name].append(seen)
            say(number, case.title, target.name, seen)
    own = GatewayCase("the same valid token of a pool here", "own", "own")
    seen = own.run(ours, settings, number)
    results["gateway"].setdefault(own.title, {"cognate": []})["cognate"].append(seen)
    say(number, own.title, "cognate", seen)


def issuer_round(number, settings, results, cases):
    times = 100 if QUICK else 500
    for part, arguments in (("signature", ("sign", "--times", times)), ("Argon2id", ("hash", "--times", times // 20)), ("flush", ("flush", "--folder", WORK))):
        results["floors"].setdefault(part, []).append(load(*arguments))
    for title, floor, runs in cases:
        measured = results["issuer"].setdefault(title, (floor, {}))[1]
        for case, target in interleaved(number, runs):
            seen = case.run(target, settings, number)
            measured.setdefault(target.name, []).append(seen)
            say(number, title, target.name, seen)


def issuer_cases(pool, ours, others):
    """Title, floor, and who runs it. `others`: the stand-ins' pools and targets."""

    sides = [(pool, ours), *others]

    def both(lines, connections=8):
        """InitiateAuth with a file of bodies, here and at the stand-ins."""
        return [(JsonCase("InitiateAuth", getattr(side, lines)(), "IdToken", connections), target) for side, target in sides]

    password = both("passwords", connections=4)
    refresh = both("refreshes")
    # moto proves no password in SRP: there is nothing to compare.
    update = [(JsonCase("UpdateUserAttributes", pool.updates(), "{", connections=64), ours)]
    return [
        ("password sign-in, 2 JWTs", ["Argon2id", "signature", "signature"], password),
        ("SRP sign-in, 2 JWTs", ["signature", "signature"], [(SrpCase(side), target) for side, target in sides if side.name != "moto"]),
        ("refresh, 2 JWTs", ["signature", "signature"], refresh),
        ("client_credentials, 1 JWT", ["signature"], [(MachineCase(side), target) for side, target in sides if side.machine]),
        ("UpdateUserAttributes, durable, 64 writers", [], update),
    ]


def serving(results):
    """The gateway and the issuer, rounds over both."""
    port, folder, results["token_bytes"] = tokens(FRESH * ROUNDS)
    settings = SimpleNamespace(seconds=SECONDS, tokens=folder, fresh=FRESH, srp=SRP)
    data = WORK / "serve"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    with contextlib.ExitStack() as stack:
        issuer = stack.enter_context(Issuer(folder, port))
        back = stack.enter_context(origin(free_port()))
        here = cognate(free_port(), data)
        plain, auth = free_port(), free_port()
        peer = stack.enter_context(haproxy(plain, auth, back.port, issuer.url, AUDIENCE, folder / "public.pem"))
        print("making pools, users and the API", flush=True)
        with here:
            pool = Pool("cognate", here.port, machine=True)
            api = Api(here.port, back.port, issuer.url, pool)
        # Started again, so that its memory tells of the load and not of the users' hashed passwords.
        stack.enter_context(here)
        (folder / "own.txt").write_text(pool.results[0]["AccessToken"])
        ours = Target("cognate", here, here.port, api.host)
        idp = Target("cognate", here, here.port, f"localhost:{here.port}")
        others = []
        for name, start in stand_ins() if "issuer" in PARTS else ():
            stand_in = stack.enter_context(start(free_port()))
            # moto has no token endpoint for machines.
            others.append((Pool(name, stand_in.port, machine=name != "moto"), Target(name, stand_in, stand_in.port, f"localhost:{stand_in.port}")))
        if "gateway" in PARTS:
            results["gateway"] = {}
            for number in range(ROUNDS):
                gateway_round(number, settings, results, ours, [Target("haproxy", peer, plain), Target("haproxy", peer, auth)])
            results["memory"] = {"cognate": here.memory(), "haproxy": peer.memory()}
        if "issuer" in PARTS:
            results["issuer"], results["floors"] = {}, {}
            cases = issuer_cases(pool, idp, others)
            for number in range(ROUNDS):
                issuer_round(number, settings, results, cases)
            results["memory_issuer"] = {"cognate": here.memory()}


def trial(port, command, name):
    return load("start", "--to", f"127.0.0.1:{port}", "--host", f"localhost:{port}", "--path", "/", "--log", WORK / f"{name}.log", "--", *command)


def starts(results):
    """Each kind of start, again and again; SIGTERM between them."""
    results["start"] = found = {}

    def measure(title, count, command, port, fresh=None):
        for _ in range(count):
            if fresh:
                shutil.rmtree(fresh, ignore_errors=True)
            seen = trial(port, command, "start")
            found.setdefault(title, []).append(seen)
            print(f"  {title:38} {seen['ms']:8.1f} ms  {seen['rss_kib'] / 1024:6.1f} MB", flush=True)

    port, page, data = free_port(), free_port(), WORK / "dev"
    dev = [COGNATE, "dev", "--data", data, "--port", port, "--dashboard-port", page]
    measure("dev, first start (keys, demo users)", min(STARTS, 3), dev, port, fresh=data)
    measure("dev, existing state", STARTS, dev, port)
    folder = WORK / "start"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    server = cognate(port, folder)
    serve = server.command
    measure("serve, first start", min(STARTS, 3), serve, port, fresh=folder / "data")
    measure("serve, empty", STARTS, serve, port)
    if MANY_USERS:
        with server:
            Pool("many", port)
        users.crowd(folder / "data" / "cognate.db", MANY_USERS)
        measure(f"serve, {MANY_USERS:,} users", STARTS, serve, port)


def sizes(results):
    """A pool of a thousand users and one of a million: what either costs, in interleaved rounds."""
    with contextlib.ExitStack() as stack:
        pools = [users.Crowded(stack, name, count) for name, count in (("few", FEW), ("million", MILLION))]
        results["users"] = {"few": FEW, "million": MILLION, "cases": {}, "megabytes": pools[1].megabytes}
        for number in range(ROUNDS):
            for title in users.CASES:
                for pool in interleaved(number, pools):
                    seen = pool.run(title, SECONDS)
                    results["users"]["cases"].setdefault(title, {}).setdefault(pool.name, []).append(seen)
                    say(number, title, pool.name, seen)


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    results = {"when": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), "quick": QUICK, "rounds": ROUNDS, "seconds": SECONDS, "about": versions(COGNATE)}
    results["binary_bytes"] = os.path.getsize(COGNATE)
    if "gateway" in PARTS or "issuer" in PARTS:
        serving(results)
    if "start" in PARTS:
        starts(results)
    if "timing" in PARTS:
        timing(results, CROWD, TRIES)
    if "users" in PARTS:
        sizes(results)
    text = report.markdown(results)
    folder = WORK if QUICK or len(PARTS) < 5 else ROOT / "bench" / "results"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "latest.json").write_text(json.dumps(results, indent=1) + "\n")
    (folder / "latest.md").write_text(text + "\n")
    print(f"\n{text}\nwritten: {(folder / 'latest.md').relative_to(ROOT)}, {(folder / 'latest.json').relative_to(ROOT)}")
    if told(results) and not QUICK:
        return f"the clock tells who exists: {', '.join(told(results))}"
    return 0


if __name__ == "__main__":
    sys.exit(main())
