#pragma once
// Finds a request's class again by the rules a fitted workload keeps.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "berth/workload/query_class.h"

namespace berth {

/// True if a request with these token counts lies in the rule's half-open ranges.
[[nodiscard]] bool in_range(const ClassRule& rule, double prompt, double output);
/// True if the rule accepts requests of this source and class label.
[[nodiscard]] bool accepts(const ClassRule& rule, std::string_view source, std::string_view label);

/// The rules of a workload, narrowed to one source and label once, then asked per request.
class ClassAssigner {
 public:
  ClassAssigner(const Workload& workload, std::string_view source, std::string_view label);

  /// Index of the class the label names, else of the first class whose rule holds the request;
  /// nullopt if it fits none. A class without a rule is only found by its name.
  [[nodiscard]] std::optional<std::size_t> find(double prompt, double output) const;

 private:
  struct Entry {
    std::size_t class_index;
    ClassRule rule;
  };
  std::vector<Entry> entries_;
};

}  // namespace berth
