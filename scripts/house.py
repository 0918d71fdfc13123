"""What the checks of `make lint` share: the files of the tree, and how findings are told."""
import argparse
import pathlib
import re
import subprocess
import sys

BUILT = {"build", "out", ".deps", ".cache", ".git"}


def files(root, *suffixes):
    """Paths below root, relative to it and sorted, that git tracks or would track."""
    if (root / ".git").exists():
        listing = ["git", "-C", str(root), "ls-files", "-z", "-co", "--exclude-standard"]
        names = subprocess.run(listing, check=True, capture_output=True, text=True).stdout.split("\0")
        paths = {pathlib.Path(name) for name in names if name}
    else:
        paths = {path.relative_to(root) for path in root.rglob("*")}
        paths = {path for path in paths if path.parts[0] not in BUILT}
    return sorted(path for path in paths
                  if (root / path).is_file() and (not suffixes or path.suffix in suffixes))


def read(root, path):
    return (root / path).read_text(encoding="utf-8")


def blank_out(source):
    """C++ source with comments and literals replaced by spaces; lines stay where they are."""
    token = re.compile(r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^()\\\s]{0,16})\(.*?\)(?P=tag)"'
                       r'|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)
    return token.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), source)


def root_from_arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).parent.parent,
                        help="the tree to check (default: this one)")
    return parser.parse_args().root.resolve()


def tell(name, findings):
    """Prints the findings, one a line; exits with 1 if there are any."""
    for finding in findings:
        print(finding)
    print(f"{name}: {len(findings)} findings" if findings else f"{name}: fine")
    sys.exit(1 if findings else 0)
