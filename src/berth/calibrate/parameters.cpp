#include "berth/calibrate/parameters.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace berth {
namespace {

struct Bounds {
  double min = 0.0;
  double max = 0.0;
};

template <class Owner>
std::optional<Bounds> bounds_in(std::span<const CoefficientField<Owner>> fields,
                                std::string_view key) {
  for (const auto& field : fields) {
    if (field.key == key) return Bounds{field.min, field.max};
  }
  return std::nullopt;
}

/// A logarithm needs a floor above 0.
constexpr double kSmallestShareOfMax = 1e-4;

class Builder {
 public:
  void add_all(CoefficientKind kind, std::span<const CoefficientEntry> entries) {
    const std::size_t first = parameters.size();
    for (std::size_t e = 0; e < entries.size(); ++e) {
      for (const auto& [key, spread] : entries[e].spread) add(kind, entries, e, key, spread, first);
    }
  }

  std::vector<Parameter> parameters;
  Errors errors;

 private:
  void add(CoefficientKind kind, std::span<const CoefficientEntry> entries, std::size_t e,
           const std::string& key, double spread, std::size_t first) {
    const auto bounds = kind == CoefficientKind::kEngine ? bounds_in(engine_fields(), key)
                                                         : bounds_in(efficiency_fields(), key);
    Parameter p;
    p.kind = kind;
    p.entry = e;
    p.key = key;
    p.spread = spread;
    const auto own = entries[e].values.find(key);
    std::optional<double> centre;
    if (own != entries[e].values.end()) {
      centre = own->second;
    } else {
      centre = inherited(entries, e, key, first, p.parent);
    }
    if (!bounds || (!p.parent && !(centre.value_or(0.0) > 0.0))) {
      errors.push_back({ErrorCode::kInconsistent,
                        fmt::format("'{}' of {} has a spread but no value to spread around", key,
                                    entries[e].id()),
                        {},
                        "give it a value above 0, or a spread to the entry it is like"});
      return;
    }
    p.low = std::log(std::max(bounds->min, kSmallestShareOfMax * bounds->max));
    p.high = std::log(bounds->max);
    if (centre) p.centre = std::clamp(std::log(*centre), p.low, p.high);
    parameters.push_back(p);
  }

  /// The value of the nearest entry it is like that has one: as a parameter, or as it stands.
  std::optional<double> inherited(std::span<const CoefficientEntry> entries, std::size_t e,
                                  const std::string& key, std::size_t first,
                                  std::optional<std::size_t>& parent) const {
    for (const CoefficientEntry* at = &entries[e]; !at->like.empty();) {
      at = find_entry(entries, at->like);
      if (at == nullptr) return std::nullopt;
      const auto index = static_cast<std::size_t>(at - entries.data());
      for (std::size_t k = first; k < parameters.size(); ++k) {
        if (parameters[k].entry == index && parameters[k].key == key) {
          parent = k;
          return std::nullopt;
        }
      }
      const auto value = at->values.find(key);
      if (value != at->values.end()) return value->second;
    }
    return std::nullopt;
  }
};

}  // namespace

Result<ParameterSet> ParameterSet::of(const Coefficients& prior) {
  Builder builder;
  builder.add_all(CoefficientKind::kArchitecture, prior.architectures);
  builder.add_all(CoefficientKind::kEngine, prior.engines);
  if (!builder.errors.empty()) return builder.errors;
  ParameterSet set;
  set.prior_ = prior;
  set.parameters_ = std::move(builder.parameters);
  return set;
}

std::vector<double> ParameterSet::start() const {
  std::vector<double> x;
  for (const Parameter& p : parameters_) {
    x.push_back(std::clamp(p.parent ? x[*p.parent] : p.centre, p.low, p.high));
  }
  return x;
}

Coefficients ParameterSet::apply(std::span<const double> x) const {
  Coefficients result = prior_;
  for (std::size_t k = 0; k < parameters_.size(); ++k) {
    const Parameter& p = parameters_[k];
    auto& entries = p.kind == CoefficientKind::kEngine ? result.engines : result.architectures;
    entries[p.entry].values.insert_or_assign(p.key, std::exp(x[k]));
  }
  return result;
}

const CoefficientEntry& ParameterSet::entry(const Parameter& parameter) const {
  return parameter.kind == CoefficientKind::kEngine ? prior_.engines[parameter.entry]
                                                    : prior_.architectures[parameter.entry];
}

}  // namespace berth
