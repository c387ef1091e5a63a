"""Checks a bundle of Consilience: python verify.py DIR [--root sha256:…] [--key VKEY] [--opening FILE]

Exit code 0 if it is whole, else 1 and the reasons, a line each. Python 3.8 or later and nothing else is needed; only
signatures need the library `cryptography`. Written from docs/formats/bundle-format.md alone: it shares no code with the
program that makes bundles. Whoever doesn't trust this file compares its digest with the one that the maker printed.
"""

import sys

if __name__ == "__main__" and not sys.flags.isolated and not getattr(sys.flags, "safe_path", False):
    # Python looks for modules beside this file first: one planted there would run as `json`, with all it likes to say.
    # Nothing may be imported before this line, `__future__` neither (so annotations are those of Python 3.8).
    sys.path[:] = [place for place in sys.path if place != sys.path[0]]

import argparse
import base64
import hashlib
import json
import os
import re
from typing import Any, Dict, Iterable, List, NoReturn, Optional, Tuple

ROOT_FILE, TAG_MANIFEST, MANIFEST = "bundle-root.txt", "tagmanifest-sha256.txt", "manifest-sha256.txt"
TAG_FILES = ["README.txt", "bag-info.txt", "bagit.txt", MANIFEST, "verify.py"]
BAGIT = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
HEX = re.compile(r"[0-9a-f]{64}")
LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9._/-]+)")
SIGNATURE = re.compile(r"— (\S+) ([A-Za-z0-9+/=]+)")
VKEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)")
ED25519 = 1
FOUND_NOTHING = {"none", "nothing", "nothing found", "not found", "no result", "no results", "0"}
TENSE = {"in tension", "contradicts"}
Key = Tuple[str, bytes, bytes]  # name, hash, Ed25519 key
Notes = List[Tuple[str, bytes]]  # who signed, and what stands beside the name


class Wrong(Exception):
    """A reason why the bundle is not whole."""


class Report:
    """Reasons against the bundle, and what else is to be said of it."""

    def __init__(self) -> None:
        self.reasons: List[str] = []
        self.said: List[str] = []

    def need(self, holds: object, reason: str) -> None:
        if not holds:
            self.reasons.append(reason)


def blocks(folder: str, name: str) -> Iterable[bytes]:
    """A file in blocks, so that a long video costs no memory."""
    path = os.path.join(folder, *name.split("/"))
    if os.path.lexists(path) and not os.path.isfile(path):
        raise Wrong(f"{name}: is no ordinary file")
    try:
        with open(path, "rb") as stream:
            yield from iter(lambda: stream.read(1 << 20), b"")
    except OSError as err:
        raise Wrong(f"{name}: can't be read: {err.strerror}") from err


def digest_and_size(folder: str, name: str) -> Tuple[str, int]:
    state, size = hashlib.sha256(), 0
    for block in blocks(folder, name):
        state.update(block)
        size += len(block)
    return state.hexdigest(), size


def text_of(folder: str, name: str) -> str:
    try:
        return b"".join(blocks(folder, name)).decode("utf-8")
    except UnicodeDecodeError as err:
        raise Wrong(f"{name}: is not UTF-8") from err


def parse(text: str, name: str) -> Any:
    """JSON without a key twice and without NaN."""

    def once(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
        if len({key for key, _ in pairs}) != len(pairs):
            raise Wrong(f"{name}: has a key twice")
        return dict(pairs)

    def never(word: str) -> NoReturn:
        raise Wrong(f"{name}: {word} is no number")

    try:
        return json.loads(text, object_pairs_hook=once, parse_constant=never)
    except (ValueError, RecursionError) as err:
        raise Wrong(f"{name}: is not JSON: {err}") from err


class Payload:
    """Files below data/, parsed once."""

    def __init__(self, folder: str) -> None:
        self.folder = os.path.join(folder, "data")
        self.parsed: Dict[str, Any] = {}

    def has(self, name: str) -> bool:
        return os.path.isfile(os.path.join(self.folder, *name.split("/")))

    def json(self, name: str) -> Any:
        if name not in self.parsed:
            self.parsed[name] = parse(text_of(self.folder, name), "data/" + name)
        return self.parsed[name]

    def everything(self) -> List[Tuple[str, Any]]:
        """Each JSON file of the format, exhibits aside, with what is in it."""
        names = [name for name in on_disk(self.folder, Report()) if name.endswith(".json")]
        return [(name, self.json(name)) for name in names if not name.startswith("exhibits/")]

    def at(self, place: str) -> Any:
        """What stands at `file#pointer` (RFC 6901), or at a file as a whole."""
        name, sign, pointer = place.partition("#")
        if not re.fullmatch(r"[A-Za-z0-9._/-]+", name) or ".." in name or name.startswith("/") or not self.has(name):
            raise Wrong(f"{place}: there is no such file")
        if not sign:
            return name
        found = self.json(name)
        for part in pointer.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            if isinstance(found, dict) and key in found:
                found = found[key]
            elif isinstance(found, list) and re.fullmatch(r"0|[1-9]\d*", key) and int(key) < len(found):
                found = found[int(key)]
            else:
                raise Wrong(f"{place}: there is nothing")
        return found


def on_disk(folder: str, report: Report) -> List[str]:
    found = []
    for where, folders, files in os.walk(folder):
        here = os.path.relpath(where, folder).replace(os.sep, "/")
        report.need(folders or files, f"{here}: a folder without files")
        for name in folders + files:
            if os.path.islink(os.path.join(where, name)):
                report.reasons.append(f"{here}/{name}: a link")
        found += [name if here == "." else here + "/" + name for name in files]
    return sorted(found)


def manifest(folder: str, name: str, report: Report) -> Dict[str, str]:
    lines = text_of(folder, name).split("\n")
    report.need(lines.pop() == "", f"{name}: its last line has no end")
    listed: Dict[str, str] = {}
    for line in lines:
        match = LINE.fullmatch(line)
        if match is None or match[2] in listed or ".." in match[2]:
            raise Wrong(f"{name}: a line that can't be right: {line[:200]!r}")
        listed[match[2]] = match[1]
    report.need(list(listed) == sorted(listed), f"{name}: is not in order")
    return listed


def check_files(folder: str, report: Report) -> bool:
    payload, tags = manifest(folder, MANIFEST, report), manifest(folder, TAG_MANIFEST, report)
    report.need(sorted(tags) == TAG_FILES, f"{TAG_MANIFEST}: does not list the tag files")
    report.need(all(name.startswith("data/") for name in payload), f"{MANIFEST}: lists more than data/")
    listed, total = dict(payload, **tags), 0
    found = on_disk(folder, report)
    for name in sorted(set(found) - set(listed) - {ROOT_FILE, TAG_MANIFEST}):
        report.reasons.append(f"{name!a}: was added")
    for name in sorted(set(listed) - set(found)):
        report.reasons.append(f"{name}: is gone")
    for name in sorted(set(listed) & set(found)):
        digest, size = digest_and_size(folder, name)
        report.need(digest == listed[name], f"{name}: was altered")
        total += size if name in payload else 0
    report.need(text_of(folder, "bagit.txt") == BAGIT, "bagit.txt: is not that of BagIt 1.0")
    info = text_of(folder, "bag-info.txt").split("\n")
    report.need(f"Payload-Oxum: {total}.{len(payload)}" in info, "bag-info.txt: another Payload-Oxum")
    report.said.append(f"{len(payload)} files below data/, {total} bytes")
    return "Consilience-Signed: yes" in info


def note_of(text: str, name: str) -> Tuple[str, Notes]:
    """The text of a note and its signature lines; none where it is unsigned."""
    body, gap, rest = text.partition("\n\n")
    if not gap:
        return text, []
    lines = rest.split("\n")
    matches = [SIGNATURE.fullmatch(line) for line in lines[:-1]]
    found = [(match[1], decoded(match[2])) for match in matches if match]
    if lines[-1] or not found or len(found) != len(matches):
        raise Wrong(f"{name}: its signatures can't be read")
    return body + "\n", found


def decoded(text: str) -> bytes:
    """Base64 in its one canonical form, so that no bit of it can change unseen."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        data = b""
    if base64.b64encode(data).decode("ascii") != text:
        raise Wrong(f"this is not canonical base64: {text[:200]!r}")
    return data


def key_of(line: str) -> Key:
    """Name, hash and Ed25519 key of a verifier key."""
    match = VKEY.fullmatch(line)
    key = decoded(match[3]) if match else b""
    if match is None or len(key) != 33 or key[0] != ED25519:
        raise Wrong(f"this is no Ed25519 verifier key: {line[:200]!r}")
    if hashlib.sha256(match[1].encode("utf-8") + b"\n" + key).hexdigest()[:8] != match[2]:
        raise Wrong(f"a verifier key whose hash is wrong: {line[:200]!r}")
    return match[1], bytes.fromhex(match[2]), key[1:]


def check_signed(text: str, signatures: Notes, keys: List[Key], name: str, report: Report) -> List[Key]:
    """The keys that signed; a signature by an unknown key counts for nothing."""
    found = [(key, blob[4:]) for signer, blob in signatures for key in keys if (signer, blob[:4]) == key[:2]]
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        report.need(not found, f"{name}: is signed, and without the library cryptography that can't be checked")
        return [key for key, _ in found]
    for key, signature in found:
        try:
            Ed25519PublicKey.from_public_bytes(key[2]).verify(signature, text.encode("utf-8"))
        except InvalidSignature:
            report.reasons.append(f"{name}: the signature of {key[0]} is wrong")
    return [key for key, _ in found]


def check_root(
    folder: str, payload: Payload, signed: bool, options: argparse.Namespace, report: Report
) -> Tuple[str, List[Key]]:
    root = "sha256:" + digest_and_size(folder, TAG_MANIFEST)[0]
    text, signatures = note_of(text_of(folder, ROOT_FILE), ROOT_FILE)
    report.need(text == f"consilience/bundle/1\n{root}\n", f"{ROOT_FILE}: names another {TAG_MANIFEST}")
    report.need(options.root in (None, root), f"the root is {root}, not that of --root")
    report.said.append("root {}{}".format(root, "" if options.root else ": compare it with the one that you were told"))
    keys = []
    if payload.has("ledger/keys.txt"):
        keys = [key_of(line) for line in text_of(payload.folder, "ledger/keys.txt").splitlines()]
    pinned = key_of(options.key) if options.key else None
    good = check_signed(text, signatures, keys + ([pinned] if pinned and pinned not in keys else []), ROOT_FILE, report)
    report.need(bool(good) == bool(signatures) == signed, f"{ROOT_FILE}: is not signed as bag-info.txt says")
    report.need(len(good) == len(signatures), f"{ROOT_FILE}: has a signature by a key that is not in the bag")
    report.need(pinned is None or pinned in good, f"{ROOT_FILE}: is not signed by the key of --key")
    hint = "" if pinned else ": compare the key in data/ledger/keys.txt with one that you got another way"
    names = ", ".join(f"{name}+{key_hash.hex()}" for name, key_hash, _ in good)
    report.said.append(f"signed by {names}{hint}" if good else "unsigned")
    return root, keys


def climb(leaf: bytes, index: int, size: int, proof: List[bytes]) -> Optional[bytes]:
    """The root that an audit path leads to (RFC 9162, section 2.1.3.2); None where it doesn't fit the tree."""
    node, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return None
        if node & 1 or node == last:
            found = hashlib.sha256(b"\x01" + step + found).digest()
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\x01" + found + step).digest()
        node, last = node >> 1, last >> 1
    return None if last else found


def leaf_of(body: str) -> bytes:
    return hashlib.sha256(b"\x00" + body.encode("utf-8")).digest()


def check_ledger(payload: Payload, keys: List[Key], report: Report) -> Tuple[Dict[int, Any], Dict[int, bytes]]:
    """Each act disclosed by its index, after its proof; each withheld one's leaf hash by its index."""
    name = "data/ledger/checkpoint"
    text, signatures = note_of(text_of(payload.folder, "ledger/checkpoint"), name)
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not re.fullmatch(r"0|[1-9]\d*", lines[1]):
        raise Wrong(f"{name}: is not a checkpoint")
    size, root = int(lines[1]), decoded(lines[2])
    good = check_signed(text, signatures, keys, name, report)
    acts: Dict[int, Any] = {}
    leaves: Dict[int, bytes] = {}
    slice_ = payload.json("ledger/acts.json")
    for act in slice_["acts"] + slice_["withheld"]:
        index, leaf = act["index"], leaf_of(act["body"]) if "body" in act else bytes.fromhex(act["leaf"])
        found = climb(leaf, index, size, [bytes.fromhex(step) for step in act["proof"]])
        report.need(0 <= index < size and found == root, f"act {index}: its proof does not lead to the checkpoint")
        report.need(index not in acts and index not in leaves, f"act {index}: stands twice")
        if "body" in act:
            acts[index] = parse(act["body"], f"act {index}")
        else:
            leaves[index] = leaf
    state = "signed" if good else "signed by keys that are not in the bag, not checked" if signatures else "unsigned"
    report.said.append(f"ledger: {len(acts)} of {size} acts disclosed, checkpoint {state}")
    return acts, leaves


def check_exhibits(payload: Payload, acts: Dict[int, Any], leaves: Dict[int, bytes], report: Report) -> None:
    cited, files = set(), set()
    given = {name for name in on_disk(payload.folder, Report()) if name.startswith("exhibits/")}
    for entry in payload.json("exhibits.json")["exhibits"]:
        name, index = entry["file"], entry["act"]
        files.add(name)
        if name not in given:
            continue  # nothing outside the bag is opened; that the two lists differ is said below
        digest, size = digest_and_size(payload.folder, name)
        said = ("sha256:" + digest, size) == (entry["digest"], entry["size_bytes"])
        report.need(said and name.startswith("exhibits/" + digest), f"{name}: is not the exhibit that it should be")
        report.need(index is None or index in acts or index in leaves, f"{name}: its act is not in the bag")
        if index in acts:
            content = acts[index]["content"]
            same = all(content.get(key) == entry[key] for key in ("digest", "path", "size_bytes"))
            report.need(same and acts[index]["kind"] == "preserved", f"{name}: its act speaks of another exhibit")
            cited.add(index)
    report.need(cited == set(acts), "data/ledger/acts.json: an act that belongs to no exhibit of the bag")
    report.need(files == given, "data/exhibits.json: does not list the exhibits of the bag")


def places_withheld(value: Any, path: str) -> Iterable[Tuple[str, str]]:
    if isinstance(value, dict):
        if set(value) == {"withheld"} and isinstance(value["withheld"], str):
            yield path, value["withheld"]
            return
        pairs = [(key.replace("~", "~0").replace("/", "~1"), one) for key, one in value.items()]
    else:
        pairs = list(enumerate(value)) if isinstance(value, list) else []
    for key, one in pairs:
        yield from places_withheld(one, f"{path}/{key}")


def check_withheld(payload: Payload, report: Report) -> Dict[str, Any]:
    items: Dict[str, Any] = {}
    for item in payload.json("withheld.json")["items"]:
        report.need(item["id"] not in items, "{}: stands twice in withheld.json".format(item["id"]))
        report.need(HEX.fullmatch(item["commitment"]), "{}: its commitment can't be right".format(item["id"]))
        items[item["id"]] = item
    commitments = {item["commitment"] for item in items.values()}
    report.need(len(commitments) == len(items), "data/withheld.json: two commitments are equal")
    seen = set()
    for name, content in payload.everything():
        for place, item in places_withheld(content, name + "#"):
            report.need(items.get(item, {}).get("at") == place, f"{place}: {item} is not withheld there")
            seen.add(item)
    for name in sorted(set(items) - seen):
        report.need(items[name]["at"] == "exhibit#/" + name, f"{name}: stands nowhere in the bag")
    report.said.append(f"{len(items)} values and exhibits are withheld; each can be opened by itself")
    return items


def check_support(payload: Payload, entry: Any, where: str, report: Report) -> None:
    report.need(entry["support"], f"{where}: has no support")
    for place in entry["support"]:
        try:
            found = payload.at(place)
        except Wrong as wrong:
            report.reasons.append(f"{where}: its support is not in the bag: {wrong}")
            continue
        is_there = found is not None and not (isinstance(found, dict) and set(found) == {"withheld"})
        report.need(is_there, f"{where}: its support is empty or withheld: {place}")


def check_sentences(payload: Payload, report: Report) -> None:
    sentences, incidents = payload.json("sentences.json")["sentences"], payload.json("findings.json")["incidents"]
    for one in sentences:
        check_support(payload, one, "sentence {}".format(one["id"]), report)
    headings = ["# Report"] + [f"## {name}" for name in payload.json("bundle.json")["incidents"]] + ["## Bundle"]
    lines = [line for line in text_of(payload.folder, "report.md").split("\n") if line]
    report.need([line for line in lines if line[0] == "#"] == headings, "data/report.md: other headings")
    told = ["- {} [{}]".format(one["text"], one["id"]) for one in sentences]
    report.need([line for line in lines if line[0] != "#"] == told, "data/report.md: other sentences")
    report.need(sorted(incidents) == sorted(payload.json("bundle.json")["incidents"]), "other incidents than announced")
    report.said.append(f"{len(sentences)} sentences, the support of each is in the bag")


def check_indexes(payload: Payload, report: Report) -> None:
    listed: set[str] = set()
    for number, item in enumerate(payload.json("exonerating.json")["items"]):
        check_support(payload, item, f"exonerating.json, item {number}", report)
        listed |= set(item["support"])
    for incident, block in payload.json("findings.json")["incidents"].items():
        for number, piece in enumerate(block["evidence"]):
            verdicts = {piece["verdict"]} | {cell.get("verdict") for cell in piece["cells"].values()}
            name = incident.replace("~", "~0").replace("/", "~1")
            place = f"findings.json#/incidents/{name}/evidence/{number}"
            what = "{}: {} speaks against the rest and is not in the index".format(incident, piece["evidence_id"])
            report.need(not verdicts & TENSE or place in listed, what)
    rows = payload.json("rows/searches.json")["rows"] if payload.has("rows/searches.json") else {}
    items = payload.json("searches.json")["items"]
    report.need(sorted(item["search_id"] for item in items) == sorted(rows), "searches.json: not every search")
    for item in items:
        check_support(payload, item, "search {}".format(item["search_id"]), report)
        result = rows.get(item["search_id"], {}).get("values", {}).get("result")
        is_text = isinstance(result, str)
        in_vain = result.strip(" .").lower() in FOUND_NOTHING if is_text else None
        report.need(item["in_vain"] is in_vain, "search {}: was it in vain?".format(item["search_id"]))
    report.said.append(f"{len(payload.json('exonerating.json')['items'])} that exonerate, {len(items)} searches")


def check_opening(path: str, root: str, items: Dict[str, Any], leaves: Dict[int, bytes], report: Report) -> None:
    opening = parse(text_of(os.path.dirname(path) or ".", os.path.basename(path)), path)
    report.need(opening["root"] == root, f"{path}: opens another bundle")
    for one in opening["openings"]:
        name, text = one["id"], one["disclosure"]
        item = items.get(name)
        if item is None or hashlib.sha256(text.encode("utf-8")).hexdigest() != item["commitment"]:
            report.reasons.append(f"{name}: the opening does not fit what was withheld")
            continue
        salt, at, value = parse(text, name)
        report.need(at == item["at"] and re.fullmatch(r"[0-9a-f]{32}", salt), f"{name}: opens another place")
        report.said.append(f"opened {name}: {at} is {json.dumps(value)}")
    for act in opening["acts"]:
        fits = leaves.get(act["index"]) == leaf_of(act["body"])
        report.need(fits, "act {}: the opening is not what was withheld".format(act["index"]))
        if fits:
            report.said.append(f"opened act {act['index']}: {json.dumps(parse(act['body'], 'act'))}")


def verify(folder: str, options: argparse.Namespace) -> Report:
    """Every check, each after the others even where one has failed."""
    report, payload = Report(), Payload(folder)
    if options.key is not None:
        key_of(options.key)

    def stage(check: Any, *given: Any) -> Any:
        try:
            return check(*given)
        except Wrong as wrong:
            report.reasons.append(str(wrong))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, OSError, RecursionError) as err:
            report.reasons.append(f"{check.__name__}: is not as the format says: {err!r}")
        return None

    signed = stage(check_files, folder, report)
    root, keys = stage(check_root, folder, payload, signed, options, report) or (None, [])
    acts, leaves = stage(check_ledger, payload, keys, report) or ({}, {})
    stage(check_exhibits, payload, acts, leaves, report)
    items = stage(check_withheld, payload, report) or {}
    stage(check_sentences, payload, report)
    stage(check_indexes, payload, report)
    if options.opening:
        stage(check_opening, options.opening, root, items, leaves, report)
    return report


def is_as_made() -> bool:
    """Where this file lies in a bag: is it the one that was made with it? Asked apart from all other checks, with an
    exit of its own, so that no one change of this file can hide itself."""
    here, name = os.path.split(os.path.abspath(__file__))
    is_in_bag = os.path.isfile(os.path.join(here, TAG_MANIFEST))
    return not is_in_bag or digest_and_size(here, name)[0] + "  verify.py\n" in text_of(here, TAG_MANIFEST)


def printable(line: str) -> str:
    """One line on any terminal: what the bag says in names and ids can't break it, colour it or turn it round."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in line)


def main() -> int:
    parser = argparse.ArgumentParser(description="Check a bundle of Consilience, offline.")
    parser.add_argument("folder", metavar="DIR")
    parser.add_argument("--root", help="the root that you were told another way: sha256:...")
    parser.add_argument("--key", help="the verifier key that must have signed it")
    parser.add_argument("--opening", metavar="FILE", help="what opens items that are withheld")
    options = parser.parse_args()
    if not os.path.isdir(options.folder):
        parser.error(f"there is no folder {options.folder!r}")
    try:
        report = verify(options.folder, options)
    except Wrong as wrong:
        report = Report()
        report.reasons.append(str(wrong))
    for line in map(printable, report.reasons or report.said):
        sys.stdout.write(f"NOT WHOLE: {line}\n" if report.reasons else f"{line}\n")
    sys.stdout.write("" if report.reasons else "whole\n")
    return 1 if report.reasons else 0


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    if not is_as_made():
        sys.exit("NOT WHOLE: verify.py is not the one that was made with the bundle")
    sys.exit(main())
