#include "berth/workload/formats/format.h"

#include <algorithm>
#include <cassert>

#include "berth/workload/formats/azure.h"
#include "berth/workload/formats/azure_multimodal.h"
#include "berth/workload/formats/burstgpt.h"
#include "berth/workload/formats/generic_csv.h"
#include "berth/workload/formats/generic_jsonl.h"
#include "berth/workload/formats/mooncake.h"

namespace berth {
namespace {

constexpr std::array kFormats = {
    &kAzureMultimodalFormat, &kAzureFormat,      &kBurstGptFormat,
    &kMooncakeFormat,        &kGenericCsvFormat, &kGenericJsonLinesFormat,
};

}  // namespace

std::span<const TraceFormat* const> all_trace_formats() { return kFormats; }

const TraceFormat& recognise(TraceSyntax syntax, std::span<const std::string> names) {
  const auto has = [&](std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  const auto* const found =
      std::find_if(kFormats.begin(), kFormats.end(), [&](const TraceFormat* format) {
        return format->syntax == syntax &&
               std::all_of(format->signature.begin(), format->signature.end(), has);
      });
  assert(found != kFormats.end());  // a generic format's signature is empty
  return **found;
}

}  // namespace berth
