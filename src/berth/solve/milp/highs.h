#pragma once
// HiGHS behind a small wall: the only place in the project that knows it. Solves a Model as a
// linear program or as a mixed-integer one, under limits, and says how it ended.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "berth/core/limits.h"
#include "berth/solve/milp/model.h"

namespace berth::milp {

enum class Ending {
  kOptimal,     ///< within the asked gap
  kLimit,       ///< `limit` says which
  kInfeasible,  ///< proven
  kUnbounded,
  kError,  ///< `detail` says what HiGHS said
};

struct LpAnswer {
  Ending ending = Ending::kError;
  std::string limit;
  std::string detail;
  double objective = 0.0;
  std::vector<double> value;         ///< by column; empty unless kOptimal
  std::vector<double> reduced_cost;  ///< by column
  std::vector<double> dual;          ///< by row: change of the objective per unit of its limit
};

struct MipAnswer {
  Ending ending = Ending::kError;
  std::string limit;  ///< "time", "nodes", "stop", "iterations", "solution"
  std::string detail;
  std::vector<double> value;    ///< of the best solution found; empty if there is none
  std::optional<double> bound;  ///< on the objective, as HiGHS says it; not yet rounded
  std::int64_t nodes = 0;
};

struct MipSettings {
  double time_limit_s = kInfinity;
  double relative_gap = 0.0;
  std::int64_t nodes = std::numeric_limits<std::int64_t>::max();
  int threads = 1;
  bool any_solution = false;       ///< stop at the first
  std::span<const double> start;   ///< by column; empty: none
  const StopFlag* stop = nullptr;  ///< not owned; may be null
  std::function<void(const Progress&)> on_progress = {};
};

class Highs {
 public:
  explicit Highs(const Model& model);
  Highs(const Highs&) = delete;
  Highs& operator=(const Highs&) = delete;
  ~Highs();

  /// Further rows over the same columns; the next solve starts from the last one's basis.
  void add_rows(const Model& rows);

  /// The relaxation: no column needs to be whole.
  [[nodiscard]] LpAnswer solve_relaxation(double time_limit_s, const StopFlag* stop);
  [[nodiscard]] MipAnswer solve(const MipSettings& settings);

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

}  // namespace berth::milp
