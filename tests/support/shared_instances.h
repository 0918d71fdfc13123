#pragma once
// The instances with known optima that lie beside the checkout (data/instances/known.csv).

#include <filesystem>
#include <string>
#include <vector>

namespace berth::testing {

struct KnownInstance {
  std::string name;
  double objective = 0.0;  ///< best known, USD/h
  double bound = 0.0;
  std::filesystem::path path;
};

/// In the order of the table; empty if the data is not there.
[[nodiscard]] std::vector<KnownInstance> known_instances();

}  // namespace berth::testing
