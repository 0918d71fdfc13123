#pragma once
// What every HTML page has: its head with the style sheet, panels, a footer. Nothing is loaded from
// anywhere, and no page has scripts.

#include <string>
#include <string_view>

namespace berth {

/// From the DOCTYPE to the opened <main>. `title` is text.
[[nodiscard]] std::string page_head(std::string_view title);
/// The footer and all that closes the page.
[[nodiscard]] std::string page_end();

/// A section under a heading. `heading` and `note` are text, `body` is HTML, `css` a class.
[[nodiscard]] std::string panel(std::string_view id, std::string_view heading,
                                std::string_view note, const std::string& body,
                                std::string_view css = "");

/// One large number inside <dl class="figures">. All are text but `css`, a class.
[[nodiscard]] std::string figure(std::string_view term, const std::string& big,
                                 const std::string& small, std::string_view css = "");

}  // namespace berth
