#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "berth/catalog/draft.h"
#include "berth/core/text.h"
#include "berth/embedded/embedded_catalog.h"

namespace berth {
namespace catalog_draft {
namespace {

template <class Drafts, class SpecOf>
auto find_in(Drafts& drafts, std::string_view name, SpecOf spec_of) -> decltype(&drafts.front()) {
  const std::string key = to_lower(name);
  for (auto& draft : drafts) {
    if (to_lower(spec_of(draft).name) == key) return &draft;
  }
  for (auto& draft : drafts) {
    for (const std::string& alias : spec_of(draft).aliases) {
      if (to_lower(alias) == key) return &draft;
    }
  }
  return nullptr;
}

}  // namespace

GpuDraft* CatalogDraft::find_gpu(std::string_view name) {
  return find_in(gpus, name, [](const GpuDraft& draft) -> const GpuType& { return draft.gpu; });
}

ModelDraft* CatalogDraft::find_model(std::string_view name) {
  return find_in(models, name,
                 [](const ModelDraft& draft) -> const ModelSpec& { return draft.model; });
}

std::vector<std::string> CatalogDraft::gpu_names() const {
  std::vector<std::string> names;
  for (const GpuDraft& draft : gpus) names.push_back(draft.gpu.name);
  return names;
}

}  // namespace catalog_draft

namespace {

using namespace catalog_draft;

void read_file(const Document& document, CatalogDraft& draft, Errors& errors) {
  if (document.root.kind == Node::Kind::kNull) {
    errors.push_back({ErrorCode::kMissing,
                      "the file is empty; expected 'format: berth.catalog/1'",
                      document.name,
                      {}});
    return;
  }
  MapReader root(document, errors);
  if (document.root.kind != Node::Kind::kMap) return;
  root.expect_format("berth.catalog/1");
  FileContext& file = draft.files.emplace_back();
  file.name = document.name;
  file.sources = read_sources(root);
  if (const auto source = root.find("source")) file.fallback = read_source(*source, file.sources);
  read_coefficients(root, file, draft);
  read_gpus(root, file, draft);
  for (const ValueReader& item : root.list("efficiencies")) {
    draft.efficiencies.push_back({item, {}, &file});
  }
  read_precision_penalty(root, file, draft);
  read_models(root, file, draft);
  read_offers(root, file, draft);
  root.reject_unknown_keys();
}

Catalog finish(CatalogDraft draft) {
  std::vector<GpuType> gpus;
  for (GpuDraft& entry : draft.gpus) {
    auto& peaks = entry.gpu.peak_flops;
    double& int4 = peaks[static_cast<std::size_t>(Precision::kInt4)];
    // Weights of 4-bit integers are unpacked and computed in 16 bit on every GPU.
    if (int4 == 0.0) int4 = peaks[static_cast<std::size_t>(Precision::kBf16)];
    gpus.push_back(std::move(entry.gpu));
  }
  std::vector<ModelSpec> models;
  for (ModelDraft& entry : draft.models) models.push_back(std::move(entry.model));
  std::vector<CatalogOffer> offers;
  for (OfferDraft& entry : draft.offers) offers.push_back(std::move(entry.offer));
  return {std::move(models), std::move(gpus), std::move(offers), std::move(draft.penalty),
          std::move(draft.coefficients)};
}

void append(Errors& to, const Errors& from) { to.insert(to.end(), from.begin(), from.end()); }

constexpr std::string_view kCoefficientsFile = "coefficients.yaml";

Result<std::vector<Document>> builtin_documents(bool with_coefficients) {
  std::vector<Document> documents;
  Errors errors;
  for (const EmbeddedFile& file : embedded_catalog()) {
    if (!with_coefficients && file.name == kCoefficientsFile) continue;
    auto document = parse_yaml("<builtin>/" + std::string(file.name), file.content);
    if (document) {
      documents.push_back(std::move(document).value());
    } else {
      append(errors, document.errors());
    }
  }
  if (!errors.empty()) return errors;
  return documents;
}

}  // namespace

Result<Catalog> load_catalog(std::span<const Document> documents) {
  Errors errors;
  CatalogDraft draft;
  for (const Document& document : documents) read_file(document, draft, errors);
  read_efficiencies(draft);
  check_gpus(draft, errors);
  check_engines(draft, errors);
  check_models(draft, errors);
  check_offers(draft, errors);
  if (!errors.empty()) return errors;
  return finish(std::move(draft));
}

Result<Catalog> load_builtin_catalog() {
  const auto documents = builtin_documents(true);
  if (!documents) return documents.errors();
  return load_catalog(*documents);
}

Result<Catalog> load_catalog(std::span<const std::string> entries,
                             const std::string& base_directory) {
  Errors errors;
  std::vector<Document> documents;
  if (entries.empty()) {
    errors.push_back({ErrorCode::kMissing,
                      "the catalog lists no file",
                      {},
                      "write [builtin] for the built-in one"});
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string& entry = entries[i];
    if (std::find(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(i), entry) !=
        entries.begin() + static_cast<std::ptrdiff_t>(i)) {
      errors.push_back(
          {ErrorCode::kDuplicate, fmt::format("the catalog lists '{}' twice", entry), {}, {}});
      continue;
    }
    if (entry == "builtin" || entry == kBuiltinFacts) {
      auto builtin = builtin_documents(entry == "builtin");
      if (!builtin) {
        append(errors, builtin.errors());
        continue;
      }
      for (Document& document : *builtin) documents.push_back(std::move(document));
      continue;
    }
    auto document = read_document(std::filesystem::path(base_directory) / entry);
    if (document) {
      documents.push_back(std::move(document).value());
    } else {
      append(errors, document.errors());
    }
  }
  if (!errors.empty()) return errors;
  return load_catalog(documents);
}

}  // namespace berth
