#include "berth/output/html_page.h"

#include <fmt/format.h>

#include "berth/output/report_style.h"
#include "berth/output/svg.h"

namespace berth {

std::string page_head(std::string_view title) {
  // The policy forbids scripts and every kind of loading: a name that breaks out of its place, if
  // one could, would still do nothing.
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\"/>\n<meta name=\"color-scheme\" content=\"light dark\"/>\n"
      "<meta name=\"generator\" content=\"Berth {}\"/>\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n",
      BERTH_VERSION, escape_html(title), report_style());
}

std::string page_end() {
  return "<footer><p>Made by Berth " BERTH_VERSION
         ". This page loads nothing from the network.</p></footer>\n"
         "</main>\n</body>\n</html>\n";
}

std::string panel(std::string_view id, std::string_view heading, std::string_view note,
                  const std::string& body, std::string_view css) {
  return fmt::format(
      "<section class=\"panel {}\" id=\"{}\" aria-labelledby=\"{}-heading\">"
      "<h2 id=\"{}-heading\">{}</h2>\n<p class=\"note\">{}</p>\n{}</section>\n",
      css, id, id, id, escape_html(heading), escape_html(note), body);
}

std::string figure(std::string_view term, const std::string& big, const std::string& small,
                   std::string_view css) {
  return fmt::format(
      "<div class=\"figure\"><dt>{}</dt><dd class=\"big {}\">{}</dd><dd class=\"small\">{}</dd>"
      "</div>\n",
      escape_html(term), css, escape_html(big), escape_html(small));
}

}  // namespace berth
