#include "tests/support/shared_instances.h"

#include <fstream>
#include <sstream>

namespace berth::testing {

std::vector<KnownInstance> known_instances() {
  const std::filesystem::path folder = std::filesystem::path(BERTH_SHARED_DIR) / "data/instances";
  std::ifstream table(folder / "known.csv");
  std::vector<KnownInstance> result;
  for (std::string line; std::getline(table, line);) {
    std::istringstream fields(line);
    KnownInstance known;
    char comma = 0;
    if (!std::getline(fields, known.name, ',')) continue;
    if (!(fields >> known.objective >> comma >> known.bound)) continue;
    known.path = folder / (known.name + ".json");
    result.push_back(known);
  }
  return result;
}

}  // namespace berth::testing
