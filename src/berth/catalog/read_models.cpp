#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "berth/catalog/entry_reader.h"
#include "berth/core/text.h"

namespace berth::catalog_draft {
namespace {

constexpr Range kParameterRange{.min = 1e6, .max = 1e14};
constexpr Range kLayerRange{.min = 1, .max = 1000};
constexpr Range kWidthRange{.min = 1, .max = 1e6};
constexpr Range kTokenRange{.min = 1, .max = 1e9};
constexpr Range kBytesRange{.min = 1, .max = 1e9};

struct AttentionName {
  std::string_view name;
  AttentionKind kind;
};
constexpr std::array kAttentionNames = {AttentionName{"mha", AttentionKind::kMha},
                                        AttentionName{"gqa", AttentionKind::kGqa},
                                        AttentionName{"mla", AttentionKind::kMla}};

std::vector<std::string> precision_names() {
  std::vector<std::string> names;
  names.reserve(kPrecisions.size());
  for (const Precision precision : kPrecisions) names.emplace_back(to_string(precision));
  return names;
}

void read_attention(EntryReader& entry, ModelSpec& model) {
  const auto value = entry.find("attention");
  if (!value) return;
  const auto name = value->string();
  if (!name) return;
  std::vector<std::string> names;
  for (const AttentionName& known : kAttentionNames) {
    names.emplace_back(known.name);
    if (to_lower(*name) != known.name) continue;
    model.attention = known.kind;
    return;
  }
  value->fail(ErrorCode::kUnknownName, fmt::format("unknown attention '{}'", *name),
              suggest(*name, names));
}

void read_experts(EntryReader& entry, ModelDraft& target) {
  const auto value = entry.find("experts");
  if (!value) return;
  MapReader map(*value);
  MixtureOfExperts experts;
  experts.experts = static_cast<int>(map.integer("count", {.min = 2, .max = 1e5}));
  experts.active = static_cast<int>(map.integer("active", {.min = 1, .max = 1e5}));
  experts.expert_parameters = map.number("parameters", kParameterRange);
  target.expert_layers_given = map.has("layers");
  if (target.expert_layers_given) {
    experts.layers = static_cast<int>(map.integer("layers", kLayerRange));
  }
  map.reject_unknown_keys();
  target.model.experts = experts;
}

void read_latent(EntryReader& entry, ModelSpec& model) {
  const auto value = entry.find("latent");
  if (!value) return;
  MapReader map(*value);
  Latent latent;
  latent.values = static_cast<int>(map.integer("values", kWidthRange));
  latent.position = static_cast<int>(map.integer("position", kWidthRange));
  map.reject_unknown_keys();
  model.latent = latent;
}

void read_window(EntryReader& entry, ModelSpec& model) {
  const auto value = entry.find("window");
  if (!value) return;
  MapReader map(*value);
  SlidingWindow window;
  window.tokens = static_cast<int>(map.integer("tokens", kTokenRange));
  window.layer_share = map.number("layer_share", {.min = 0.0, .max = 1.0, .exclusive_min = true});
  map.reject_unknown_keys();
  model.window = window;
}

void read_precisions(EntryReader& entry, ModelSpec& model) {
  const auto value = entry.find("precisions");
  if (!value) return;
  std::vector<Precision> read;
  for (const ValueReader& item : value->list()) {
    const auto name = item.string();
    if (!name) continue;
    const auto precision = precision_from(*name);
    if (!precision) {
      item.fail(ErrorCode::kUnknownName, fmt::format("unknown precision '{}'", *name),
                suggest(*name, precision_names()));
    } else if (std::find(read.begin(), read.end(), *precision) != read.end()) {
      item.fail(ErrorCode::kDuplicate, fmt::format("precision '{}' is listed twice", *name));
    } else {
      read.push_back(*precision);
    }
  }
  model.precisions = std::move(read);
}

/// task: 0.84, or task: {score: 0.84, source: id}.
void read_quality(EntryReader& entry, ModelSpec& model) {
  const auto value = entry.find("quality");
  if (!value) return;
  MapReader map(*value);
  for (const auto& [task, score] : map.entries()) {
    model.quality_sources.erase(task);
    if (!score.is_map()) {
      if (const auto number = score.number(kShareRange)) model.quality[task] = *number;
      continue;
    }
    MapReader detail(score);
    model.quality[task] = detail.number("score", kShareRange);
    if (const auto source_value = detail.require("source")) {
      if (auto source = read_source(*source_value, entry.file().sources)) {
        model.quality_sources.emplace(task, *std::move(source));
      }
    }
    detail.reject_unknown_keys();
  }
}

/// `shape_source` and `quality_source`; `source` stands for both.
void read_model_sources(EntryReader& entry, bool is_new, ModelSpec& model) {
  Source both;
  if (entry.optional_source("source", both)) {
    model.shape_source = both;
    model.quality_source = both;
    entry.optional_source("shape_source", model.shape_source);
    entry.optional_source("quality_source", model.quality_source);
    return;
  }
  const bool has_quality = entry.map().has("quality");
  entry.source("shape_source", is_new, model.shape_source);
  if (has_quality || entry.map().has("quality_source")) {
    entry.source("quality_source", is_new, model.quality_source);
  }
}

ModelDraft& model_draft(const ValueReader& item, const std::string& name, const FileContext& file,
                        CatalogDraft& draft, bool& is_new) {
  ModelDraft* found = draft.find_model(name);
  is_new = found == nullptr;
  if (is_new) {
    ModelDraft fresh;
    fresh.model.name = name;
    found = &draft.models.emplace_back(std::move(fresh));
  } else if (found->last_file == &file) {
    item.fail(ErrorCode::kDuplicate, fmt::format("model '{}' stands twice in this file", name));
  }
  found->last_file = &file;
  return *found;
}

/// kappa at 16 bit: keys and values (2 of 2 bytes), or one latent, in every layer that keeps them.
double kv_bytes_of(const ModelSpec& model) {
  const double layers = std::round(model.layers * (1.0 - model.linear_layer_share));
  if (model.attention != AttentionKind::kMla) {
    return 4.0 * layers * model.kv_heads * model.head_dim;
  }
  return model.latent ? 2.0 * layers * (model.latent->values + model.latent->position) : 0.0;
}

/// What a file may leave out because it follows from the rest.
void complete(ModelDraft& target) {
  ModelSpec& model = target.model;
  if (!target.places.has("active_parameters") && !model.experts) {
    model.active_parameters = model.parameters;
  }
  if (!target.places.has("kv_bytes_per_token")) model.kv_bytes_per_token = kv_bytes_of(model);
  if (model.experts && !target.expert_layers_given) model.experts->layers = model.layers;
}

void read_shape(EntryReader& entry, ModelDraft& target) {
  ModelSpec& model = target.model;
  entry.number("parameters", kParameterRange, model.parameters);
  entry.number("active_parameters", kParameterRange, model.active_parameters);
  entry.integer("layers", kLayerRange, model.layers);
  entry.integer("hidden", kWidthRange, model.hidden);
  entry.integer("heads", kWidthRange, model.heads);
  entry.integer("kv_heads", kWidthRange, model.kv_heads);
  entry.integer("head_dim", kWidthRange, model.head_dim);
  entry.integer("vocabulary", {.min = 2, .max = 1e8}, model.vocabulary);
  entry.integer("max_context", kTokenRange, model.max_context);
  entry.number("kv_bytes_per_token", kBytesRange, model.kv_bytes_per_token);
  read_attention(entry, model);
  read_experts(entry, target);
  read_window(entry, model);
  read_latent(entry, model);
  entry.boolean("tied_embeddings", model.tied_embeddings);
  entry.boolean("qk_norm", model.qk_norm);
  entry.number("linear_layer_share", {.min = 0.0, .max = 1.0, .exclusive_max = true},
               model.linear_layer_share);
  entry.integer("sparse_attention", {.min = 0, .max = kTokenRange.max},
                model.sparse_attention_tokens);
}

void read_model(const ValueReader& item, const FileContext& file, CatalogDraft& draft) {
  if (!item.is_map()) {
    static_cast<void>(item.map());  // records what was expected
    return;
  }
  MapReader names(item);
  const std::string name = names.string("name");
  if (name.empty()) return;
  bool is_new = false;
  ModelDraft& target = model_draft(item, name, file, draft, is_new);
  ModelSpec& model = target.model;
  EntryReader entry(item, file, target.places);
  std::string written_name;
  entry.text("name", written_name);
  entry.aliases(model.aliases);
  entry.text("family", model.family);
  read_shape(entry, target);
  read_precisions(entry, model);
  read_quality(entry, model);
  read_model_sources(entry, is_new, model);
  entry.text("note", model.note);
  entry.require({"parameters", "layers", "hidden", "heads", "kv_heads", "head_dim", "vocabulary",
                 "max_context", "attention", "precisions", "quality"},
                "a model");
  entry.finish();
  complete(target);
}

}  // namespace

void read_models(MapReader& root, const FileContext& file, CatalogDraft& draft) {
  for (const ValueReader& item : root.list("models")) read_model(item, file, draft);
}

void read_precision_penalty(MapReader& root, const FileContext& file, CatalogDraft& draft) {
  const auto value = root.find("precision_penalty");
  if (!value) return;
  Places places;
  EntryReader entry(*value, file, places);
  for (const Precision precision : kPrecisions) {
    entry.number(to_string(precision), {.min = 0.0, .max = 1.0},
                 draft.penalty.error[static_cast<std::size_t>(precision)]);
  }
  entry.source("source", draft.penalty.source.text.empty(), draft.penalty.source);
  entry.finish();
}

}  // namespace berth::catalog_draft
