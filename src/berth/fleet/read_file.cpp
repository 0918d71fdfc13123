// The sections of one fleet file but classes and policy (docs/formats.md, "Fleet file").

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/fleet/draft.h"
#include "berth/workload/workload_yaml.h"

namespace berth::fleet_draft {
namespace {

// The dearest box sold, a rack of 72 GPUs, is near 1e3 USD/h.
constexpr Range kCostRange{.min = 0.0, .max = 1e6};
constexpr Range kBudgetRange{.min = 0.0, .max = 1e8, .exclusive_min = true};
constexpr Range kLotRange{.min = 1, .max = 4096};
constexpr Range kMaxBoxesRange{.min = 0, .max = 1e6};
constexpr Range kTimeRange{.min = 0.0};
constexpr std::array kTerms = {OfferTerm::kOnDemand, OfferTerm::kReserved, OfferTerm::kSpot};

std::string resolve_path(const FileReader& reader, const std::string& written) {
  return (reader.directory / written).lexically_normal().string();
}

void read_catalog(MapReader& root, FileReader& reader) {
  const auto value = root.find("catalog");
  if (!value) return;
  std::vector<Located<std::string>> entries;
  for (const ValueReader& item : value->list()) {
    const auto entry = item.string();
    if (!entry) continue;
    entries.push_back({*entry == "builtin" ? *entry : resolve_path(reader, *entry), item.where()});
  }
  if (value->is_list() && value->node().items.empty()) {
    value->fail(ErrorCode::kMissing, "the catalog lists nothing",
                "write [builtin] for the built-in one");
  }
  reader.draft.catalog = std::move(entries);
}

void read_models(MapReader& root, FileReader& reader) {
  const auto value = root.find("models");
  if (!value) return;
  std::vector<Located<std::string>> models;
  for (const ValueReader& item : value->list()) {
    if (auto name = item.string()) models.push_back({*std::move(name), item.where()});
  }
  if (value->is_list() && value->node().items.empty()) {
    value->fail(ErrorCode::kMissing, "no model is listed",
                "leave 'models' out to allow all of the catalog");
  }
  reader.draft.models = std::move(models);
}

void read_region(MapReader& root, FileReader& reader) {
  const auto value = root.find("region");
  if (!value) return;
  MapReader map(*value);
  RegionDraft region;
  region.where = value->where();
  region.cloud = map.string("cloud");
  region.name = map.string("name");
  if (const auto terms = map.find("terms")) {
    region.terms.clear();
    std::vector<std::string> known;
    for (const OfferTerm term : kTerms) known.emplace_back(to_string(term));
    for (const ValueReader& item : terms->list()) {
      const auto name = item.string();
      if (!name) continue;
      const auto found = std::find(known.begin(), known.end(), *name);
      if (found == known.end()) {
        item.fail(ErrorCode::kUnknownName, fmt::format("unknown term '{}'", *name),
                  suggest(*name, known));
        continue;
      }
      const OfferTerm term = kTerms.at(static_cast<std::size_t>(found - known.begin()));
      if (std::find(region.terms.begin(), region.terms.end(), term) == region.terms.end()) {
        region.terms.push_back(term);
      }
    }
    if (terms->is_list() && terms->node().items.empty()) {
      terms->fail(ErrorCode::kMissing, "no term is listed", "one of: on-demand, reserved, spot");
    }
  }
  reader.finish(map, "region");
  reader.draft.region = std::move(region);
}

FleetOffer read_offer(MapReader& map) {
  FleetOffer offer;
  offer.name = read_name(map).value_or(std::string());
  offer.lot = static_cast<int>(map.integer("lot", kLotRange, 1));
  offer.cost = CostRate::usd_per_hour(map.number("cost", kCostRange));
  if (const auto max = map.find("max")) {
    if (const auto boxes = max->integer(kMaxBoxesRange)) offer.max = static_cast<int>(*boxes);
  }
  return offer;
}

std::vector<FleetOffer> read_offers(MapReader& pool, const FileReader& reader) {
  std::vector<FleetOffer> offers;
  std::set<std::string> names;
  const auto value = pool.require("offers");
  if (!value) return offers;
  for (const ValueReader& item : value->list()) {
    MapReader map(item);
    FleetOffer offer = read_offer(map);
    reader.finish(map, "offer");
    if (!offer.name.empty() && !names.insert(offer.name).second) {
      map.fail(ErrorCode::kDuplicate,
               fmt::format("the offer '{}' appears twice in this pool", offer.name));
    }
    offers.push_back(std::move(offer));
  }
  if (value->is_list() && value->node().items.empty()) {
    value->fail(ErrorCode::kMissing, "the pool has no offer",
                "expected [{name: owned, lot: 8, cost: 12.5}]");
  }
  return offers;
}

void read_workload_name(MapReader& root, FileReader& reader) {
  const auto value = root.find("workload");
  if (const auto at = root.find("at")) {
    if (const auto time = at->duration(kTimeRange)) reader.draft.at = {time->value, at->where()};
  }
  if (!value) return;
  const auto written = value->string();
  if (!written) return;
  const std::vector<std::string> builtin = builtin_workload_names();
  FleetDraft& draft = reader.draft;
  draft.workload_is_builtin = std::find(builtin.begin(), builtin.end(), *written) != builtin.end();
  draft.workload = {draft.workload_is_builtin ? *written : resolve_path(reader, *written),
                    value->where()};
}

}  // namespace

void FileReader::finish(const MapReader& map, const std::string& section) const {
  map.reject_unknown_keys();
  if (keys == nullptr) return;
  std::vector<std::string>& names = (*keys)[section];
  names.assign(map.known_keys().begin(), map.known_keys().end());
  std::sort(names.begin(), names.end());
}

std::optional<std::string> read_name(MapReader& map) {
  constexpr std::size_t kLongest = 63;  // a DNS label, so that exported objects can carry it
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/+-";
  const auto value = map.require("name");
  if (!value) return std::nullopt;
  auto name = value->string();
  if (!name) return std::nullopt;
  if (name->size() > kLongest) {
    value->fail(
        ErrorCode::kOutOfRange,
        fmt::format("the name has {} characters, at most {} are allowed", name->size(), kLongest));
    return std::nullopt;
  }
  if (name->find_first_not_of(kAllowed) != std::string::npos) {
    value->fail(ErrorCode::kOutOfRange,
                fmt::format("the name '{}' may hold only letters, digits and . _ / + -", *name));
    return std::nullopt;
  }
  return name;
}

void read_pools(MapReader& root, FileReader& reader) {
  const auto value = root.find("pools");
  if (!value) return;
  std::set<std::string> names;
  for (const ValueReader& item : value->list()) {
    MapReader map(item);
    PoolDraft pool;
    const auto name = read_name(map);
    if (const auto gpu = map.require("gpu")) {
      pool.gpu = {gpu->string().value_or(std::string()), gpu->where()};
    }
    pool.offers = read_offers(map, reader);
    reader.finish(map, "pool");
    if (!name) continue;
    pool.name = *name;
    if (!names.insert(*name).second) {
      map.fail(ErrorCode::kDuplicate, fmt::format("the pool '{}' appears twice", *name));
      continue;
    }
    auto& pools = reader.draft.pools;
    const auto same = std::find_if(pools.begin(), pools.end(),
                                   [&](const PoolDraft& other) { return other.name == *name; });
    if (same == pools.end()) {
      pools.push_back(std::move(pool));
    } else {
      *same = std::move(pool);
    }
  }
  if (value->is_list() && value->node().items.empty()) {
    value->fail(ErrorCode::kMissing, "no pool is listed",
                "leave 'pools' out to use the offers of one cloud region");
  }
}

void read_file(const Document& document, FileReader& reader) {
  MapReader root(document, reader.errors);
  reader.draft.where = document.name;
  if (document.root.kind != Node::Kind::kMap) return;
  root.expect_format("berth.fleet/1");
  static_cast<void>(root.find("include"));    // read_files follows it
  static_cast<void>(root.find("telemetry"));  // who reads metrics reads it
  read_catalog(root, reader);
  read_models(root, reader);
  read_pools(root, reader);
  read_region(root, reader);
  read_classes(root, reader);
  read_workload_name(root, reader);
  read_defaults(root, reader);
  if (const auto budget = root.optional_number("budget", kBudgetRange)) {
    reader.draft.budget = CostRate::usd_per_hour(*budget);
  }
  read_policy(root, reader);
  reader.finish(root, "fleet");
}

}  // namespace berth::fleet_draft
