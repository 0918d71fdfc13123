#include "berth/output/catalog_json.h"

#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "berth/core/units.h"
#include "berth/output/catalog_select.h"

namespace berth {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Source& source) {
  return {{"text", source.text}, {"date", source.date}, {"verified", source.verified}};
}

template <class Line>
Json json_of_line(const Line& line) {
  return {{"latency", line.latency_s}, {"bandwidth", line.bandwidth_bytes_per_s}};
}

std::string_view name_of(AttentionKind kind) {
  switch (kind) {
    case AttentionKind::kMha: return "mha";
    case AttentionKind::kGqa: return "gqa";
    case AttentionKind::kMla: return "mla";
  }
  return "";
}

/// The format calls an empty text an error, so it is left out.
void add_note(Json& json, const std::string& note) {
  if (!note.empty()) json["note"] = note;
}

Json json_of(const ModelSpec& model) {
  Json json = {{"name", model.name},
               {"aliases", model.aliases},
               {"family", model.family},
               {"parameters", model.parameters},
               {"active_parameters", model.active_parameters},
               {"layers", model.layers},
               {"hidden", model.hidden},
               {"heads", model.heads},
               {"kv_heads", model.kv_heads},
               {"head_dim", model.head_dim},
               {"vocabulary", model.vocabulary},
               {"max_context", model.max_context},
               {"attention", name_of(model.attention)},
               {"kv_bytes_per_token", model.kv_bytes_per_token}};
  if (model.experts) {
    json["experts"] = {{"count", model.experts->experts},
                       {"active", model.experts->active},
                       {"parameters", model.experts->expert_parameters},
                       {"layers", model.experts->layers}};
  }
  if (model.window) {
    json["window"] = {{"tokens", model.window->tokens}, {"layer_share", model.window->layer_share}};
  }
  if (model.latent) {
    json["latent"] = {{"values", model.latent->values}, {"position", model.latent->position}};
  }
  json["tied_embeddings"] = model.tied_embeddings;
  json["qk_norm"] = model.qk_norm;
  json["linear_layer_share"] = model.linear_layer_share;
  json["sparse_attention"] = model.sparse_attention_tokens;
  json["precisions"] = Json::array();
  for (const Precision precision : model.precisions) {
    json["precisions"].push_back(to_string(precision));
  }
  json["quality"] = Json::object();
  for (const auto& [task, score] : model.quality) {
    json["quality"][task] = {{"score", score}, {"source", json_of(model.source_of(task))}};
  }
  json["shape_source"] = json_of(model.shape_source);
  json["quality_source"] = json_of(model.quality_source);
  add_note(json, model.note);
  return json;
}

Json json_of(const GpuEfficiency& efficiency) {
  Json json = Json::object();
  for (const auto& field : efficiency_fields()) {
    json[std::string(field.key)] = efficiency.*field.member;
  }
  json["all_reduce"] = Json::array();
  for (const AllReduce& entry : efficiency.all_reduce) {
    json["all_reduce"].push_back({{"gpus", entry.gpus},
                                  {"small", json_of_line(entry.small)},
                                  {"large", json_of_line(entry.large)}});
  }
  json["hand_over_in_node"] = json_of_line(efficiency.hand_over_in_node);
  json["hand_over_between_nodes"] = json_of_line(efficiency.hand_over_between_nodes);
  json["extrapolated"] = efficiency.extrapolated;
  json["source"] = json_of(efficiency.source);
  json["link_source"] = json_of(efficiency.link_source);
  add_note(json, efficiency.note);
  return json;
}

Json json_of(const GpuType& gpu) {
  Json json = {{"name", gpu.name},           {"aliases", gpu.aliases},
               {"vendor", gpu.vendor},       {"architecture", gpu.architecture},
               {"memory", gpu.memory_bytes}, {"bandwidth", gpu.bandwidth_bytes_per_s}};
  json["peak_tflops"] = Json::object();
  for (const Precision precision : kPrecisions) {
    if (gpu.peak(precision) > 0.0) {
      json["peak_tflops"][std::string(to_string(precision))] = gpu.peak(precision) / kTera;
    }
  }
  json["gpus_per_node"] = gpu.gpus_per_node;
  json["fast_domain"] = gpu.fast_domain;
  json["link"] = gpu.link;
  json["link_bandwidth"] = gpu.link_bytes_per_s;
  if (gpu.power_w > 0.0) json["power"] = gpu.power_w;
  json["source"] = json_of(gpu.source);
  json["memory_source"] = json_of(gpu.memory_source);
  add_note(json, gpu.note);
  json["efficiency"] = json_of(gpu.efficiency);
  return json;
}

/// The key of `offers:` that holds the price of this term.
const char* key_of(OfferTerm term) {
  switch (term) {
    case OfferTerm::kOnDemand: return "on_demand";
    case OfferTerm::kReserved: return "reserved";
    case OfferTerm::kSpot: return "spot";
  }
  return "";
}

Json json_of(const CatalogOffer& offer) {
  return {{"cloud", offer.cloud},
          {"region", offer.region},
          {"instance", offer.instance},
          {"gpu", offer.gpu},
          {"lot", offer.lot},
          {key_of(offer.term), offer.cost.usd()},
          {"source", json_of(offer.source)}};
}

std::string wrapped(const Catalog& catalog, CatalogKind kind, Json entries) {
  Json json = {{"format", "berth.catalog/1"}};
  if (kind == CatalogKind::kModels) {
    Json& penalty = json["precision_penalty"];
    for (const Precision precision : kPrecisions) {
      penalty[std::string(to_string(precision))] = catalog.precision_penalty(precision);
    }
    penalty["source"] = json_of(catalog.precision_penalty_source());
  }
  json[std::string(to_string(kind))] = std::move(entries);
  return json.dump(2) + "\n";
}

}  // namespace

std::string to_json(const Catalog& catalog, CatalogKind kind) {
  Json entries = Json::array();
  switch (kind) {
    case CatalogKind::kModels:
      for (const ModelSpec& model : catalog.models()) entries.push_back(json_of(model));
      break;
    case CatalogKind::kGpus:
      for (const GpuType& gpu : catalog.gpus()) entries.push_back(json_of(gpu));
      break;
    case CatalogKind::kOffers:
      for (const CatalogOffer& offer : catalog.offers()) entries.push_back(json_of(offer));
      break;
  }
  return wrapped(catalog, kind, std::move(entries));
}

Result<std::string> to_json(const Catalog& catalog, CatalogKind kind, std::string_view name) {
  Json entries = Json::array();
  if (kind == CatalogKind::kModels) {
    const auto id = select_model(catalog, name);
    if (!id) return id.errors();
    entries.push_back(json_of(catalog.model(*id)));
  } else if (kind == CatalogKind::kGpus) {
    const auto id = select_gpu(catalog, name);
    if (!id) return id.errors();
    entries.push_back(json_of(catalog.gpu(*id)));
  } else {
    const auto offers = select_offers(catalog, name);
    if (!offers) return offers.errors();
    for (const CatalogOffer* offer : *offers) entries.push_back(json_of(*offer));
  }
  return wrapped(catalog, kind, std::move(entries));
}

}  // namespace berth
