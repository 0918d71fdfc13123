#include "berth/workload/assign.h"

namespace berth {

bool in_range(const ClassRule& rule, double prompt, double output) {
  return prompt >= rule.prompt_min && (rule.prompt_max <= 0 || prompt < rule.prompt_max) &&
         output >= rule.output_min && (rule.output_max <= 0 || output < rule.output_max);
}

bool accepts(const ClassRule& rule, std::string_view source, std::string_view label) {
  return (!rule.source || *rule.source == source) && (!rule.label || *rule.label == label);
}

ClassAssigner::ClassAssigner(const Workload& workload, std::string_view source,
                             std::string_view label) {
  for (std::size_t i = 0; i < workload.classes.size(); ++i) {
    const QueryClass& query = workload.classes[i];
    // A label that names a class settles it: so a generated trace finds its classes again.
    if (!label.empty() && query.name == label) {
      entries_.assign(1, {i, ClassRule{}});
      return;
    }
    if (query.rule && accepts(*query.rule, source, label)) entries_.push_back({i, *query.rule});
  }
}

std::optional<std::size_t> ClassAssigner::find(double prompt, double output) const {
  for (const Entry& entry : entries_) {
    if (in_range(entry.rule, prompt, output)) return entry.class_index;
  }
  return std::nullopt;
}

}  // namespace berth
