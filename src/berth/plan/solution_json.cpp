#include "berth/plan/solution_json.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "berth/core/file.h"
#include "berth/core/text.h"
#include "berth/core/tolerance.h"
#include "berth/plan/document_text.h"

namespace berth {
namespace {

using Json = nlohmann::json;

/// A broken column of a million entries is one message too many: the first few say enough.
constexpr std::size_t kMaxErrorsPerColumn = 10;

const std::array<std::string, 4> kStatuses = {"optimal", "feasible", "infeasible", "limit"};
const std::vector<std::string> kKeys = {"format",    "method",      "status", "proven",  "detail",
                                        "objective", "lower_bound", "gap",    "seconds", "replicas",
                                        "boxes",     "routes",      "unmet"};

class SolutionReader {
 public:
  SolutionReader(const std::string& name, const Json& root) : name_(name), root_(root) {}

  Result<SolutionFile> read() {
    if (!root_.is_object()) {
      fail(ErrorCode::kWrongType, "", "expected a map, found " + std::string(root_.type_name()));
      return errors_;
    }
    reject_unknown(root_, "", kKeys);
    check_format();
    SolutionFile file;
    file.method = text(root_, "", "method");
    file.status = text(root_, "", "status");
    check_status(file.status);
    read_proof(file);
    read_claims(file);
    read_seconds(file);
    file.solution.replicas = integers<std::int32_t>(root_, "", "replicas");
    file.solution.boxes = integers<std::int32_t>(root_, "", "boxes");
    file.solution.unmet = numbers(root_, "", "unmet");
    read_routes(file.solution);
    if (!errors_.empty()) return errors_;
    return file;
  }

 private:
  void fail(ErrorCode code, const std::string& pointer, std::string message,
            std::string suggestion = {}) {
    const std::string where = name_ + ": " + (pointer.empty() ? "/" : pointer);
    errors_.push_back({code, std::move(message), where, std::move(suggestion)});
  }

  void reject_unknown(const Json& map, const std::string& parent,
                      const std::vector<std::string>& known) {
    for (const auto& [key, value] : map.items()) {
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      fail(ErrorCode::kUnknownKey, parent + "/" + key, "unknown key '" + key + "'",
           suggest(key, known));
    }
  }

  const Json* require(const Json& map, const std::string& parent, const std::string& key) {
    const auto found = map.find(key);
    if (found != map.end()) return &*found;
    fail(ErrorCode::kMissing, parent + "/" + key, "'" + key + "' is missing");
    return nullptr;
  }

  std::string text(const Json& map, const std::string& parent, const std::string& key) {
    const Json* value = require(map, parent, key);
    if (value == nullptr) return {};
    if (value->is_string()) return value->get<std::string>();
    fail(ErrorCode::kWrongType, parent + "/" + key, "expected a text, found " + kind(*value));
    return {};
  }

  std::optional<double> number_or_null(const Json& map, const std::string& parent,
                                       const std::string& key) {
    const Json* value = require(map, parent, key);
    if (value == nullptr || value->is_null()) return std::nullopt;
    if (value->is_number()) return value->get<double>();
    fail(ErrorCode::kWrongType, parent + "/" + key, "expected a number, found " + kind(*value));
    return std::nullopt;
  }

  void check_format() {
    const std::string format = text(root_, "", "format");
    if (!format.empty() && format != "berth.solution/1") {
      fail(ErrorCode::kUnsupported, "/format",
           "format is '" + format + "', expected 'berth.solution/1'");
    }
  }

  void check_status(const std::string& status) {
    if (status.empty() ||
        std::find(kStatuses.begin(), kStatuses.end(), status) != kStatuses.end()) {
      return;
    }
    fail(ErrorCode::kUnknownName, "/status", "unknown status '" + status + "'",
         suggest(status, kStatuses));
  }

  /// Files of earlier versions lack these.
  void read_proof(SolutionFile& file) {
    const auto proven = root_.find("proven");
    if (proven == root_.end()) {
      file.proven = file.status == "optimal";
    } else if (proven->is_boolean()) {
      file.proven = proven->get<bool>();
    } else {
      fail(ErrorCode::kWrongType, "/proven", "expected true or false, found " + kind(*proven));
    }
    if (root_.contains("detail")) file.detail = text(root_, "", "detail");
  }

  void read_claims(SolutionFile& file) {
    if (const auto objective = number_or_null(root_, "", "objective")) {
      if (std::abs(*objective) < CostRate::kMaxTotalUsdPerHour) {
        file.claims.objective = CostRate::usd_per_hour(*objective);
      } else {
        fail(ErrorCode::kOutOfRange, "/objective",
             "must be below " + shortest(CostRate::kMaxTotalUsdPerHour) + " USD/h");
      }
    }
    file.claims.lower_bound = number_or_null(root_, "", "lower_bound");
    file.gap = number_or_null(root_, "", "gap");
  }

  void read_seconds(SolutionFile& file) {
    const Json* seconds = require(root_, "", "seconds");
    if (seconds == nullptr) return;
    if (!seconds->is_object()) {
      fail(ErrorCode::kWrongType, "/seconds", "expected a map, found " + kind(*seconds));
      return;
    }
    reject_unknown(*seconds, "/seconds", {"read", "solve", "bound"});
    file.read_seconds = number_or_null(*seconds, "/seconds", "read").value_or(0.0);
    file.solve_seconds = number_or_null(*seconds, "/seconds", "solve").value_or(0.0);
    file.bound_seconds = number_or_null(*seconds, "/seconds", "bound").value_or(0.0);
  }

  static std::string kind(const Json& value) {
    const std::string name = value.type_name();
    if (name == "null") return "null";
    if (name == "object") return "a map";
    if (name == "array") return "a list";
    return "a " + name;
  }

  const Json* column(const Json& map, const std::string& parent, const std::string& key) {
    const Json* value = require(map, parent, key);
    if (value == nullptr || value->is_array()) return value;
    fail(ErrorCode::kWrongType, parent + "/" + key, "expected a list, found " + kind(*value));
    return nullptr;
  }

  /// Calls `read(item)`; what it returns false for is an error "expected `expected`".
  template <class Read>
  void each(const Json& map, const std::string& parent, const std::string& key,
            const std::string& expected, Read read) {
    const Json* values = column(map, parent, key);
    if (values == nullptr) return;
    std::size_t bad = 0;
    for (std::size_t k = 0; k < values->size(); ++k) {
      if (read((*values)[k])) continue;
      if (++bad > kMaxErrorsPerColumn) continue;
      fail((*values)[k].is_number() ? ErrorCode::kOutOfRange : ErrorCode::kWrongType,
           fmt::format("{}/{}/{}", parent, key, k),
           "expected " + expected + ", found " +
               ((*values)[k].is_number() ? (*values)[k].dump() : kind((*values)[k])));
    }
    if (bad > kMaxErrorsPerColumn) {
      fail(ErrorCode::kWrongType, parent + "/" + key,
           fmt::format("{} more wrong entries in this column", bad - kMaxErrorsPerColumn));
    }
  }

  template <class Int>
  std::vector<Int> integers(const Json& map, const std::string& parent, const std::string& key) {
    std::vector<Int> result;
    each(map, parent, key, "a whole number", [&result](const Json& value) {
      if (!value.is_number_integer()) return false;
      const bool wide =
          value.is_number_unsigned() &&
          value.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<Int>::max());
      if (wide) return false;
      const auto number = value.get<std::int64_t>();
      if (number < static_cast<std::int64_t>(std::numeric_limits<Int>::min())) return false;
      result.push_back(static_cast<Int>(number));
      return true;
    });
    return result;
  }

  std::vector<double> numbers(const Json& map, const std::string& parent, const std::string& key) {
    std::vector<double> result;
    each(map, parent, key, "a number", [&result](const Json& value) {
      if (!value.is_number()) return false;
      result.push_back(value.get<double>());
      return true;
    });
    return result;
  }

  void read_routes(Solution& solution) {
    const Json* routes = require(root_, "", "routes");
    if (routes == nullptr) return;
    if (!routes->is_object()) {
      fail(ErrorCode::kWrongType, "/routes", "expected a map of columns, found " + kind(*routes));
      return;
    }
    reject_unknown(*routes, "/routes", {"class", "option", "share"});
    const std::size_t errors_before = errors_.size();
    const auto classes = integers<std::uint32_t>(*routes, "/routes", "class");
    const auto options = integers<std::uint32_t>(*routes, "/routes", "option");
    const auto shares = numbers(*routes, "/routes", "share");
    if (errors_.size() > errors_before) return;
    if (classes.size() != options.size() || classes.size() != shares.size()) {
      fail(ErrorCode::kInconsistent, "/routes",
           fmt::format("columns differ in length: class {}, option {}, share {}", classes.size(),
                       options.size(), shares.size()));
      return;
    }
    solution.routes.reserve(classes.size());
    for (std::size_t k = 0; k < classes.size(); ++k) {
      solution.routes.push_back({ClassId(classes[k]), OptionId(options[k]), shares[k]});
    }
  }

  const std::string& name_;
  const Json& root_;
  Errors errors_;
};

std::size_t line_of(std::string_view text, std::size_t byte) {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(byte, text.size()));
  return 1 + static_cast<std::size_t>(std::count(text.begin(), end, '\n'));
}

template <class Values, class Format>
void append_column(std::string& out, std::string_view key, const Values& values, Format format) {
  out += json_string(key) + ":[";
  bool first = true;
  for (const auto& value : values) {
    if (!first) out += ',';
    first = false;
    out += format(value);
  }
  out += ']';
}

std::string optional_number(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? shortest(*value) : "null";
}

}  // namespace

std::optional<double> gap_of(std::optional<CostRate> objective, std::optional<double> lower_bound) {
  if (!objective || !lower_bound) return std::nullopt;
  const double cost = static_cast<double>(objective->micros()) / 1e6;
  return cost == 0.0 ? 0.0 : (cost - *lower_bound) / cost;
}

std::string to_json(const SolutionFile& file) {
  const Claims& claims = file.claims;
  const Solution& solution = file.solution;
  const auto integer = [](std::int32_t value) { return std::to_string(value); };
  std::string out = "{\"format\":\"berth.solution/1\",\n";
  out += " \"method\":" + json_string(file.method) + ",\n";
  out += " \"status\":" + json_string(file.status) + ",\n";
  out += fmt::format(" \"proven\":{},\n", file.proven);
  out += " \"detail\":" + json_string(file.detail) + ",\n";
  out += " \"objective\":" + (claims.objective ? exact_usd(*claims.objective) : "null") + ",\n";
  out += " \"lower_bound\":" + optional_number(claims.lower_bound) + ",\n";
  out += " \"gap\":" + optional_number(gap_of(claims.objective, claims.lower_bound)) + ",\n";
  out += fmt::format(" \"seconds\":{{\"read\":{},\"solve\":{},\"bound\":{}}},\n ",
                     shortest(file.read_seconds), shortest(file.solve_seconds),
                     shortest(file.bound_seconds));
  append_column(out, "replicas", solution.replicas, integer);
  out += ",\n ";
  append_column(out, "boxes", solution.boxes, integer);
  out += ",\n \"routes\":{";
  append_column(out, "class", solution.routes,
                [](const Route& route) { return std::to_string(route.query_class.value()); });
  out += ",\n  ";
  append_column(out, "option", solution.routes,
                [](const Route& route) { return std::to_string(route.option.value()); });
  out += ",\n  ";
  append_column(out, "share", solution.routes,
                [](const Route& route) { return shortest(route.share); });
  out += "},\n ";
  append_column(out, "unmet", solution.unmet, [](double value) { return shortest(value); });
  return out + "}\n";
}

Result<SolutionFile> parse_solution(const std::string& name, std::string_view json) {
  try {
    const Json root = Json::parse(json);
    return SolutionReader(name, root).read();
  } catch (const Json::parse_error& error) {
    return Error{ErrorCode::kSyntax,
                 fmt::format("not valid JSON at byte {}", error.byte),
                 fmt::format("{}:{}", name, line_of(json, error.byte)),
                 {}};
  } catch (const Json::out_of_range&) {
    return Error{ErrorCode::kOutOfRange, "a number is too large for a 64-bit float", name, {}};
  }
}

Result<SolutionFile> read_solution(const std::filesystem::path& path) {
  const Result<std::string> text = read_file(path);
  if (!text) return text.errors();
  return parse_solution(path.string(), *text);
}

std::vector<Violation> check_claims(const SolutionFile& file) {
  std::vector<Violation> violations;
  const auto differs = [&](std::string message) {
    violations.push_back({Rule::kReported, "solution", std::move(message)});
  };
  const std::optional<double> gap = gap_of(file.claims.objective, file.claims.lower_bound);
  if (gap.has_value() != file.gap.has_value() ||
      (gap && std::abs(*gap - *file.gap) > tolerance::kReported)) {
    differs(fmt::format("gap {} reported, (objective - lower_bound) / objective is {}",
                        optional_number(file.gap), optional_number(gap)));
  }
  const bool empty = file.solution.replicas.empty() && file.solution.routes.empty();
  if (file.status == "infeasible" && !empty) {
    differs("status is 'infeasible', yet there is a solution");
  }
  if (file.status == "optimal" && !(gap && *gap <= tolerance::kOptimalGap)) {
    differs("status is 'optimal', but the lower bound does not prove it");
  }
  return violations;
}

}  // namespace berth
