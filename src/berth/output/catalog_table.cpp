#include "berth/output/catalog_table.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "berth/output/catalog_detail.h"
#include "berth/output/catalog_select.h"
#include "berth/output/format.h"
#include "berth/output/text_grid.h"

namespace berth {
namespace {

constexpr auto kRight = Align::kRight;
constexpr auto kLeft = Align::kLeft;
/// "0.836", "0.840*" when nobody verified it; empty when there is no score.
std::string score(const ModelSpec& model, const std::string& task) {
  const auto found = model.quality.find(task);
  if (found == model.quality.end()) return "";
  return fmt::format("{:.3f}{}", found->second, model.source_of(task).verified ? "" : "*");
}

std::string model_list(const Catalog& catalog, const TableStyle& style) {
  TextGrid grid({{"MODEL", kLeft, 0},
                 {"PARAMETERS", kRight, 0},
                 {"ACTIVE", kRight, 0},
                 {"CONTEXT", kRight, 0},
                 {"GENERAL", kRight, 0},
                 {"CHAT", kRight, 0},
                 {"FORMATS", kLeft, 0},
                 {"SOURCE", kLeft, 0}});
  SourceLegend legend;
  for (const ModelSpec& model : catalog.models()) {
    grid.add_row({{model.name, Tone::kStrong},
                  {format_billions(model.parameters), Tone::kPlain},
                  {model.is_moe() ? format_billions(model.active_parameters) : "", Tone::kPlain},
                  {format_count(model.max_context), Tone::kPlain},
                  {score(model, "general"), Tone::kPlain},
                  {score(model, "chat"), Tone::kPlain},
                  {format_precisions(model.precisions), Tone::kPlain},
                  {legend.reference(model.shape_source), Tone::kDim}});
  }
  return grid.render(table_width(style), style.color) + legend.render(style);
}

std::string gpu_list(const Catalog& catalog, const TableStyle& style) {
  TextGrid grid({{"GPU", kLeft, 0},
                 {"MEMORY", kRight, 0},
                 {"BANDWIDTH", kRight, 0},
                 {"BF16", kRight, 0},
                 {"FP8", kRight, 0},
                 {"LINK", kLeft, 12},
                 {"NODE", kRight, 0},
                 {"TP", kRight, 0},
                 {"SPEED", kLeft, 0},
                 {"SOURCE", kLeft, 0}});
  SourceLegend legend;
  for (const GpuType& gpu : catalog.gpus()) {
    grid.add_row({{gpu.name, Tone::kStrong},
                  {format_bytes(gpu.memory_bytes), Tone::kPlain},
                  {fmt::format("{:.0f} GB/s", gpu.bandwidth_bytes_per_s * 1e-9), Tone::kPlain},
                  {format_teraflops(gpu.peak(Precision::kBf16)), Tone::kPlain},
                  {format_teraflops(gpu.peak(Precision::kFp8)), Tone::kPlain},
                  {gpu.link, Tone::kPlain},
                  {std::to_string(gpu.gpus_per_node), Tone::kPlain},
                  {std::to_string(gpu.fast_domain), Tone::kPlain},
                  {gpu.efficiency.extrapolated ? "assumed" : "measured",
                   gpu.efficiency.extrapolated ? Tone::kWarning : Tone::kGood},
                  {legend.reference(gpu.source), Tone::kDim}});
  }
  return grid.render(table_width(style), style.color) + "\n  " +
         paint(
             "BF16, FP8: dense TFLOPS. TP: largest tensor-parallel degree. SPEED: measured on this "
             "GPU or assumed.",
             Tone::kDim, style.color) +
         "\n" + legend.render(style);
}

std::string offer_list(const std::vector<const CatalogOffer*>& offers, const TableStyle& style) {
  TextGrid grid({{"CLOUD", kLeft, 0},
                 {"REGION", kLeft, 0},
                 {"INSTANCE", kLeft, 12},
                 {"GPU", kLeft, 0},
                 {"LOT", kRight, 0},
                 {"TERM", kLeft, 0},
                 {"USD/H", kRight, 0},
                 {"USD/H A GPU", kRight, 0},
                 {"SOURCE", kLeft, 0}});
  SourceLegend legend;
  for (const CatalogOffer* offer : offers) {
    grid.add_row({{offer->cloud, Tone::kPlain},
                  {offer->region, Tone::kPlain},
                  {offer->instance, Tone::kStrong},
                  {offer->gpu, Tone::kPlain},
                  {std::to_string(offer->lot), Tone::kPlain},
                  {std::string(to_string(offer->term)), Tone::kPlain},
                  {fmt::format("{:.4f}", offer->cost.usd()), Tone::kPlain},
                  {fmt::format("{:.4f}", offer->cost.usd() / offer->lot), Tone::kPlain},
                  {legend.reference(offer->source), Tone::kDim}});
  }
  return grid.render(table_width(style), style.color) + legend.render(style);
}

std::vector<const CatalogOffer*> all_offers(const Catalog& catalog) {
  std::vector<const CatalogOffer*> offers;
  for (const CatalogOffer& offer : catalog.offers()) offers.push_back(&offer);
  return offers;
}

constexpr std::array kKinds = {CatalogKind::kModels, CatalogKind::kGpus, CatalogKind::kOffers};

}  // namespace

std::string_view to_string(CatalogKind kind) {
  switch (kind) {
    case CatalogKind::kModels: return "models";
    case CatalogKind::kGpus: return "gpus";
    case CatalogKind::kOffers: return "offers";
  }
  return "";
}

std::optional<CatalogKind> catalog_kind_from(std::string_view name) {
  for (const CatalogKind kind : kKinds) {
    if (name == to_string(kind)) return kind;
  }
  return std::nullopt;
}

std::string to_table(const Catalog& catalog, CatalogKind kind, const TableStyle& style) {
  switch (kind) {
    case CatalogKind::kModels: return model_list(catalog, style);
    case CatalogKind::kGpus: return gpu_list(catalog, style);
    case CatalogKind::kOffers: return offer_list(all_offers(catalog), style);
  }
  return "";
}

Result<std::string> to_table(const Catalog& catalog, CatalogKind kind, std::string_view name,
                             const TableStyle& style) {
  if (kind == CatalogKind::kModels) {
    const auto id = select_model(catalog, name);
    if (!id) return id.errors();
    return model_detail(catalog, catalog.model(*id), style);
  }
  if (kind == CatalogKind::kGpus) {
    const auto id = select_gpu(catalog, name);
    if (!id) return id.errors();
    return gpu_detail(catalog, catalog.gpu(*id), style);
  }
  const auto offers = select_offers(catalog, name);
  if (!offers) return offers.errors();
  return offer_list(*offers, style);
}

}  // namespace berth
