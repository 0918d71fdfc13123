#pragma once
// Plans as files, and what the tests of manifests ask of them.

#include <string>

#include "berth/document/node.h"
#include "berth/manifest/render.h"

namespace berth::test {

/// tests/manifest/plans/<name>.json: "small" has a replica that spans nodes, thirds, and a
/// quantised model; "odd-names" has names that are none; "empty" has nothing.
[[nodiscard]] Plan plan_file(const std::string& name);

/// With the built-in catalog.
[[nodiscard]] DeployFacts facts_of(const Plan& plan);

using RenderFunction = Result<Manifests> (*)(const Plan&, const DeployFacts&, const DeploySettings&,
                                             const RenderOptions&);
/// Fails the test where there are errors.
[[nodiscard]] Manifests render(RenderFunction function, const Plan& plan,
                               const std::string& settings = "", const std::string& engine = "");

/// A file of the tree, parsed.
[[nodiscard]] Document parsed(const Manifests& manifests, const std::string& path);

/// The value at "spec|template|spec|containers|0|image"; null if there is none.
[[nodiscard]] const Node* at(const Document& document, const std::string& path);
/// Its text; empty if there is none.
[[nodiscard]] std::string text_at(const Document& document, const std::string& path);
/// Texts of a list.
[[nodiscard]] std::vector<std::string> texts_at(const Document& document, const std::string& path);

}  // namespace berth::test
