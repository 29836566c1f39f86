"""Tells whoever asked how a fine-tuning ended: posts to a webhook, runs a command.

It needs Python's standard library and nothing else, so that it also works where
the trainer's environment is what failed. It runs in the job's folder.
"""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request

TIMEOUT = 10
PAUSES = (1, 5)


class Stay(urllib.request.HTTPRedirectHandler):
    """A redirect would carry what is posted elsewhere."""

    def redirect_request(self, *args, **kwargs):
        return None


def plain(text):
    """A text that can be printed, posted and be in an environment, whatever a file says."""
    return str(text).encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def say(text, to):
    """Prints in UTF-8, whatever the node's language is."""
    to.buffer.write((text + "\n").encode("utf-8", "replace"))
    to.flush()


def read(path):
    try:
        with open(path, encoding="utf-8") as f:
            found = json.load(f)
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def measured(run):
    """The last losses, and how far it came."""
    last = {}
    try:
        with open(os.path.join(run, "metrics.jsonl"), encoding="utf-8", errors="replace") as lines:
            for line in lines:
                try:
                    row = json.loads(line)
                except ValueError:
                    continue
                if isinstance(row, dict):
                    last.update({k: row[k] for k in ("step", "of", "loss", "eval_loss") if isinstance(row.get(k), (int, float)) and abs(row[k]) < 1e300})
    except OSError:
        pass
    return last


def look(task):
    """How one task ended."""
    run = os.path.join(task.get("folder") or ".", "run")
    said = read(os.path.join(run, "state.json"))
    found = {"task": task["task"], "state": "stopped", "error": "it ended before it was done"}
    if os.path.isdir(os.path.join(run, "merged")):
        found = {"task": task["task"], "state": "completed"}
    elif said.get("state") == "failed":
        found.update(state="failed", error=plain(said.get("error") or "the training failed")[:2000])
    elif said.get("state") == "done":
        found.update(state="failed", error="it was trained, and the merge did not end well: see the logs of the stage merge")
    if task.get("label"):
        found["label"] = task["label"]
    found.update(measured(run))
    return found


def message(asked):
    tasks = [look(t) for t in asked["tasks"]]
    states = [t["state"] for t in tasks]
    state = next((s for s in ("failed", "stopped") if s in states), "completed")
    out = {"id": asked["id"], "name": asked["name"], "state": state, "where": asked["where"]}
    first = next((t for t in tasks if t["state"] == state), tasks[0])
    out.update({k: first[k] for k in ("step", "of", "loss", "eval_loss", "error") if k in first})
    text = "{name} ({id}): {state}".format(**out)
    for key, word in (("loss", "loss"), ("eval_loss", "held out")):
        if key in out:
            text += ", {} {:.4g}".format(word, out[key])
    if len(tasks) > 1:
        out["tasks"] = tasks
        text += ", {} of {} tasks completed".format(states.count("completed"), len(tasks))
    if "error" in out:
        text += ": " + out["error"]
    out["text"] = text
    return out


def post(url, out):
    """True if the webhook took it. The URL is a secret: it is not printed."""
    if not url.startswith(("http://", "https://")):
        print("webhook: the URL is neither http nor https", file=sys.stderr)
        return False
    request = urllib.request.Request(url, json.dumps(out, ensure_ascii=False).encode(), {"Content-Type": "application/json", "User-Agent": "gorod"})
    opener = urllib.request.build_opener(Stay)
    for pause in PAUSES + (None,):
        try:
            with opener.open(request, timeout=TIMEOUT):
                return True
        except urllib.error.HTTPError as e:
            why, again = "HTTP {}".format(e.code), e.code >= 500 or e.code == 429
        except urllib.error.URLError as e:
            why, again = type(e.reason).__name__, True
        except (OSError, ValueError) as e:
            why, again = type(e).__name__, not isinstance(e, ValueError)
        print("webhook: " + why, file=sys.stderr)
        if not again or pause is None:
            return False
        time.sleep(pause)
    return False


def run(command, out):
    given = {"GOROD_NOTIFY_" + k.upper(): str(v) for k, v in out.items() if k != "tasks"}
    code = subprocess.call(["bash", "-c", command], env=dict(os.environ, **given))
    if code:
        print("notify.command ended with {}".format(code), file=sys.stderr)
    return code == 0


def main():
    asked = read("notify.json")
    out = message(asked)
    say(out["text"], sys.stdout)
    good = True
    if asked.get("webhook"):
        try:
            with open(asked["webhook"], encoding="utf-8") as f:
                url = f.read().strip()
        except OSError as e:
            print("webhook: its URL cannot be read: {}".format(e.strerror), file=sys.stderr)
            good = False
        else:
            good = post(url, out)
            if good:
                os.remove(asked["webhook"])
    if asked.get("command"):
        good = run(asked["command"], out) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
