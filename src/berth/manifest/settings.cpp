#include "berth/manifest/settings.h"

#include <algorithm>
#include <cassert>
#include <regex>

#include <fmt/format.h>

#include "berth/core/file.h"
#include "berth/core/text.h"
#include "berth/embedded/embedded_deploy.h"
#include "berth/manifest/settings_reader.h"

namespace berth {
namespace manifest {
namespace {

std::string_view embedded(std::string_view name) {
  for (const EmbeddedFile& file : embedded_deploy()) {
    if (file.name == name) return file.content;
  }
  assert(false);
  return {};
}

void read_api_versions(MapReader& root, const SettingsReader& reader, bool builtin) {
  const auto found = root.find("api_versions");
  if (!found) return;
  auto& versions = reader.settings.api_versions;
  std::vector<std::string> known;
  for (const auto& [kind, version] : versions) known.push_back(kind);
  for (const auto& [kind, entry] : found->map().entries()) {
    if (!builtin && !versions.contains(kind)) {
      entry.fail(ErrorCode::kUnknownName, fmt::format("unknown kind '{}'", kind),
                 suggest(kind, known));
      continue;
    }
    auto version = entry.string();
    if (!version) continue;
    if (!std::regex_match(*version, std::regex("([-a-z0-9.]+/)?v[0-9]+((alpha|beta)[0-9]+)?"))) {
      entry.fail(ErrorCode::kOutOfRange, fmt::format("'{}' is no apiVersion", *version),
                 "such as apps/v1");
      continue;
    }
    versions[kind] = *std::move(version);
  }
}

void read_served_names(MapReader& root, const SettingsReader& reader) {
  const auto found = root.find("served_names");
  if (!found) return;
  const std::vector<std::string> known = {"model", "repository", "classes", "deployment"};
  std::vector<std::string> words;
  for (const ValueReader& item : found->list()) {
    auto word = item.string();
    if (!word) continue;
    if (std::find(known.begin(), known.end(), *word) == known.end()) {
      item.fail(ErrorCode::kUnknownName, fmt::format("unknown name '{}'", *word),
                suggest(*word, known));
      continue;
    }
    words.push_back(*std::move(word));
  }
  if (found->is_list() && found->node().items.empty()) {
    found->fail(ErrorCode::kMissing, "a deployment must answer to some name", "[model]");
  }
  reader.settings.served_names = std::move(words);
}

DeploySettings read_builtin(KeyTable* keys) {
  const Result<Document> document = parse_yaml("settings.yaml", default_settings_text());
  assert(document.ok());
  DeploySettings settings;
  Errors errors;
  read_settings_file(*document, {settings, keys}, errors);
  assert(errors.empty());
  return settings;
}

Result<DeploySettings> over_defaults(const Result<Document>& document) {
  if (!document) return document.errors();
  DeploySettings settings = default_settings();
  Errors errors;
  read_settings_file(*document, {settings}, errors);
  if (!errors.empty()) return errors;
  return settings;
}

}  // namespace

void read_settings_file(const Document& document, const SettingsReader& reader, Errors& errors) {
  DeploySettings& settings = reader.settings;
  MapReader root(document, errors);
  root.expect_format("berth.deploy/1");
  read_text(root, "namespace", settings.name_space);
  expect_label(root, "namespace", settings.name_space);
  read_flag(root, "create_namespace", settings.create_namespace);
  read_flag(root, "omit_replicas", settings.omit_replicas);
  read_table(root, "labels", settings.labels, Form::kLabels);
  read_table(root, "annotations", settings.annotations, Form::kAnnotations);
  read_served_names(root, reader);
  read_engines(root, reader);
  read_places(root, reader);
  read_pods(root, reader);
  if (const auto drain = root.optional_duration("drain", kPositive)) settings.drain = drain;
  read_whole(root, "port", settings.port, {.min = 1, .max = 65535});
  read_routing(root, reader);
  read_scaling(root, reader);
  read_metrics(root, reader);
  read_api_versions(root, reader, settings.api_versions.empty());
  reader.finish(root, "deploy");
}

}  // namespace manifest

std::string_view default_settings_text() { return manifest::embedded("settings.yaml"); }
std::string_view deploy_schema() { return manifest::embedded("deploy.schema.json"); }

const DeploySettings& default_settings() {
  static const DeploySettings kSettings = manifest::read_builtin(nullptr);
  return kSettings;
}

Result<DeploySettings> parse_settings(const std::string& name, std::string_view text) {
  return manifest::over_defaults(parse_document(name, text));
}

Result<DeploySettings> read_settings(const std::filesystem::path& path) {
  return manifest::over_defaults(read_document(path));
}

std::map<std::string, std::vector<std::string>> deploy_keys() {
  manifest::KeyTable keys;
  static_cast<void>(manifest::read_builtin(&keys));
  // Sections that the defaults do not have once each.
  constexpr std::string_view kRest =
      "format: berth.deploy/1\ngpus: {g: {products: [p]}}\npools: {p: {node_selector: {a: b}}}\n";
  const Result<Document> rest = parse_yaml("rest.yaml", kRest);
  assert(rest.ok());
  DeploySettings settings = default_settings();
  Errors errors;
  manifest::KeyTable more;
  manifest::read_settings_file(*rest, {settings, &more}, errors);
  for (const std::string section : {"gpu", "pool"}) keys[section] = more[section];
  return keys;
}

}  // namespace berth
