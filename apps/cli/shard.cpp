#include "apps/cli/shard.h"

#include <cstdlib>
#include <optional>

#include <fmt/format.h>

#include "berth/core/text.h"

namespace berth::cli {
namespace {

constexpr long long kMostShards = 100'000;

std::optional<std::string> index_from_environment() {
  for (const char* name : {"JOB_COMPLETION_INDEX", "SLURM_ARRAY_TASK_ID"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return std::nullopt;
}

}  // namespace

Status read_shard(const std::string& text, std::size_t& index, std::size_t& count) {
  if (text.empty()) return Ok{};
  const std::size_t slash = text.find('/');
  std::optional<std::string> part;
  if (slash == std::string::npos) {
    part = index_from_environment();
    if (!part) {
      return Error{ErrorCode::kUsage,
                   "no index: JOB_COMPLETION_INDEX and SLURM_ARRAY_TASK_ID are "
                   "not set",
                   "--shard", "give it too, from 0: --shard 0/" + text};
    }
  } else {
    part = text.substr(0, slash);
  }
  const auto i = parse_integer(*part);
  const auto n = parse_integer(slash == std::string::npos ? text : text.substr(slash + 1));
  if (!i || !n || *n < 1 || *n > kMostShards || *i < 0 || *i >= *n) {
    return Error{ErrorCode::kUsage,
                 fmt::format("expected i/n with i from 0 to n - 1, found '{}'",
                             slash == std::string::npos ? *part + "/" + text : text),
                 "--shard", "--shard 0/8 is the first of eight parts"};
  }
  index = static_cast<std::size_t>(*i);
  count = static_cast<std::size_t>(*n);
  return Ok{};
}

}  // namespace berth::cli
