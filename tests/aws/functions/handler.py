"""A function for any trigger: notes each event and does what the script for its source says."""

import json
import os
import pathlib
import sys
import time

FOLDER = pathlib.Path(os.environ["SCRIPTS"])


def handler(event, context):
    with open(FOLDER / "log", "a", encoding="utf-8") as log:
        log.write(json.dumps(event) + "\n")
    script = FOLDER / event["triggerSource"]
    do = json.loads(script.read_text(encoding="utf-8")) if script.exists() else {}
    if "sleep" in do:
        time.sleep(do["sleep"])
    if "exit" in do:
        sys.stdout.flush()
        os._exit(do["exit"])
    if "raise" in do:
        raise ValueError(do["raise"])
    if "answer" in do:
        return do["answer"]
    event["response"] = do.get("response", event["response"])
    return event
