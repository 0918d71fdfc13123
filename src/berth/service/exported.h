#pragma once
// Private to this room: a plan as files that people take away.

#include <string>
#include <string_view>
#include <vector>

#include "berth/core/result.h"
#include "berth/http/route.h"
#include "berth/plan/plan.h"

namespace berth {

struct ExportedFile {
  std::string content;
  std::string content_type;
};

[[nodiscard]] std::vector<std::string_view> exported_names();
[[nodiscard]] std::vector<AnswerSpec> exported_answers();

/// `fleet_text` is the plan's. Errors: those of the manifests. REQUIRES: one of the names.
[[nodiscard]] Result<ExportedFile> exported_file(std::string_view name, const Plan& plan,
                                                 const std::string& fleet_text);

}  // namespace berth
