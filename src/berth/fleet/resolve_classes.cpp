// Classes of the file and of its workload merged by name; defaults filled in; contradictions found.

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "berth/core/file.h"
#include "berth/core/text.h"
#include "berth/fleet/draft.h"
#include "berth/workload/demand_series.h"
#include "berth/workload/workload_yaml.h"

namespace berth::fleet_draft {
namespace {

Result<Workload> read_series_at(const Located<std::string>& file, const Located<double>& at) {
  const Result<std::string> content = berth::read_file(file.value);
  if (!content) return content.errors();
  if (!looks_like_demand_series(*content)) {
    return Error{ErrorCode::kInconsistent, "'at' needs a demand series (CSV), the workload is none",
                 at.where, "remove 'at'"};
  }
  const Result<DemandSeries> series = parse_demand_series(file.value, *content);
  if (!series) return series.errors();
  Result<Workload> workload = workload_of(*series, at.value);
  if (workload) return workload;
  return named_at(std::move(workload).errors(), {file.value, at.where});
}

Result<Workload> read_named_workload(const FleetDraft& draft) {
  const Located<std::string>& file = *draft.workload;
  if (draft.at && draft.workload_is_builtin) {
    return Error{ErrorCode::kInconsistent, "'at' needs a demand series (CSV), the workload is none",
                 draft.at->where, "remove 'at'"};
  }
  if (draft.workload_is_builtin) return builtin_workload(file.value);
  return draft.at ? read_series_at(file, *draft.at) : read_workload(file.value);
}

/// The file's workload; nothing when there is none or it cannot be read (recorded).
std::optional<Workload> load_workload(const FleetDraft& draft, Errors& errors) {
  if (!draft.workload) {
    if (draft.at) {
      errors.push_back({ErrorCode::kInconsistent, "'at' is given without a 'workload'",
                        draft.at->where, "name a demand series in 'workload'"});
    }
    return std::nullopt;
  }
  Result<Workload> workload = read_named_workload(draft);
  if (workload) return *std::move(workload);
  Errors told = named_at(std::move(workload).errors(), *draft.workload);
  if (told.front().code == ErrorCode::kNotFound && told.front().suggestion.empty()) {
    told.front().suggestion =
        fmt::format("built-in workloads: {}", fmt::join(builtin_workload_names(), ", "));
  }
  errors.insert(errors.end(), told.begin(), told.end());
  return std::nullopt;
}

ServiceLevel service_level(const Terms& own, const Terms& defaults) {
  ServiceLevel level;
  level.ttft = own.ttft.or_else(defaults.ttft).value;
  level.tpot = own.tpot.or_else(defaults.tpot).value;
  level.e2e = own.e2e.or_else(defaults.e2e).value;
  level.percentile = own.percentile.value_or(defaults.percentile.value_or(level.percentile));
  return level;
}

QualityFloor quality_floor(const Terms& own, const Terms& defaults) {
  QualityFloor floor;
  const std::string default_task = defaults.task ? defaults.task->value : floor.task;
  floor.task = own.task ? own.task->value : default_task;
  // Scores of different tasks are not comparable: another task does not inherit the default's
  // floor.
  const double inherited =
      floor.task == default_task ? defaults.min_score.value_or(floor.min) : floor.min;
  floor.min = own.min_score.value_or(inherited);
  floor.mode = own.mode.value_or(defaults.mode.value_or(floor.mode));
  return floor;
}

void check_service_level(const ServiceLevel& level, const std::string& name,
                         const std::string& where, Errors& errors) {
  const auto contradicts = [&](const std::optional<Seconds>& part, std::string_view what) {
    if (!part || !level.e2e || *part < *level.e2e) return;
    errors.push_back(
        {ErrorCode::kInconsistent,
         fmt::format(
             "class '{}': the end-to-end limit {} s leaves nothing beyond the {} limit {} s", name,
             shortest(level.e2e->value), what, shortest(part->value)),
         where, fmt::format("e2e covers the whole request: raise it, or lower {}", what)});
  };
  contradicts(level.ttft, "ttft");
  contradicts(level.tpot, "tpot");
}

FleetClass with_terms(QueryClass traffic, const Terms& own, const Terms& defaults,
                      const std::string& where, Errors& errors) {
  FleetClass result;
  result.slo = service_level(own, defaults);
  result.quality = quality_floor(own, defaults);
  result.max_unmet = own.max_unmet.value_or(defaults.max_unmet.value_or(0.0));
  result.unmet_cost_per_request = own.unmet_cost.value_or(defaults.unmet_cost.value_or(0.0));
  result.delay_cost_per_second = own.delay_cost.value_or(defaults.delay_cost.value_or(0.0));
  const std::string& slo_where = own.slo_where.empty() ? defaults.slo_where : own.slo_where;
  check_service_level(result.slo, traffic.name, slo_where.empty() ? where : slo_where, errors);
  result.traffic = std::move(traffic);
  return result;
}

const QueryClass* find_class(const Workload* workload, std::string_view name) {
  if (workload == nullptr) return nullptr;
  for (const QueryClass& query : workload->classes) {
    if (query.name == name) return &query;
  }
  return nullptr;
}

std::vector<std::string> class_names(const Workload* workload) {
  std::vector<std::string> names;
  if (workload == nullptr) return names;
  for (const QueryClass& query : workload->classes) names.push_back(query.name);
  return names;
}

/// What the file says about a class's traffic, on top of the workload's class of that name.
std::optional<QueryClass> stated_traffic(const ClassDraft& draft, const Workload* workload,
                                         bool complete_workload, Errors& errors) {
  QueryClass traffic;
  const QueryClass* base = find_class(workload, draft.name);
  if (base != nullptr) traffic = *base;
  traffic.name = draft.name;
  std::vector<std::string> missing;
  const auto take = [&](const auto& stated, auto& value, const char* key) {
    if (stated) {
      value = *stated;
    } else if (base == nullptr) {
      missing.emplace_back(key);
    }
  };
  take(draft.rate, traffic.rate, "rate");
  take(draft.prompt_tokens, traffic.prompt_tokens, "prompt_tokens");
  take(draft.output_tokens, traffic.output_tokens, "output_tokens");
  traffic.arrival_variability = draft.arrival_variability.value_or(traffic.arrival_variability);
  traffic.prefix_reuse = draft.prefix_reuse.value_or(traffic.prefix_reuse);
  if (missing.empty()) return traffic;
  // With a workload that could not be read, the class may well be in it.
  if (!complete_workload) return std::nullopt;
  std::string message = fmt::format("class '{}' has no {}", draft.name, fmt::join(missing, ", "));
  if (workload != nullptr) message += ", and the workload has no class of that name";
  errors.push_back({ErrorCode::kMissing, std::move(message), draft.where,
                    workload != nullptr ? suggest(draft.name, class_names(workload)) : ""});
  return std::nullopt;
}

/// Measured traffic replaces all that the file states.
std::optional<QueryClass> measured_traffic(const ClassDraft& draft, const Workload& measured,
                                           Errors& errors) {
  if (const QueryClass* query = find_class(&measured, draft.name)) return *query;
  const std::vector<std::string> names = class_names(&measured);
  errors.push_back({ErrorCode::kMissing,
                    fmt::format("class '{}' has no requests in the traces given", draft.name),
                    draft.where,
                    fmt::format("the traces hold: {}; name one by '{}=FILE'",
                                fmt::join(names, ", "), draft.name)});
  return std::nullopt;
}

}  // namespace

void resolve_classes(const FleetDraft& draft, const Workload* measured, Fleet& fleet,
                     Errors& errors) {
  std::optional<Workload> named;
  if (measured == nullptr) named = load_workload(draft, errors);
  const Workload* workload = measured != nullptr ? measured : named ? &*named : nullptr;
  const bool complete = workload != nullptr || !draft.workload;

  std::set<std::string> stated;
  for (const ClassDraft& entry : draft.classes) {
    stated.insert(entry.name);
    auto traffic = measured != nullptr ? measured_traffic(entry, *measured, errors)
                                       : stated_traffic(entry, workload, complete, errors);
    if (!traffic) continue;
    fleet.classes.push_back(
        with_terms(*std::move(traffic), entry.terms, draft.defaults, entry.where, errors));
  }
  if (workload != nullptr) {
    for (const QueryClass& query : workload->classes) {
      if (stated.contains(query.name)) continue;
      fleet.classes.push_back(with_terms(query, Terms{}, draft.defaults, draft.where, errors));
    }
  }
  if (fleet.classes.empty() && errors.empty()) {
    errors.push_back({ErrorCode::kMissing, "no class of requests to plan for", draft.where,
                      "give 'classes', a 'workload', or a trace"});
  }
}

void check_tasks(const FleetDraft& draft, const Fleet& fleet, Errors& errors) {
  std::set<std::string> tasks;
  for (const ModelId id : fleet.models) {
    for (const auto& [task, score] : fleet.catalog.model(id).quality) tasks.insert(task);
  }
  if (fleet.models.empty()) return;  // reported already
  const std::vector<std::string> known(tasks.begin(), tasks.end());
  const auto check = [&](const std::optional<Located<std::string>>& task) {
    if (!task || tasks.contains(task->value)) return;
    errors.push_back(
        {ErrorCode::kUnknownName,
         fmt::format("no candidate model has a quality score for the task '{}'", task->value),
         task->where, suggest(task->value, known)});
  };
  check(draft.defaults.task);
  for (const ClassDraft& entry : draft.classes) check(entry.terms.task);
}

}  // namespace berth::fleet_draft
