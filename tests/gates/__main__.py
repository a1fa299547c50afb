"""Runs one gate, or collects the strings to translate."""

import sys

from tests.gates import deploy, translations

GATES = {"deploy": deploy.faults, "translations": translations.faults}


def main(name: str) -> int:
    """Print what is wrong; 1 when anything is."""
    if name == "strings":
        print(translations.collect_into_catalogue())
        return 0
    found = GATES[name]()
    for fault in found:
        print(fault, file=sys.stderr)
    print(f"{name}: {f'{len(found)} faults' if found else 'ok'}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
