#include <array>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "berth/catalog/entry_reader.h"
#include "berth/core/text.h"

namespace berth::catalog_draft {
namespace {

// Owned hardware may cost nothing. The dearest box sold, a rack of 72 GPUs, is near 1e3 USD/h.
constexpr Range kPriceRange{.min = 0.0, .max = 1e6};
constexpr Range kLotRange{.min = 1, .max = 4096};

struct TermKey {
  std::string_view key;
  OfferTerm term;
};
constexpr std::array kTerms = {TermKey{"on_demand", OfferTerm::kOnDemand},
                               TermKey{"reserved", OfferTerm::kReserved},
                               TermKey{"spot", OfferTerm::kSpot}};

std::string box_key(const CatalogOffer& offer) {
  return fmt::format("{}\n{}\n{}", offer.cloud, offer.region, offer.instance);
}

/// Adds the priced box, or replaces the same box and term of an earlier file.
void place(OfferDraft offer, const ValueReader& price, CatalogDraft& draft) {
  std::vector<std::size_t>& rows = draft.offers_of_box[box_key(offer.offer)];
  for (const std::size_t row : rows) {
    OfferDraft& other = draft.offers[row];
    if (other.offer.term != offer.offer.term) continue;
    if (other.last_file == offer.last_file) {
      price.fail(
          ErrorCode::kDuplicate,
          fmt::format("{} {} {} has two {} prices in this file", offer.offer.cloud,
                      offer.offer.region, offer.offer.instance, to_string(offer.offer.term)));
    }
    other = std::move(offer);
    return;
  }
  rows.push_back(draft.offers.size());
  draft.offers.push_back(std::move(offer));
}

void read_offer(const ValueReader& item, const FileContext& file, CatalogDraft& draft) {
  if (!item.is_map()) {
    static_cast<void>(item.map());  // records what was expected
    return;
  }
  Places places;
  EntryReader entry(item, file, places);
  CatalogOffer offer;
  entry.text("cloud", offer.cloud);
  entry.text("region", offer.region);
  entry.text("instance", offer.instance);
  // A file that only changes a price need not repeat what is in the box.
  const auto rows = draft.offers_of_box.find(box_key(offer));
  const OfferDraft* known =
      rows == draft.offers_of_box.end() ? nullptr : &draft.offers[rows->second.back()];
  const bool is_new = known == nullptr;
  std::string gpu_where = item.where();
  std::string lot_where = item.where();
  if (known != nullptr) {
    offer.gpu = known->offer.gpu;
    offer.lot = known->offer.lot;
    offer.source = known->offer.source;
    gpu_where = known->gpu_where;
    lot_where = known->lot_where;
  }
  entry.text("gpu", offer.gpu);
  entry.integer("lot", kLotRange, offer.lot);
  if (places.has("gpu")) gpu_where = places.of("gpu");
  if (places.has("lot")) lot_where = places.of("lot");
  entry.require({"cloud", "region", "instance"}, "an offer");
  if (is_new) entry.require({"gpu", "lot"}, "an offer");

  std::vector<std::pair<OfferTerm, ValueReader>> prices;
  for (const TermKey& term : kTerms) {
    if (const auto value = entry.find(term.key)) prices.emplace_back(term.term, *value);
  }
  // After the prices, so that a changed price is seen as a changed fact.
  entry.source("source", is_new, offer.source);
  for (const auto& [term, value] : prices) {
    const auto usd = value.number(kPriceRange);
    if (!usd) continue;
    offer.term = term;
    offer.cost = CostRate::usd_per_hour(*usd);
    place({offer, value.where(), gpu_where, lot_where, &file}, value, draft);
  }
  if (prices.empty()) {
    item.fail(ErrorCode::kMissing,
              "an offer needs a price: on_demand, reserved or spot (USD/h a box)");
  }
  entry.finish();
}

}  // namespace

void read_offers(MapReader& root, const FileContext& file, CatalogDraft& draft) {
  for (const ValueReader& item : root.list("offers")) read_offer(item, file, draft);
}

}  // namespace berth::catalog_draft
