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
from typing import Any, Dict, Iterable, List, Optional, Tuple

ROOT_FILE, TAG_MANIFEST, MANIFEST = "bundle-root.txt", "tagmanifest-sha256.txt", "manifest-sha256.txt"
TAG_FILES = ["README.txt", "bag-info.txt", "bagit.txt", MANIFEST, "verify.py"]
BAGIT = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
README = "6079247b15a48c1cd04a77c272fb906d399db9f46f5bf66648f7862c42924257"
STATUS = "Neither reviewed nor released: for partners and courts, not for publication."
INFO = (
    "Bag-Software-Agent: Consilience {version}\nExternal-Identifier: {case_id}\nExternal-Description: {title}: "
    "incidents {names}\nConsilience-Profile: {profile}\nConsilience-Status: {status}\nConsilience-Signed: {signed}\n"
    "Payload-Oxum: {size}.{files}\n"
)
TOLD = ["as_of", "case_id", "incidents", "parties", "profile", "schema", "status", "time_zone", "title", "version"]
PAYLOAD = re.compile(
    r"((bundle|sentences|findings|exonerating|searches|assumptions|orbat|log-model|coverage|exhibits|withheld)\.json|"
    r"report\.md|ledger/(checkpoint|acts\.json|keys\.txt)|exhibits/[0-9a-f]{64}(\.[A-Za-z0-9]{1,8})?|rows/(accounts|"
    r"casualties|coverage|detections|facilities|imagery|incidents|interviews|leads|letters|media|munitions|places|"
    r"published|searches|sightings|site_status|sources|transmissions)\.json)"
)
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

    try:
        return json.loads(text, object_pairs_hook=once, parse_constant=int)  # int knows no NaN: ValueError
    except (ValueError, RecursionError) as err:
        raise Wrong(f"{name}: is not JSON: {err}") from err


def escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


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


def places_withheld(value: Any, path: str) -> Iterable[Tuple[str, str]]:
    if isinstance(value, dict) and set(value) == {"withheld"} and isinstance(value["withheld"], str):
        yield path, value["withheld"]
        return
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in pairs:
        yield from places_withheld(one, f"{path}/{escaped(str(key))}")


def demanded(incident: str, block: Any, numbers: Dict[str, int]) -> Iterable[Tuple[str, str, Tuple[str, ...]]]:
    """Incident, kind and support of what exonerates in a block of findings; `numbers` are places in withheld.json."""
    at, attribution, hangs = f"findings.json#/incidents/{escaped(incident)}/", block["attribution"], "hangs on"
    verdicts = [{p["verdict"], *(cell.get("verdict") for cell in p["cells"].values())} for p in block["evidence"]]
    found = [("verdict", f"evidence/{number}") for number, said in enumerate(verdicts) if said & TENSE]
    found += [("rival", f"rival/{number}") for number in range(len(block["rival"] or []))]
    found += [("cause", "cause/another cause"), ("cause", "cause/none")]
    found += [("other party", "party/" + escaped(name)) for name in block["party"] if name not in attribution["set"]]
    found += [(hangs, "breakdown/sources")] if (block["breakdown"] or {}).get("sources") is not None else []
    found += [(hangs, "attribution")] if attribution["single_source"] is not None else []
    found += [(hangs, "attribution/survives_range")] if attribution["survives_range"] is False else []
    found += [(hangs, f"sensitivity/{number}") for number in range(len(block["sensitivity"] or []))]
    yield from ((incident, kind, (at + place,)) for kind, place in found)
    logs = [block["confidence"]["log"], block["placebo"], block["next_evidence"]]
    yield incident, "withheld", tuple("withheld.json#/items/{}".format(numbers[one["withheld"]]) for one in logs)


class Bag:
    """A bag under check; `acts` by index are those disclosed, `leaves` of those withheld, `items` of withheld.json."""

    def __init__(self, folder: str, options: argparse.Namespace) -> None:
        self.folder, self.data, self.options = folder, os.path.join(folder, "data"), options
        self.reasons: List[str] = []
        self.said: List[str] = []
        self.parsed: Dict[str, Any] = {}
        self.payload: Dict[str, str] = {}
        self.keys: List[Key] = []
        self.root, self.size, self.signed = "", 0, False
        self.acts: Dict[int, Any] = {}
        self.leaves: Dict[int, bytes] = {}
        self.items: Dict[str, Any] = {}
        self.found: List[str] = []
        for where, folders, files in os.walk(folder):
            here = os.path.relpath(where, folder).replace(os.sep, "/")
            self.need(folders or files, f"{here}: a folder without files")
            for name in folders + files:
                self.need(not os.path.islink(os.path.join(where, name)), f"{here}/{name}: a link")
            self.found += [name if here == "." else here + "/" + name for name in files]

    def need(self, holds: object, reason: str) -> None:
        if not holds:
            self.reasons.append(reason)

    def has(self, name: str) -> bool:
        return os.path.isfile(os.path.join(self.data, *name.split("/")))

    def json(self, name: str) -> Any:
        """A file below data/, parsed once."""
        if name not in self.parsed:
            self.parsed[name] = parse(text_of(self.data, name), "data/" + name)
        return self.parsed[name]

    def at(self, place: str) -> Any:
        """What stands at `file#pointer` (RFC 6901), or at a file as a whole."""
        name, sign, pointer = place.partition("#")
        if not PAYLOAD.fullmatch(name) or not self.has(name):
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
        if found is None or (isinstance(found, dict) and set(found) == {"withheld"}):
            raise Wrong(f"{place}: is empty or withheld")
        return found

    def manifest(self, name: str) -> Dict[str, str]:
        lines = text_of(self.folder, name).split("\n")
        self.need(lines.pop() == "", f"{name}: its last line has no end")
        listed: Dict[str, str] = {}
        for line in lines:
            match = LINE.fullmatch(line)
            if match is None or match[2] in listed or ".." in match[2]:
                raise Wrong(f"{name}: a line that can't be right: {line[:200]!r}")
            listed[match[2]] = match[1]
        self.need(list(listed) == sorted(listed), f"{name}: is not in order")
        return listed

    def check_files(self) -> None:
        self.payload, tags = self.manifest(MANIFEST), self.manifest(TAG_MANIFEST)
        self.need(sorted(tags) == TAG_FILES, f"{TAG_MANIFEST}: does not list the tag files")
        found, listed = set(self.found) - {ROOT_FILE, TAG_MANIFEST}, dict(self.payload, **tags)
        strange = [name for name in self.payload if name[:5] != "data/" or not PAYLOAD.fullmatch(name[5:])]
        self.reasons += [f"{name}: the format knows no such file" for name in strange]
        self.reasons += [f"{name!a}: was added" for name in sorted(found - set(listed))]
        self.reasons += [f"{name}: is gone" for name in sorted(set(listed) - found)]
        for name in sorted(set(listed) & found):
            digest, size = digest_and_size(self.folder, name)
            self.need(digest == listed[name], f"{name}: was altered")
            self.size += size if name in self.payload else 0
        self.need(text_of(self.folder, "bagit.txt") == BAGIT, "bagit.txt: is not that of BagIt 1.0")
        self.need(digest_and_size(self.folder, "README.txt")[0] == README, "README.txt: is not that of every bundle")
        self.said.append(f"{len(self.payload)} files below data/, {self.size} bytes")

    def check_told(self) -> None:
        """What the bag says that it is."""
        info, told = text_of(self.folder, "bag-info.txt"), self.json("bundle.json")
        self.signed = "\nConsilience-Signed: yes\n" in info
        known = (sorted(told), told["schema"], told["status"]) == (TOLD, "consilience.bundle/1", STATUS)
        self.need(known, "data/bundle.json: another status, schema or other keys")
        is_for_court = self.has("log-model.json") or self.has("coverage.json")
        self.need(told["profile"] in ["court", "partner"][: 2 - is_for_court], "data/: this profile has no such bundle")
        flat = {key: re.sub(r"\s", " ", str(value)) for key, value in told.items()}
        names, signed = ", ".join(told["incidents"]), "yes" if self.signed else "no"
        said = INFO.format(**flat, names=names, signed=signed, size=self.size, files=len(self.payload)).split("\n")
        self.need(info.split("\n") == [" ".join(line.split()) for line in said], "bag-info.txt: is not what it must be")

    def check_signed(self, text: str, signatures: Notes, keys: List[Key], name: str) -> List[Key]:
        """The keys that signed; a signature by an unknown key counts for nothing."""
        found = [(key, blob[4:]) for signer, blob in signatures for key in keys if (signer, blob[:4]) == key[:2]]
        try:
            from cryptography.exceptions import InvalidSignature
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        except ImportError:
            self.need(not found, f"{name}: is signed, and without the library cryptography that can't be checked")
            return [key for key, _ in found]
        for key, signature in found:
            try:
                Ed25519PublicKey.from_public_bytes(key[2]).verify(signature, text.encode("utf-8"))
            except InvalidSignature:
                self.reasons.append(f"{name}: the signature of {key[0]} is wrong")
        return [key for key, _ in found]

    def check_root(self) -> None:
        root = self.root = "sha256:" + digest_and_size(self.folder, TAG_MANIFEST)[0]
        text, signatures = note_of(text_of(self.folder, ROOT_FILE), ROOT_FILE)
        self.need(text == f"consilience/bundle/1\n{root}\n", f"{ROOT_FILE}: names another {TAG_MANIFEST}")
        self.need(self.options.root in (None, root), f"the root is {root}, not that of --root")
        hint = "" if self.options.root else ": compare it with the one that you were told"
        self.said.append(f"root {root}{hint}")
        lines = text_of(self.data, "ledger/keys.txt").splitlines() if self.has("ledger/keys.txt") else []
        self.keys = [key_of(line) for line in lines]
        pinned = [] if self.options.key is None else [key_of(self.options.key)]
        good = self.check_signed(text, signatures, list(dict.fromkeys(self.keys + pinned)), ROOT_FILE)
        self.need(bool(good) == bool(signatures) == self.signed, f"{ROOT_FILE}: is not signed as bag-info.txt says")
        self.need(len(good) == len(signatures), f"{ROOT_FILE}: has a signature by a key that is not in the bag")
        self.need(set(pinned) <= set(good), f"{ROOT_FILE}: is not signed by the key of --key")
        hint = "" if pinned else ": compare the key in data/ledger/keys.txt with one that you got another way"
        names = ", ".join(f"{name}+{key_hash.hex()}" for name, key_hash, _ in good)
        self.said.append(f"signed by {names}{hint}" if good else "unsigned")

    def check_ledger(self) -> None:
        name = "data/ledger/checkpoint"
        text, signatures = note_of(text_of(self.data, "ledger/checkpoint"), name)
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not re.fullmatch(r"0|[1-9]\d*", lines[1]):
            raise Wrong(f"{name}: is not a checkpoint")
        size, root = int(lines[1]), decoded(lines[2])
        good = self.check_signed(text, signatures, self.keys, name)
        slice_ = self.json("ledger/acts.json")
        for act in slice_["acts"] + slice_["withheld"]:
            index, leaf = act["index"], leaf_of(act["body"]) if "body" in act else bytes.fromhex(act["leaf"])
            found = climb(leaf, index, size, [bytes.fromhex(step) for step in act["proof"]])
            self.need(0 <= index < size and found == root, f"act {index}: its proof does not lead to the checkpoint")
            self.need(index not in self.acts and index not in self.leaves, f"act {index}: stands twice")
            if "body" in act:
                self.acts[index] = parse(act["body"], f"act {index}")
            else:
                self.leaves[index] = leaf
        state = (
            "signed" if good else "signed by keys that are not in the bag, not checked" if signatures else "unsigned"
        )
        self.said.append(f"ledger: {len(self.acts)} of {size} acts disclosed, checkpoint {state}")

    def check_exhibits(self) -> None:
        cited, files = set(), set()
        given = {name[5:] for name in self.found if name.startswith("data/exhibits/")}
        for entry in self.json("exhibits.json")["exhibits"]:
            name, index = entry["file"], entry["act"]
            files.add(name)
            if name not in given:
                continue  # nothing outside the bag is opened; that the two lists differ is said below
            digest, size = digest_and_size(self.data, name)
            said = ("sha256:" + digest, size) == (entry["digest"], entry["size_bytes"])
            self.need(said and name.startswith("exhibits/" + digest), f"{name}: is not the exhibit that it should be")
            self.need(index in self.acts or index in self.leaves or index is None, f"{name}: its act is not in the bag")
            if index in self.acts:
                act, keys = self.acts[index], ("digest", "path", "size_bytes")
                same = act["kind"] == "preserved" and all(act["content"].get(key) == entry[key] for key in keys)
                self.need(same, f"{name}: its act speaks of another exhibit")
                cited.add(index)
        self.need(cited == set(self.acts), "data/ledger/acts.json: an act that belongs to no exhibit of the bag")
        self.need(files == given, "data/exhibits.json: does not list the exhibits of the bag")

    def check_withheld(self) -> None:
        for item in self.json("withheld.json")["items"]:
            self.need(item["id"] not in self.items, "{}: stands twice in withheld.json".format(item["id"]))
            self.need(HEX.fullmatch(item["commitment"]), "{}: its commitment can't be right".format(item["id"]))
            self.items[item["id"]] = item
        commitments = {item["commitment"] for item in self.items.values()}
        self.need(len(commitments) == len(self.items), "data/withheld.json: two commitments are equal")
        seen = set()
        for name in (name[5:] for name in self.found if re.fullmatch(r"data/(?!exhibits/).*\.json", name)):
            for place, item in places_withheld(self.json(name), name + "#"):
                self.need(self.items.get(item, {}).get("at") == place, f"{place}: {item} is not withheld there")
                seen.add(item)
        for name in sorted(set(self.items) - seen):
            self.need(self.items[name]["at"] == "exhibit#/" + name, f"{name}: stands nowhere in the bag")
        self.said.append(f"{len(self.items)} values and exhibits are withheld; each can be opened by itself")

    def check_support(self, entry: Any, where: str) -> None:
        self.need(entry["support"], f"{where}: has no support")
        for place in entry["support"]:
            try:
                self.at(place)
            except Wrong as wrong:
                self.reasons.append(f"{where}: its support is not in the bag: {wrong}")

    def incident_at(self, place: str) -> Optional[str]:
        """The incident of a place in findings, in a row or in the index of what exonerates; None if it is of none."""
        file, parts = place.partition("#")[0], place.split("/")
        if file == "findings.json":
            return parts[2].replace("~1", "/").replace("~0", "~") if parts[1:2] == ["incidents"] else None
        is_in_row = file[:5] == "rows/" and "#" in place
        found = self.at("/".join(parts[:4])) if is_in_row or place[:24] == "exonerating.json#/items/" else {}
        name = found.get("values", found).get("incident_id")
        return name if isinstance(name, str) else None

    def check_sentences(self) -> None:
        sentences, incidents = self.json("sentences.json")["sentences"], self.json("bundle.json")["incidents"]
        self.need(
            sorted(self.json("findings.json")["incidents"]) == sorted(incidents), "other incidents than announced"
        )
        for one in sentences:
            self.check_support(one, "sentence {}".format(one["id"]))
        headings = ["# Report"] + [f"## {name}" for name in incidents] + ["## Bundle"]
        lines = [line for line in text_of(self.data, "report.md").split("\n") if line]
        self.need([line for line in lines if line[0] == "#"] == headings, "data/report.md: other headings")
        told = ["- {} [{}]".format(one["text"], one["id"]) for one in sentences]
        self.need([line for line in lines if line[0] != "#"] == told, "data/report.md: other sentences")
        heading, rest, under = "", iter(sentences), set()
        for line in lines:
            heading = line[3:] if line[0] == "#" else heading
            under |= set() if line[0] == "#" else {(heading, place) for place in next(rest, {"support": []})["support"]}
        for heading, place in sorted(under):
            self.need(self.incident_at(place) in (None, heading), f"data/report.md: {place} stands under {heading}")
        for number, item in enumerate(self.json("exonerating.json")["items"]):
            pair = (item["incident_id"], f"exonerating.json#/items/{number}")
            self.need(pair in under, "data/report.md: under {} no sentence rests on {}".format(*pair))
        self.said.append(f"{len(sentences)} sentences, the support of each is in the bag")

    def check_indexes(self) -> None:
        given: Dict[Any, int] = {}
        for number, item in enumerate(self.json("exonerating.json")["items"]):
            self.check_support(item, f"exonerating.json, item {number}")
            key = (item["incident_id"], item["kind"], tuple(item["support"]))
            given[key] = given.get(key, 0) + 1
        numbers = {item["id"]: number for number, item in enumerate(self.json("withheld.json")["items"])}
        for incident, block in self.json("findings.json")["incidents"].items():
            for one in demanded(incident, block, numbers):
                self.need(given.get(one) == 1, "exonerating.json: {} has not one item, {}, on {}".format(*one))
        rows = self.json("rows/searches.json")["rows"] if self.has("rows/searches.json") else {}
        items = self.json("searches.json")["items"]
        self.need(sorted(item["search_id"] for item in items) == sorted(rows), "searches.json: not every search")
        for item in items:
            self.check_support(item, "search {}".format(item["search_id"]))
            result = rows.get(item["search_id"], {}).get("values", {}).get("result")
            in_vain = result.strip(" .").lower() in FOUND_NOTHING if isinstance(result, str) else None
            self.need(item["in_vain"] is in_vain, "search {}: was it in vain?".format(item["search_id"]))
        self.said.append(f"{sum(given.values())} that exonerate, {len(items)} searches")

    def check_opening(self) -> None:
        path = self.options.opening
        opening = parse(text_of(os.path.dirname(path) or ".", os.path.basename(path)), path)
        self.need(opening["root"] == self.root, f"{path}: opens another bundle")
        for one in opening["openings"]:
            name, text = one["id"], one["disclosure"]
            item = self.items.get(name)
            if item is None or hashlib.sha256(text.encode("utf-8")).hexdigest() != item["commitment"]:
                self.reasons.append(f"{name}: the opening does not fit what was withheld")
                continue
            salt, at, value = parse(text, name)
            self.need(at == item["at"] and re.fullmatch(r"[0-9a-f]{32}", salt), f"{name}: opens another place")
            self.said.append(f"opened {name}: {at} is {json.dumps(value)}")
        for act in opening["acts"]:
            fits = self.leaves.get(act["index"]) == leaf_of(act["body"])
            self.need(fits, "act {}: the opening is not what was withheld".format(act["index"]))
            if fits:
                self.said.append(f"opened act {act['index']}: {json.dumps(parse(act['body'], 'act'))}")


def verify(folder: str, options: argparse.Namespace) -> Bag:
    """Every check, each after the others even where one has failed."""
    bag = Bag(folder, options)
    checks = [bag.check_files, bag.check_told, bag.check_root, bag.check_ledger, bag.check_exhibits, bag.check_withheld]
    checks += [bag.check_sentences, bag.check_indexes] + ([bag.check_opening] if options.opening else [])
    for check in checks:
        try:
            check()
        except Wrong as wrong:
            bag.reasons.append(str(wrong))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, OSError, RecursionError) as err:
            bag.reasons.append(f"{check.__name__}: is not as the format says: {err!r}")
    return bag


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
    bag = verify(options.folder, options)
    for line in map(printable, bag.reasons or bag.said):
        sys.stdout.write(f"NOT WHOLE: {line}\n" if bag.reasons else f"{line}\n")
    sys.stdout.write("" if bag.reasons else "whole\n")
    return 1 if bag.reasons else 0


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    if not is_as_made():
        sys.exit("NOT WHOLE: verify.py is not the one that was made with the bundle")
    sys.exit(main())
