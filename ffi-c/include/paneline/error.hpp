/// @file
/// Refusals as exceptions, and the versions of the library.

#ifndef PANELINE_ERROR_HPP
#define PANELINE_ERROR_HPP

#if !defined(__cpp_exceptions) || __cplusplus < 201703L
#error "paneline.hpp needs C++17 and exceptions; without them use paneline.h"
#endif

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../paneline.h"

#if PLN_ABI_VERSION != 1
#error "paneline.h and the headers of C++ are of two ABIs: install those of one release"
#endif

namespace paneline {
// Named after the ABI, so that objects compiled with headers of two do not share what is inline:
// each then asks for its own library, and one of them is refused.
inline namespace abi_1 {

/// The name of a code, such as "INVALID_SPEC"; "UNKNOWN" for a number that is no code.
[[nodiscard]] inline const char *code_name(pln_code code) noexcept { return pln_code_name(code); }

/// Why a call was refused.
class error : public std::exception {
 public:
  /// An error from its three parts.
  error(pln_code code, std::string path, std::string message) {
    std::string text = code_name(code) + (path.empty() ? "" : " at " + path) + ": " + message;
    fault_ = std::make_shared<const fault>(
        fault{code, std::move(path), std::move(message), std::move(text)});
  }
  /// A copy shares the texts, so it cannot throw; a move is a copy and leaves its source whole.
  error(const error &) noexcept = default;
  /// As the constructor.
  error &operator=(const error &) noexcept = default;

  /// What kind of refusal this is: a PLN_CODE_ value, never PLN_CODE_OK.
  [[nodiscard]] pln_code code() const noexcept { return fault_->code; }
  /// Where in the input the fault lies, such as "step_ms" or "times[4096]"; may be empty.
  [[nodiscard]] const std::string &path() const noexcept { return fault_->path; }
  /// What was wrong, with the value and the bound.
  [[nodiscard]] const std::string &message() const noexcept { return fault_->message; }
  /// All three: "INVALID_SPEC at step_ms: step_ms must be <= ...".
  [[nodiscard]] const char *what() const noexcept override { return fault_->text.c_str(); }

 private:
  struct fault {
    pln_code code;
    std::string path, message, text;
  };
  std::shared_ptr<const fault> fault_;
};

/// @cond
namespace detail {

[[noreturn]] inline void raise(pln_code code, pln_error *refusal) {
  const std::unique_ptr<pln_error, decltype(&pln_error_free)> owned(refusal, &pln_error_free);
  throw error(code, pln_error_path(refusal), pln_error_message(refusal));
}

/// Runs a call of the C ABI and throws its refusal.
template <typename Call>
void run(const Call &call) {
  pln_error *refusal = nullptr;
  const pln_code code = call(&refusal);
  if (code != PLN_CODE_OK) raise(code, refusal);
}

/// Asks a call without room how much it needs: it refuses, and says so in `length`, which it
/// leaves alone when it refuses anything else.
template <typename Call>
std::size_t measure(const Call &call) {
  constexpr std::size_t unknown = SIZE_MAX;
  std::size_t length = unknown;
  pln_error *refusal = nullptr;
  const pln_code code = call(&length, &refusal);
  if (length == unknown) raise(code, refusal);
  pln_error_free(refusal);
  return length;
}

/// The result of a call that writes into a buffer: `call(buffer, capacity, &length, &error)`.
template <typename T, typename Call>
std::vector<T> filled(const Call &call) {
  std::vector<T> out(measure([&](std::size_t *length, pln_error **refusal) {
    return call(static_cast<T *>(nullptr), std::size_t{0}, length, refusal);
  }));
  std::size_t length = 0;
  run([&](pln_error **refusal) { return call(out.data(), out.size(), &length, refusal); });
  return out;
}

/// Refuses a library of another ABI, release or time-zone database than this header; asks once.
inline void check_abi() {
  static const bool same = [] {
    const auto check = [](const char *path, std::string_view header, std::string_view linked) {
      if (linked == header) return;
      throw error(PLN_CODE_VERSION_MISMATCH, path,
                  std::string(path) + " must be " + std::string(header) +
                      ", which this program's header has, the library has " + std::string(linked) +
                      ": link the library that came with the header");
    };
    check("abi_version", std::to_string(PLN_ABI_VERSION), std::to_string(pln_abi_version()));
    check("version", PLN_VERSION, pln_version());
    check("tzdb_version", PLN_TZDB_VERSION, pln_tzdb_version());
    return true;
  }();
  static_cast<void>(same);
}

inline const std::uint8_t *bytes(std::string_view text) noexcept {
  return reinterpret_cast<const std::uint8_t *>(text.data());
}

}  // namespace detail
/// @endcond

/// The version of the library, such as "0.1.0".
[[nodiscard]] inline std::string_view version() {
  detail::check_abi();
  return pln_version();
}

/// The release of the embedded time-zone database, such as "2026f". Store it beside every state.
[[nodiscard]] inline std::string_view tzdb_version() {
  detail::check_abi();
  return pln_tzdb_version();
}

}  // namespace abi_1
}  // namespace paneline

#endif
