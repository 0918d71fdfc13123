#include "berth/output/catalog_detail.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "berth/output/format.h"
#include "berth/output/text_grid.h"

namespace berth {
namespace {

/// `text` as a paragraph two cells from the margin.
std::string indented(const std::string& text, const TableStyle& style) {
  constexpr std::size_t kMargin = 2;
  return std::string(kMargin, ' ') + wrap(text, table_width(style) - kMargin, 2 * kMargin) + "\n";
}

/// Rows of "name  value  source".
class Sheet {
 public:
  Sheet(std::string title, const TableStyle& style)
      : grid_(
            {{"FACT", Align::kLeft, 0}, {"VALUE", Align::kRight, 0}, {"SOURCE", Align::kLeft, 0}}),
        title_(std::move(title)),
        style_(&style) {}

  void add(const std::string& name, const std::string& value, const Source& source) {
    grid_.add_row(
        {{name, Tone::kPlain}, {value, Tone::kStrong}, {legend_.reference(source), Tone::kDim}});
  }
  void rule() { grid_.add_rule(); }

  [[nodiscard]] std::string render(const std::vector<std::string>& notes) const {
    std::string text = paint(title_, Tone::kStrong, style_->color) + "\n\n";
    text += grid_.render(table_width(*style_), style_->color) + "\n";
    for (const std::string& note : notes) text += indented(note, *style_);
    return text + legend_.render(*style_);
  }

 private:
  TextGrid grid_;
  SourceLegend legend_;
  std::string title_;
  const TableStyle* style_;
};

std::string join(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string percent(double share) { return fmt::format("{:.0f} %", share * 100.0); }

std::string line(double latency_s, double bandwidth) {
  return fmt::format("{:.1f} us + s / {:.4g} GB/s", latency_s * 1e6, bandwidth * 1e-9);
}

std::string_view attention_name(AttentionKind kind) {
  switch (kind) {
    case AttentionKind::kMha: return "multi-head";
    case AttentionKind::kGqa: return "grouped-query";
    case AttentionKind::kMla: return "multi-head latent";
  }
  return "";
}

/// What departs from layers that all look at all tokens. Left out where there is nothing to say.
void add_attention_details(Sheet& sheet, const ModelSpec& model) {
  const Source& source = model.shape_source;
  if (model.latent) {
    sheet.add("latent: values, position",
              fmt::format("{}, {}", model.latent->values, model.latent->position), source);
  }
  if (model.window) {
    sheet.add("sliding window",
              fmt::format("{} tokens in {} of the layers", format_count(model.window->tokens),
                          percent(model.window->layer_share)),
              source);
  }
  if (model.linear_layer_share > 0.0) {
    sheet.add("layers with a fixed-size state", percent(model.linear_layer_share), source);
  }
  if (model.sparse_attention_tokens > 0) {
    sheet.add("tokens that attention picks", format_count(model.sparse_attention_tokens), source);
  }
  if (model.qk_norm) sheet.add("queries and keys", "normalised", source);
}

void add_shape(Sheet& sheet, const ModelSpec& model) {
  const Source& source = model.shape_source;
  sheet.add("parameters", format_billions(model.parameters), source);
  sheet.add("active parameters", format_billions(model.active_parameters), source);
  sheet.add("layers", std::to_string(model.layers), source);
  sheet.add("hidden size", format_count(model.hidden), source);
  sheet.add("attention", std::string(attention_name(model.attention)), source);
  sheet.add("heads / key-value heads / size",
            fmt::format("{} / {} / {}", model.heads, model.kv_heads, model.head_dim), source);
  sheet.add("vocabulary", format_count(model.vocabulary), source);
  sheet.add("context, tokens", format_count(model.max_context), source);
  sheet.add("key-value cache a token, 16 bit", format_bytes(model.kv_bytes_per_token), source);
  if (model.experts) {
    sheet.add("experts, active a token",
              fmt::format("{}, {}", model.experts->experts, model.experts->active), source);
    sheet.add("parameters of all experts", format_billions(model.experts->expert_parameters),
              source);
    sheet.add("layers with experts", std::to_string(model.experts->layers), source);
  }
  add_attention_details(sheet, model);
  if (model.tied_embeddings) sheet.add("output head", "the embedding table", source);
}

std::string text_of(CoefficientUnit unit, double value) {
  switch (unit) {
    case CoefficientUnit::kShare: return percent(value);
    case CoefficientUnit::kFactor: return fmt::format("x {:.3g}", value);
    case CoefficientUnit::kTokens: return fmt::format("{:.3g}", value);
    case CoefficientUnit::kSeconds: return fmt::format("{:.3g} us", value * 1e6);
  }
  return {};
}

void add_efficiency(Sheet& sheet, const GpuEfficiency& efficiency) {
  for (const auto& field : efficiency_fields()) {
    sheet.add(fmt::format("achieved: {}", field.text),
              text_of(field.unit, efficiency.*field.member), efficiency.source);
  }
  const Source& source = efficiency.link_source;
  for (const AllReduce& entry : efficiency.all_reduce) {
    const std::string name = fmt::format("all-reduce over {} GPUs", entry.gpus);
    sheet.add(name + ", small", line(entry.small.latency_s, entry.small.bandwidth_bytes_per_s),
              source);
    sheet.add(name + ", large", line(entry.large.latency_s, entry.large.bandwidth_bytes_per_s),
              source);
  }
  sheet.add("hand-over in a node",
            line(efficiency.hand_over_in_node.latency_s,
                 efficiency.hand_over_in_node.bandwidth_bytes_per_s),
            source);
  sheet.add("hand-over between nodes",
            line(efficiency.hand_over_between_nodes.latency_s,
                 efficiency.hand_over_between_nodes.bandwidth_bytes_per_s),
            source);
}

void add_note(std::vector<std::string>& notes, const std::string& label, const std::string& note) {
  if (!note.empty()) notes.push_back(label + ": " + note);
}

}  // namespace

std::string format_billions(double count) {
  const double billions = count * 1e-9;
  return billions < 100.0 ? fmt::format("{:.2f} B", billions) : fmt::format("{:.1f} B", billions);
}

std::string format_bytes(double bytes) {
  constexpr double kKibi = 1024.0;
  constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (bytes >= kKibi && unit + 1 < kUnits.size()) {
    bytes /= kKibi;
    ++unit;
  }
  return fmt::format("{:.4g} {}", bytes, kUnits[unit]);
}

std::string format_teraflops(double flops) {
  return flops > 0.0 ? fmt::format("{:.5g}", flops * 1e-12) : std::string();
}

std::string format_precisions(const std::vector<Precision>& precisions) {
  std::vector<std::string> names;
  names.reserve(precisions.size());
  for (const Precision precision : precisions) names.emplace_back(to_string(precision));
  return fmt::format("{}", fmt::join(names, " "));
}

std::string SourceLegend::reference(const Source& source) {
  auto found = std::find_if(sources_.begin(), sources_.end(), [&](const Source& other) {
    return other.text == source.text && other.date == source.date &&
           other.verified == source.verified;
  });
  if (found == sources_.end()) found = sources_.insert(sources_.end(), source);
  return fmt::format("[{}]{}", found - sources_.begin() + 1, source.verified ? "" : "*");
}

std::string SourceLegend::render(const TableStyle& style) const {
  std::string text =
      "\n  " + paint("Sources (* not verified: recalled or derived)", Tone::kDim, style.color) +
      "\n";
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    text += indented(fmt::format("[{}]{} {} ({})", i + 1, sources_[i].verified ? "" : "*",
                                 sources_[i].text, sources_[i].date),
                     style);
  }
  return text;
}

std::size_t table_width(const TableStyle& style) {
  constexpr std::size_t kUnlimitedWidth = 10000;
  constexpr int kNarrowest = 40;
  return style.wide ? kUnlimitedWidth : static_cast<std::size_t>(std::max(style.width, kNarrowest));
}

std::string model_detail(const Catalog& catalog, const ModelSpec& model, const TableStyle& style) {
  Sheet sheet(model.name, style);
  add_shape(sheet, model);
  sheet.rule();
  for (const auto& [task, score] : model.quality) {
    sheet.add("quality: " + task, fmt::format("{:.3f}", score), model.source_of(task));
  }
  sheet.rule();
  for (const Precision precision : model.precisions) {
    const bool native = precision == model.precisions.front();
    sheet.add(
        fmt::format("{}: added error", to_string(precision)),
        native ? "0 (native)" : fmt::format("{:.3f}", catalog.precision_penalty(model, precision)),
        native ? model.shape_source : catalog.precision_penalty_source());
  }
  std::vector<std::string> notes;
  add_note(notes, "Family", model.family);
  add_note(notes, "Also known as", join(model.aliases));
  add_note(notes, "Note", model.note);
  return sheet.render(notes);
}

std::string gpu_detail(const Catalog& catalog, const GpuType& gpu, const TableStyle& style) {
  Sheet sheet(gpu.name, style);
  sheet.add("memory, as the driver shows it", format_bytes(gpu.memory_bytes), gpu.memory_source);
  sheet.add("memory bandwidth", fmt::format("{:.0f} GB/s", gpu.bandwidth_bytes_per_s * 1e-9),
            gpu.source);
  for (const Precision precision : kPrecisions) {
    if (gpu.peak(precision) <= 0.0) continue;
    sheet.add(fmt::format("peak, {}", to_string(precision)),
              format_teraflops(gpu.peak(precision)) + " TFLOPS", gpu.source);
  }
  sheet.add("link", gpu.link, gpu.source);
  sheet.add("link, one way", fmt::format("{:.4g} GB/s", gpu.link_bytes_per_s * 1e-9), gpu.source);
  sheet.add("GPUs a server", std::to_string(gpu.gpus_per_node), gpu.source);
  sheet.add("largest tensor parallelism", std::to_string(gpu.fast_domain), gpu.source);
  if (gpu.power_w > 0.0) sheet.add("power", fmt::format("{:.0f} W", gpu.power_w), gpu.source);
  sheet.rule();
  add_efficiency(sheet, gpu.efficiency);

  std::vector<std::string> notes;
  add_note(notes, "Vendor and architecture", gpu.vendor + ", " + gpu.architecture);
  add_note(notes, "Also known as", join(gpu.aliases));
  add_note(notes, "Note", gpu.note);
  add_note(notes, gpu.efficiency.extrapolated ? "Speed (assumed)" : "Speed (measured)",
           gpu.efficiency.note);
  const auto offers =
      std::count_if(catalog.offers().begin(), catalog.offers().end(),
                    [&](const CatalogOffer& offer) { return offer.gpu == gpu.name; });
  notes.push_back(fmt::format("Offers: {}", format_count(offers, "price", "prices")));
  return sheet.render(notes);
}

}  // namespace berth
