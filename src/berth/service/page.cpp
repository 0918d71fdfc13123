// The page: files made by scripts/build-page and compiled in. Without them the binary says so.

#include <map>

#include <zlib.h>

#include "berth/core/text.h"
#include "berth/embedded/embedded_page.h"
#include "berth/http/problem.h"
#include "berth/service/json_text.h"
#include "berth/service/state.h"

namespace berth {
namespace {

constexpr const char* kHtml = "text/html; charset=utf-8";
constexpr const char* kNoPage =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Berth</title>"
    "<h1>This binary was built without the page</h1>"
    "<p>Node was missing when it was built. <code>scripts/setup --page</code> installs it; then "
    "build again.</p><p>The API is all there: <a href=\"/openapi.json\">/openapi.json</a>.</p>";

struct PageFile {
  HttpResponse plain;
  HttpResponse packed;  ///< gzip
};
using PageFiles = std::map<std::string, PageFile, std::less<>>;

std::string gzip(std::string_view text) {
  z_stream stream{};
  constexpr int kGzip = 15 + 16;
  constexpr int kMemory = 9;
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzip, kMemory, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    return {};
  }
  std::string out(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const bool whole = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return whole ? out : std::string();
}

const char* type_of(std::string_view name) {
  if (name.ends_with(".html")) return kHtml;
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".svg")) return "image/svg+xml";
  if (name.ends_with(".webmanifest")) return "application/manifest+json";
  return "text/plain; charset=utf-8";
}

/// Names of assets have a hash of their content: they never change. The page itself may.
PageFile page_file(std::string_view name, std::string_view content) {
  PageFile file;
  file.plain = json_response(200, std::string(content));
  file.plain.content_type = type_of(name);
  file.plain.headers = {
      {"Cache-Control", name == "index.html" ? "no-cache" : "public, max-age=31536000, immutable"},
      {"Vary", "Accept-Encoding"}};
  file.packed = file.plain;
  file.plain = tagged(std::move(file.plain));
  std::string packed = gzip(content);
  if (!packed.empty() && packed.size() < content.size()) {
    file.packed.body = std::make_shared<const std::string>(std::move(packed));
    file.packed.headers.emplace_back("Content-Encoding", "gzip");
  }
  file.packed = tagged(std::move(file.packed));
  return file;
}

std::shared_ptr<const PageFiles> page_files() {
  auto files = std::make_shared<PageFiles>();
  for (const EmbeddedFile& file : embedded_page()) {
    files->emplace(file.name, page_file(file.name, file.content));
  }
  if (files->empty()) files->emplace("index.html", page_file("index.html", kNoPage));
  return files;
}

void answer_file(const PageFiles& files, const std::string& name, const Call& call,
                 const Reply& reply) {
  const auto found = files.find(name);
  if (found == files.end()) {
    return reply(error_response(404, "not_found", "the page has no such file"));
  }
  const std::string& accepts = call.request().head.accept_encoding;
  reply(accepts.find("gzip") != std::string::npos ? found->second.packed : found->second.plain);
}

}  // namespace

std::vector<HttpRoute> page_routes() {
  const auto files = page_files();
  return {
      {.method = "GET",
       .path = "/",
       .id = "get_page",
       .tag = "page",
       .summary = "The page",
       .answers = {{200, "HTML", "", "text/html"}, {304, "as you have it", "", ""}},
       .open = true,
       .handler = [files](const Call& call,
                          const Reply& reply) { answer_file(*files, "index.html", call, reply); }},
      {.method = "GET",
       .path = "/assets/{name}",
       .id = "get_asset",
       .tag = "page",
       .summary = "A file of the page",
       .parameters = {{.name = "name",
                       .type = ParameterType::kText,
                       .about = "of the file",
                       .min = 1,
                       .max = 200}},
       .answers = {{200, "the file", "", "text/javascript"},
                   {200, "the file", "", "text/css"},
                   {200, "the file", "", "image/svg+xml"},
                   {304, "as you have it", "", ""},
                   {404, "there is no such file", "Problem"}},
       .open = true,
       .handler =
           [files](const Call& call, const Reply& reply) {
             answer_file(*files, "assets/" + call.text("name"), call, reply);
           }},
  };
}

}  // namespace berth
