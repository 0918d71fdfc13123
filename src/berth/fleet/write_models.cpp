// Models as a catalog file (berth.catalog/1).

#include <iterator>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/document/yaml_text.h"
#include "berth/fleet/write_fleet.h"

namespace berth {
namespace {

/// The lines of one entry of a list.
class Entry {
 public:
  explicit Entry(std::string& out) : out_(&out) {}

  void add(std::string_view key, const std::string& value) {
    fmt::format_to(std::back_inserter(*out_), "{}{}: {}\n", first_ ? "  - " : "    ", key, value);
    first_ = false;
  }
  void add(std::string_view key, double value) { add(key, shortest(value)); }

 private:
  std::string* out_;
  bool first_ = true;
};

std::string_view name_of(AttentionKind kind) {
  switch (kind) {
    case AttentionKind::kMha: return "mha";
    case AttentionKind::kGqa: return "gqa";
    case AttentionKind::kMla: return "mla";
  }
  return "";
}

std::string text_of(const Source& source) {
  return fmt::format("{{text: {}, date: {}, verified: {}}}", yaml_text(source.text),
                     yaml_text(source.date), source.verified);
}

std::string text_of(const ModelSpec& model, const std::string& task, double score) {
  const std::string name = yaml_text(task);
  if (!model.quality_sources.contains(task)) return fmt::format("{}: {}", name, shortest(score));
  return fmt::format("{}: {{score: {}, source: {}}}", name, shortest(score),
                     text_of(model.source_of(task)));
}

void add_shape(Entry& entry, const ModelSpec& model) {
  entry.add("parameters", model.parameters);
  entry.add("active_parameters", model.active_parameters);
  entry.add("layers", model.layers);
  entry.add("hidden", model.hidden);
  entry.add("heads", model.heads);
  entry.add("kv_heads", model.kv_heads);
  entry.add("head_dim", model.head_dim);
  entry.add("vocabulary", model.vocabulary);
  entry.add("max_context", model.max_context);
  entry.add("attention", std::string(name_of(model.attention)));
  entry.add("kv_bytes_per_token", model.kv_bytes_per_token);
  if (model.experts) {
    entry.add("experts",
              fmt::format("{{count: {}, active: {}, parameters: {}, layers: {}}}",
                          model.experts->experts, model.experts->active,
                          shortest(model.experts->expert_parameters), model.experts->layers));
  }
  if (model.window) {
    entry.add("window", fmt::format("{{tokens: {}, layer_share: {}}}", model.window->tokens,
                                    shortest(model.window->layer_share)));
  }
  if (model.latent) {
    entry.add("latent", fmt::format("{{values: {}, position: {}}}", model.latent->values,
                                    model.latent->position));
  }
  if (model.tied_embeddings) entry.add("tied_embeddings", std::string("true"));
  if (model.qk_norm) entry.add("qk_norm", std::string("true"));
  if (model.linear_layer_share > 0.0) entry.add("linear_layer_share", model.linear_layer_share);
  if (model.sparse_attention_tokens > 0) {
    entry.add("sparse_attention", model.sparse_attention_tokens);
  }
  entry.add("shape_source", text_of(model.shape_source));
}

void add_model(std::string& out, const ModelSpec& model) {
  Entry entry(out);
  entry.add("name", yaml_text(model.name));
  if (!model.family.empty()) entry.add("family", yaml_text(model.family));
  std::vector<std::string> aliases;
  for (const std::string& alias : model.aliases) aliases.push_back(yaml_text(alias));
  if (!aliases.empty()) entry.add("aliases", fmt::format("[{}]", fmt::join(aliases, ", ")));
  add_shape(entry, model);
  std::vector<std::string_view> precisions;
  for (const Precision precision : model.precisions) precisions.push_back(to_string(precision));
  entry.add("precisions", fmt::format("[{}]", fmt::join(precisions, ", ")));
  std::vector<std::string> scores;
  for (const auto& [task, score] : model.quality) scores.push_back(text_of(model, task, score));
  entry.add("quality", fmt::format("{{{}}}", fmt::join(scores, ", ")));
  entry.add("quality_source", text_of(model.quality_source));
  if (!model.note.empty()) entry.add("note", yaml_text(model.note));
}

}  // namespace

std::string models_to_yaml(const Catalog& catalog, std::span<const ModelId> models) {
  std::string out = "format: berth.catalog/1\nmodels:\n";
  for (const ModelId id : models) add_model(out, catalog.model(id));
  return out;
}

}  // namespace berth
