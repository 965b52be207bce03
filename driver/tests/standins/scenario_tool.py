"""A stand-in for exchain-scenario."""

import json
import sys

import toy


def main(command: str, *words: str) -> int:
    try:
        return {"print": print_texts, "model": model, "judge": judge, "expect": expect}[command](words)
    except toy.Mistake as mistake:
        print(mistake, file=sys.stderr)
        return 2


def print_texts(files) -> int:
    for file in files:
        try:
            print(toy.canonical(open(file, errors="replace").read()))
        except toy.Mistake as mistake:
            raise toy.Mistake(f"{file}:{mistake}") from None
    return 0


def model(words) -> int:
    for number, text in enumerate(toy.read_list(toy.options(words)["--list"])):
        try:
            text = toy.canonical(text)
        except toy.Mistake as mistake:
            place, _, what = str(mistake).partition(": ")
            raise toy.Mistake(f"{toy.options(words)['--list']}:{number + 1}:{place.split(':')[1]}: {what}") from None
        print(json.dumps({"index": number, **toy.model(text)}))
    return 0


def judge(words) -> int:
    given = toy.options(words)
    texts = toy.read_list(given["--list"])
    header, runs = toy.read_journal(given["--journal"])
    failed = False
    for place, run in enumerate(runs):
        last = place == len(runs) - 1
        said = judge_run(run, texts[run["index"]], last and "--hang" in given)
        failed |= said["verdict"] not in ("PASS", "XFAIL", "SKIP")
        if "--no-trace-when-pass" in given and said["verdict"] == "PASS":
            said |= {"trace": [], "expected_trace": []}
        print(json.dumps(said))
    print(json.dumps({"journal": {key: header[key] for key in ("runs", "finished", "progress")}}))
    return 1 if failed else 0


def judge_run(run: dict, text: str, hang: bool) -> dict:
    expected, expected_trace = toy.predicted(text)
    trace = run["trace"]
    said = {
        "index": run["index"], "text": text, "verdict": "PASS", "outcome": expected, "expected": expected, "rule": None, "stop": None,
        "reason": "", "trace": trace, "expected_trace": expected_trace, "difference": None, "report": "",
        "nanoseconds": run["nanoseconds"], "rules_checked": run["rules_checked"],
    }
    special = next((word for word in ("VACUOUS", "XFAIL", "XPASS", "SKIP") if trace and word.lower() in trace[-1]), None)
    if trace and "refused" in trace[-1]:
        return said | {"verdict": "ERROR", "reason": "the toy's file is not there", "refused": True}
    if special:
        return said | {"verdict": special, "reason": f"the toy says {special}"}
    if trace == expected_trace and run["state"] in (toy.ENDED, toy.STOPPED):
        return said
    said["difference"] = next((at for at, pair in enumerate(zip(trace, expected_trace)) if pair[0] != pair[1]), min(len(trace), len(expected_trace)))
    if hang:
        return said | {"verdict": "HANG", "outcome": "hang", "reason": "a watchdog ended it"}
    if run["state"] == toy.RUNNING:
        return said | {"verdict": "CRASH", "outcome": "crash unknown", "reason": "the process died without a word"}
    if run["state"] == toy.STOPPED:
        rule = run["rule"]
        outcome = f"violation {rule}" if rule else f"bugcheck 0x{run['stop']['code']:08X}"
        return said | {"verdict": "VIOLATION", "outcome": outcome, "rule": rule or None, "stop": run["stop"], "report": run["report"]}
    return said | {"verdict": "FAIL", "outcome": "ok", "reason": "the traces differ"}


def expect(files) -> int:
    wrong = [f"{file}: step 1: expected something else" for file in files if "#= wrong" in open(file).read()]
    print(*wrong, f"case files: {len(files)}, expectations that hold: 0, mistakes: {len(wrong)}", sep="\n")
    return 1 if wrong else 0


sys.exit(main(*sys.argv[1:]))
