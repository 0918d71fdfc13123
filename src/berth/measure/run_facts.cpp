#include "berth/measure/run_facts.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/measure/names.h"
#include "berth/workload/reading/row_errors.h"

namespace berth {
namespace {

/// Rows that state something else than a flag, counted by file and by what they state.
class Conflicts {
 public:
  void add(const MeasuredRow& row, const char* flag, std::string stated, const std::string& said) {
    const auto same = std::find_if(found_.begin(), found_.end(), [&](const Conflict& one) {
      return one.file == row.file && one.flag == flag && one.stated == stated;
    });
    if (same != found_.end()) {
      ++same->rows;
    } else {
      found_.push_back({row.file, row.line, flag, std::move(stated), said, 1});
    }
  }

  [[nodiscard]] Errors errors() const {
    Errors errors;
    for (const Conflict& one : found_) {
      const std::string more =
          one.rows > 1 ? fmt::format(" ({} rows of this file)", one.rows) : std::string();
      errors.push_back(
          {ErrorCode::kInconsistent,
           fmt::format("states '{}' where {} says '{}'{}", one.stated, one.flag, one.said, more),
           at_line(one.file, one.line),
           fmt::format("leave {} out, or give this file on its own", one.flag)});
    }
    return errors;
  }

 private:
  struct Conflict {
    std::string file;
    std::uint64_t line;
    std::string flag;
    std::string stated;
    std::string said;
    std::size_t rows;
  };
  std::vector<Conflict> found_;
};

class Filler {
 public:
  Filler(const RunFacts& facts, const Catalog& catalog) : facts_(facts), catalog_(catalog) {}

  Errors check_names() const {
    Errors errors;
    const auto unknown = [&](const char* what, const char* flag, const std::string& name,
                             const std::vector<std::string>& known) {
      errors.push_back({ErrorCode::kUnknownName, fmt::format("unknown {} '{}'", what, name), flag,
                        suggest(name, known)});
    };
    if (!facts_.model.empty() && !catalog_.find_model(facts_.model))
      unknown("model", "--model", facts_.model, catalog_.model_names());
    if (!facts_.gpu.empty() && !catalog_.find_gpu(facts_.gpu))
      unknown("GPU", "--gpu", facts_.gpu, catalog_.gpu_names());
    if (!facts_.dtype.empty() && !precision_from(facts_.dtype)) {
      std::vector<std::string> known;
      for (const Precision precision : kPrecisions) known.emplace_back(to_string(precision));
      unknown("precision", "--precision", facts_.dtype, known);
    }
    return errors;
  }

  void fill(MeasuredRow& row) {
    fill_name(row, row.model, facts_.model, "--model",
              [&](const std::string& name) { return catalog_.find_model(name); });
    fill_name(row, row.gpu, facts_.gpu, "--gpu",
              [&](const std::string& name) { return catalog_.find_gpu(name); });
    fill_dtype(row);
    fill_engine(row);
    fill_degree(row, row.tensor_parallel, facts_.tensor_parallel, "--tp");
    fill_degree(row, row.pipeline_parallel, facts_.pipeline_parallel, "--pp");
  }

  [[nodiscard]] Errors conflicts() const { return conflicts_.errors(); }

 private:
  template <class Find>
  void fill_name(const MeasuredRow& row, std::string& stated, const std::string& said,
                 const char* flag, Find find) {
    if (said.empty()) return;
    const auto known = find(stated);
    if (!known) {
      stated = said;
    } else if (known != find(said)) {
      conflicts_.add(row, flag, stated, said);
    }
  }

  void fill_dtype(MeasuredRow& row) {
    if (facts_.dtype.empty()) return;
    if (row.dtype.empty() || row.dtype.ends_with('?')) {
      row.dtype = facts_.dtype;
    } else if (precision_from(row.dtype) != precision_from(facts_.dtype)) {
      conflicts_.add(row, "--precision", row.dtype, facts_.dtype);
    }
  }

  void fill_engine(MeasuredRow& row) {
    if (facts_.engine.empty()) return;
    const std::string said_family = engine_family(facts_.engine);
    const std::string stated = to_lower(row.engine);
    if (row.engine.empty() || stated == said_family) {
      row.engine = facts_.engine;
    } else if (stated != to_lower(facts_.engine) && (engine_family(row.engine) != said_family ||
                                                     to_lower(facts_.engine) != said_family)) {
      conflicts_.add(row, "--engine", row.engine, facts_.engine);
    }
  }

  void fill_degree(const MeasuredRow& row, std::optional<double>& stated,
                   const std::optional<double>& said, const char* flag) {
    if (!said) return;
    if (!stated) {
      stated = said;
    } else if (*stated != *said) {
      conflicts_.add(row, flag, shortest(*stated), shortest(*said));
    }
  }

  const RunFacts& facts_;
  const Catalog& catalog_;
  Conflicts conflicts_;
};

}  // namespace

Errors fill(std::vector<MeasuredRow>& rows, const RunFacts& facts, const Catalog& catalog) {
  Filler filler(facts, catalog);
  if (Errors errors = filler.check_names(); !errors.empty()) return errors;
  for (MeasuredRow& row : rows) filler.fill(row);
  return filler.conflicts();
}

}  // namespace berth
