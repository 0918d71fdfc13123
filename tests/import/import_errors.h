#pragma once
// What an importer says of a bad file.

#include <string>

#include "berth/core/result.h"

namespace berth::testing {

/// Every error on a line of its own; empty if there is none.
template <class T>
std::string said_by(const Result<T>& result) {
  std::string all;
  if (result) return all;
  for (const Error& error : result.errors()) all += to_string(error) + "\n";
  return all;
}

}  // namespace berth::testing
