"""From measurements to a table that people read. Ratios are formed within a round and their median is shown: figures drift, ratios less."""

from statistics import median

from cases import BAD, FIRST, GARBAGE, GATEWAY, PLAIN, ROTATION, SAME
from timing import HIGH, LOW


def middle(rounds, field="cpu_us"):
    values = [one[field] for one in rounds if one.get(field) is not None]
    return median(values) if values else None


def ratios(ours, theirs):
    """Round by round: ours over theirs. Several lists of theirs are added up."""
    sums = [sum(one["cpu_us"] for one in together) for together in zip(*theirs, strict=True)]
    return [one["cpu_us"] / other for one, other in zip(ours, sums, strict=True) if other]


def spread(values):
    return f"{median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def number(value, digits=1):
    return "-" if value is None else f"{value:,.{digits}f}"


def times(rounds):
    return f"{number(middle(rounds, 'p50_us') / 1000, 2)} / {number(middle(rounds, 'p99_us') / 1000, 2)}"


def table(head, rows):
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return ["| " + " | ".join(line) + " |" for line in lines]


def gateway(results):
    rows = []
    for case in GATEWAY:
        ours, theirs = results["gateway"][case.title]["cognate"], results["gateway"][case.title]["haproxy"]
        row = [case.title, number(middle(ours)), number(middle(theirs)), spread(ratios(ours, [theirs])), times(ours), times(theirs)]
        rows.append([*row, number(middle(ours, "per_second"), 0), number(middle(theirs, "per_second"), 0)])
    own = results["gateway"]["the same valid token of a pool here"]["cognate"]
    rows.append(["the same valid token of a pool here", number(middle(own)), "-", "-", times(own), "-", number(middle(own, "per_second"), 0), "-"])
    head = ["case", "Cognate us", "HAProxy us", "ratio", "Cognate p50 / p99 ms", "HAProxy p50 / p99 ms", "Cognate /s", "HAProxy /s"]
    memory = results["memory"]
    return [
        "### Gateway: CPU microseconds per request",
        "",
        f"One worker thread each, 64 keep-alive connections in a closed loop, a {results['token_bytes']:,}-byte RS256 token, the same origin behind both. "
        "HAProxy proxies without authorising in the first row and checks `alg`, `iss`, `aud`, `exp` and the signature in the others.",
        "",
        *table(head, rows),
        "",
        f"Resident memory at its highest: Cognate {memory['cognate']['peak']:.0f} MB, HAProxy {memory['haproxy']['peak']:.0f} MB.",
        "",
    ]


def issuer(results):
    floors, rows = results["floors"], []
    peers = [name for name in ("moto", "ministack") if any(name in measured for _, measured in results["issuer"].values())]
    for title, (parts, measured) in results["issuer"].items():
        ours, floor = measured["cognate"], [floors[part] for part in parts]
        row = [title, number(middle(ours) / 1000, 2)]
        row += [f"{number(sum(middle(one) for one in floor) / 1000, 2)} ({' + '.join(parts)})", spread(ratios(ours, floor))] if floor else ["-", "-"]
        for name in peers:
            theirs = measured.get(name)
            row += [number(middle(theirs) / 1000, 2), spread(ratios(ours, [theirs]))] if theirs else ["-", "-"]
        rows.append([*row, number(middle(ours, "per_second"), 0), times(ours)])
    head = ["operation", "Cognate ms", "floor ms", "ratio to floor", *(column for name in peers for column in (f"{name} ms", f"ratio to {name}")), "Cognate /s", "p50 / p99 ms"]
    lines = [
        "### Issuer: CPU milliseconds per answer",
        "",
        "The floor is the bare work that cannot be left out, measured in the same rounds: RSA-2048 signatures, the Argon2id hash. "
        "moto and ministack hash no passwords and write nothing to disk; Cognate does both.",
        "",
        *table(head, rows),
        "",
        f"Cognate's resident memory afterwards: {results['memory_issuer']['cognate']['now']:.0f} MB (at its highest {results['memory_issuer']['cognate']['peak']:.0f} MB: "
        "each password hash takes 19 MB while it runs). "
        f"The disk gave {number(middle(floors['flush'], 'per_second'), 0)} single flushes a second in the same rounds.",
        "",
    ]
    return lines


def start(results):
    rows = [
        [title, number(median(one["ms"] for one in trials)), number(max(one["ms"] for one in trials)), number(median(one["rss_kib"] for one in trials) / 1024)]
        for title, trials in results["start"].items()
    ]
    return [
        "### Start and size",
        "",
        *table(["start", "to first answer, median ms", "slowest ms", "idle memory MB"], rows),
        "",
        f"The binary has {results['binary_bytes'] / 1e6:.1f} MB.",
        "",
    ]


def timing(results):
    rows = [
        [title, f"{found['p']:.3f}", number(found["known_ms"], 2), number(found["unknown_ms"], 2), number(found["tries"], 0)]
        for title, found in results["timing"].items()
    ]
    return [
        "### Who exists, by the clock",
        "",
        "Tries at known and unknown names in one shuffled row, on one connection, below the lockout. 0.5 tells nothing; the bar is 0.45 to 0.55. "
        "Status, length and headers of all answers of a row were the same.",
        "",
        *table(["operation", "an unknown name takes longer with p", "known, median ms", "unknown, median ms", "tries"], rows),
        "",
    ]


def users(results):
    few, million, rows = results["users"]["few"], results["users"]["million"], []
    for title, measured in results["users"]["cases"].items():
        small, large = measured["few"], measured["million"]
        row = [title, number(middle(small)), number(middle(large)), spread(ratios(large, [small]))]
        rows.append([*row, times(small), times(large)])
    head = ["operation", f"us, {few:,} users", f"us, {million:,} users", "ratio", f"p50 / p99 ms, {few:,}", f"p50 / p99 ms, {million:,}"]
    return [
        "### Size of a pool: CPU microseconds per answer",
        "",
        f"Two servers, one with {few:,} users and one with {million:,} (a database of {results['users']['megabytes']:,.0f} MB); 500 people of either sign in. Both lists "
        "were walked from end to end first and held every user once.",
        "",
        *table(head, rows),
        "",
    ]


def bars(results):
    """The project's own bars (performance.md), as far as this run can judge them."""
    rows = []

    def judge(what, values, limit):
        rows.append([what, spread(values), f"<= {limit:.2f}", "yes" if median(values) <= limit else "no"])

    if "gateway" in results:
        ours = {title: both["cognate"] for title, both in results["gateway"].items()}
        theirs = {title: both.get("haproxy") for title, both in results["gateway"].items()}
        judge("authorised, same token : HAProxy not authorising", ratios(ours[SAME], [theirs[PLAIN]]), 1.25)
        judge("authorised, rotation : HAProxy not authorising", ratios(ours[ROTATION], [theirs[PLAIN]]), 1.25)
        judge("authorised, same token : HAProxy authorising", ratios(ours[SAME], [theirs[SAME]]), 1 / 3)
        judge("authorised, rotation : HAProxy authorising", ratios(ours[ROTATION], [theirs[ROTATION]]), 1 / 3)
        judge("first sight : HAProxy authorising", ratios(ours[FIRST], [theirs[FIRST]]), 0.6)
        judge("bad signature : HAProxy", ratios(ours[BAD], [theirs[BAD]]), 0.7)
        judge("garbage : HAProxy", ratios(ours[GARBAGE], [theirs[GARBAGE]]), 1.0)
        judge("memory under gateway load, MB", [results["memory"]["cognate"]["peak"]], 40)
    if "issuer" in results:
        floors = results["floors"]
        for title, (parts, measured) in results["issuer"].items():
            if "refresh" in title:
                judge(f"{title} : 2 bare signatures", ratios(measured["cognate"], [floors[part] for part in parts]), 1.10)
            if "SRP" in title:
                judge(f"{title}, ms", [one["cpu_us"] / 1000 for one in measured["cognate"]], 3.8)
                password = next((m["moto"] for t, (_, m) in results["issuer"].items() if "password" in t and "moto" in m), None)
                if password:
                    judge(f"{title} : moto's password sign-in", ratios(measured["cognate"], [password]), 1.0)
    for title, measured in results.get("users", {}).get("cases", {}).items():
        judge(f"{title}: {results['users']['million']:,} : {results['users']['few']:,} users", ratios(measured["million"], [measured["few"]]), 1.10)
    if "start" in results:
        for title, limit in (("serve, empty", 25), ("serve, 100,000 users", 60)):
            if title in results["start"]:
                judge(f"start, {title}: ms", [one["ms"] for one in results["start"][title]], limit)
        judge("idle memory (serve, empty), MB", [one["rss_kib"] / 1024 for one in results["start"]["serve, empty"]], 15)
    for title, found in results.get("timing", {}).items():
        met = "yes" if LOW <= found["p"] <= HIGH else "no"
        rows.append([f"{title}: unknown names take longer, p", f"{found['p']:.3f}", f"{LOW}-{HIGH}", met])
    return ["### Against our own bars", "", *table(["what", "median (lowest-highest)", "bar", "met"], rows), ""]


def markdown(results):
    about = results["about"]
    intro = (
        f"`make bench`, {results['when']}: {about['cognate']} ({about['commit']}) and {about['haproxy']} on {about['cpu']}, Linux {about['kernel']}; "
        f"{results['rounds']} rounds of {results['seconds']:g} s a case, interleaved; CPU is user and system time of the server's processes per answer, every answer checked; "
        "medians, ratios formed within each round."
    )
    lines = [intro, ""]
    if results["quick"]:
        lines += ["**A quick run: it proves that the bench works, its numbers are noise.**", ""]
    for part in (gateway, issuer, start, users, timing):
        if part.__name__ in results:
            lines += part(results)
    return "\n".join(lines + bars(results))
