"""Every text in both languages: what makemessages finds in the sources stands translated in the catalogue, nothing fuzzy."""

import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent.parent
CATALOGUE = ROOT / "locale/ja/LC_MESSAGES/django.po"
SOURCES = ("partnership", "municipalities", "events", "templates")
BORROWED = ("django_filters", "simple_history")  # they bring no Japanese; partnership/borrowed_texts.py names their texts
COMPLETE = ("django", "allauth")  # they bring Japanese; a new text of theirs would show here

_HOLES = re.compile(r"%\([a-z_]+\)[sd]|%[sd]|\{[a-z_0-9]*\}")
_HEADER = {
    "Project-Id-Version": "Partnership",
    "Language": "ja",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}


def _collect(sources: list[Path], catalogue: Path | None = None) -> polib.POFile:
    """What makemessages finds in copies of the sources, merged with a catalogue."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        for source in sources:
            shutil.copytree(source, home / source.name, ignore=shutil.ignore_patterns("migrations", "__pycache__", "locale", "tests"))
        target = home / "locale/ja/LC_MESSAGES/django.po"
        target.parent.mkdir(parents=True)
        if catalogue and catalogue.exists():
            shutil.copy(catalogue, target)
        options = ["-l", "ja", "--no-location", "--no-wrap", "--no-obsolete", "-v0"]
        subprocess.run([sys.executable, "-m", "django", "makemessages", *options], cwd=home, check=True)
        return polib.pofile(str(target), wrapwidth=0)


def collect_into_catalogue() -> str:
    """Bring the catalogue up to date with the sources; what is new or has changed stands there untranslated."""
    found = _collect([ROOT / name for name in SOURCES], CATALOGUE)
    for entry in found:
        if entry.fuzzy:  # a guess of msgmerge is no translation
            entry.flags.remove("fuzzy")
            entry.msgstr = ""
            entry.msgstr_plural = dict.fromkeys(entry.msgstr_plural, "")
            entry.previous_msgid = entry.previous_msgctxt = entry.previous_msgid_plural = None
    found.header = ""
    found.metadata, found.metadata_is_fuzzy = _HEADER, False
    found.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    found.save(str(CATALOGUE))
    return f"{len(found)} texts, {len(found.untranslated_entries())} of them not yet translated: {CATALOGUE.relative_to(ROOT)}"


def _texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def _holes_differ(entry: polib.POEntry) -> bool:
    asked = set(_HOLES.findall(entry.msgid)) | set(_HOLES.findall(entry.msgid_plural))
    if entry.msgid_plural:  # Japanese has one form; the English singular may spell its number out
        return any(not set(_HOLES.findall(text)) <= asked for text in _texts(entry))
    return any(set(_HOLES.findall(text)) != asked for text in _texts(entry))


def _of_our_own() -> Iterator[str]:
    fuzzy = {entry.msgid for entry in polib.pofile(str(CATALOGUE)) if entry.fuzzy} if CATALOGUE.exists() else set()
    for entry in _collect([ROOT / name for name in SOURCES], CATALOGUE):
        if entry.msgid in fuzzy:
            yield f"fuzzy: {entry.msgid!r}"
        elif entry.fuzzy or not entry.translated():  # a guess that makemessages made just now for a new text
            yield f"not translated: {entry.msgid!r}"
        elif _holes_differ(entry):
            yield f"other placeholders in the translation: {entry.msgid!r} → {_texts(entry)}"


def _folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def _of_libraries() -> Iterator[str]:
    ours = {entry.msgid for entry in polib.pofile(str(CATALOGUE)) if entry.translated()} if CATALOGUE.exists() else set()
    for package in BORROWED:
        for entry in _collect([_folder(package)]):
            if entry.msgid not in ours:
                yield f"{package} shows a text that has no Japanese; add it to partnership/borrowed_texts.py: {entry.msgid!r}"
    for package in COMPLETE:
        for english in sorted(_folder(package).rglob("locale/en/LC_MESSAGES/django.po")):
            theirs = english.parent.parent.parent / "ja/LC_MESSAGES/django.po"
            if not theirs.exists():
                continue
            known = {entry.msgid for entry in polib.pofile(str(theirs)) if entry.translated()}
            missing = {entry.msgid for entry in polib.pofile(str(english))} - known - ours
            yield from (f"{package} shows a text that has no Japanese: {text!r}" for text in sorted(missing))


def faults() -> list[str]:
    """What is missing or wrong."""
    return [*_of_our_own(), *_of_libraries()]
