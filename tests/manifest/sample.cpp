#include "tests/manifest/sample.h"

#include <gtest/gtest.h>

#include "berth/core/text.h"
#include "berth/plan/plan_json.h"

namespace berth::test {

Plan plan_file(const std::string& name) {
  Result<Plan> plan =
      read_plan(std::string(BERTH_SOURCE_DIR) + "/tests/manifest/plans/" + name + ".json");
  EXPECT_TRUE(plan.ok()) << (plan ? "" : to_string(plan.errors().front()));
  return plan ? *std::move(plan) : Plan{};
}

DeployFacts facts_of(const Plan& plan) {
  const Result<Catalog> catalog = load_builtin_catalog();
  Result<DeployFacts> facts = deploy_facts(plan, *catalog);
  EXPECT_TRUE(facts.ok()) << (facts ? "" : to_string(facts.errors().front()));
  return facts ? *std::move(facts) : DeployFacts{};
}

Manifests render(RenderFunction function, const Plan& plan, const std::string& settings,
                 const std::string& engine) {
  const Result<DeploySettings> read =
      parse_settings("settings.yaml", "format: berth.deploy/1\n" + settings);
  EXPECT_TRUE(read.ok()) << (read ? "" : to_string(read.errors().front()));
  if (!read) return {};
  Result<Manifests> manifests = function(plan, facts_of(plan), *read, {.engine = engine});
  EXPECT_TRUE(manifests.ok()) << (manifests ? "" : to_string(manifests.errors().front()));
  return manifests ? *std::move(manifests) : Manifests{};
}

Document parsed(const Manifests& manifests, const std::string& path) {
  const auto file = manifests.files.find(path);
  EXPECT_NE(file, manifests.files.end()) << path;
  if (file == manifests.files.end()) return {};
  Result<Document> document = parse_document(path, file->second);
  EXPECT_TRUE(document.ok()) << (document ? "" : to_string(document.errors().front()));
  return document ? *std::move(document) : Document{};
}

const Node* at(const Document& document, const std::string& path) {
  const Node* node = &document.root;
  for (const std::string& part : split(path, '|')) {
    if (node == nullptr) return nullptr;
    if (node->kind == Node::Kind::kList) {
      const auto index = static_cast<std::size_t>(parse_integer(part).value_or(0));
      node = index < node->items.size() ? &node->items[index] : nullptr;
    } else {
      node = node->find(part);
    }
  }
  return node;
}

std::string text_at(const Document& document, const std::string& path) {
  const Node* node = at(document, path);
  return node == nullptr ? std::string() : node->text;
}

std::vector<std::string> texts_at(const Document& document, const std::string& path) {
  std::vector<std::string> texts;
  const Node* node = at(document, path);
  if (node == nullptr) return texts;
  for (const Node& item : node->items) texts.push_back(item.text);
  return texts;
}

}  // namespace berth::test
