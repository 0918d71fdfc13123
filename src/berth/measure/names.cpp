#include "berth/measure/names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "berth/core/text.h"

namespace berth {
namespace {

/// How an engine's name starts, longest first, and its family.
constexpr std::array kEngines = {std::pair("deepspeed-optimum-habana", "optimum-habana"),
                                 std::pair("optimum-habana", "optimum-habana"),
                                 std::pair("trtllm-mlperf", "trtllm-mlperf"),
                                 std::pair("deepspeed-mii", "deepspeed-mii"),
                                 std::pair("tensorrt-llm", "trtllm"),
                                 std::pair("tensorrt_llm", "trtllm"),
                                 std::pair("sambaflow", "sambaflow"),
                                 std::pair("trtllm", "trtllm"),
                                 std::pair("sglang", "sglang"),
                                 std::pair("vllm", "vllm"),
                                 std::pair("atom", "atom"),
                                 std::pair("tgi", "tgi"),
                                 std::pair("trt", "trtllm")};

/// "-2024" behind the engine's name: a release known by its year alone.
std::string year_of(std::string_view rest) {
  constexpr std::size_t kYear = 5;  // with the hyphen
  if (!rest.starts_with("-20") || rest.size() < kYear) return {};
  const auto digit = [&](std::size_t at) {
    return std::isdigit(static_cast<unsigned char>(rest[at])) != 0;
  };
  const bool ends = rest.size() == kYear || !(digit(kYear) || rest[kYear] == '.');
  return digit(3) && digit(4) && ends ? std::string(rest.substr(0, kYear)) : std::string();
}

std::optional<Precision> precision_of(std::string_view dtype, const ModelSpec* model) {
  if (dtype.ends_with('?')) dtype.remove_suffix(1);
  if (dtype.empty()) {
    return model == nullptr ? std::nullopt : std::optional(model->precisions.front());
  }
  return precision_from(dtype);
}

}  // namespace

std::string engine_family(std::string_view name, bool* known) {
  const std::string lower = to_lower(trim(name));
  for (const auto& [start, family] : kEngines) {
    const std::size_t size = std::string_view(start).size();
    if (!lower.starts_with(start)) continue;
    // "atomic" is not "atom".
    if (lower.size() > size && std::isalpha(static_cast<unsigned char>(lower[size])) != 0) continue;
    if (known != nullptr) *known = true;
    return family + year_of(std::string_view(lower).substr(size));
  }
  if (known != nullptr) *known = false;
  return lower;
}

ResolvedNames resolve_names(const MeasuredRow& row, const Catalog& catalog) {
  ResolvedNames names;
  if (const auto model = catalog.find_model(row.model)) names.model = &catalog.model(*model);
  if (const auto gpu = catalog.find_gpu(row.gpu)) names.gpu = &catalog.gpu(*gpu);
  names.precision = precision_of(row.dtype, names.model);
  names.engine = engine_family(row.engine, &names.engine_known);
  if (names.gpu != nullptr) {
    names.engine_profile = catalog.find_engine(row.engine, *names.gpu);
    if (names.engine_profile == nullptr) {
      names.engine_profile = catalog.find_engine(names.engine, *names.gpu);
    }
    names.own_profile = names.engine_profile != nullptr;
    if (!names.own_profile) names.engine_profile = catalog.find_engine("vllm", *names.gpu);
    if (names.engine_profile == nullptr) names.engine_profile = &catalog.engines().front();
  }
  return names;
}

}  // namespace berth
