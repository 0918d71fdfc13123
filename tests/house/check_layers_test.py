#!/usr/bin/env python3
"""scripts/check-layers on a tiny tree of three rooms: it passes as it stands, and each wrong step is found."""
import unittest

from checked_tree import CheckedTree

PAGE = """# Architecture
## Rooms

Words.

| room | may use | what it holds |
|---|---|---|
| `core` | - | units |
| `perf` | core | physics |
| `plan` | core, perf | plans |

## Third-party headers

| header | where |
|---|---|
| `fmt/` | all |
| `nlohmann/` | plan, apps/cli |
"""


class CheckLayers(CheckedTree):
    check = "check-layers"

    def setUp(self):
        super().setUp()
        self.write("docs/architecture.md", PAGE)
        self.write("src/berth/core/CMakeLists.txt", "berth_library(core\n  SOURCES units.cpp)\n")
        self.write("src/berth/core/units.h", "#pragma once\n#include <string>\n#include <unistd.h>\n")
        self.write("src/berth/core/units.cpp", '#include "berth/core/units.h"\n#include <fmt/format.h>\n')
        self.write("src/berth/perf/CMakeLists.txt", "berth_library(perf SOURCES decode.cpp USES core LINKS fmt::fmt)\n")
        self.write("src/berth/perf/decode.h", '#pragma once\n#include "berth/core/units.h"\n')
        self.write("src/berth/perf/decode.cpp", '#include "berth/perf/decode.h"\n')
        self.write("src/berth/plan/CMakeLists.txt", "berth_library(plan\n  SOURCES plan.cpp\n  USES core perf)\n")
        self.write("src/berth/plan/plan.cpp",
                   '#include <nlohmann/json.hpp>\n#include "berth/core/units.h"\n#include "berth/perf/decode.h"\n')

    def test_a_tree_that_keeps_the_rules_is_fine(self):
        self.assert_fine()

    def test_an_include_of_a_higher_room(self):
        self.write("src/berth/core/units.cpp", '#include "berth/core/units.h"\n\n#include "berth/plan/plan.h"\n')
        self.assert_finds("src/berth/core/units.cpp:3: room 'core' includes room 'plan', which is not in its USES")

    def test_an_include_in_a_subfolder_of_the_room(self):
        self.write("src/berth/perf/measured/table.cpp", '#  include "berth/plan/plan.h"\n')
        self.assert_finds(
            "src/berth/perf/measured/table.cpp:1: room 'perf' includes room 'plan', which is not in its USES")

    def test_a_declared_use_that_the_page_does_not_allow(self):
        self.write("src/berth/perf/CMakeLists.txt", "berth_library(perf SOURCES decode.cpp USES core plan)\n")
        self.write("src/berth/perf/decode.cpp", '#include "berth/plan/plan.h"\n')
        self.assert_finds("src/berth/perf/CMakeLists.txt: USES plan, which docs/architecture.md does not allow")

    def test_a_page_that_lets_a_room_use_a_higher_one(self):
        self.write("docs/architecture.md", PAGE.replace("| `perf` | core |", "| `perf` | core, plan |"))
        self.assert_finds("docs/architecture.md: room 'perf' may use 'plan', which is not above it")

    def test_a_use_that_nothing_needs(self):
        self.write("src/berth/plan/plan.cpp", '#include "berth/core/units.h"\n')
        self.assert_finds("src/berth/plan/CMakeLists.txt: USES perf, but no file of the room includes it")

    def test_a_room_that_the_page_does_not_know(self):
        self.write("src/berth/attic/box.h", "#pragma once\n")
        self.assert_finds("src/berth/attic: not in the table of docs/architecture.md")

    def test_a_room_that_does_not_exist(self):
        self.write("docs/architecture.md", PAGE.replace("| `plan` |", "| `cellar` | core | - |\n| `plan` |"))
        self.assert_finds("docs/architecture.md: room 'cellar' has no folder in src/berth")

    def test_a_third_party_header_in_the_wrong_room(self):
        self.write("src/berth/perf/decode.cpp", '#include "berth/perf/decode.h"\n#include <nlohmann/json.hpp>\n')
        self.assert_finds("src/berth/perf/decode.cpp:2: <nlohmann/json.hpp> is only for plan, apps/cli")

    def test_a_third_party_header_in_a_public_header(self):
        self.write("src/berth/plan/plan.h", "#pragma once\n#include <nlohmann/json.hpp>\n")
        self.assert_finds("src/berth/plan/plan.h:2: <nlohmann/json.hpp> in a header; "
                          "third-party headers stay in .cpp files")

    def test_a_third_party_header_in_a_private_header(self):
        self.write("src/berth/plan/rows.h", "#pragma once\n// Private to this room: rows.\n#include <nlohmann/json.hpp>\n")
        self.assert_fine()

    def test_a_third_party_header_that_nobody_listed(self):
        self.write("apps/cli/main.cpp", "#include <boost/any.hpp>\n")
        self.assert_finds("apps/cli/main.cpp:1: <boost/any.hpp> is not in the table of third-party headers in "
                          "docs/architecture.md")


if __name__ == "__main__":
    unittest.main()
