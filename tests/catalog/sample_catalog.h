#pragma once
// A complete little catalog to change one line of.

#include <string>
#include <string_view>
#include <vector>

#include "berth/catalog/catalog.h"

namespace berth::testing {

/// One GPU (h1), one dense model (m1), one mixture of experts (x1), one offer.
[[nodiscard]] std::string sample_catalog();

/// `text` with its only occurrence of `from` replaced. Fails the test when there is not exactly
/// one.
[[nodiscard]] std::string with(std::string text, std::string_view from, std::string_view to);

/// Loads YAML texts, named "a.yaml", "b.yaml", ...
[[nodiscard]] Result<Catalog> load(const std::vector<std::string>& texts);

/// All errors on a line each, for messages of failing tests.
[[nodiscard]] std::string lines_of(const Errors& errors);

}  // namespace berth::testing
