#include <algorithm>
#include <set>
#include <string>

#include <fmt/format.h>

#include "berth/catalog/draft.h"
#include "berth/core/text.h"

namespace berth::catalog_draft {

void check_offers(CatalogDraft& draft, Errors& errors) {
  std::set<std::string> reported;  // places: the terms of one line share its mistakes
  for (OfferDraft& entry : draft.offers) {
    if (entry.offer.gpu.empty()) continue;  // reported as missing
    const GpuDraft* gpu = draft.find_gpu(entry.offer.gpu);
    if (gpu == nullptr) {
      if (!reported.insert(entry.gpu_where).second) continue;
      errors.push_back({ErrorCode::kUnknownName, fmt::format("unknown GPU '{}'", entry.offer.gpu),
                        entry.gpu_where,
                        draft.gpus.empty() ? "list 'builtin' before this file, or add 'gpus:'"
                                           : suggest(entry.offer.gpu, draft.gpu_names())});
      continue;
    }
    entry.offer.gpu = gpu->gpu.name;
    const int most = std::max(gpu->gpu.gpus_per_node, gpu->gpu.fast_domain);
    if (gpu->gpu.gpus_per_node > 0 && entry.offer.lot > most &&
        reported.insert(entry.lot_where).second) {
      errors.push_back({ErrorCode::kInconsistent,
                        fmt::format("a box of {} {} GPUs: a server holds at most {}",
                                    entry.offer.lot, gpu->gpu.name, most),
                        entry.lot_where, "offer single servers; a plan rents as many as it needs"});
    }
  }
}

}  // namespace berth::catalog_draft
